// SPDX-License-Identifier: GPL-3.0-or-later
// Says for whom each flag of a file is on, as flagd's own library evaluates it, after holding the
// file to flagd's schema.
// node evaluate-flagd.cjs FILE CONTEXT, with the ids of the companies on standard input

const fs = require('node:fs');
const { FlagdCore, MemoryStorage } = require('@openfeature/flagd-core');

const [file, context] = process.argv.slice(2);
const text = fs.readFileSync(file, 'utf8');
const companies = fs.readFileSync(0, 'utf8').split('\n').filter((id) => id !== '');
const troubles = [];
const trouble = (...words) => troubles.push(words.join(' '));
const logger = { error: trouble, warn: trouble, info: () => {}, debug: () => {} };

// Throws what the schema says.
new MemoryStorage(logger).setConfigurations(text, true);
const core = new FlagdCore(undefined, logger);
core.setConfigurations(text);
const on = {};
for (const key of Object.keys(JSON.parse(text).flags)) {
  if (typeof Object.values(JSON.parse(text).flags[key].variants)[0] !== 'boolean')
    continue;
  on[key] = companies.filter(
    (id) => core.resolveBooleanEvaluation(key, false, { [context]: id }, logger).value);
}
console.log(JSON.stringify({ on, troubles }));
