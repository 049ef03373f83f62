import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clauses } from "./clauses.ts";
import { clauseFilter, clausesAddress, filteredRows, rowNumber } from "./filter.ts";
import { judgeRun, judgeTexts } from "./gate.ts";
import { clauseMatrix, countsOf, type CheckState } from "./matrix.ts";
import { taggedSteps, type Outcome, type Section, type TestResult, type TestRun } from "./test-run.ts";

const claimed = clauses.filter((c) => c.state === "claimed").map((c) => c.number);
const planned = clauses.filter((c) => c.state === "planned").map((c) => c.number);
const test = (row: number, outcome: Outcome = "passed"): TestResult => ({ sentence: `a thing REQ-${row} (a clause) does its part`, file: "lib/thing.test.ts", outcome });
const section = (step: string, tests: readonly TestResult[], source: string | null = "this"): Section => ({ step, finishedAt: "2026-03-02T10:00:00.000Z", commit: "c0ffee", changed: false, source, tests: [...tests] });
const runOf = (...sections: readonly Section[]): TestRun => ({ format: "veribatch-test-run/1", sections: [...sections] });
const whole = (tests: readonly TestResult[], source: string | null = "this") => runOf(section("unit", tests, source), section("database", [], source), section("browser", [], source));
const stateOf = (run: TestRun | undefined, row: number, source: string | undefined = "this"): CheckState | undefined => clauseMatrix(run, source).find((r) => r.number === row)?.state;
const [row = 0, other = 0] = claimed;

describe("the compliance matrix", () => {
  it.each<[CheckState, string, TestRun | undefined, string | undefined]>([
    ["passed", "every step ran on this version and its tests passed", whole([test(row), test(row)]), "this"],
    ["failed", "one of its tests failed", whole([test(row), test(row, "failed")]), "this"],
    ["failed", "one of its tests failed, also when other steps have not run", runOf(section("unit", [test(row, "failed")])), "this"],
    ["failed", "every step ran and no test carries its tag", whole([test(other)]), "this"],
    ["not-run", "one of its tests was skipped", whole([test(row), test(row, "skipped")]), "this"],
    ["not-run", "another version was tested", whole([test(row)], "that"), "this"],
    ["not-run", "another version was tested, and failed", whole([test(row, "failed")], "that"), "this"],
    ["not-run", "the sources changed while they were tested", whole([test(row)], null), "this"],
    ["not-run", "one step ran on another version", runOf(section("unit", [test(row)]), section("database", []), section("browser", [], "that")), "this"],
    ["not-run", "one step never ran", runOf(section("unit", [test(row)]), section("database", [])), "this"],
    ["not-run", "nothing ran", undefined, "this"],
    ["not-run", "nobody knows which version runs", whole([test(row)]), undefined],
  ])("REQ-62 (GAMP 5) calls a claimed row %s when %s", (state, _, run, source) => expect(clauseMatrix(run, source).find((r) => r.number === row)?.state).toBe(state));

  it("REQ-62 (GAMP 5) says passed of a row only if this very version passed each of its tests, whatever ran and where", () => {
    const outcome = fc.constantFrom<Outcome>("passed", "failed", "skipped");
    const result = fc.tuple(fc.constantFrom(row, other, planned[0] ?? 0), outcome).map(([n, o]) => test(n, o));
    const sections = fc.subarray([...taggedSteps]).chain((steps) => fc.tuple(...steps.map((step) => fc.tuple(fc.array(result, { maxLength: 4 }), fc.constantFrom("this", "that", null)).map(([tests, source]) => section(step, tests, source)))));
    fc.assert(fc.property(sections, (made) => {
      const run = runOf(...made);
      const own = made.filter((s) => s.source === "this").flatMap((s) => s.tests.filter((t) => t.sentence === test(row).sentence));
      const all = taggedSteps.every((step) => made.some((s) => s.step === step && s.source === "this"));
      expect(stateOf(run, row) === "passed").toBe(all && own.length > 0 && own.every((t) => t.outcome === "passed"));
      expect(planned.map((n) => stateOf(run, n)).filter((s) => s !== "planned")).toEqual([]);
    }));
  });

  it("shows an old result as old: with its time and version, and not as this one's", () => {
    const old = clauseMatrix(whole([test(row)], "that"), "this").find((r) => r.number === row);
    expect(old).toMatchObject({ testedAt: new Date("2026-03-02T10:00:00.000Z"), commit: "c0ffee", current: false });
    expect(old?.tests.map((t) => [t.sentence, t.current])).toEqual([["a thing does its part", false]]);
  });

  it("counts every row once", () => {
    const rows = clauseMatrix(whole(claimed.map((n) => test(n, n === row ? "failed" : "passed"))), "this");
    expect(countsOf(rows)).toEqual({ failed: 1, "not-run": 0, passed: claimed.length - 1, planned: planned.length });
  });
});

describe("the gate of the clauses", () => {
  const sound = claimed.map((n) => test(n));
  it("REQ-62 (GAMP 5) is open when each claimed row has a test and all of them passed", () => expect(judgeRun(sound)).toEqual({ broken: [], hints: [] }));
  it.each<[string, readonly TestResult[], RegExp]>([
    ["a claimed row has no test", sound.filter((t) => t !== sound[0]), /^row \d+ .* is claimed, and no test carries REQ-/],
    ["a test of a claimed row failed", [...sound, test(row, "failed")], /^row \d+ .*: failed: a thing does its part \(lib\/thing\.test\.ts\)$/],
    ["a test of a claimed row was skipped", [...sound, test(row, "skipped")], /: skipped: /],
    ["a test names a row that is not there", [...sound, test(76)], /^\w+-76 is carried by a test, and the matrix has no such row$/],
  ])("REQ-62 (GAMP 5) is shut, by one sentence, when %s", (_, tests, sentence) => expect(judgeRun(tests).broken).toEqual([expect.stringMatching(sentence)]));

  it("is shut for every single row that loses its tests", () => {
    for (const number of claimed) expect(judgeRun(sound.filter((t) => t.sentence !== test(number).sentence)).broken).toHaveLength(1);
  });
  it("hints at a planned row that tests already show", () => expect(judgeRun([...sound, test(planned[0] ?? 0)])).toEqual({ broken: [], hints: [expect.stringContaining("is planned, and 1 tests")] }));
  it("looks for tags alone where only a part of the steps ran", () => {
    const texts = sound.map((t) => `it("${t.sentence}", …)`);
    expect([judgeTexts(texts).broken, judgeTexts(texts.slice(1)).broken.length]).toEqual([[], 1]);
  });
});

describe("the filter of the matrix", () => {
  it("stands in the address and comes back the same; what it does not know is dropped", () => {
    expect(clausesAddress(clauseFilter.parse({ regulation: "EU Annex 11, draft 2025", state: "passed" }))).toBe("/compliance?regulation=EU+Annex+11%2C+draft+2025&state=passed");
    expect(clauseFilter.parse({ regulation: "nothing", state: ["failed", "x"] })).toEqual({});
  });
  it("leaves the rows of one regulation in one state", () => {
    const rows = clauseMatrix(undefined, "this");
    expect(filteredRows(rows, { regulation: "ISA", state: "planned" }).map((r) => r.number)).toEqual(planned.filter((n) => [57, 58, 60].includes(n)));
    expect(filteredRows(rows, {})).toEqual(rows);
  });
  it.each([["1", 1], ["75", 75], ["0", undefined], ["01", undefined], ["1e1", undefined], ["-1", undefined], ["", undefined]])("reads the row number %j as %s", (text, number) => expect(rowNumber(text)).toBe(number));
});
