import { describe, expect, it } from "vitest";
import { smallMaster } from "#tests/small-master.ts";
import { masterChanges } from "./difference.ts";
import type { MasterRecord } from "./master-record.ts";

const changed = (change: (copy: MasterRecord) => void): MasterRecord => {
  const copy = structuredClone(smallMaster);
  copy.version = 2;
  change(copy);
  return copy;
};
const phase = (master: MasterRecord, i: number) => {
  const found = master.procedure[0]?.operations[0]?.phases[i];
  if (!found) throw new Error(`phase ${i} is missing`);
  return found;
};
const first = <T>(list: readonly T[]): T => list[0] as T;
const said = (change: (copy: MasterRecord) => void) => masterChanges(smallMaster, changed(change)).map((c) => `${c.kind} ${c.part} ${c.what} · ${c.field}: ${c.before} → ${c.after}`);

describe("the difference of two versions (REQ-35, REQ-39)", () => {
  it("is empty where only the version's number differs", () => expect(said(() => {})).toEqual([]));
  it.each<[string, (copy: MasterRecord) => void, readonly string[]]>([
    ["a limit", (c) => { first(c.parameters).limits.action = { low: 6.9, high: 7.4 }; }, ["changed parameter pH · limits, action range, low: 7 → 6.9"]],
    ["a limit that is taken away", (c) => { delete first(c.parameters).limits.absolute; }, ["changed parameter pH · limits, absolute range, low: 0 → ", "changed parameter pH · limits, absolute range, high: 14 → "]],
    ["an evaluation", (c) => { first(c.parameters).evaluation = { kind: "longer_than", minutes: 10 }; }, ["changed parameter pH · evaluation, kind: instant → longer_than", "changed parameter pH · evaluation, minutes:  → 10"]],
    ["a quantity", (c) => { first(c.materials).quantity = 8.2; }, ["changed material Sodium chloride · quantity: 8 → 8.2"]],
    ["an instruction", (c) => { first(phase(c, 0).steps).instruction = "Look behind the vessel too."; }, ["changed step Clear the area · instruction: Nothing of another batch is in the room. → Look behind the vessel too."]],
    ["a second person no longer needed", (c) => { first(phase(c, 0).steps).verified = false; }, ["changed step Clear the area · verified by a second person: yes → no"]],
    ["a step more", (c) => { phase(c, 0).steps.push({ ...first(phase(c, 0).steps), id: "look", title: "Look again" }); }, ["added step Look again · :  → Look again"]],
    ["a step less", (c) => { phase(c, 0).steps.splice(1, 1); }, ["removed step Bind the vessel · : Bind the vessel → "]],
    ["a step in another phase", (c) => { phase(c, 1).steps.unshift(...phase(c, 0).steps.splice(1, 1)); }, ["changed step Bind the vessel · phase: Preparation → Dissolving"]],
    ["another order", (c) => { phase(c, 0).steps.reverse(); }, ["moved step Steps · order: clear → bind → charge → stir → adjust → filtrate → draw → reconcile → bind → clear → charge → stir → adjust → filtrate → draw → reconcile"]],
    ["the head", (c) => { c.batchSize.quantity = 200; c.precautions = "None needed."; }, ["changed master Phosphate buffer, 100 L · batch size, quantity: 100 → 200", "changed master Phosphate buffer, 100 L · precautions: Protective goggles; salts raise dust. → None needed."]],
  ])("says %s", (_, change, expected) => expect(said(change)).toEqual(expected));

  it("says the same things the other way round when the versions change places", () => {
    const other = changed((c) => { first(c.materials).quantity = 9; phase(c, 0).steps.splice(1, 1); });
    const [there, back] = [masterChanges(smallMaster, other), masterChanges(other, smallMaster)];
    expect(back.map((c) => [c.part, c.what, c.after, c.before]).sort()).toEqual(there.map((c) => [c.part, c.what, c.before, c.after]).sort());
  });
});
