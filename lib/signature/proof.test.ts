import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clockTolerance, countsAsFailure, judgePasskey, judgeProof, proofRefusalSentence, type PasskeyProof, type PasskeyRefusal, type PresenceRefusal, type Proof, type ProofRefusal } from "./proof.ts";

const openedAt = new Date("2026-03-01T10:00:00.400Z");
const at = (ms: number) => new Date(openedAt.getTime() + ms);
const seconds = (ms: number) => (openedAt.getTime() + ms) / 1000;
const intent = { subject: "qa", digest: "d1", openedAt, expiresAt: at(600_000), used: false, sessionId: "s1" as string | null };
const proof: Proof = { subject: "qa", nonce: "d1", authTime: Math.ceil(seconds(20_000)) };
const judge = (change: { proof?: Partial<Proof>; intent?: Partial<typeof intent>; now?: Date; sessionId?: string | null } = {}) =>
  judgeProof({ ...proof, ...change.proof }, { ...intent, ...change.intent }, { now: change.now ?? at(60_000), sessionId: change.sessionId === undefined ? "s1" : change.sessionId });

describe("a proof of presence", () => {
  it("REQ-30 (21 CFR 11.200(a)(1)) holds for the opener's own sign-in after the opening, and says when it was", () => {
    expect(judge()).toEqual({ ok: true, value: { authTime: proof.authTime } });
  });
  it.each<[string, Parameters<typeof judge>[0], ProofRefusal]>([
    ["of somebody else", { proof: { subject: "QA" } }, "foreign-person"], ["of nobody", { proof: { subject: "" } }, "foreign-person"], ["for another statement", { proof: { nonce: "d2" } }, "foreign-statement"], ["for no statement", { proof: { nonce: "" } }, "foreign-statement"],
    ["without a time", { proof: { authTime: undefined } }, "no-auth-time"], ["of the session's own sign-in", { proof: { authTime: Math.floor(seconds(-3_600_000)) } }, "stale-proof"], ["at the epoch, as a provider without the claim may say", { proof: { authTime: 0 } }, "stale-proof"],
    ["a moment too late", { now: at(600_001) }, "expired"], ["a second time", { intent: { used: true } }, "used"], ["brought in another session than it was opened in", { sessionId: "s2" }, "foreign-session"], ["brought without a session", { sessionId: null }, "foreign-session"], ["of an opening without a session, brought in one", { intent: { sessionId: null } }, "foreign-session"],
    ["a second time and too late", { intent: { used: true }, now: at(700_000) }, "used"],
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

describe("a passkey's proof of presence", () => {
  const opened = { ...intent, personId: "p1" };
  const given: PasskeyProof = { passkeyId: "k1", ownerId: "p1", fault: undefined, assertion: { credentialId: "", publicKey: "", authenticatorData: "", clientDataJson: "", signature: "" }, signCount: 1, evidence: {} };
  const judged = (change: Partial<PasskeyProof> = {}, where: Partial<typeof opened> = {}, now = at(60_000), sessionId: string | null = "s1") => judgePasskey({ ...given, ...change }, { ...opened, ...where }, { now, sessionId });

  it("REQ-33 holds for an answer without fault of the opener's own key, in the session and the time of the opening", () => expect(judged()).toEqual({ ok: true, value: { passkeyId: "k1" } }));
  it.each<[string, ReturnType<typeof judged>, PasskeyRefusal]>([
    ["REQ-31 (21 CFR 11.200(a)(2)) of somebody else's key", judged({ ownerId: "p2" }), "foreign-person"], ["REQ-31 (21 CFR 11.200(a)(2)) of somebody else's key, even where it has a fault besides", judged({ ownerId: "p2", fault: "revoked-passkey" }), "foreign-person"],
    ["REQ-32 (21 CFR 11.300(c)) of a revoked key", judged({ fault: "revoked-passkey" }), "revoked-passkey"], ["REQ-31 of a key in its cool-off", judged({ fault: "cooling-passkey" }), "cooling-passkey"], ["of a key nobody enrolled", judged({ passkeyId: undefined, ownerId: undefined, fault: "unknown-passkey" }), "unknown-passkey"],
    ["REQ-33 without user verification", judged({ fault: "not-verified" }), "not-verified"], ["REQ-30 a second time", judged({}, { used: true }), "used"], ["REQ-30 too late", judged({}, {}, at(600_001)), "expired"], ["REQ-30 in another session", judged({}, {}, at(1), "s2"), "foreign-session"],
  ])("%s is refused", (_, outcome, refusal) => expect(outcome).toEqual({ ok: false, refusal }));
});

describe("what counts towards the lock", () => {
  it("REQ-32 (21 CFR 11.300(d)) is every attempt with what does not fit; lateness, a cooling key and a provider set up wrongly are none", () => {
    const not = (Object.keys(countsAsFailure) as PresenceRefusal[]).filter((refusal) => !countsAsFailure[refusal]);
    expect(not.sort()).toEqual(["cooling-passkey", "expired", "no-auth-time"]);
    expect(Object.keys(countsAsFailure).sort()).toEqual(Object.keys(proofRefusalSentence).sort());
  });
});
