import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { crash } from "./harness.ts";

/** `npm run crash -- [--kills 1000] [--postgres 50] [--directory D]`: goes on where an earlier run on the same directory ended. */
const { values } = parseArgs({ options: { kills: { type: "string", default: "1000" }, postgres: { type: "string", default: "50" }, directory: { type: "string", default: ".data/crash" }, every: { type: "string", default: "100" } } });
const { account, faults } = await crash({ directory: resolve(values.directory), kills: Number(values.kills), postgresKills: Number(values.postgres), every: Number(values.every), random: Math.random, say: (line) => console.log(line) });
for (const fault of faults.slice(0, 50)) console.log(`FAULT ${fault}`);
console.log(JSON.stringify({ application_kills: account.applicationKills, ...account.tally.kills, postgres_kills: account.tally.postgresKills, checks: account.tally.checks, entries: account.entries.size, signatures: account.signatures.size, samples: account.samples.size * 5, faults: faults.length }));
process.exit(faults.length > 0 || account.entries.size === 0 || account.signatures.size === 0 || account.samples.size === 0 ? 1 : 0);
