// SPDX-License-Identifier: GPL-3.0-or-later
// An Unleash server on loopback, at a port that is free; prints it once it answers.
// Arguments: directory of PostgreSQL's socket, database, admin token, client token.
const unleash = require("unleash-server");

const [, , host, database, admin, client] = process.argv;

unleash.start({
  db: { host, database, user: "owner", password: "", port: 5432, ssl: false },
  server: { host: "127.0.0.1", port: 0 },
  authentication: {
    type: "open-source",
    initApiTokens: [
      { tokenName: "admin", type: "admin", secret: admin, projects: ["*"], environment: "*" },
      { tokenName: "client", type: "client", secret: client, projects: ["*"],
        environment: client.split(":")[1].split(".")[0] },
    ],
  },
  versionCheck: { enable: false, url: "" },
  telemetry: false,
  logLevel: "warn",
}).then(({ server }) => console.log(`listening ${server.address().port}`),
        (error) => {
          console.error(error);
          process.exit(1);
        });
