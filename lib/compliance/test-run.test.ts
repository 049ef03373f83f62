import { describe, expect, it } from "vitest";
import { plainSentence, tagsOf, withSections, type Section } from "./test-run.ts";

describe("a test's sentence", () => {
  it.each<[string, readonly number[], string]>([
    ["an excursion (TAG-56, ICH Q8) starts with the first value outside", [56], "an excursion starts with the first value outside"],
    ["a key TAG-20 (21 CFR 11.10(h)) is good until it expires", [20], "a key is good until it expires"],
    ["steps TAG-36 (21 CFR 211.188(b)(11)) take two", [36], "steps take two"],
    ["TAG-27, TAG-28, TAG-30 (21 CFR 11.50, 11.70, 11.200) releasing a batch needs a proof", [27, 28, 30], "releasing a batch needs a proof"],
    ["name the zone (TAG-7, PI 041 9.8)", [7], "name the zone"],
    ["TAG-2 (21 CFR 11.10(b), 211.180(c)): holds every step", [2], "holds every step"],
    ["TAG-09: a late change re-opens them, and TAG-9 again", [9], "a late change re-opens them, and again"],
    ["has no tag at all", [], "has no tag at all"],
  ])("%s: shows rows %j", (written, tags, plain) => {
    const sentence = written.replaceAll("TAG-", "REQ-"); // the real tag would make this test one of those rows
    expect([tagsOf(sentence), plainSentence(sentence)]).toEqual([tags, plain]);
  });
});

describe("the kept results", () => {
  const section = (step: string, source: string): Section => ({ step, finishedAt: "2026-03-02T10:00:00.000Z", commit: null, changed: false, source, tests: [] });
  it("hold the last run of each step, and keep the steps that were not run again", () => {
    const kept = withSections(withSections(undefined, [section("unit", "a"), section("browser", "a")]), [section("unit", "b")]);
    expect(kept.sections.map((s) => [s.step, s.source])).toEqual([["browser", "a"], ["unit", "b"]]);
  });
});
