import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { passkeys, signingFailures, signingPolicies } from "#db/schema/signature.ts";
import { withOwnMeans } from "#db/scope.ts";
import { PermissionDenied, requirePermission, type Actor } from "#lib/access/actor.ts";
import type { OpenIntent } from "#lib/release/commands.ts";
import { answerInput, completeWithPasskey, openCeremony } from "#lib/signing/open-commands.ts";
import { attestationKeyOf, verifyChain } from "#lib/signature/attestation.ts";
import { challengeOf } from "#lib/signature/passkey.ts";
import { revokePasskey } from "#lib/signature/passkey-commands.ts";
import { changePolicy } from "#lib/signature/policy-commands.ts";
import { storyActor } from "#tests/actors.ts";
import { Authenticator, type Answering } from "#tests/authenticator.ts";
import { everybodyUndertakes, givePasskey, inSession } from "#tests/signers.ts";
import { acts, admin, authenticator, chain, closeScene, complete, db, digest, enterprise, key, noticesOf, open, openScene, opened, origin, qa, release, stamp } from "#tests/signing-scene.ts";

beforeEach(openScene);
afterEach(closeScene);

/** What the browser brings back for an opened passkey signing. */
async function passkeySigning(who: Actor, by: Authenticator, change: Partial<Answering> = {}) {
  const started = await openCeremony(who, { ...release, ceremony: "passkey", shownDigest: await digest() });
  if (!started.ok || started.value.ceremony !== "passkey") throw new Error(started.ok ? "no passkey" : started.refusal.sentence);
  const { intent, options } = started.value;
  return { intent, options, answer: by.answer({ challenge: options.challenge, origin, ...change }) };
}
const bring = (who: Actor, intentId: string, answer: unknown) => completeWithPasskey(who, answerInput.parse({ siteId: "basel", intentId, answer }));
const change = async (meaning: OpenIntent["meaning"], policy: "either" | "identity-provider" | "passkey", shownRevision = 0, siteId = "basel") => {
  const by = requirePermission(admin, "account.manage", siteId);
  return withOwnMeans(admin, (tx) => changePolicy(tx, by, { siteId, meaning, policy, shownRevision, reason: "validated for release" }, stamp()), { reason: "validated for release" }, by);
};

describe("signing with a passkey", () => {
  beforeEach(() => everybodyUndertakes(db.owner));

  it("REQ-33, REQ-30 (21 CFR 11.200(a)(1)) signs over the statement's digest, keeps the answer, and the chain verifies with it", async () => {
    await givePasskey(db.owner, qa, authenticator);
    const { intent, options, answer } = await passkeySigning(qa, authenticator);
    expect(options).toMatchObject({ challenge: challengeOf(intent.statementDigest), userVerification: "required", rpId: "veribatch.example", allowCredentials: [{ id: authenticator.credentialId }] });
    expect(await bring(qa, intent.id, answer)).toMatchObject({ ok: true, value: { ordinal: 4 } });
    const rows = await chain();
    expect(rows.at(-1)).toMatchObject({ method: "passkey", digest: intent.statementDigest, assertion: { credentialId: authenticator.credentialId, publicKey: authenticator.publicKey } });
    expect((await verifyChain(rows, [attestationKeyOf(key)])).map((v) => v.holds)).toEqual([true, true, true, true]);
    const evidence = JSON.parse(Buffer.from(rows.at(-1)?.attestation.split(".")[1] ?? "", "base64url").toString()).evidence as Record<string, unknown>;
    expect(evidence).toMatchObject({ origin, credentialId: authenticator.credentialId, deviceBound: "yes", continuity: "first", components: "passkey and its PIN or biometric" });
    expect((await acts("record.signed")).at(-1)?.detail).toMatchObject({ method: "passkey", ordinal: 4, to: "released" });
    expect(await enterprise((tx) => tx.select().from(passkeys))).toMatchObject([{ signCount: 1 }]);
  });
  it.each<[string, Partial<Answering>, RegExp, string]>([
    ["REQ-33 with user verification off", { flags: 0x01 }, /did not verify you/, "not-verified"], ["REQ-31 on another site", { origin: "https://evil.example", relyingParty: "veribatch.example" }, /another site/, "wrong-origin"],
    ["REQ-28 for another challenge", { challenge: challengeOf("0".repeat(64)) }, /another statement/, "wrong-challenge"], ["REQ-32 (21 CFR 11.300(e)) with a counter that stands still", { count: 5 }, /counter went backwards/, "counter"],
  ])("%s is refused, audited, counted, and the signing is used up", async (_, answering, sentence, cause) => {
    await givePasskey(db.owner, qa, authenticator, { signCount: 5 });
    const { intent, answer } = await passkeySigning(qa, authenticator, { count: 6, ...answering });
    expect(await bring(qa, intent.id, answer)).toMatchObject({ ok: false, refusal: { cause: "proof", sentence: expect.stringMatching(sentence) } });
    expect(await chain()).toHaveLength(3);
    expect((await acts("signing.refused")).at(-1)?.detail).toMatchObject({ cause: "proof", sentence: expect.stringMatching(sentence) });
    expect((await enterprise((tx) => tx.select().from(signingFailures))).map((f) => f.cause)).toEqual([cause]);
    expect(await bring(qa, intent.id, authenticator.answer({ challenge: challengeOf(intent.statementDigest), origin, count: 9 }))).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("already finished") } });
  });
  it("REQ-31 (21 CFR 11.200(a)(2)) with another person's passkey, or with one nobody enrolled, is refused", async () => {
    const [foreign, unknown] = [new Authenticator(), new Authenticator()];
    await givePasskey(db.owner, qa, authenticator);
    await givePasskey(db.owner, await storyActor(db.portal, "qp.basel@demo"), foreign);
    for (const [by, sentence] of [[foreign, /Somebody else/], [unknown, /not enrolled here/]] as const) {
      const { intent, answer } = await passkeySigning(qa, by);
      expect(await bring(qa, intent.id, answer)).toMatchObject({ ok: false, refusal: { sentence: expect.stringMatching(sentence) } });
    }
    expect(await chain()).toHaveLength(3);
  });
  it("REQ-32 (21 CFR 11.300(c)) with a passkey revoked since the opening is refused; what it signed before still verifies", async () => {
    const id = await givePasskey(db.owner, qa, authenticator);
    const first = await passkeySigning(qa, authenticator);
    await bring(qa, first.intent.id, first.answer);
    await givePasskey(db.owner, qa, new Authenticator());
    const again = await openCeremony(qa, { ...release, meaning: "withdrawn", withdraws: 4, ceremony: "passkey", shownDigest: await digest() });
    if (!again.ok || again.value.ceremony !== "passkey") throw new Error("not opened");
    const granted = requirePermission(admin, "account.manage", "enterprise");
    expect(await withOwnMeans(admin, (tx) => revokePasskey(tx, { actor: admin, granted }, { passkeyId: id, reason: "key was lost" }, stamp()), { reason: "key was lost" }, granted)).toMatchObject({ ok: true });
    expect(await bring(qa, again.value.intent.id, authenticator.answer({ challenge: again.value.options.challenge, origin }))).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("is revoked") } });
    expect((await verifyChain(await chain(), [attestationKeyOf(key)])).map((v) => v.holds)).toEqual([true, true, true, true]);
    expect((await acts("passkey.revoked")).map((e) => [e.actorId, e.reason])).toEqual([[admin.id, "key was lost"]]);
    expect((await noticesOf(qa)).map((n) => n.kind)).toEqual(["passkey-revoked"]);
  });
  it.each([{}, null, "text", { id: "x", rawId: "x", type: "public-key", response: {} }])("REQ-32 with something that is no answer at all is refused, audited and counted: %j", async (answer) => {
    await givePasskey(db.owner, qa, authenticator);
    const { intent } = await passkeySigning(qa, authenticator);
    expect(await bring(qa, intent.id, answer)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("cannot be read") } });
    expect((await enterprise((tx) => tx.select().from(signingFailures))).map((f) => f.cause)).toEqual(["malformed"]);
  });
  it("REQ-30 answers nothing that was opened in another session, nor another person's signing, nor a replay", async () => {
    await givePasskey(db.owner, qa, authenticator);
    const { intent, answer } = await passkeySigning(qa, authenticator);
    expect(await bring(await storyActor(db.portal, "qp.basel@demo"), intent.id, answer)).toBeUndefined();
    const elsewhere = await inSession(db.owner, qa, new Date());
    expect(await bring(elsewhere, intent.id, answer)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("another session") } });
    const second = await passkeySigning(qa, authenticator);
    expect(await bring(qa, second.intent.id, second.answer)).toMatchObject({ ok: true });
    expect(await bring(qa, second.intent.id, second.answer)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("already finished") } });
    expect(await chain()).toHaveLength(4);
  });
  it("REQ-31 an owner revokes his own passkey alone: another person who is no administrator revokes none", async () => {
    const id = await givePasskey(db.owner, qa, authenticator);
    const qp = await storyActor(db.portal, "qp.basel@demo");
    const revoke = (actor: Actor) => withOwnMeans(actor, (tx) => revokePasskey(tx, { actor }, { passkeyId: id, reason: "not needed" }, stamp()), { reason: "not needed" });
    expect(await revoke(qp)).toEqual({ ok: false, refusal: "no-passkey" });
    expect(await revoke(qa)).toMatchObject({ ok: true });
    expect(await revoke(qa)).toEqual({ ok: false, refusal: "no-passkey" });
  });
});

describe("a site's policy", () => {
  beforeEach(() => everybodyUndertakes(db.owner));

  it("REQ-33 decides at the opening and again at the completion which ceremony is taken, per meaning and site", async () => {
    const intent = await opened(qa);
    expect(await change("approved_for_release", "passkey")).toMatchObject({ ok: true });
    expect(await complete(qa, intent)).toMatchObject({ ok: false, refusal: { cause: "obstacles", sentence: expect.stringMatching(/asks for a passkey.*enrol one/) } });
    expect(await open(qa)).toMatchObject({ ok: false });
    expect((await open(qa, { meaning: "rejected", reason: "Contamination" })).ok).toBe(true);
    await givePasskey(db.owner, qa, authenticator);
    expect(await open(qa)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining('This site asks for "Passkey"') } });
    const { intent: other, answer } = await passkeySigning(qa, authenticator);
    expect(await bring(qa, other.id, answer)).toMatchObject({ ok: true });
  });
  it("REQ-23 (21 CFR 11.10(k)) is changed by an administrator alone, with a reason, over what he saw, and audited at the site", async () => {
    expect(() => requirePermission(qa, "account.manage", "basel")).toThrow(PermissionDenied);
    expect(await change("rejected", "either")).toEqual({ ok: false, refusal: "same" });
    expect(await change("rejected", "passkey")).toMatchObject({ ok: true });
    expect(await change("rejected", "identity-provider")).toEqual({ ok: false, refusal: "changed-meanwhile" });
    expect(await change("rejected", "identity-provider", 1)).toMatchObject({ ok: true });
    expect((await acts("policy.changed")).map((e) => [e.siteId, e.actorId, e.reason, e.detail])).toEqual([
      ["basel", admin.id, "validated for release", { meaning: "rejected", from: "either", to: "passkey" }], ["basel", admin.id, "validated for release", { meaning: "rejected", from: "passkey", to: "identity-provider" }],
    ]);
    expect(await enterprise((tx) => tx.select().from(signingPolicies))).toMatchObject([{ siteId: "basel", ceremony: "identity-provider", revision: 2 }]);
  });
});
