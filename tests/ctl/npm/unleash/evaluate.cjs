// SPDX-License-Identifier: GPL-3.0-or-later
// Says for whom a flag is on, as Unleash's own SDK decides with what the client API gives it.
// Arguments: URL, client token, flag; ids of companies on standard input. "" stands for nobody's.

const fs = require("node:fs");
const { InMemStorageProvider, Unleash } = require("unleash-client");

const [, , url, token, flag] = process.argv;
const companies = fs.readFileSync(0, "utf8").split("\n");
const client = new Unleash({
  url: `${url}/api/`,
  appName: "countersign-test",
  customHeaders: { Authorization: token },
  refreshInterval: 600000,
  disableMetrics: true,
  storageProvider: new InMemStorageProvider(),
});

client.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
client.on("synchronized", () => {
  const on = companies.filter(
    (id) => client.isEnabled(flag, id === "" ? {} : { properties: { companyId: id } }));
  console.log(JSON.stringify(on));
  client.destroy();
});
