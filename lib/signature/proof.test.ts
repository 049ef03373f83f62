import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clockTolerance, judgeProof, proofRefusalSentence, type Proof, type ProofRefusal } from "./proof.ts";

const openedAt = new Date("2026-03-01T10:00:00.400Z");
const at = (ms: number) => new Date(openedAt.getTime() + ms);
const seconds = (ms: number) => (openedAt.getTime() + ms) / 1000;
const intent = { subject: "qa", digest: "d1", openedAt, expiresAt: at(600_000), used: false };
const proof: Proof = { subject: "qa", nonce: "d1", authTime: Math.ceil(seconds(20_000)) };
const judge = (change: { proof?: Partial<Proof>; intent?: Partial<typeof intent>; now?: Date } = {}) => judgeProof({ ...proof, ...change.proof }, { ...intent, ...change.intent }, change.now ?? at(60_000));

describe("a proof of presence", () => {
  it("REQ-30 (21 CFR 11.200(a)(1)) holds for the opener's own sign-in after the opening, and says when it was", () => {
    expect(judge()).toEqual({ ok: true, value: { authTime: proof.authTime } });
  });
  it.each<[string, Parameters<typeof judge>[0], ProofRefusal]>([
    ["of somebody else", { proof: { subject: "QA" } }, "foreign-person"], ["of nobody", { proof: { subject: "" } }, "foreign-person"], ["for another statement", { proof: { nonce: "d2" } }, "foreign-statement"], ["for no statement", { proof: { nonce: "" } }, "foreign-statement"],
    ["without a time", { proof: { authTime: undefined } }, "no-auth-time"], ["of the session's own sign-in", { proof: { authTime: Math.floor(seconds(-3_600_000)) } }, "stale-proof"], ["at the epoch, as a provider without the claim may say", { proof: { authTime: 0 } }, "stale-proof"],
    ["a moment too late", { now: at(600_001) }, "expired"], ["a second time", { intent: { used: true } }, "used"], ["a second time and too late", { intent: { used: true }, now: at(700_000) }, "used"],
  ])("REQ-30 (21 CFR 11.200(a)(1)) %s is refused", (_, change, refusal) => expect(judge(change)).toEqual({ ok: false, refusal }));

  it("REQ-30 (21 CFR 11.200(a)(1)) is good until the very end of the ten minutes", () => expect(judge({ now: at(600_000) }).ok).toBe(true));

  it("REQ-30 (21 CFR 11.200(a)(1)) may lie before the opening by the clocks' tolerance and the rest of its second, and no more", () => {
    fc.assert(fc.property(fc.integer({ min: -30_000, max: 30_000 }), (ms) => {
      const authTime = Math.floor(seconds(ms));
      expect(judge({ proof: { authTime } }).ok).toBe(authTime * 1000 + 999 >= openedAt.getTime() - clockTolerance);
      if (ms >= 0) expect(judge({ proof: { authTime } }).ok).toBe(true);
      if (ms < -clockTolerance - 1000) expect(judge({ proof: { authTime } }).ok).toBe(false);
    }));
    expect(clockTolerance).toBeLessThanOrEqual(5_000);
  });
  it("says in every refusal that nothing was signed, or that it already was", () => {
    expect(Object.values(proofRefusalSentence).filter((sentence) => !/Nothing was signed|already finished/.test(sentence))).toEqual([]);
  });
});
