import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { instruments, unitSeeds } from "#db/seed/organisation.ts";
import { canonical } from "#lib/digest/digest.ts";
import { evaluateFormula } from "#lib/quantity/formula.ts";
import { within } from "#lib/quantity/limit.ts";
import { masterFileName, readMasterText } from "#lib/recipe/file.ts";
import { masterGaps } from "#lib/recipe/gaps.ts";
import { masterRecord, placedSteps, stepKinds, type MasterParameter, type MasterRecord } from "#lib/recipe/master-record.ts";
import { antigen500 } from "./antigen-500.ts";
import { mab2000 } from "./mab-2000.ts";

/** What a parameter is on a batch that goes as planned: its target, the middle of its normal range, or what its formula makes of such values; undefined where the master plans nothing. */
function planned(p: MasterParameter, of: ReadonlyMap<string, MasterParameter>): string | undefined {
  if (p.formula) return reckoned(p, of);
  const { low, high } = p.limits.normal ?? {};
  const value = p.limits.target ?? (low !== undefined && high !== undefined ? (low + high) / 2 : undefined);
  return value?.toString();
}

function reckoned(p: MasterParameter, of: ReadonlyMap<string, MasterParameter>): string | undefined {
  const { text = "", inputs = {} } = p.formula ?? {};
  const sources = Object.entries(inputs).map(([name, id]) => [name, of.get(id)] as const);
  const values: Record<string, string> = {}, units: Record<string, string> = {};
  for (const [name, source] of sources) {
    const value = source && planned(source, of);
    if (value === undefined) return undefined;
    values[name] = value;
    units[name] = source?.unit ?? "";
  }
  const result = evaluateFormula({ text, inputs: units, unit: p.unit, precision: p.precision }, values);
  if (!result.ok) throw new Error(`${p.id}: ${result.refusal.sentence}`);
  return result.value;
}

type Size = { readonly steps: number; readonly reckoned: number };
describe.each<[string, MasterRecord, Size]>([["VB-201 antigen, 500 L", antigen500, { steps: 36, reckoned: 1 }], ["VB-102 mAb, 2,000 L", mab2000, { steps: 110, reckoned: 30 }]])("the master of %s (REQ-39, 21 CFR 211.186)", (_, master, size) => {
  const steps = placedSteps(master);
  const place = new Map(steps.map((s, i) => [s.step.id, i]));
  const earlier = (id: string, i: number): boolean => (place.get(id) ?? Infinity) < i;

  /** Every step that must have ended before `of`, where no way leads through `without`. */
  const before = (of: string, without: ReadonlySet<string> = new Set(), found = new Set<string>()): Set<string> => {
    for (const id of steps[place.get(of) ?? Infinity]?.after ?? []) if (!without.has(id) && !found.has(id)) before(id, without, found.add(id));
    return found;
  };

  it("has the shape of a master", () => expect(masterRecord.parse(JSON.parse(JSON.stringify(master)))).toEqual(master));
  it("has no gap", () => expect(masterGaps(master)).toEqual([]));
  it("lies in examples/ as the portal exports it, byte by byte, and is read back without a fault or a gap", () => {
    const text = readFileSync(`examples/${masterFileName(master.id, master.version)}`, "utf8");
    // Where this differs, the master was changed: put its new export (/masters/<id>/<version>/file) in place of the file.
    expect(text).toBe(canonical(master));
    const read = readMasterText(text);
    expect(read).toEqual({ ok: true, value: master });
    expect(read.ok && masterGaps(read.value)).toEqual([]);
  });
  it("has steps of every kind, a decision and steps beside each other", () => {
    expect(steps.length).toBeGreaterThanOrEqual(size.steps);
    expect(stepKinds.filter((kind) => !steps.some((s) => s.step.kind === kind))).toEqual([]);
    expect(steps.some((s) => steps.some((other) => other !== s && other.after.join() === s.after.join() && s.after.length > 0))).toBe(true);
  });
  it("is due in the order of its steps", () => {
    const due = steps.map((s) => s.step.dueH ?? Number.NaN);
    expect(due).toEqual([...due].sort((a, b) => a - b));
    expect(due.at(-1)).toBe(master.durationH);
  });
  it("waits only for what stands before, and leaves out only what comes after", () => {
    expect(steps.flatMap((s, i) => [...s.after, ...(s.step.timer ? [s.step.timer.since] : [])].filter((id) => !earlier(id, i)).map((id) => `${s.step.id} waits for ${id}`))).toEqual([]);
    expect(steps.flatMap((s, i) => (s.step.choices ?? []).flatMap((c) => c.leavesOut).filter((id) => earlier(id, i)).map((id) => `${s.step.id} leaves out ${id}`))).toEqual([]);
  });
  it("opens nothing too early by leaving steps out", () => {
    const opened = steps.flatMap(({ step }) => (step.choices ?? []).flatMap(({ leavesOut }) => {
      const out = new Set(leavesOut);
      const decided = before(step.id).add(step.id);
      return steps.filter((s) => !out.has(s.step.id) && s.after.some((id) => out.has(id))).flatMap((s) => {
        const own = before(s.step.id, out);
        return s.after.filter((id) => out.has(id)).flatMap((id) => [...before(id)]).filter((id) => !out.has(id) && !decided.has(id) && !own.has(id)).map((id) => `${s.step.id} without ${id}`);
      });
    }));
    expect(opened).toEqual([]);
  });
  it("ends with a signature for which every step is done", () => {
    const last = steps.at(-1)?.step;
    const awaited = before(last?.id ?? "").add(last?.id ?? "");
    expect(last?.kind).toBe("signoff");
    expect(steps.map((s) => s.step.id).filter((id) => !awaited.has(id))).toEqual([]);
  });
  it("is planned so that its times are kept", () => {
    const due = new Map(steps.map((s) => [s.step.id, s.step.dueH ?? Number.NaN]));
    const late = steps.filter(({ step: { id, timer } }) => timer && !within(Math.round(((due.get(id) ?? Number.NaN) - (due.get(timer.since) ?? Number.NaN)) * 60), { low: timer.atLeastMin, high: timer.atMostMin }));
    expect(late.map((s) => s.step.id)).toEqual([]);
  });
  it("calculates normal values from planned ones", () => {
    const of = new Map(master.parameters.map((p) => [p.id, p]));
    const results = master.parameters.flatMap((p) => { const value = p.formula && reckoned(p, of); return value === undefined ? [] : [{ p, value }]; });
    expect(results.length).toBeGreaterThanOrEqual(size.reckoned);
    expect(results.filter(({ p, value }) => !within(Number(value), p.limits.normal ?? {})).map(({ p, value }) => `${p.id} ${value}`)).toEqual([]);
  });
});

describe("the master of VB-102 mAb, 2,000 L", () => {
  const known = new Map(instruments.map((i) => [i.tag, i.unit]));
  const of = new Map(mab2000.parameters.map((p) => [p.id, p]));
  const captured = placedSteps(mab2000).filter((s) => s.step.kind === "capture").flatMap(({ unitProcedure, step }) => step.parameters.flatMap((id) => { const p = of.get(id); return p?.tag === undefined ? [] : [{ id, unitProcedure, unit: p.unit, tag: p.tag }]; }));
  const daily = placedSteps(mab2000).find((s) => s.step.id === "capture-day-1")?.step.parameters ?? [];

  it("is made in the production bioreactors of the sites", () => expect(mab2000.equipment.map((e) => e.equipmentClass)).toContain(unitSeeds[0]?.equipmentClass));
  it("captures every day by tags they have, in their units", () => {
    expect(daily.length).toBeGreaterThanOrEqual(9);
    expect(daily.filter((id) => known.get(of.get(id)?.tag ?? "") !== of.get(id)?.unit)).toEqual([]);
  });
  it("takes no tag of theirs for another unit", () => expect(captured.filter((p) => known.has(p.tag) && !["Production bioreactor", "End of the culture and harvest"].includes(p.unitProcedure))).toEqual([]));
  it("knows the unit of every tag of theirs", () => expect(captured.filter((p) => known.has(p.tag) && known.get(p.tag) !== p.unit)).toEqual([]));
});
