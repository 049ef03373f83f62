import { describe, expect, it } from "vitest";
import { componentsAsked, continuity, type Continuity, type SigningPeriod } from "./continuity.ts";

const now = new Date("2026-03-02T10:00:00Z");
const minutesAgo = (m: number) => new Date(now.getTime() - m * 60_000);
const idleMinutes = 30;

/** Session it is made in, last signing (session, minutes ago), and which signing of a period it is. */
const matrix: readonly (readonly [string, SigningPeriod["sessionId"], SigningPeriod["lastSigning"], Continuity])[] = [
  ["the first signing of a session", "s1", undefined, "first"],
  ["a signing after one in the same session", "s1", { sessionId: "s1", at: minutesAgo(5) }, "later"],
  ["a signing at the very end of the idle time", "s1", { sessionId: "s1", at: minutesAgo(30) }, "later"],
  ["a signing after the idle time", "s1", { sessionId: "s1", at: new Date(minutesAgo(30).getTime() - 1) }, "first"],
  ["a signing after one in another session", "s2", { sessionId: "s1", at: minutesAgo(1) }, "first"],
  ["a signing without a session", undefined, { sessionId: "s1", at: minutesAgo(1) }, "first"],
  ["a signing without a session and none before", undefined, undefined, "first"],
  ["a signing whose predecessor lies in the future, as a clock set back says", "s1", { sessionId: "s1", at: new Date(now.getTime() + 1) }, "first"],
];

describe("the continuous period of signings", () => {
  it.each(matrix)("REQ-30 (21 CFR 11.200(a)(1)(i)): %s", (_, sessionId, lastSigning, expected) => expect(continuity({ sessionId, lastSigning, idleMinutes }, now)).toBe(expected));
  it("REQ-30 (21 CFR 11.200(a)(1)(i)) asks for user name and password at the first signing and for the password at later ones", () => expect(componentsAsked).toEqual({ first: "user name and password", later: "password" }));
});
