import { describe, expect, it } from "vitest";
import { limitFaults, within } from "#lib/quantity/limit.ts";
import { limitsOfTag, masterContent } from "#lib/recipe/master.ts";
import { cultureH, master101 } from "./master.ts";
import { instruments } from "./organisation.ts";
import { storyBatches } from "./timeline.ts";

const byId = new Map(master101.parameters.map((p) => [p.id, p]));
const used = new Set(master101.steps.flatMap((s) => s.parameters));
const repeated = (values: readonly string[]) => values.filter((v, i) => values.indexOf(v) !== i);

describe("the master batch record of the story", () => {
  it("has the shape of a master", () => expect(masterContent.parse(master101)).toEqual(master101));
  it("REQ-56 (ICH Q8) has nested limits for every parameter, with the target inside the normal range", () => {
    expect(master101.parameters.map((p) => [p.id, limitFaults(p.limits)]).filter(([, broken]) => broken?.length)).toEqual([]);
    expect(master101.parameters.filter((p) => p.limits.target !== undefined && !within(p.limits.target, p.limits.normal ?? {})).map((p) => p.id)).toEqual([]);
    expect(master101.parameters.filter((p) => !p.limits.normal).map((p) => p.id)).toEqual([]);
  });
  it("REQ-40 (21 CFR 211.188) knows every parameter a step asks for, needs every parameter it knows for a step or a tag, and names nothing twice", () => {
    expect([...used].filter((id) => !byId.has(id))).toEqual([]);
    expect(master101.parameters.filter((p) => !used.has(p.id) && !p.tag).map((p) => p.id)).toEqual([]);
    expect([repeated(master101.parameters.map((p) => p.id)), repeated(master101.steps.map((s) => s.id))]).toEqual([[], []]);
  });
  it("REQ-40 (21 CFR 211.188) has its steps in the order of the procedure", () => {
    const place = (id: string) => id.split(".").map(Number);
    const ordered = [...master101.steps].sort((a, b) => place(a.id).reduce((found, n, i) => found || n - (place(b.id)[i] ?? 0), 0));
    expect(master101.steps.map((s) => s.id)).toEqual(ordered.map((s) => s.id));
    expect(new Set(master101.steps.map((s) => s.operation)).size).toBe(4);
    expect(master101.steps.every((s) => s.operation.startsWith(s.id.split(".").slice(0, 2).join(".")))).toBe(true);
  });
  it("REQ-20 (21 CFR 11.10(h)) judges tags that instruments measure, in their unit and inside what they can say", () => {
    for (const p of master101.parameters.filter((one) => one.tag)) {
      const instrument = instruments.find((i) => i.tag === p.tag);
      expect(instrument?.unit, p.id).toBe(p.unit);
      for (const range of [p.limits.normal, p.limits.action, p.limits.validated]) for (const edge of [range?.low, range?.high]) {
        if (edge !== undefined) expect(within(edge, { low: instrument?.rangeLow ?? 0, high: instrument?.rangeHigh ?? 0 }), `${p.id} ${edge}`).toBe(true);
      }
    }
    expect(limitsOfTag(master101, "ph")?.id).toBe("ph");
  });
});

describe("the batches of the story", () => {
  it("never hold a unit two at a time", () => {
    for (const unit of new Set(storyBatches.map((b) => `${b.siteId}/${b.unitId}`))) {
      const spans = storyBatches.filter((b) => `${b.siteId}/${b.unitId}` === unit).map((b) => ({ from: -b.inoculatedHoursAgo, to: -(b.harvestedHoursAgo ?? (b.completedHoursAgo || b.inoculatedHoursAgo - cultureH)) })).sort((a, b) => a.from - b.from);
      for (const [i, span] of spans.slice(1).entries()) expect(span.from, unit).toBeGreaterThanOrEqual(spans[i]?.to ?? 0);
    }
  });
  it("are each in the past as far as their state says", () => {
    for (const b of storyBatches) {
      expect(b.completedHoursAgo === undefined, b.id).toBe(b.state === "in_progress");
      expect((b.completedHoursAgo ?? 0) >= 0 && (b.harvestedHoursAgo ?? Infinity) > (b.completedHoursAgo ?? -1), b.id).toBe(true);
    }
    expect(repeated(storyBatches.map((b) => b.id))).toEqual([]);
  });
});
