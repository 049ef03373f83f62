import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** `npm test`: types, lint, dependency rules, unit, database and browser tests, one after the other; the last line counts them. */
const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const scratch = join(root, ".test");
const only = process.argv.slice(2);

type Tally = { passed: number; failed: number; skipped: string[]; failures: string[] };
type Outcome = { readonly code: number; readonly output: string };

const bin = (name: string) => join(root, "node_modules/.bin", name);

function run(command: string, args: readonly string[], show: boolean): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`, FORCE_COLOR: "0", NEXT_TELEMETRY_DISABLED: "1" }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString("utf8");
        if (show) process.stdout.write(chunk);
      });
    }
    child.once("error", (error) => resolve({ code: 1, output: String(error) }));
    child.once("exit", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** A check that is one thing: it passes or fails as a whole. */
async function whole(name: string, command: string, args: readonly string[], proof?: (output: string) => string | undefined): Promise<Tally> {
  const { code, output } = await run(command, args, false);
  const objection = code === 0 ? proof?.(output) : `exit code ${code}`;
  if (objection !== undefined) console.log(output.slice(-6000));
  return objection === undefined ? { passed: 1, failed: 0, skipped: [], failures: [] } : { passed: 0, failed: 1, skipped: [], failures: [`${name}: ${objection}`] };
}

type VitestReport = { testResults: { name: string; message?: string; status: string; assertionResults: { fullName: string; status: string; failureMessages?: string[] }[] }[] };

async function vitest(project: string): Promise<Tally> {
  const file = join(scratch, `${project}.json`);
  const { code, output } = await run(bin("vitest"), ["run", "--project", project, "--reporter=json", `--outputFile=${file}`], false);
  const tally: Tally = { passed: 0, failed: 0, skipped: [], failures: [] };
  try {
    const report = JSON.parse(readFileSync(file, "utf8")) as VitestReport;
    for (const suite of report.testResults) {
      if (suite.assertionResults.length === 0) tally.failures.push(`${suite.name}: ${suite.message ?? "no test ran"}`);
      for (const test of suite.assertionResults) {
        if (test.status === "passed") tally.passed += 1;
        else if (test.status === "failed") tally.failures.push(`${test.fullName}\n    ${test.failureMessages?.[0]?.split("\n").slice(0, 6).join("\n    ") ?? ""}`);
        else tally.skipped.push(test.fullName);
      }
    }
  } catch {
    tally.failures.push(`${project}: no report was written\n${output.slice(-3000)}`);
  }
  tally.failed = tally.failures.length;
  if (code !== 0 && tally.failed === 0) return { ...tally, failed: 1, failures: [`${project}: exit code ${code}\n${output.slice(-3000)}`] };
  return tally;
}

type BrowserSpec = { title: string; tests: { status: string; results: { error?: { message?: string } }[] }[] };
type BrowserSuite = { title: string; suites?: BrowserSuite[]; specs?: BrowserSpec[] };

function browserSpecs(suite: BrowserSuite): readonly { readonly name: string; readonly spec: BrowserSpec }[] {
  return [...(suite.specs ?? []).map((spec) => ({ name: `${suite.title}: ${spec.title}`, spec })), ...(suite.suites ?? []).flatMap(browserSpecs)];
}

async function browser(): Promise<Tally> {
  const file = join(scratch, "browser.json");
  const { code, output } = await run(bin("playwright"), ["test"], false);
  const tally: Tally = { passed: 0, failed: 0, skipped: [], failures: [] };
  try {
    const report = JSON.parse(readFileSync(file, "utf8")) as { suites: BrowserSuite[] };
    for (const { name, spec } of report.suites.flatMap(browserSpecs)) {
      for (const test of spec.tests) {
        if (test.status === "expected") tally.passed += 1;
        else if (test.status === "skipped") tally.skipped.push(name);
        else tally.failures.push(`${name} (${test.status})\n    ${test.results.at(-1)?.error?.message?.replaceAll(/<launching>.*/g, "").split("\n").slice(0, 12).join("\n    ") ?? ""}`);
      }
    }
  } catch {
    tally.failures.push(`browser: no report was written\n${output.slice(-3000)}`);
  }
  tally.failed = tally.failures.length;
  if (code !== 0 && tally.failed === 0) return { ...tally, failed: 1, failures: [`browser: exit code ${code}\n${output.slice(-3000)}`] };
  return tally;
}

/** dependency-cruiser that sees nothing also finds nothing: the count is part of the check. */
const cruised = (output: string): string | undefined => {
  const modules = Number(/(\d+) modules/.exec(output)?.[1] ?? 0);
  return modules > 150 ? undefined : `only ${modules} modules were looked at`;
};

const steps: Readonly<Record<string, () => Promise<Tally>>> = {
  types: () => whole("types", bin("tsc"), ["--noEmit", "-p", "tsconfig.json"]),
  lint: () => whole("lint", bin("eslint"), [".", "--max-warnings", "0"]),
  dependencies: () => whole("dependencies", bin("depcruise"), ["--config", ".dependency-cruiser.mjs", "app", "components", "lib", "db", "bin", "middleware.ts"], cruised),
  schema: () => whole("schema", bin("drizzle-kit"), ["check"]),
  model: () => whole("model", process.execPath, ["bin/run.mjs", "train", "--check"]),
  unit: () => vitest("unit"),
  database: () => vitest("database"),
  browser,
};

mkdirSync(scratch, { recursive: true });
for (const name of ["unit", "database", "browser"]) rmSync(join(scratch, `${name}.json`), { force: true });
const total: Tally = { passed: 0, failed: 0, skipped: [], failures: [] };
for (const [name, step] of Object.entries(steps)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const began = Date.now();
  const tally = await step();
  console.log(`${name.padEnd(13)} ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped.length} skipped  (${Math.round((Date.now() - began) / 1000)} s)`);
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped.push(...tally.skipped);
  total.failures.push(...tally.failures);
}
for (const failure of total.failures) console.log(`\nFailed: ${failure}`);
for (const skipped of total.skipped) console.log(`Skipped: ${skipped}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
