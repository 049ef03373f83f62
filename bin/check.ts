import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { judgeRun, judgeTexts, type Verdict } from "#lib/compliance/gate.ts";
import { testTexts } from "#lib/compliance/source-tree.ts";
import type { Section } from "#lib/compliance/test-run.ts";
import { keepSections, sectionOf } from "./check/results.ts";
import { browser, vitest, whole, type Tally } from "./check/runners.ts";

/**
 * `npm test`: types, lint, dependency rules, unit, database and browser tests, one after the other, then what they say of the
 * compliance matrix. `npm test -- unit lint` runs some. What was found is kept in `.test/results.json`; the last line counts it.
 */
const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const place = { root, scratch: join(root, ".test") };
const only = process.argv.slice(2);

/** dependency-cruiser that sees nothing also finds nothing: the count is part of the check. */
const cruised = (output: string): string | undefined => {
  const modules = Number(/(\d+) modules/.exec(output)?.[1] ?? 0);
  return modules > 150 ? undefined : `only ${modules} modules were looked at`;
};

const steps: Readonly<Record<string, () => Promise<Tally>>> = {
  types: () => whole(place, { name: "types", program: "tsc", args: ["--noEmit", "-p", "tsconfig.json"], says: "the types of the whole program fit" }),
  lint: () => whole(place, { name: "lint", program: "eslint", args: [".", "--max-warnings", "0"], says: "the program keeps the rules of its writing" }),
  dependencies: () => whole(place, { name: "dependencies", program: "depcruise", args: ["--config", ".dependency-cruiser.mjs", "app", "components", "lib", "db", "bin", "middleware.ts"], says: "no part of the program uses one that stands above it", proof: cruised }),
  schema: () => whole(place, { name: "schema", program: "drizzle-kit", args: ["check"], says: "the migrations make the schema" }),
  model: () => whole(place, { name: "model", program: "bin/run.mjs", args: ["train", "--check"], says: "REQ-66 (Annex 22 draft) training the contamination model anew gives the stored artefact byte for byte" }),
  unit: () => vitest(place, "unit"),
  database: () => vitest(place, "database"),
  browser: () => browser(place),
};
const chosen = Object.entries(steps).filter(([name]) => only.length === 0 || only.includes(name));
const unknown = only.filter((name) => name !== "clauses" && !(name in steps));
if (unknown.length > 0) {
  console.error(`There is no step "${unknown.join('", "')}"; there are ${Object.keys(steps).join(", ")}, clauses.`);
  process.exit(1);
}

const report = (name: string, { passed, failed, skipped }: Readonly<Record<"passed" | "failed" | "skipped", number>>, began: number): void =>
  console.log(`${name.padEnd(13)} ${passed} passed, ${failed} failed, ${skipped} skipped  (${Math.round((Date.now() - began) / 1000)} s)`);

mkdirSync(place.scratch, { recursive: true });
for (const name of ["unit", "database", "browser"]) rmSync(join(place.scratch, `${name}.json`), { force: true });
const total = { passed: 0, failed: 0, skipped: 0 };
const sections: Section[] = [];
const failures: string[] = [];
for (const [name, step] of chosen) {
  const began = Date.now();
  const { found, section } = await sectionOf(root, name, step);
  const outcomes = Map.groupBy(found.tests, (test) => test.outcome);
  const counts = { passed: outcomes.get("passed")?.length ?? 0, failed: found.failures.length, skipped: outcomes.get("skipped")?.length ?? 0 };
  report(name, counts, began);
  for (const outcome of ["passed", "failed", "skipped"] as const) total[outcome] += counts[outcome];
  failures.push(...found.failures);
  sections.push(section);
}
keepSections(root, sections);

/** The whole run answers for each claimed row; a part of it only shows that tags exist. */
const began = Date.now();
const verdict: Verdict = chosen.length === Object.keys(steps).length ? judgeRun(sections.flatMap((s) => s.tests)) : judgeTexts(testTexts(root));
report("clauses", { passed: verdict.broken.length === 0 ? 1 : 0, failed: verdict.broken.length, skipped: 0 }, began);
total.passed += verdict.broken.length === 0 ? 1 : 0;
total.failed += verdict.broken.length;
failures.push(...verdict.broken.map((sentence) => `clauses: ${sentence}`));

for (const failure of failures) console.log(`\nFailed: ${failure}`);
for (const hint of verdict.hints) console.log(`Hint: ${hint}`);
for (const test of sections.flatMap((s) => s.tests)) if (test.outcome === "skipped") console.log(`Skipped: ${test.sentence}`);
if (sections.some((s) => s.source === null)) console.log("The sources changed while they were tested: these results belong to no version.");
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
