import { describe, expect, it } from "vitest";
import { digitsOf, numerals, quantityText, valueText } from "./numeral.ts";

describe("a printed figure", () => {
  it.each([
    ["1140 to 1260", "1\u2009140 to 1\u2009260"], ["≤ 10000", "≤ 10\u2009000"], ["-0.05 to 0.05", "−0.05 to 0.05"], ["1234567.1234", "1\u2009234\u2009567.1234"], ["999", "999"],
  ])("%s has thin spaces and a true minus sign", (text, wanted) => expect(numerals(text)).toBe(wanted));
  it.each(["FB-22915", "2026-08-31", "S-0512-A", "12345 kg of lot 77777", "clear"])("%s is text and stays as it was entered", (text) => expect(valueText(text)).toBe(text));
  it.each([
    ["4.43", "g/L", "4.43 g/L"], ["1.0", "10⁶/mL", "1.0 × 10⁶/mL"], ["-0.02", "pH", "−0.02"], ["within 7 h", "h", "within 7 h"], ["36.4 to 41.6", "% sat", "36.4 to 41.6 % sat"], ["1983", null, "1\u2009983"],
  ])("%s with the unit %s is %s", (value, unit, wanted) => expect(quantityText(value, unit)).toBe(wanted));
  it("knows its digits", () => expect([digitsOf("4.430"), digitsOf("4"), digitsOf("clear")]).toEqual([3, 0, 0]));
});
