import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listSiteTime, localParts, shortSiteTime, siteDate, siteTime, spanText } from "./time.ts";

const zones = ["Europe/Zurich", "America/New_York", "Asia/Singapore", "UTC", "Asia/Kolkata"];
const zone = /(?: CET| CEST| EST| EDT| SGT| UTC| GMT[+-]\d{1,2}(?::\d{2})?)/;
const instants = fc.date({ min: new Date("2000-01-01T00:00:00Z"), max: new Date("2099-12-31T23:59:59Z"), noInvalidDate: true });
const at = (text: string) => new Date(text);

describe("a time on a page", () => {
  it.each([
    ["2026-03-02T13:05:41Z", "Europe/Zurich", "2026-03-02 14:05 CET (13:05Z)"], ["2026-07-02T13:05:41Z", "Europe/Zurich", "2026-07-02 15:05 CEST (13:05Z)"],
    ["2026-03-02T13:05:41Z", "America/New_York", "2026-03-02 08:05 EST (13:05Z)"], ["2026-07-02T13:05:41Z", "America/New_York", "2026-07-02 09:05 EDT (13:05Z)"],
    ["2026-03-02T13:05:41Z", "Asia/Singapore", "2026-03-02 21:05 SGT (13:05Z)"], ["2026-03-02T13:05:41Z", "UTC", "2026-03-02 13:05 UTC (13:05Z)"],
    ["2026-03-02T23:30:00Z", "Asia/Singapore", "2026-03-03 07:30 SGT (03-02 23:30Z)"], ["2026-01-01T03:00:00Z", "America/New_York", "2025-12-31 22:00 EST (01-01 03:00Z)"], ["2026-03-01T23:00:00Z", "Europe/Zurich", "2026-03-02 00:00 CET (03-01 23:00Z)"],
  ])("REQ-07 (PI 041 9.8) %s at %s reads %s", (utc, place, text) => expect(siteTime(at(utc), place)).toBe(text));

  it("REQ-07 (PI 041 9.8) has seconds in both zones where asked for", () => {
    expect(siteTime(at("2026-03-02T13:05:09Z"), "Asia/Singapore", true)).toBe("2026-03-02 21:05:09 SGT (13:05:09Z)");
  });
  it("REQ-07 (PI 041 9.8) never stands without its zone, in any form", () => {
    fc.assert(fc.property(instants, fc.constantFrom(...zones), (instant, place) => {
      for (const text of [siteTime(instant, place), siteTime(instant, place, true), shortSiteTime(instant, place), listSiteTime(instant, place), siteDate(instant, place)]) expect(text).toMatch(zone);
      expect(siteTime(instant, place)).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2} \S+ \((?:\d{2}-\d{2} )?\d{2}:\d{2}Z\)$/);
      expect(siteTime(instant, place)).toContain(`${instant.toISOString().slice(11, 16)}Z)`);
    }));
  });
  it("has the shorter forms in lists and for due dates", () => {
    const noon = at("2026-03-18T11:00:00Z");
    expect([shortSiteTime(noon, "Europe/Zurich"), listSiteTime(noon, "Europe/Zurich"), siteDate(noon, "Europe/Zurich")]).toEqual(["03-18 12:00 CET", "2026-03-18 12:00 CET", "2026-03-18 CET"]);
    expect(localParts(noon, "Asia/Kolkata")).toEqual({ date: "2026-03-18", time: "16:30", seconds: "00", zone: "GMT+5:30" });
  });
});

describe("the hour in which the clocks change", () => {
  it.each([
    ["Europe/Zurich", "autumn", "2026-10-25T00:30:00Z", ["2026-10-25 02:30 CEST", "2026-10-25 02:30 CET", "2026-10-25 03:30 CET"]],
    ["Europe/Zurich", "spring", "2026-03-28T23:59:00Z", ["2026-03-29 00:59 CET", "2026-03-29 01:59 CET", "2026-03-29 03:59 CEST"]],
    ["America/New_York", "autumn", "2026-11-01T05:30:00Z", ["2026-11-01 01:30 EDT", "2026-11-01 01:30 EST", "2026-11-01 02:30 EST"]],
    ["America/New_York", "spring", "2026-03-08T05:59:00Z", ["2026-03-08 00:59 EST", "2026-03-08 01:59 EST", "2026-03-08 03:59 EDT"]],
    ["Asia/Singapore", "autumn", "2026-10-25T00:30:00Z", ["2026-10-25 08:30 SGT", "2026-10-25 09:30 SGT", "2026-10-25 10:30 SGT"]],
  ])("REQ-07 (PI 041 9.8) at %s in %s can be told apart and put in order", (place, _, first, expected) => {
    const hours = [0, 1, 2].map((h) => new Date(at(first).getTime() + h * 3_600_000));
    expect(hours.map((h) => listSiteTime(h, place))).toEqual(expected);
    const texts = hours.map((h) => siteTime(h, place));
    expect(new Set(texts).size).toBe(3);
    expect(texts.map((text) => /\((?:\d{2}-\d{2} )?(\d{2}:\d{2})Z\)$/.exec(text)?.[1])).toEqual(hours.map((h) => h.toISOString().slice(11, 16)));
  });
  it("REQ-07 (PI 041 9.8) leaves no two instants of different minutes with one text", () => {
    fc.assert(fc.property(fc.constantFrom(...zones), fc.constantFrom("2026-10-25T00:00:00Z", "2026-11-01T05:00:00Z", "2026-03-29T00:00:00Z"), fc.nat(240), fc.nat(240), (place, base, a, b) => {
      const text = (minutes: number) => siteTime(new Date(at(base).getTime() + minutes * 60_000), place);
      expect(text(a) === text(b)).toBe(a === b);
    }), { numRuns: 300 });
  });
});

describe("a span", () => {
  it.each([
    [0, "0 s"], [12_999, "12 s"], [250_000, "4 min 10 s"], [240_000, "4 min"], [610_000, "10 min"], [3_600_000, "1 h"], [20_820_000, "5 h 47 min"], [86_400_000, "1 d"], [1_022_400_000, "11 d 20 h"], [-5000, "0 s"],
  ])("of %d ms reads %s", (ms, text) => expect(spanText(ms)).toBe(text));
});
