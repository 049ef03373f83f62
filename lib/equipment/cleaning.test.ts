import { describe, expect, it } from "vitest";
import { checkRefusalSentence, lastCleaning, planCleaningCheck, type CleaningLine } from "./cleaning.ts";

const line = (event: CleaningLine["event"], by: string | null = "ida"): CleaningLine => ({ event, by });
const cleaned = [line("start_cleaning"), line("finish_cleaning", "jon")];

describe("the check of a cleaning (REQ-45, 21 CFR 211.182)", () => {
  it("knows who took part in the last finished one, from its start to its end", () => {
    expect(lastCleaning([])).toBeUndefined();
    expect(lastCleaning([line("start_cleaning")])).toBeUndefined();
    expect(lastCleaning(cleaned)).toEqual({ cleaners: ["ida", "jon"], checkedBy: null });
    expect(lastCleaning([...cleaned, line("check_cleaning", "kim")])).toEqual({ cleaners: ["ida", "jon"], checkedBy: "kim" });
    expect(lastCleaning([...cleaned, line("check_cleaning", "kim"), line("start_cleaning", "kim"), line("finish_cleaning", "kim")])).toEqual({ cleaners: ["kim"], checkedBy: null });
    expect(lastCleaning([line("finish_cleaning", null)])).toEqual({ cleaners: [], checkedBy: null });
  });
  it.each<[string, readonly CleaningLine[], string]>([["kim", cleaned, "checked"], ["ida", cleaned, "own-cleaning"], ["jon", cleaned, "own-cleaning"], ["kim", [], "no-cleaning"], ["lea", [...cleaned, line("check_cleaning", "kim")], "already"]])("by %s: %#", (who, lines, expected) => {
    const plan = planCleaningCheck(lastCleaning(lines), who);
    expect(plan.ok ? "checked" : plan.refusal.reason === "checked" ? "already" : plan.refusal.reason).toBe(expected);
  });
  it("says each refusal as a sentence", () => { for (const sentence of Object.values(checkRefusalSentence)) expect(sentence).toMatch(/^[A-Z].*\.$/); });
});
