import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smallMaster } from "#tests/small-master.ts";
import { headShape, listsOf, partKinds } from "#lib/recipe/edit.ts";
import { at, draftOf, idFrom, put, typedPart, type Draft } from "./draft.ts";

/** The same part as if every number had been typed. */
const asTyped = (value: unknown): unknown => (typeof value === "number" ? String(value) : Array.isArray(value) ? value.map(asTyped) : value !== null && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asTyped(inner)])) : value);

describe("a part while it is typed", () => {
  it("is saved as what it was, whether its numbers were typed again or not", () => {
    for (const kind of partKinds) for (const part of listsOf(smallMaster, kind).flatMap(({ list }) => [...list]) as readonly Draft[]) {
      expect(typedPart(kind, draftOf(kind, part))).toEqual(part);
      if (kind === "unit-procedure" || kind === "operation" || kind === "phase") continue; // their form holds the name only
      expect(typedPart(kind, asTyped(draftOf(kind, part)) as Draft)).toEqual(part);
    }
    const head = headShape.parse(Object.fromEntries(Object.entries(smallMaster).filter(([key]) => key in headShape.shape)));
    expect(typedPart("head", asTyped(head) as Draft)).toEqual(head);
  });
  it("leaves out what is empty, and keeps what is no number, so that it is refused at its field", () => {
    const draft = { name: "pH", limits: { target: " 7.2 ", normal: { low: "", high: "" }, action: { low: "7,0" } }, formula: { text: "", inputs: [] } };
    expect(typedPart("parameter", draft)).toEqual({ name: "pH", limits: { target: 7.2, action: { low: "7,0" } } });
    expect(typedPart("parameter", { formula: { text: "a / b", inputs: [{ name: "a", id: "volume" }] } })).toEqual({ limits: {}, formula: { text: "a / b", inputs: { a: "volume" } } });
    expect(typedPart("parameter", { limits: {} })).toEqual({ limits: {} });
    expect(typedPart("step", { after: [], timer: { since: "", atLeastMin: "" } })).toEqual({ after: [] });
    expect(typedPart("head", { theoreticalYield: { name: "", unit: "" } })).toEqual({});
  });
  it("puts a value where it is said and nowhere else", () => {
    fc.assert(fc.property(fc.constantFrom("name", "limits.normal.low", "limits.target", "evaluation.minutes"), fc.string(), (path, value) => {
      const before: Draft = { name: "a", limits: { normal: { low: 1, high: 2 } }, evaluation: { kind: "instant" } };
      const after = put(before, path, value);
      expect(at(after, path)).toBe(value);
      expect(put(put(after, path, "kept"), path, value)).toEqual(after);
      for (const other of ["name", "limits.normal.high", "evaluation.kind"].filter((one) => one !== path)) expect(at(after, other)).toBe(at(before, other));
    }));
    expect(put({ options: [{ value: "a" }, { value: "b" }] }, "options.1.value", "c")).toEqual({ options: [{ value: "a" }, { value: "c" }] });
    expect(put({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
  });
  it("makes an id of a name", () => expect(["pH at 25 °C", "  Säure/Base ", "µ", "A".repeat(80)].map(idFrom)).toEqual(["ph-at-25-c", "saure-base", "", "a".repeat(60)]));
});
