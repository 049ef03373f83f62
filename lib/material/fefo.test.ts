import { describe, expect, it } from "vitest";
import { earlierLot, earlierSentence } from "./fefo.ts";

const lot = (id: string, expires: string | null) => ({ id, expiresAt: expires === null ? null : new Date(expires) });
const [soon, late, never] = [lot("SOON", "2026-04-30T21:59:59.999Z"), lot("LATE", "2026-09-30T21:59:59.999Z"), lot("NEVER", null)];

describe("a lot that is taken before one that expires earlier (REQ-46, 21 CFR 211.86, 211.150(a))", () => {
  it.each([[late, "SOON"], [never, "SOON"], [soon, undefined], [lot("TWIN", "2026-04-30T21:59:59.999Z"), undefined], [lot("SAME DAY", "2026-04-30T21:59:59.998Z"), undefined]])("%o: %s comes first", (taken, first) => expect(earlierLot(taken, [never, late, soon], "Europe/Zurich")?.id).toBe(first));
  it("is the first where nothing else is in stock", () => expect(earlierLot(late, [late], "UTC")).toBeUndefined());
  it("is asked about in days of the site", () => {
    expect(earlierSentence(late, soon, "Europe/Zurich")).toBe("Lot SOON of the same material expires on 2026-04-30 CEST, before lot LATE, which expires on 2026-09-30 CEST. Take it first, or charge lot LATE all the same.");
    expect(earlierSentence(never, soon, "Asia/Singapore")).toContain("2026-05-01 SGT, before lot NEVER, which has no expiry");
  });
});
