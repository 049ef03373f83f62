import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countingFailures, failureLimit, failureWindow, locks } from "./lockout.ts";

const now = new Date("2026-03-02T10:00:00Z");
const before = (ms: number) => new Date(now.getTime() - ms);

describe("failed proofs of presence", () => {
  it("REQ-32 (21 CFR 11.300(d)) lock at the fifth, not at the fourth", () => {
    expect([3, 4, 5, 6].map(locks)).toEqual([false, false, true, true]);
    expect(failureLimit).toBe(5);
  });
  it("REQ-32 count within 24 hours, and from the last success or unlocking on", () => {
    expect(failureWindow).toBe(24 * 3_600_000);
    const failures = [1, 2, 3, 4, 5].map((hours) => before(hours * 3_600_000));
    expect(countingFailures(failures, [], now)).toBe(5);
    expect(countingFailures(failures, [before(2.5 * 3_600_000)], now)).toBe(2);
    expect(countingFailures(failures, [null, before(2.5 * 3_600_000), before(0.5 * 3_600_000)], now)).toBe(0);
    expect(countingFailures([before(failureWindow), before(failureWindow - 1)], [], now)).toBe(1);
  });
  it("never count one that lies before a success, after now or outside the window", () => {
    const span = 2 * failureWindow;
    fc.assert(fc.property(fc.array(fc.integer({ min: -1000, max: span })), fc.option(fc.integer({ min: 0, max: span })), (ages, success) => {
      const counted = ages.filter((age) => age >= 0 && age < failureWindow && (success === null || age < success)).length;
      expect(countingFailures(ages.map(before), [success === null ? null : before(success)], now)).toBe(counted);
    }));
  });
});
