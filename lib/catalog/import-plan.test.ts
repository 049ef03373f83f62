import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertAccounted, planImport, valueKey, type ImportPlan, type Stored } from "./import-plan.ts";
import { columnsOf, parseMapping, type Mapping } from "./mapping.ts";
import { parseNumber } from "./reading.ts";
import { readTable } from "./table.ts";

const now = new Date("2025-06-01T00:00:00Z");
const nothing: Stored = { batches: new Map(), units: new Map(), values: new Map() };

const mapping: Mapping = (() => {
  const parsed = parseMapping(JSON.stringify({
    format: "VBMAP/1", product: { id: "P-1", name: "Test protein", strength: "1 g/L" }, missing: ["NA"], constants: { Line: "K1" },
    run: { key: ["Run", "Arm"], batchId: "T-{Run}-{Arm}", unitId: "V-{Run}-{Arm}" },
    time: { column: "Age", unit: "h", range: { low: 0, high: 400 }, date: { column: "Day", format: "yyyy-MM-dd", startClock: "08:00", zone: "Europe/Zurich" } },
    values: [
      { column: "Cells", tag: "cells", name: "Cells", fileUnit: { column: "Unit" }, storedUnit: "10⁶/mL", precision: 2, range: { low: 0, high: 100 } },
      { column: "Alive", tag: "alive", name: "Alive", fileUnit: { fixed: "fraction" }, storedUnit: "%", precision: 1, range: { low: 0, high: 100 } },
    ],
  }));
  if (!parsed.ok) throw new Error(parsed.refusal);
  return parsed.value;
})();

const head = "Run,Arm,Line,Day,Age,Cells,Unit,Alive";
function planOf(lines: readonly string[], stored: Stored = nothing): ImportPlan {
  const table = readTable(Buffer.from([head, ...lines].join("\n")), ",", columnsOf(mapping));
  if (!table.ok) throw new Error(table.refusal);
  return planImport(table.value, mapping, stored, now);
}
const reasons = (plan: ImportPlan) => plan.quarantined.map((q) => `${q.line} ${q.fault.cause}`);

/** The database after the plan was carried out. */
const carryOut = (plan: ImportPlan, before: Stored = nothing): Stored => ({
  batches: new Map([...before.batches, ...plan.runs.map((r) => [r.batchId, { id: r.batchId, origin: "imported" as const, productId: "P-1", unitId: r.unitId, start: r.start, end: r.end }] as const)]),
  units: new Map([...before.units, ...plan.runs.map((r) => [r.unitId, { id: r.unitId, imported: true }] as const)]),
  values: new Map([...before.values, ...plan.values.map((v) => [valueKey(v.unitId, v.tag, v.at), v.value] as const)]),
});

const good = ["R1,A,K1,2025-03-03,0,0.4,10^6/mL,0.97", "R1,A,K1,2025-03-06,72.5,2500000,cells/mL,0.96"];

describe("a plan of an import", () => {
  it("makes of every run a batch with its start and its end, in the stored units", () => {
    const plan = planOf(good);
    const start = Date.parse("2025-03-03T07:00:00Z");
    expect(plan.runs).toEqual([{ batchId: "T-R1-A", unitId: "V-R1-A", start, end: start + 72.5 * 3_600_000, known: false, grows: false }]);
    expect(plan.values.map((v) => v.value)).toEqual([0.4, 97, 2.5, 96]);
  });

  it.each([
    ["too few columns", "R1,A,K1,2025-03-03,1,0.4", "malformed line"],
    ["a quote left open", `R1,A,"K1,2025-03-03,1,0.4,10^6/mL,0.97`, "malformed line"],
    ["a zero byte", "R1,A,K1,2025-03-03,1,0.\u00004,10^6/mL,0.97", "malformed line"],
    ["no run", ",A,K1,2025-03-03,1,0.4,10^6/mL,0.97", "run key missing"],
    ["a key with a hyphen", "R-1,A,K1,2025-03-03,1,0.4,10^6/mL,0.97", "run key missing"],
    ["another cell line", "R1,A,K2,2025-03-03,1,0.4,10^6/mL,0.97", "unexpected constant"],
    ["a time in words", "R1,A,K1,2025-03-03,noon,0.4,10^6/mL,0.97", "unreadable time"],
    ["a time before the start", "R1,A,K1,2025-03-03,-1,0.4,10^6/mL,0.97", "time out of range"],
    ["a time that is too large to be one", "R1,A,K1,2025-03-03,1e300,0.4,10^6/mL,0.97", "time out of range"],
    ["a date that is none", "R1,A,K1,2025-02-30,1,0.4,10^6/mL,0.97", "unreadable date"],
    ["a date that does not fit the run", "R1,A,K1,2025-03-05,1,0.4,10^6/mL,0.97", "start of the run differs"],
    ["a thousands separator", `R1,A,K1,2025-03-03,1,"1,000",10^6/mL,0.97`, "unreadable number"],
    ["infinity", "R1,A,K1,2025-03-03,1,Infinity,10^6/mL,0.97", "unreadable number"],
    ["an unknown unit", "R1,A,K1,2025-03-03,1,0.4,per cup,0.97", "unknown unit"],
    ["a unit named like a part of every object", "R1,A,K1,2025-03-03,1,0.4,constructor,0.97", "unknown unit"],
    ["a value no instrument gives", "R1,A,K1,2025-03-03,1,0.4,10^6/mL,1.2", "value out of range"],
    ["no value at all", "R1,A,K1,2025-03-03,1,,,NA", "no value"],
    ["a time still to come", "R9,A,K1,2025-06-03,1,0.4,10^6/mL,0.97", "time in the future"],
    ["a run and time the file had before", "R1,A,K1,2025-03-03,0,0.4,10^6/mL,0.97", "repeats an earlier line"],
  ])("sets aside a line with %s", (_, line, cause) => {
    const plan = planOf([...good, line]);
    expect(reasons(plan)).toEqual([`4 ${cause}`]);
    expect(plan.quarantined[0]?.raw).toBe(line);
    expect(plan.stored).toBe(2);
  });

  it("stores a line with one empty value for the values that are present, and the missing one when it comes", () => {
    const first = planOf(["R1,A,K1,2025-03-03,0,0.4,10^6/mL,"]);
    expect(first.values).toHaveLength(1);
    const second = planOf(["R1,A,K1,2025-03-03,0,0.4,10^6/mL,0.97"], carryOut(first));
    expect([second.stored, second.values.map((v) => v.tag)]).toEqual([1, ["alive"]]);
  });

  it("does not shift a run whose first lines are missing", () => {
    expect(planOf(good.slice(1)).runs[0]?.start).toBe(planOf(good).runs[0]?.start);
  });

  it("leaves what differs from a stored value as it is, and says so", () => {
    const plan = planOf([good[0] ?? "", "R1,A,K1,2025-03-06,72.5,2.6,10^6/mL,0.96"], carryOut(planOf(good)));
    expect([plan.stored, plan.unchanged, plan.values]).toEqual([0, 1, []]);
    expect(plan.quarantined[0]?.fault.detail).toContain("cells 2.6 differs from the stored value 2.5");
  });

  it("never takes the id of what was executed here or of the site's equipment", () => {
    const executed = { id: "T-R1-A", origin: "executed" as const, productId: "P-1", unitId: "V-R1-A", start: undefined, end: undefined };
    expect(reasons(planOf(good, { ...nothing, batches: new Map([["T-R1-A", executed]]) }))).toEqual(["2 id taken", "3 id taken"]);
    expect(reasons(planOf(good, { ...nothing, units: new Map([["V-R1-A", { id: "V-R1-A", imported: false }]]) }))).toEqual(["2 id taken", "3 id taken"]);
  });

  it("prolongs a known run", () => {
    const known = carryOut(planOf(good.slice(0, 1)));
    expect(planOf(good, known).runs[0]).toMatchObject({ known: true, grows: true });
    expect(planOf(good, carryOut(planOf(good))).runs[0]).toMatchObject({ known: true, grows: false });
  });

  it("REQ-25 (Annex 11 4.8) breaks off when a line was lost", () => {
    expect(() => assertAccounted({ read: 3, stored: 1, unchanged: 1, quarantined: [] })).toThrow(/3 lines were read/);
  });
});

describe("any file at all", () => {
  const cell = fc.oneof(fc.constantFrom("R1", "R2", "A", "K1", "2025-03-03", "2025-03-04", "0", "24", "0.5", "cells/mL", "10^6/mL", "", "NA", "\"", "1e9", "-1", "\u0000"), fc.string({ maxLength: 6 }));
  const sound = fc.tuple(fc.constantFrom("R1", "R2"), fc.constantFrom("A", "B"), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 40 }), fc.constantFrom("0.9", "0.95", ""))
    .map(([run, arm, day, cells, alive]) => `${run},${arm},K1,2025-03-${String(3 + day).padStart(2, "0")},${day * 24},${cells},10^6/mL,${alive}`);
  const line = fc.oneof({ weight: 3, arbitrary: sound }, { weight: 1, arbitrary: fc.array(cell, { minLength: 1, maxLength: 10 }).map((cells) => cells.join(",")) }, { weight: 1, arbitrary: fc.string({ maxLength: 40 }) });
  const file = fc.array(line, { minLength: 1, maxLength: 40 }).filter((lines) => lines.join("").trim() !== "");

  it("REQ-25 (Annex 11 4.8) is accounted for to the last line, and importing it again changes nothing", () => {
    fc.assert(fc.property(file, (lines) => {
      const first = planOf(lines);
      const dataLines = lines.join("\n").split(/\r\n|\n|\r/).filter((text) => text.trim() !== "").length;
      expect(first.stored + first.unchanged + first.quarantined.length).toBe(dataLines);
      const again = planOf(lines, carryOut(first));
      expect([again.stored, again.unchanged, again.quarantined, again.values]).toEqual([0, first.stored, first.quarantined, []]);
    }), { numRuns: 400 });
  });
});

describe("a number of a file", () => {
  it.each([["1.5", ".", 1.5], ["1,5", ",", 1.5], ["-2e3", ".", -2000], [".5", ".", 0.5], ["1,5", ".", undefined], ["1.5", ",", undefined], ["0x10", ".", undefined], ["1 000", ".", undefined], ["", ".", undefined], ["1e999", ".", undefined]] as const)(
    "%s with the mark %s is %s", (text, mark, value) => expect(parseNumber(text, mark)).toBe(value));
});
