import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Outcome, TestResult } from "#lib/compliance/test-run.ts";

/** What a step found: each test once, and what there is to say about those that failed. */
export type Tally = { readonly tests: readonly TestResult[]; readonly failures: readonly string[] };
export type Workplace = { readonly root: string; readonly scratch: string };

type Ended = { readonly code: number; readonly output: string };

const bin = (root: string, name: string) => join(root, "node_modules/.bin", name);

function run(root: string, command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`, FORCE_COLOR: "0", NEXT_TELEMETRY_DISABLED: "1" }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.once("error", (error) => resolve({ code: 1, output: String(error) }));
    child.once("exit", (code) => resolve({ code: code ?? 1, output }));
  });
}

export type Whole = { readonly name: string; /** A program of node_modules/.bin, or a script of ours. */ readonly program: string; readonly args: readonly string[]; readonly says: string; readonly proof?: (output: string) => string | undefined };

/** A check that is one thing: it passes or fails as a whole. `says`: what is true when it passes. */
export async function whole({ root }: Workplace, { name, program, args, says, proof }: Whole): Promise<Tally> {
  const script = program.endsWith(".mjs");
  const { code, output } = await run(root, script ? process.execPath : bin(root, program), script ? [program, ...args] : args);
  const objection = code === 0 ? proof?.(output) : `exit code ${code}`;
  if (objection !== undefined) console.log(output.slice(-6000));
  return { tests: [{ sentence: says, file: "bin/check.ts", outcome: objection === undefined ? "passed" : "failed" }], failures: objection === undefined ? [] : [`${name}: ${objection}`] };
}

/** A step whose runner failed in another way than by a test: it counts as one failure. */
function withEnd(step: string, tally: Tally, { code, output }: Ended): Tally {
  if (code === 0 || tally.failures.length > 0) return tally;
  return { ...tally, failures: [`${step}: exit code ${code}\n${output.slice(-3000)}`] };
}

export type VitestReport = { testResults: { name: string; message?: string; assertionResults: { fullName: string; status: string; failureMessages?: string[] }[] }[] };

const outcomeOf = (status: string, passed: string): Outcome => (status === passed ? "passed" : ["skipped", "pending", "todo", "disabled"].includes(status) ? "skipped" : "failed");

/** What vitest reported. A file in which no test ran is a failure, and so is one that broke around its tests. */
export function vitestTally(root: string, report: VitestReport): Tally {
  const broken = report.testResults.filter((suite) => suite.assertionResults.length === 0 || (suite.message && !suite.assertionResults.some((test) => test.status === "failed"))).map((suite) => `${relative(root, suite.name)}: ${suite.message ?? "no test ran"}`);
  const found = report.testResults.flatMap((suite) => suite.assertionResults.map((test) => ({ test, result: { sentence: test.fullName, file: relative(root, suite.name), outcome: outcomeOf(test.status, "passed") } })));
  const failed = found.filter(({ result }) => result.outcome === "failed").map(({ test }) => `${test.fullName}\n    ${test.failureMessages?.[0]?.split("\n").slice(0, 6).join("\n    ") ?? ""}`);
  return { tests: found.map((f) => f.result), failures: [...broken, ...failed] };
}

export async function vitest({ root, scratch }: Workplace, project: string): Promise<Tally> {
  const file = join(scratch, `${project}.json`);
  const ended = await run(root, bin(root, "vitest"), ["run", "--project", project, "--reporter=json", `--outputFile=${file}`]);
  return withEnd(project, readReport<VitestReport>(project, file, ended, (report) => vitestTally(root, report)), ended);
}

type BrowserSpec = { title: string; file: string; tests: { status: string; results: { error?: { message?: string } }[] }[] };
export type BrowserSuite = { title: string; suites?: BrowserSuite[]; specs?: BrowserSpec[] };

/** Every test with its sentence: the titles of its groups, without the file's, and its own. */
function browserSpecs(suite: BrowserSuite, groups: readonly string[] = []): readonly { readonly sentence: string; readonly spec: BrowserSpec }[] {
  const within = suite.title.endsWith(".spec.ts") ? groups : [...groups, suite.title];
  return [...(suite.specs ?? []).map((spec) => ({ sentence: [...within, spec.title].join(" "), spec })), ...(suite.suites ?? []).flatMap((inner) => browserSpecs(inner, within))];
}

/** What playwright reported. */
export function browserTally(report: { readonly suites: readonly BrowserSuite[] }): Tally {
  const found = report.suites.flatMap((suite) => browserSpecs(suite)).flatMap(({ sentence, spec }) => spec.tests.map((test) => ({ test, result: { sentence, file: `tests/e2e/${spec.file}`, outcome: outcomeOf(test.status, "expected") } })));
  const failed = found.filter(({ result }) => result.outcome === "failed").map(({ test, result }) => `${result.file}: ${result.sentence} (${test.status})\n    ${test.results.at(-1)?.error?.message?.replaceAll(/<launching>.*/g, "").split("\n").slice(0, 12).join("\n    ") ?? ""}`);
  return { tests: found.map((f) => f.result), failures: failed };
}

export async function browser({ root, scratch }: Workplace): Promise<Tally> {
  const ended = await run(root, bin(root, "playwright"), ["test"]);
  return withEnd("browser", readReport("browser", join(scratch, "browser.json"), ended, browserTally), ended);
}

function readReport<Report>(step: string, file: string, { output }: Ended, tally: (report: Report) => Tally): Tally {
  try {
    return tally(JSON.parse(readFileSync(file, "utf8")) as Report);
  } catch {
    return { tests: [], failures: [`${step}: no report was written\n${output.slice(-3000)}`] };
  }
}
