import { describe, expect, it } from "vitest";
import { endOfDay, expiryStanding, expiryText } from "./expiry.ts";

describe("the day on a label", () => {
  it.each([["2026-07-31", "Europe/Zurich", "2026-07-31T21:59:59.999Z"], ["2026-01-31", "America/New_York", "2026-02-01T04:59:59.999Z"], ["2026-01-31", "Asia/Singapore", "2026-01-31T15:59:59.999Z"], ["2026-03-29", "Europe/Zurich", "2026-03-29T21:59:59.999Z"], ["2026-10-25", "Europe/Zurich", "2026-10-25T22:59:59.999Z"]])("%s in %s ends at %s", (date, zone, at) => expect(endOfDay(date, zone)?.toISOString()).toBe(at));
  it.each(["2026-02-30", "31.01.2026", "", "2026-13-01"])("%j is none", (date) => expect(endOfDay(date, "UTC")).toBeUndefined());
});

describe("a lot and its expiry (REQ-46)", () => {
  const now = new Date("2026-03-02T12:00:00Z");
  const after = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
  it.each([[null, "none"], [after(0), "expired"], [after(-1), "expired"], [after(1), "soon"], [after(30 * 24), "soon"], [after(30 * 24 + 1), "good"]])("%s is %s", (at, standing) => expect(expiryStanding(at, now).standing).toBe(standing));
  it("has whole days left, or has been expired for whole days", () => expect([after(47), after(-49)].map((at) => expiryStanding(at, now).days)).toEqual([1, -2]));
});

it("the expiry of a lot is read at its site, with its zone, whatever day it is in UTC", () => expect([expiryText(new Date("2026-02-01T04:59:59.999Z"), "America/New_York"), expiryText(new Date("2026-04-30T21:59:59.999Z"), "Europe/Zurich"), expiryText(null, "UTC")]).toEqual(["use until 2026-01-31 EST", "use until 2026-04-30 CEST", "no expiry"]));
