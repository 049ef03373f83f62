import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { impliedStarts, parseDate, startOn } from "./run-start.ts";

const basel = { startClock: "10:00", zone: "Europe/Zurich" };

describe("the date of a line", () => {
  it.each([
    ["20240212", "yyyyMMdd", "2024-02-12"], ["2024-02-29", "yyyy-MM-dd", "2024-02-29"], ["12.02.2024", "dd.MM.yyyy", "2024-02-12"],
    ["12/02/2024", "dd/MM/yyyy", "2024-02-12"], ["02/12/2024", "MM/dd/yyyy", "2024-02-12"],
    ["20230229", "yyyyMMdd", undefined], ["20241301", "yyyyMMdd", undefined], ["2024-02-12", "yyyyMMdd", undefined], ["00240212", "yyyyMMdd", undefined], ["", "yyyyMMdd", undefined],
  ] as const)("%s written %s is %s", (text, format, date) => expect(parseDate(text, format)).toBe(date));
});

describe("the start of a run", () => {
  it("lies at the site's clock, summer and winter", () => {
    expect(startOn("2024-02-12", basel)).toBe(Date.parse("2024-02-12T09:00:00Z"));
    expect(startOn("2024-07-12", basel)).toBe(Date.parse("2024-07-12T08:00:00Z"));
  });

  it("is not guessed where a change of the clocks makes the time missing or double", () => {
    expect(startOn("2024-03-31", { ...basel, startClock: "02:30" })).toBeUndefined();
    expect(startOn("2024-10-27", { ...basel, startClock: "02:30" })).toBeUndefined();
  });

  it("counts elapsed hours across the end of summer time", () => {
    expect(impliedStarts("2024-10-28", 72.77 * 3_600_000, basel)).toEqual([Date.parse("2024-10-25T08:00:00Z")]);
  });

  it("allows two starts where the day of the line has 25 hours", () => {
    expect(impliedStarts("2022-10-30", 710 * 3_600_000, basel)).toEqual([Date.parse("2022-09-30T08:00:00Z"), Date.parse("2022-10-01T08:00:00Z")]);
  });

  it("is among the starts that every line of a run allows", () => {
    const minutes = fc.integer({ min: 0, max: 30 * 24 * 60 });
    const days = fc.integer({ min: 0, max: 3000 });
    fc.assert(fc.property(days, minutes, (day, elapsed) => {
      const startDate = new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10);
      const start = startOn(startDate, basel);
      if (start === undefined) throw new Error("10:00 exists every day");
      const local = new Intl.DateTimeFormat("sv-SE", { timeZone: basel.zone, dateStyle: "short" }).format(start + elapsed * 60_000);
      expect(impliedStarts(local, elapsed * 60_000, basel)).toContain(start);
    }), { numRuns: 300 });
  });
});
