import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkFormula, evaluateFormula, type Formula } from "./formula.ts";
import { units } from "./unit.ts";

const of = (text: string, inputs: Formula["inputs"], unit = "1", precision = 2): Formula => ({ text, inputs, unit, precision });
const reason = (formula: Formula): string => {
  const checked = checkFormula(formula);
  return checked.ok ? "accepted" : checked.refusal.reason;
};
const value = (formula: Formula, values: Readonly<Record<string, string>>): string => {
  const result = evaluateFormula(formula, values);
  return result.ok ? result.value : result.refusal.reason;
};
const yieldPercent = of("bulk_volume * bulk_titer / (harvest_volume * harvest_titer)", { bulk_volume: "L", bulk_titer: "g/L", harvest_volume: "L", harvest_titer: "g/L" }, "%", 1);

describe("a formula (REQ-41, 21 CFR 211.103)", () => {
  it("calculates a yield over quantities with units", () => {
    expect(value(yieldPercent, { bulk_volume: "161.0", bulk_titer: "32.4", harvest_volume: "1812", harvest_titer: "4.02" })).toBe("71.6");
  });
  it.each<[string, Formula, Readonly<Record<string, string>>, string]>([
    ["litres and millilitres are one quantity", of("a + b", { a: "L", b: "mL" }, "mL", 0), { a: "1.5", b: "250" }, "1750"],
    ["grams over litres are grams per litre", of("m / v", { m: "kg", v: "L" }, "g/L", 3), { m: "0.0125", v: "2.5" }, "5.000"],
    ["cells over volume", of("vcd * v", { vcd: "10⁶/mL", v: "L" }, "1", 0), { vcd: "0.5", v: "2000" }, "1000000000000"],
    ["a difference of temperatures is in kelvin", of("a - b", { a: "°C", b: "°C" }, "K", 2), { a: "37.5", b: "36.25" }, "1.25"],
    ["the colder of two stays in degrees", of("min(a, b)", { a: "°C", b: "°C" }, "°C", 1), { a: "121.4", b: "121.1" }, "121.1"],
    ["a dilution", of("target * v / stock", { target: "g/L", v: "L", stock: "g/L" }, "mL", 1), { target: "4.5", v: "2", stock: "500" }, "18.0"],
    ["a mean", of("mean(a, b, c)", { a: "pH", b: "pH", c: "pH" }, "pH", 2), { a: "7.01", b: "7.03", c: "7.02" }, "7.02"],
    ["a half rounds away from zero", of("a", { a: "g" }, "g", 1), { a: "0.25" }, "0.3"],
    ["a negative half as well", of("a", { a: "g" }, "g", 1), { a: "-0.25" }, "-0.3"],
    ["decimals stay decimals", of("a + b", { a: "g", b: "g" }, "g", 17), { a: "0.1", b: "0.2" }, "0.30000000000000000"],
    ["a square", of("a^2", { a: "1" }, "1", 2), { a: "1.1" }, "1.21"],
    ["a growth rate", of("log(b / a) / t", { a: "10⁶/mL", b: "10⁶/mL", t: "h" }, "1/h", 4), { a: "0.5", b: "3.7", t: "72" }, "0.0278"],
    ["division by zero is no number", of("a / b", { a: "g", b: "L" }, "g/L"), { a: "1", b: "0" }, "no-number"],
    ["a root of a negative number is none", of("sqrt(a)", { a: "1" }), { a: "-1" }, "no-number"],
    ["a missing value", of("a + b", { a: "g", b: "g" }, "g"), { a: "1" }, "value-missing"],
    ["a value that is no number", of("a", { a: "g" }, "g"), { a: "1e5" }, "value-missing"],
    ["a value with a comma", of("a", { a: "g" }, "g"), { a: "1,5" }, "value-missing"],
  ])("%s", (_, formula, values, expected) => expect(value(formula, values)).toBe(expected));

  it.each<[string, Formula, string]>([
    ["volume is not mass", of("a + b", { a: "L", b: "kg" }, "L"), "dimension"], ["the result must be in its unit", of("a * b", { a: "L", b: "g/L" }, "L"), "dimension"], ["an exponent is a pure number", of("exp(a)", { a: "g" }), "dimension"],
    ["a name that is no input", of("a + b", { a: "g" }, "g"), "unknown-name"], ["an input that is not used", of("a", { a: "g", b: "g" }, "g"), "unused-input"], ["an unknown unit", of("a", { a: "stone" }, "g"), "unknown-unit"], ["a name of a function", of("min + 1", { min: "1" }), "unknown-name"],
    ["nothing", of("", {}), "not-allowed"], ["a missing bracket", of("(a", { a: "1" }), "syntax"], ["an assignment", of("a = 2", { a: "1" }), "not-allowed"], ["two calculations", of("a; a", { a: "1" }), "not-allowed"], ["a property", of("a.constructor", { a: "1" }), "not-allowed"],
    ["a function of its own", of("f(x) = a", { a: "1" }), "not-allowed"], ["an import", of("import({}) + a", { a: "1" }), "not-allowed"], ["an evaluation", of('evaluate("1") + a', { a: "1" }), "not-allowed"], ["a text", of('"a" + a', { a: "1" }), "not-allowed"],
    ["a matrix", of("[a, a]", { a: "1" }), "not-allowed"], ["a range", of("1:9999999 + a", { a: "1" }), "not-allowed"], ["a condition", of("a > 1 ? a : 2", { a: "1" }), "not-allowed"], ["a factorial", of("a!", { a: "1" }), "not-allowed"],
    ["a tower of powers", of("9^9^9^9 + a", { a: "1" }), "not-allowed"], ["a power that is a value", of("2^a", { a: "1" }), "not-allowed"], ["an implicit product", of("2 a", { a: "1" }), "not-allowed"],
    ["too long a text", of(`a${" + a".repeat(200)}`, { a: "1" }), "too-long"], ["too deep a nesting", of(`${"(".repeat(40)}a${")".repeat(40)}`, { a: "1" }), "not-allowed"],
  ])("is refused: %s", (_, formula, expected) => expect(reason(formula)).toBe(expected));

  it("gives what decimal arithmetic gives, for any decimals of any unit added to themselves", () => {
    fc.assert(fc.property(fc.constantFrom(...units.filter((u) => u.offset === "0")), fc.integer({ min: -1e9, max: 1e9 }), (unit, n) => {
      const text = `${n < 0 ? "-" : ""}${Math.floor(Math.abs(n) / 1000)}.${String(Math.abs(n) % 1000).padStart(3, "0")}`;
      const twice = 2 * Math.abs(n);
      const expected = `${n < 0 ? "-" : ""}${Math.floor(twice / 1000)}.${String(twice % 1000).padStart(3, "0")}`;
      expect(value(of("a + a", { a: unit.text }, unit.text, 3), { a: text })).toBe(expected);
    }));
  });
  it("never throws, whatever is typed", () => {
    fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => { checkFormula(of(text, { a: "g", b: "L" }, "g/L")); }), { numRuns: 2_000 });
    fc.assert(fc.property(fc.array(fc.constantFrom("a", "b", "(", ")", "+", "-", "*", "/", "^", "2", "0", "min(", ",", "log(", " "), { maxLength: 14 }), (parts) => { evaluateFormula(of(parts.join(""), { a: "g", b: "g" }, "1"), { a: "0", b: "-3" }); }), { numRuns: 2_000 });
  });
});
