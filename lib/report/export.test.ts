import { describe, expect, it } from "vitest";
import { boundsOf, exportParameters, fileNameOf, longestPeriod, ownerOf, periodRefusal, subjectOf } from "./export.ts";

const now = new Date("2026-03-16T13:05:41Z");

describe("the period of a report", () => {
  it.each([
    ["2026-03-01", "2026-03-31", ["basel"], undefined], ["2026-03-16", "2026-03-16", ["basel"], undefined], ["2026-03-02", "2026-03-01", ["basel"], "reversed"], ["2026-02-30", "2026-03-01", ["basel"], "unknown-day"],
    ["", "2026-03-01", ["basel"], "unknown-day"], ["2024-01-01", "2026-03-01", ["basel"], "too-long"], ["2026-03-17", "2026-03-18", ["basel"], "future"], ["2026-03-01", "2026-03-02", [], "no-site"],
  ])("%s to %s of %j", (from, to, sites, refused) => expect(periodRefusal({ from, to }, sites, now)).toBe(refused));
  it("holds its first and its last day wholly", () => {
    expect(boundsOf({ from: "2026-03-01", to: "2026-03-31" })).toEqual({ from: new Date("2026-03-01T00:00:00Z"), before: new Date("2026-04-01T00:00:00Z") });
    expect(periodRefusal({ from: "2025-02-10", to: "2026-03-16" }, ["basel"], now)).toBe(longestPeriod <= 399 ? "too-long" : undefined);
  });
});

describe("a numbered copy", () => {
  const report = exportParameters.parse({ kind: "compliance-report", from: "2026-03-01", to: "2026-03-31", sites: ["basel", "raleigh"], origin: null });
  const record = exportParameters.parse({ kind: "batch-record", batchId: "BAS-101-2607", origin: null });
  it("belongs to the site of its batch, or to the first site of a report", () => expect([ownerOf(record, "basel"), ownerOf(report, "singapore")]).toEqual(["basel", "basel"]));
  it("is counted by what it is of", () => {
    expect([subjectOf(record), subjectOf(report)]).toEqual(["BAS-101-2607", "2026-03-01 to 2026-03-31, basel, raleigh"]);
    expect([fileNameOf(record, 2), fileNameOf(report, 1)]).toEqual(["BAS-101-2607-EBR-copy-2.pdf", "compliance-2026-03-01-to-2026-03-31-basel-raleigh-copy-1.pdf"]);
  });
});
