import { describe, expect, it } from "vitest";
import { resolutionText, spacingOf } from "./history.ts";

const minute = 60_000;
const series = (...minutes: readonly number[]) => minutes.map((at) => ({ at: at * minute }));

describe("the resolution of stored values", () => {
  it("is what usually lies between two of them, whatever gaps there are", () => {
    expect(spacingOf(series(0, 1, 2, 3, 40, 41, 42))).toBe(minute);
    expect(spacingOf(series(0, 30, 60, 90))).toBe(30 * minute);
  });
  it("is not known of fewer than two values", () => expect([spacingOf([]), spacingOf(series(5))]).toEqual([undefined, undefined]));
  it.each([[minute, "1-minute history"], [30 * minute, "30-minute history"], [5_000, "5-second history"], [60 * minute, "1-hour history"], [90_000, "90-second history"]])("of %d ms reads %s", (every, words) => expect(resolutionText(every)).toBe(words));
});
