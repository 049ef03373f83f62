import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smallMaster } from "#tests/small-master.ts";
import { addPart, changeHead, changePart, listsOf, movePart, partKinds, partOf, removePart, type Head, type PartKind, type Parts, type PartPlace } from "./edit.ts";
import { saveTyped } from "./edit-form.ts";
import { gapViews, selectionOf, selectionText } from "./edit-place.ts";
import { masterRecord, placedSteps, type MasterRecord } from "./master-record.ts";

/** A master with two of everything, so that parts can leave one list for the next. */
const wide: MasterRecord = masterRecord.parse({
  ...smallMaster,
  procedure: [...smallMaster.procedure, { id: "second", name: "Second", operations: [{ id: "one", name: "One", phases: [{ id: "p-one", name: "Phase", steps: [{ id: "s-one", kind: "instruction", title: "Look", instruction: "Look.", verified: false }] }, { id: "p-empty", name: "Empty", steps: [] }] }, { id: "two", name: "Two", phases: [] }] }],
});
const idsOf = (master: MasterRecord, kind: PartKind): readonly string[] => listsOf(master, kind).flatMap(({ list }) => list.map((part: { readonly id: string }) => part.id));
const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  if (!result.ok) throw new Error("refused");
  return result.value;
};
const kind = fc.constantFrom(...partKinds);
const partThere = kind.chain((k) => fc.record({ kind: fc.constant(k), id: fc.constantFrom(...idsOf(wide, k)) }));
const own = { material: "mass", equipment: "tank", parameter: "new-one", sample: "sample-two", "unit-procedure": "third", operation: "three", phase: "p-three", step: "s-three" } as const satisfies Record<PartKind, string>;
/** A part like the first of its kind, under an id of its own and without what belongs to it. */
const freshPart = <K extends PartKind>(k: K): Parts[K] => {
  const first = listsOf(wide, k).flatMap(({ list }) => list)[0];
  if (!first) throw new Error("none of this kind");
  const emptied: Partial<Record<PartKind, object>> = { "unit-procedure": { operations: [] }, operation: { phases: [] }, phase: { steps: [] } };
  return { ...first, ...emptied[k], id: own[k] };
};
const placeFor = (k: PartKind): fc.Arbitrary<PartPlace> => fc.oneof(fc.constantFrom(...idsOf(wide, k)).map((after) => ({ after })), fc.constantFrom(...listsOf(wide, k).map(({ within }) => within)).map((within) => ({ within })));
const newPlace = kind.chain((k) => fc.record({ kind: fc.constant(k), place: placeFor(k) }));

describe("editing a master (REQ-39, 21 CFR 211.186)", () => {
  it("adds a part and takes it out again: the master is what it was", () => {
    fc.assert(fc.property(newPlace, ({ kind: k, place }) => {
      const added = value(addPart(wide, k, freshPart(k), place));
      expect(idsOf(added, k)).toHaveLength(idsOf(wide, k).length + 1);
      expect(masterRecord.safeParse(added).success).toBe(true);
      expect(value(removePart(added, k, own[k]))).toEqual(wide);
    }));
  });
  it("moves a part and back: the master is what it was, and no part is lost on the way", () => {
    fc.assert(fc.property(partThere, fc.constantFrom("up", "down"), ({ kind: k, id }, by) => {
      const moved = movePart(wide, k, id, by);
      const end = by === "up" ? 0 : -1;
      if (!moved.ok) {
        expect(moved.refusal.reason).toBe("at-the-end");
        expect(listsOf(wide, k).at(end)?.list.at(end)?.id).toBe(id);
        return;
      }
      expect([...idsOf(moved.value, k)].sort()).toEqual([...idsOf(wide, k)].sort());
      expect(moved.value).not.toEqual(wide);
      expect(value(movePart(moved.value, k, id, by === "up" ? "down" : "up"))).toEqual(wide);
    }));
  });
  it("changes that part only: everything else, and its id, stay", () => {
    const named = (part: object): object => ("title" in part ? { ...part, title: "changed", id: "other" } : { ...part, name: "changed", id: "other" });
    fc.assert(fc.property(partThere, ({ kind: k, id }) => {
      const changed = value(changePart(wide, k, id, (old) => named(old) as typeof old));
      const [before, after] = [JSON.stringify(wide), JSON.stringify(changed)];
      expect(after).not.toBe(before);
      const old = partOf(wide, k, id);
      expect(value(changePart(changed, k, id, () => old as never))).toEqual(wide);
      expect(after.split("changed")).toHaveLength(2);
    }));
  });
  it("keeps ids unique, whatever is done in whatever order", () => {
    const acts = fc.array(fc.oneof(
      newPlace.map((at) => ({ act: "add" as const, ...at })), partThere.map((at) => ({ act: "remove" as const, ...at })), fc.record({ act: fc.constant("move" as const), part: partThere, by: fc.constantFrom("up" as const, "down" as const) }),
    ), { maxLength: 30 });
    fc.assert(fc.property(acts, (list) => {
      const end = list.reduce<MasterRecord>((master, one) => {
        const next = one.act === "add" ? addPart(master, one.kind, freshPart(one.kind), one.place) : one.act === "remove" ? removePart(master, one.kind, one.id) : movePart(master, one.part.kind, one.part.id, one.by);
        return next.ok ? next.value : master;
      }, wide);
      for (const k of partKinds) expect(new Set(idsOf(end, k)).size).toBe(idsOf(end, k).length);
      expect(masterRecord.safeParse(end).success).toBe(true);
    }), { numRuns: 500 });
  });
  it("takes a step past the end of its phase into the next one", () => {
    const moved = value(movePart(smallMaster, "step", "bind", "down"));
    expect(placedSteps(moved).find(({ step }) => step.id === "bind")).toMatchObject({ phase: "Dissolving", number: "1.1.2.1" });
  });
  it("refuses an id that is taken, a part and a place that are not there", () => {
    expect(addPart(wide, "parameter", { ...freshPart("parameter"), id: "ph" }, { within: "" })).toEqual({ ok: false, refusal: { reason: "id-taken" } });
    expect(addPart(wide, "step", freshPart("step"), { within: "nowhere" })).toEqual({ ok: false, refusal: { reason: "no-such-place" } });
    expect(changePart(wide, "sample", "none", (old) => old)).toEqual({ ok: false, refusal: { reason: "no-such-part" } });
    expect(removePart(wide, "phase", "none")).toEqual({ ok: false, refusal: { reason: "no-such-part" } });
  });
  it("changes the head and nothing below it", () => {
    const { format: _f, id: _i, version: _v, materials: _m, equipment: _e, parameters: _p, samples: _s, procedure: _r, precautions: _c, ...rest } = smallMaster;
    const head: Head = { ...rest, title: "Another title" };
    const { precautions: _gone, ...expected } = smallMaster;
    expect(changeHead(smallMaster, head)).toEqual({ ...expected, title: "Another title" });
  });
});

describe("saving a form", () => {
  const place = { within: "" };
  it("puts a parameter into the document, and leaves it out where its shape is broken, with a sentence at each field", () => {
    const typed = { ...partOf(smallMaster, "parameter", "ph"), name: "pH at 25 °C" };
    const saved = value(saveTyped(smallMaster, { selection: { kind: "parameter", id: "ph" }, typed, place }));
    expect(partOf(saved, "parameter", "ph")).toMatchObject({ name: "pH at 25 °C", limits: { target: 7.2 } });
    const broken = saveTyped(smallMaster, { selection: { kind: "parameter", id: "ph" }, typed: { ...typed, name: " ", precision: 9, limits: { normal: { low: "7,1" } } }, place });
    expect(broken.ok ? [] : broken.refusal.reason === "shape" && broken.refusal.faults.map(({ path, sentence }) => [path.join("."), sentence])).toEqual([
      ["name", "This is empty. Write something here."], ["precision", "This must be at most 6."], ["limits.normal.low", "Write a number here, with a point and without a thousands separator."],
    ]);
  });
  it("never takes what belongs to a phase from its form", () => {
    const saved = value(saveTyped(smallMaster, { selection: { kind: "phase", id: "filter" }, typed: { name: "Sterile filtration", steps: [] }, place }));
    expect(partOf(saved, "phase", "filter")).toEqual({ ...partOf(smallMaster, "phase", "filter"), name: "Sterile filtration" });
  });
  it("adds a step behind another", () => {
    const typed = { id: "rinse", kind: "instruction", title: "Rinse", instruction: "Rinse the filter.", verified: false };
    const saved = value(saveTyped(smallMaster, { selection: { kind: "step", id: undefined }, typed, place: { after: "charge" } }));
    expect(placedSteps(saved).map(({ step }) => step.id)).toEqual(["clear", "bind", "charge", "rinse", "stir", "adjust", "filtrate", "draw", "reconcile"]);
    expect(saveTyped(saved, { selection: { kind: "step", id: undefined }, typed, place: { after: "charge" } })).toEqual({ ok: false, refusal: { reason: "id-taken" } });
  });
});

describe("the address of the authoring page", () => {
  it("finds the part it names, and the head where it names none", () => {
    expect(selectionOf("parameter:ph", smallMaster)).toEqual({ kind: "parameter", id: "ph" });
    expect(selectionOf("step", smallMaster)).toEqual({ kind: "step", id: undefined });
    for (const text of [undefined, "", "parameter:none", "constructor", "head"]) expect(selectionOf(text, smallMaster)).toEqual({ kind: "head" });
    for (const k of partKinds) for (const id of idsOf(wide, k)) expect(selectionOf(selectionText({ kind: k, id } as never), wide)).toEqual({ kind: k, id });
  });
  it("leads from every gap of an incomplete master to the part that closes it (REQ-39)", () => {
    const broken: MasterRecord = {
      ...smallMaster, precautions: undefined, theoreticalYield: undefined, batchSize: { quantity: 1, unit: "barrels" }, samples: [],
      parameters: smallMaster.parameters.map((p) => (p.id === "ph" ? { ...p, limits: {} } : p)), materials: smallMaster.materials.map((m) => ({ ...m, unit: "stone" })),
      procedure: smallMaster.procedure.map((up) => ({ ...up, operations: up.operations.map((op) => ({ ...op, phases: op.phases.map((ph) => ({ ...ph, steps: ph.steps.map((s) => (s.id === "adjust" ? { ...s, parameters: [], verified: false } : { ...s, verified: false })) })) })) })),
    } as MasterRecord;
    const gaps = gapViews(broken);
    expect(gaps.length).toBeGreaterThan(8);
    expect(gaps.filter(({ part }) => part === undefined || selectionText(selectionOf(part, broken)) !== part)).toEqual([]);
    const partOfPlace = (place: string) => gaps.find((gap) => gap.place === place)?.part;
    expect(["Step 1.1.2.3 Adjust pH", "Parameter pH", "Material Sodium chloride", "Sampling", "Yield"].map(partOfPlace)).toEqual(["step:adjust", "parameter:ph", "material:salt", "sample", "head"]);
  });
  it("leads to the right one of two parts that bear one name", () => {
    const again = smallMaster.parameters.flatMap((p) => (p.id === "ph" ? [p, { ...p, id: "ph-again" }] : [p]));
    expect(gapViews({ ...smallMaster, parameters: again }).map(({ place, part }) => [place, part])).toEqual([["Parameter pH", "parameter:ph-again"]]);
  });
});
