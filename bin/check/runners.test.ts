import { describe, expect, it } from "vitest";
import { browserTally, vitestTally } from "./runners.ts";

describe("what a runner reported", () => {
  it("REQ-62 (GAMP 5) is every test with its whole sentence, its file and its outcome", () => {
    const { tests, failures } = vitestTally("/tree", { testResults: [{ name: "/tree/lib/a.test.ts", assertionResults: [
      { fullName: "a thing holds", status: "passed" }, { fullName: "a thing breaks", status: "failed", failureMessages: ["expected 1"] }, { fullName: "a thing waits", status: "pending" }, { fullName: "a thing is to come", status: "todo" },
    ] }] });
    expect(tests.map((t) => [t.sentence, t.file, t.outcome])).toEqual([["a thing holds", "lib/a.test.ts", "passed"], ["a thing breaks", "lib/a.test.ts", "failed"], ["a thing waits", "lib/a.test.ts", "skipped"], ["a thing is to come", "lib/a.test.ts", "skipped"]]);
    expect(failures).toEqual(["a thing breaks\n    expected 1"]);
  });

  it("takes a file in which no test ran, and an outcome nobody knows, as failures", () => {
    expect(vitestTally("/tree", { testResults: [{ name: "/tree/lib/a.test.ts", message: "SyntaxError", assertionResults: [] }] })).toEqual({ tests: [], failures: ["lib/a.test.ts: SyntaxError"] });
    expect(vitestTally("/tree", { testResults: [{ name: "/tree/lib/a.test.ts", assertionResults: [{ fullName: "a thing", status: "strange" }] }] }).failures).toHaveLength(1);
  });

  it("takes a file that broke before its tests, so that they were skipped, as a failure with its reason", () => {
    const file = { name: "/tree/lib/a.test.ts", message: "duplicate key", assertionResults: [{ fullName: "a thing", status: "pending" }] };
    expect(vitestTally("/tree", { testResults: [file] }).failures).toEqual(["lib/a.test.ts: duplicate key"]);
    expect(vitestTally("/tree", { testResults: [{ ...file, assertionResults: [{ fullName: "a thing", status: "failed", failureMessages: ["expected 1"] }] }] }).failures).toEqual(["a thing\n    expected 1"]);
  });

  it("has the groups of a browser test in its sentence, so that their tags count, and a flaky one as failed", () => {
    const spec = (title: string, status: string) => ({ title, file: "release.spec.ts", tests: [{ status, results: [{ error: { message: "timed out" } }] }] });
    const { tests, failures } = browserTally({ suites: [{ title: "release.spec.ts", specs: [spec("alone", "expected")], suites: [{ title: "releasing a batch", specs: [spec("signs", "expected"), spec("refuses", "unexpected"), spec("hesitates", "flaky"), spec("waits", "skipped")] }] }] });
    expect(tests.map((t) => [t.sentence, t.file, t.outcome])).toEqual([
      ["alone", "tests/e2e/release.spec.ts", "passed"], ["releasing a batch signs", "tests/e2e/release.spec.ts", "passed"], ["releasing a batch refuses", "tests/e2e/release.spec.ts", "failed"],
      ["releasing a batch hesitates", "tests/e2e/release.spec.ts", "failed"], ["releasing a batch waits", "tests/e2e/release.spec.ts", "skipped"],
    ]);
    expect(failures).toEqual(["tests/e2e/release.spec.ts: releasing a batch refuses (unexpected)\n    timed out", "tests/e2e/release.spec.ts: releasing a batch hesitates (flaky)\n    timed out"]);
  });
});
