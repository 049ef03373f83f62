import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localField, localInstant } from "./local-instant.ts";

describe("a date and time field of a site", () => {
  it.each([
    ["2026-03-02T14:05", "Europe/Zurich", "2026-03-02T13:05:00.000Z"], ["2026-07-02T14:05", "Europe/Zurich", "2026-07-02T12:05:00.000Z"], ["2026-03-02T14:05", "America/New_York", "2026-03-02T19:05:00.000Z"], ["2026-03-02T02:05", "Asia/Singapore", "2026-03-01T18:05:00.000Z"],
    ["2026-10-25T02:30", "Europe/Zurich", "2026-10-25T00:30:00.000Z"], ["2026-03-29T03:00", "Europe/Zurich", "2026-03-29T01:00:00.000Z"],
  ])("%s in %s is %s", (text, zone, expected) => expect(localInstant(text, zone)?.toISOString()).toBe(expected));
  it.each(["2026-03-29T02:30", "2026-02-30T10:00", "2026-13-01T10:00", "", "yesterday", "2026-03-02 14:05"])("%s is no time in Europe/Zurich", (text) => expect(localInstant(text, "Europe/Zurich")).toBeUndefined());
  it("reads back what it shows, to the minute, but for the second pass of a repeated hour", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 5_000_000 }), fc.constantFrom("Europe/Zurich", "America/New_York", "Asia/Singapore", "UTC"), (minutes, zone) => {
      const at = new Date(Date.UTC(2024, 0, 1) + minutes * 60_000);
      const back = localInstant(localField(at, zone), zone);
      expect([0, 3_600_000]).toContain(at.getTime() - (back?.getTime() ?? Number.NaN));
    }));
  });
});
