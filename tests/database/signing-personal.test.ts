import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { passkeys, signingFailures, undertakings } from "#db/schema/signature.ts";
import { withOwnMeans } from "#db/scope.ts";
import type { Actor } from "#lib/access/actor.ts";
import { enrolAuthenticator, enrolmentOptions } from "#lib/signature/enrol-commands.ts";
import { challengeOf } from "#lib/signature/passkey.ts";
import { openPersonal, personalIntentOf, provePersonal, type PersonalIntent, type PersonalRequest } from "#lib/signature/personal-commands.ts";
import type { ProofOfPresence } from "#lib/signature/proof.ts";
import { storyActor } from "#tests/actors.ts";
import { Authenticator, type Answering } from "#tests/authenticator.ts";
import { everybodyUndertakes, inSession } from "#tests/signers.ts";
import { acts, admin, authenticator, closeScene, db, enterprise, key, noticesOf, open, openScene, origin, qa, stamp } from "#tests/signing-scene.ts";

beforeEach(openScene);
afterEach(closeScene);

describe("the accountability statement", () => {
  const openFor = (who: Actor, request: PersonalRequest) => withOwnMeans(who, (tx) => openPersonal(tx, who, request, { nonce: randomUUID(), oauthState: "secret", codeVerifier: "v" }, stamp()), { reason: "opened" });
  const begun = async (who: Actor, request: PersonalRequest = { purpose: "undertaking" }): Promise<PersonalIntent> => {
    const outcome = await openFor(who, request);
    if (!outcome.ok) throw new Error(outcome.refusal);
    return outcome.value;
  };
  const prove = (who: Actor, intent: PersonalIntent, proof: Partial<ProofOfPresence> = {}) => withOwnMeans(who, async (tx) => {
    const found = await personalIntentOf(tx, intent.id, who.id);
    return found && provePersonal(tx, who, found, { subject: who.subject, nonce: intent.statementDigest, authTime: Math.floor(Date.now() / 1000) + 1, evidence: { acr: "password" }, ...proof }, key, stamp());
  }, { reason: "return from the identity provider" });

  it("REQ-22 (21 CFR 11.10(j), 11.100(c)) stands before the first signing, and no more once its owner has accepted it by a signing of its own", async () => {
    expect(await open(qa)).toMatchObject({ ok: false, refusal: { cause: "obstacles", obstacles: [{ address: "/account#undertaking" }] } });
    expect(await prove(qa, await begun(qa))).toEqual({ ok: true, value: "accepted" });
    const [row] = await enterprise((tx) => tx.select().from(undertakings));
    expect(row).toMatchObject({ personId: qa.id, version: 1, method: "identity-provider", statement: expect.stringContaining("bind me like my handwritten signature") });
    expect((await acts("undertaking.accepted")).map((e) => e.actorId)).toEqual([qa.id]);
    expect((await open(qa)).ok).toBe(true);
    expect(await openFor(qa, { purpose: "undertaking" })).toEqual({ ok: false, refusal: "already-undertaken" });
  });
  it.each<[string, Partial<ProofOfPresence>, string]>([
    ["REQ-31 somebody else's sign-in", { subject: "admin@demo" }, "foreign-person"], ["REQ-28 an answer to another statement", { nonce: "0".repeat(64) }, "foreign-statement"], ["REQ-30 the session's own sign-in", { authTime: Math.floor(Date.now() / 1000) - 3600 }, "stale-proof"],
  ])("%s accepts nothing, is audited and counted", async (_, proof, refusal) => {
    const intent = await begun(qa);
    expect(await prove(qa, intent, proof)).toEqual({ ok: false, refusal });
    expect(await prove(qa, intent)).toEqual({ ok: false, refusal: "used" });
    expect(await enterprise((tx) => tx.select().from(undertakings))).toEqual([]);
    expect((await acts("signing.refused")).map((e) => (e.detail as { cause: string }).cause)).toEqual([refusal, "used"]);
    expect(await enterprise((tx) => tx.select().from(signingFailures))).toHaveLength(2);
  });
  it("REQ-30 is not brought in another session than it was opened in", async () => {
    const other = await inSession(db.owner, qa, new Date());
    expect(await prove(other, await begun(qa))).toEqual({ ok: false, refusal: "foreign-session" });
  });

  describe("and an enrolment", () => {
    const request = { purpose: "passkey-enrolment", label: "Desk key", relyingParty: "veribatch.example" } as const;
    const proved = async (who: Actor) => { const intent = await begun(who, request); await prove(who, intent); return intent; };
    const enrol = (who: Actor, intent: PersonalIntent, by = authenticator, answering: Partial<Answering> = {}) => enrolAuthenticator(who, { intentId: intent.id, answer: by.register({ challenge: challengeOf(intent.statementDigest), origin, ...answering }) });

    it("REQ-31 (21 CFR 11.200(a)(2)) needs its owner's proof before the authenticator is even asked", async () => {
      const intent = await begun(qa, request);
      expect(await enrolmentOptions(qa, intent.id, new Date())).toMatchObject({ ok: false });
      expect(await enrol(qa, intent)).toMatchObject({ ok: false, refusal: expect.stringContaining("no enrolment for which you have proved") });
      await prove(qa, intent);
      expect(await enrolmentOptions(qa, intent.id, new Date())).toMatchObject({ ok: true, value: { label: "Desk key", options: { challenge: challengeOf(intent.statementDigest), authenticatorSelection: { userVerification: "required" } } } });
    });
    it("REQ-31 (21 CFR 11.200(a)(2)) is audited and told to its owner, and the key signs when its cool-off is over, not before", async () => {
      await everybodyUndertakes(db.owner);
      expect(await enrol(qa, await proved(qa))).toEqual({ ok: true, value: { label: "Desk key" } });
      const [row] = await enterprise((tx) => tx.select().from(passkeys));
      expect(row).toMatchObject({ personId: qa.id, credentialId: authenticator.credentialId, publicKey: authenticator.publicKey, algorithm: -7, deviceBound: true, revokedAt: null });
      expect((row?.usableFrom.getTime() ?? 0) - (row?.enrolledAt.getTime() ?? 0)).toBe(24 * 3_600_000);
      expect((await acts("passkey.enrolled")).map((e) => e.detail)).toMatchObject([{ label: "Desk key", credentialId: authenticator.credentialId, deviceBound: true }]);
      expect((await noticesOf(qa)).map((n) => n.kind)).toEqual(["passkey-enrolled"]);
      expect(await open(qa, { ceremony: "passkey" })).toMatchObject({ ok: false, refusal: { obstacles: [{ sentence: expect.stringContaining("may not sign yet") }] } });
    });
    it.each<[string, Partial<Answering>]>([["REQ-33 without user verification", { flags: 0x41 }], ["REQ-31 on another site", { origin: "https://evil.example" }], ["REQ-28 for another challenge", { challenge: challengeOf("0".repeat(64)) }]])("%s enrols nothing, is audited and ends", async (_, answering) => {
      const intent = await proved(qa);
      expect(await enrol(qa, intent, authenticator, answering)).toMatchObject({ ok: false });
      expect(await enterprise((tx) => tx.select().from(passkeys))).toEqual([]);
      expect(await acts("passkey.refused")).toHaveLength(1);
      expect(await enterprise((tx) => tx.select().from(signingFailures))).toHaveLength(1);
      expect(await enrol(qa, intent)).toMatchObject({ ok: false, refusal: expect.stringContaining("finished") });
    });
    it("REQ-31 is used once, in its own session, by its own person", async () => {
      const intent = await proved(qa);
      expect(await enrol(await inSession(db.owner, qa, new Date()), intent)).toMatchObject({ ok: false, refusal: expect.stringContaining("another session") });
      expect(await enrol(await inSession(db.owner, admin, new Date()), intent)).toMatchObject({ ok: false });
      expect((await enrol(qa, intent)).ok).toBe(true);
      expect(await enrol(qa, intent, new Authenticator())).toMatchObject({ ok: false });
      expect(await enterprise((tx) => tx.select().from(passkeys))).toHaveLength(1);
    });
    it("REQ-29 (21 CFR 11.100(a)) belongs to one person for ever: a key that is enrolled or was revoked is taken for nobody else", async () => {
      await enrol(qa, await proved(qa));
      const qp = await inSession(db.owner, await storyActor(db.portal, "qp.basel@demo"), new Date());
      expect(await enrol(qp, await proved(qp))).toMatchObject({ ok: false, refusal: expect.stringContaining("enrolled already") });
      expect((await enterprise((tx) => tx.select().from(passkeys))).map((k) => k.personId)).toEqual([qa.id]);
    });
    it("REQ-31 shows a key that may be copied as not bound to its device", async () => {
      await enrol(qa, await proved(qa), authenticator, { flags: 0x4d });
      expect(await enterprise((tx) => tx.select().from(passkeys))).toMatchObject([{ deviceBound: false }]);
    });
  });
});
