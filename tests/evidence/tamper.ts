// npm run tamper -- [--flips all|N] [--structural N] [--clean N] [--pdf N] [--forged N] [--seed S] [--bundle <file>] [--out <directory>]: attacks evidence bundles and asks both verifiers.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Bundle } from "#lib/evidence/shape.ts";
import { startPython } from "./tamper-python.ts";
import { attack, missName, tallyLines, type Miss } from "./tamper-run.ts";
import { fingerprintOf } from "./tamper-subject.ts";

const { values } = parseArgs({
  options: {
    flips: { type: "string", default: "all" }, structural: { type: "string", default: "100000" }, clean: { type: "string", default: "1000" }, pdf: { type: "string", default: "20000" }, forged: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) }, bundle: { type: "string" }, out: { type: "string", default: ".test/tamper" },
  },
});

function numberOf(name: "structural" | "clean" | "pdf" | "forged" | "seed", said: string): number {
  const number = Number(said);
  if (Number.isInteger(number) && number >= 0) return number;
  console.error(`--${name} takes a number, not ${said}.`);
  process.exit(2);
}

function bundleOf(file: string): { readonly bytes: Buffer; readonly trust: string } {
  const bytes = readFileSync(file);
  return { bytes, trust: fingerprintOf((JSON.parse(bytes.toString("utf8")) as Bundle).content.keys) };
}

/** Keeps a case that slipped through: its bytes, and what was said of it. */
function keep(miss: Miss, seed: number): string {
  mkdirSync(values.out, { recursive: true });
  const file = join(values.out, missName(miss));
  writeFileSync(`${file}.json`, miss.found.bytes);
  writeFileSync(`${file}.txt`, JSON.stringify({ seed, kind: miss.found.kind, by: miss.found.by, trust: miss.found.trust, wanted: miss.found.wanted, js: miss.js, python: miss.python }, null, 2));
  return `${file}.json`;
}

const seed = numberOf("seed", values.seed);
const flips = values.flips === "all" ? "all" : Number(values.flips);
const began = performance.now();
const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
const python = await startPython();
const tally = await attack(
  { flips, structural: numberOf("structural", values.structural), clean: numberOf("clean", values.clean), pdf: numberOf("pdf", values.pdf), forged: numberOf("forged", values.forged), seed, ...(values.bundle ? { bundle: bundleOf(values.bundle) } : {}) },
  python, (done) => console.error(`${done} cases, ${seconds()}`),
);
await python.end();
console.log(tallyLines(tally).join("\n"));
for (const [name, times] of tally.otherFindings) console.log(`other findings, ${times} times: ${name}`);
for (const miss of tally.misses.slice(0, 50)) console.log(`slipped through: ${miss.found.kind} (${miss.found.by}), wanted ${miss.found.wanted}, JavaScript ${miss.js.verified}, Python ${miss.python.verified}: ${keep(miss, seed)}`);
console.log(`Seed ${seed}, bundle of ${tally.bytes} bytes, ${seconds()}: ${tally.misses.length === 0 ? "every tampering was refused by both verifiers, and they agree in every case" : `${tally.misses.length} misses`}.`);
process.exitCode = tally.misses.length === 0 ? 0 : 1;
