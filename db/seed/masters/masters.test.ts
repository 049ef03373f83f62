import { describe, expect, it } from "vitest";
import { masterGaps } from "#lib/recipe/gaps.ts";
import { masterRecord, placedSteps } from "#lib/recipe/master-record.ts";
import { antigen500 } from "./antigen-500.ts";

describe.each([["VB-201 antigen, 500 L", antigen500]])("the master of %s (REQ-39, 21 CFR 211.186)", (_, master) => {
  it("has the shape of a master", () => expect(masterRecord.parse(JSON.parse(JSON.stringify(master)))).toEqual(master));
  it("has no gap", () => expect(masterGaps(master)).toEqual([]));
  it("has steps of many kinds, a decision and steps beside each other", () => {
    const steps = placedSteps(master);
    expect(steps.length).toBeGreaterThan(35);
    expect(new Set(steps.map((s) => s.step.kind)).size).toBeGreaterThanOrEqual(11);
    expect(steps.some((s) => steps.some((other) => other !== s && other.after.join() === s.after.join() && s.after.length > 0))).toBe(true);
  });
  it("is due in the order of its steps", () => {
    const due = placedSteps(master).map((s) => s.step.dueH ?? Number.NaN);
    expect(due).toEqual([...due].sort((a, b) => a - b));
  });
});
