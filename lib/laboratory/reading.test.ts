import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { within, type Limits } from "#lib/quantity/limit.ts";
import { censoredLies, censoredOf, isOutOfSpecification, judgeReading, numberOf, reportedValue, roundedReading, specificationOf, wantedText, type AskedTest } from "./reading.ts";

const purity: AskedTest = { id: "purity", name: "Purity", unit: "%", precision: 1, class: "CQA", source: "laboratory", limits: { normal: { low: 95 }, action: { low: 93 }, absolute: { low: 0, high: 100 } }, method: "SOP-QC-033" };
const colonies: AskedTest = { ...purity, id: "bioburden", name: "Bioburden", unit: "CFU/10 mL", precision: 0, limits: { normal: { low: 0, high: 10 }, absolute: { low: 0 } } };
const identity: AskedTest = { ...purity, id: "identity", name: "Identity", unit: "1", form: "choice", options: [{ value: "complies", fits: true }, { value: "does not comply", fits: false }], limits: {} };
const appearance: AskedTest = { ...identity, form: "text", options: undefined };

describe("a reading (REQ-44, USP General Notices 7.20)", () => {
  it.each<[string, number, string | undefined]>([["2.345", 2, "2.35"], ["-2.345", 2, "-2.35"], ["2.3449999999", 2, "2.34"], ["0.5", 0, "1"], ["-0.5", 0, "-1"], ["-0.04", 1, "0.0"], ["9.995", 2, "10.00"], ["7", 2, "7.00"], ["1.005", 2, "1.01"], ["", 1, undefined], ["1,5", 1, undefined], ["1e3", 1, undefined], ["NaN", 1, undefined]])(
    "%s at %d digits is %s", (raw, digits, expected) => expect(roundedReading(raw, digits)).toBe(expected));
  it("is rounded half away from zero, as whole numbers do it", () => {
    fc.assert(fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), fc.integer({ min: 0, max: 3 }), (thousandths, digits) => {
      const raw = `${thousandths < 0 ? "-" : ""}${Math.trunc(Math.abs(thousandths) / 1000)}.${String(Math.abs(thousandths) % 1000).padStart(3, "0")}`;
      const step = 10 ** (3 - digits);
      const units = Math.sign(thousandths) * Math.trunc((Math.abs(thousandths) + step / 2) / step);
      expect(Number(roundedReading(raw, digits)) * 10 ** digits).toBeCloseTo(units, 6);
    }), { numRuns: 300 });
  });
  it.each<[AskedTest, string, string | undefined]>([
    [colonies, "<1", "<1"], [colonies, "> 300", ">300"], [colonies, "<0.5", "<0.5"], [colonies, "<=1", undefined], [colonies, "about 3", undefined], [colonies, "3.5", "4"], [identity, "complies", "complies"], [identity, " complies ", "complies"], [identity, "perhaps", undefined], [identity, "1", undefined],
    [appearance, "Clear, colourless", "Clear, colourless"], [appearance, "  ", undefined],
  ])("of %o given as %s is reported as %s", (asked, raw, expected) => expect(reportedValue(asked, raw)).toBe(expected));
  it("is a number only where it is one", () => expect(["96.0", "<1", ">300", "complies", ""].map(numberOf)).toEqual([96, undefined, undefined, undefined, undefined]));
});

describe("a specification (REQ-44, REQ-56)", () => {
  const of = (limits: Limits, asked: AskedTest["class"]) => ({ limits, class: asked });
  it.each<[string, boolean, boolean]>([
    ["inside everything", isOutOfSpecification(96, purity), false], ["outside normal, inside action", isOutOfSpecification(94, purity), false], ["outside action", isOutOfSpecification(92.9, purity), true], ["beyond what is possible", isOutOfSpecification(101, purity), true],
    ["an attribute with a normal range alone, outside", isOutOfSpecification(11, of({ normal: { high: 10 } }, "CQA")), true], ["a performance parameter with a normal range alone, outside", isOutOfSpecification(11, of({ normal: { high: 10 } }, "KPP")), false], ["nothing specified", isOutOfSpecification(11, of({}, "CQA")), false],
    ["proven acceptable alone, outside", isOutOfSpecification(11, of({ validated: { high: 10 } }, "KPP")), true],
  ])("%s: %s", (_, found, expected) => expect(found).toBe(expected));
  it("is the action range before the proven acceptable one", () => expect([specificationOf(purity), specificationOf(of({ validated: { low: 1 } }, "IPC")), specificationOf(of({ normal: { low: 1 } }, "IPC"))]).toEqual([{ low: 93 }, { low: 1 }, undefined]));
  it("is said in words", () => expect([purity, colonies, identity, appearance].map(wantedText)).toEqual(["≥ 93.0", "0 to 10", "complies", ""]));
});

describe("REQ-44 (21 CFR 211.165) the judgement of a result", () => {
  const said = (value: string, asked: AskedTest) => { const { evaluation, outOfSpecification } = judgeReading(value, asked); return `${evaluation}${outOfSpecification ? " OOS" : ""}`; };
  it.each<[string, AskedTest, string]>([
    ["96.0", purity, "within"], ["94.0", purity, "exception"], ["92.0", purity, "exception OOS"], ["5", { ...purity, limits: {} }, "no_limits"],
    // Below what the method finds, with no colony possible below zero: all of it is good.
    ["<1", colonies, "within"], ["<10", colonies, "within"],
    // Anything up to 20 may be good or bad; anything above 5 as well.
    ["<20", colonies, "not_evaluated"], [">5", colonies, "not_evaluated"],
    // All of it is bad.
    [">300", colonies, "exception OOS"], [">10", colonies, "exception OOS"], ["<0", colonies, "exception OOS"],
    ["<93", purity, "exception OOS"], ["<94", purity, "exception"], [">94", purity, "not_evaluated"], [">95", purity, "within"], [">100", purity, "exception OOS"], ["<95", { ...purity, class: "KPP", limits: { normal: { low: 95 } } }, "exception"], ["<1", { ...purity, limits: {} }, "no_limits"],
    ["complies", identity, "within"], ["does not comply", identity, "exception OOS"], ["Clear", appearance, "no_limits"],
  ])("of %s by %o is %s", (value, asked, expected) => expect(said(value, asked)).toBe(expected));
  it("says of what cannot be judged why, and names the range", () => expect(judgeReading("<20", colonies).notEvaluated).toBe("<20 CFU/10 mL may lie inside or outside 0 to 10 CFU/10 mL: it cannot be judged."));
  it("never says more of a censored value than is true of every value it may be, and something wherever all of them agree", () => {
    const whole = fc.integer({ min: 0, max: 20 });
    fc.assert(fc.property(fc.constantFrom("<", ">"), whole, whole, whole, (sign, bound, a, b) => {
      const range = { low: Math.min(a, b), high: Math.max(a, b) };
      const absolute = { low: 0, high: 20 };
      const censored = censoredOf(`${sign}${bound}`);
      if (!censored) throw new Error("it is censored");
      // Quarters of what is possible, so that something lies on each side of every whole bound.
      const possible = Array.from({ length: 81 }, (_, i) => i / 4).filter((x) => (sign === "<" ? x < bound : x > bound));
      const inside = possible.map((x) => within(x, range));
      const lies = censoredLies(censored, range, absolute);
      if (lies === "inside") expect(inside.every(Boolean)).toBe(true);
      if (lies === "outside") expect(inside.some(Boolean)).toBe(false);
      if (lies === "either" && possible.length > 0) expect(new Set(inside).size).toBe(2);
    }), { numRuns: 5_000 });
  });
});
