import { describe, expect, it } from "vitest";
import { advanceSupplier, codeFault, unitFault } from "./supply.ts";

describe("a supplier (REQ-46, 21 CFR 211.84)", () => {
  it.each([["approved", "suspend", "suspended"], ["suspended", "approve", "approved"]] as const)("%s: %s leads to %s", (state, command, next) => expect(advanceSupplier(state, command, "Helvetia")).toEqual({ ok: true, value: next }));
  it.each([["approved", "approve"], ["suspended", "suspend"]] as const)("that is %s is told so when asked to %s again", (state, command) => expect(advanceSupplier(state, command, "Helvetia")).toMatchObject({ ok: false, refusal: { sentence: `Helvetia is ${state} already.` } }));
});

describe("a material that is added", () => {
  it.each(["RM-0417", "WCB-102", "CS-2101-A"])("%s is a code", (code) => expect(codeFault(code, "RM-0417")).toBeUndefined());
  it.each(["rm-0417", "RM 0417", "RM", "", "RM-0417/1", "-1", "RM--1"])("%j is none, and the sentence says how one is written", (code) => expect(codeFault(code, "RM-0417")).toContain("for example RM-0417"));
  it("is kept in a unit the portal can calculate with", () => expect([unitFault("kg"), unitFault("pcs"), unitFault("stone")?.slice(0, 18)]).toEqual([undefined, undefined, "“stone” is no unit"]));
});
