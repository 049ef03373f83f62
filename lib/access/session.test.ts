import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sessionState } from "./session.ts";

const rule = { idleMinutes: 30, hours: 10 };
const start = Date.parse("2026-03-01T06:00:00Z");
const at = (minutes: number) => new Date(start + minutes * 60_000);
const session = (seen: number, ended?: number) => ({ startedAt: at(0), lastSeenAt: at(seen), endedAt: ended === undefined ? null : at(ended) });

describe("a session", () => {
  it.each<[string, ReturnType<typeof session>, number, object]>([
    ["lives at once", session(0), 0, { live: true }],
    ["lives until the idle time is over, to the minute", session(0), 30, { live: true }],
    ["ends after the idle time", session(0), 30.001, { live: false, cause: "idle" }],
    ["lives on with activity", session(100), 130, { live: true }],
    ["lives to its full length", session(590), 600, { live: true }],
    ["ends at its length, however active", session(600), 600.001, { live: false, cause: "length" }],
    ["ends with the sign-out", session(5, 6), 6, { live: false, cause: "signed out" }],
    ["names the sign-out first", session(5, 6), 10_000, { live: false, cause: "signed out" }],
  ])("REQ-30 (21 CFR 11.200(a)(1)) %s", (_, times, minutes, state) => {
    expect(sessionState(times, at(minutes), rule)).toEqual(state);
  });

  it("REQ-30 (21 CFR 11.200(a)(1)) never comes back: once over without activity it stays over", () => {
    fc.assert(fc.property(fc.nat(700), fc.nat(2000), fc.nat(2000), (seen, a, b) => {
      const [earlier, later] = [Math.min(a, b), Math.max(a, b)];
      if (!sessionState(session(seen), at(earlier), rule).live) expect(sessionState(session(seen), at(later), rule).live).toBe(false);
    }));
  });
});
