import { randomUUID } from "node:crypto";
import { desc } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { personalIntents, signingFailures, signingLocks } from "#db/schema/signature.ts";
import { withOwnMeans } from "#db/scope.ts";
import { NotFound, requirePermission, type Actor } from "#lib/access/actor.ts";
import type { Intent } from "#lib/release/commands.ts";
import { finishSigning } from "#lib/signing/finish-commands.ts";
import { callbackState } from "#lib/signature/callback.ts";
import { recordFailure, unlockSigning } from "#lib/signature/failure-commands.ts";
import { openPersonal } from "#lib/signature/personal-commands.ts";
import { finishPersonal, turnAwayUnknown } from "#lib/signature/personal-finish-commands.ts";
import { storyActor } from "#tests/actors.ts";
import { everybodyUndertakes, inSession } from "#tests/signers.ts";
import { acts, admin, batchId, chain, closeScene, complete, db, enterprise, fail, locked, noticesOf, open, openScene, opened, origin, qa, stamp } from "#tests/signing-scene.ts";

beforeEach(openScene);
afterEach(closeScene);

const unlock = (who: Actor, person: Actor) => {
  const by = requirePermission(who, "account.manage", "enterprise");
  return withOwnMeans(who, (tx) => unlockSigning(tx, by, { personId: person.id, reason: "spoke with her" }, stamp()), { reason: "spoke with her" }, by);
};

describe("five failed proofs of presence", () => {
  beforeEach(() => everybodyUndertakes(db.owner));

  it("REQ-32 (21 CFR 11.300(d)) lock signing, tell the administrators and the person at once, and are audited; four do not", async () => {
    await fail(qa, 4);
    expect(await locked(qa)).toBe(false);
    const last = await opened(qa);
    const waiting = await opened(qa);
    await complete(qa, last, { nonce: "0".repeat(64) });
    expect(await locked(qa)).toBe(true);
    expect((await acts("signing.locked")).map((e) => [e.subjectId, e.siteId, e.detail])).toEqual([[qa.id, "enterprise", { failures: 5 }]]);
    const [alert] = await noticesOf(admin);
    expect(alert).toMatchObject({ kind: "signing-locked", title: "Signing locked: Miriam Keller", readAt: null });
    expect((await noticesOf(qa)).map((n) => n.kind)).toEqual(["signing-locked"]);
    const [failure] = await enterprise((tx) => tx.select().from(signingFailures).orderBy(desc(signingFailures.at)).limit(1));
    expect((alert?.at.getTime() ?? Infinity) - (failure?.at.getTime() ?? 0)).toBeLessThan(60_000);
    expect(await open(qa)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("signing is locked") } });
    expect(await complete(qa, waiting)).toMatchObject({ ok: false, refusal: { cause: "obstacles", sentence: expect.stringContaining("signing is locked") } });
    expect(await chain()).toHaveLength(3);
  });
  it("REQ-32 count from the last signing that succeeded", async () => {
    await fail(qa, 4);
    expect(await complete(qa, await opened(qa))).toMatchObject({ ok: true });
    const withdraw = () => opened(qa, { meaning: "withdrawn", withdraws: 4 });
    for (let i = 0; i < 4; i++) await complete(qa, await withdraw(), { subject: "x" });
    expect(await locked(qa)).toBe(false);
    await complete(qa, await withdraw(), { subject: "x" });
    expect(await locked(qa)).toBe(true);
  });
  it("REQ-32 of five at once lock once", async () => {
    const by = requirePermission(qa, "batch.read", "basel");
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => withOwnMeans(qa, (tx) => recordFailure(tx, qa, { cause: "foreign-person", intentId: null }, stamp()), { reason: "failed proof" }, by)));
    expect(await enterprise((tx) => tx.select().from(signingLocks))).toHaveLength(1);
    expect(await acts("signing.locked")).toHaveLength(1);
  });
  it("REQ-32 are released by an administrator with a reason, never by oneself, and then count anew", async () => {
    await fail(qa, 5);
    expect(await unlock({ ...qa, rolesBySite: new Map([["enterprise", ["administrator"]]]) }, qa)).toEqual({ ok: false, refusal: "own-lock" });
    expect(() => requirePermission(qa, "account.manage", "enterprise")).toThrow(NotFound);
    expect(await unlock(admin, qa)).toMatchObject({ ok: true });
    expect(await unlock(admin, qa)).toEqual({ ok: false, refusal: "not-locked" });
    expect((await acts("signing.unlocked")).map((e) => [e.actorId, e.subjectId, e.reason])).toEqual([[admin.id, qa.id, "spoke with her"]]);
    await fail(qa, 4);
    expect(await locked(qa)).toBe(false);
    expect(await complete(qa, await opened(qa))).toMatchObject({ ok: true });
  });
});

describe("an answer that is somebody else's", () => {
  beforeEach(() => everybodyUndertakes(db.owner));
  const stateOf = (intent: Intent, secret = intent.oauthState) => `basel.${intent.id}.${secret}`;
  const arrive = async (who: Actor, state: string) => {
    const parsed = callbackState(state);
    const url = new URL(`${origin}/api/signing/callback?code=c&state=${state}`);
    return !parsed ? turnAwayUnknown(who) : parsed.place === "~" ? finishPersonal(who, url, parsed) : finishSigning(who, url, parsed);
  };

  it("REQ-31, REQ-32 signs nothing, uses the signing up, is audited on the record and at the enterprise, counts against who brought it, and its owner is told", async () => {
    const qp = await inSession(db.owner, await storyActor(db.portal, "qp.raleigh@demo"), new Date());
    const intent = await opened(qa);
    expect(await arrive(qp, stateOf(intent))).toBe("/signing-refused");
    expect((await acts("signing.refused")).map((e) => [e.siteId, e.actorId, e.batchId, (e.detail as { cause: string }).cause])).toEqual([["basel", qp.id, batchId, "foreign-intent"], ["enterprise", qp.id, null, "foreign-intent"]]);
    expect((await enterprise((tx) => tx.select().from(signingFailures))).map((f) => f.personId)).toEqual([qp.id]);
    expect((await noticesOf(qa)).map((n) => n.kind)).toEqual(["signing-attempt"]);
    expect(await complete(qa, intent)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("already finished") } });
    expect(await chain()).toHaveLength(3);
  });
  it("REQ-19 (21 CFR 11.10(g)) of a person who has lost every role at the site since is refused and audited there, and the signing is used up", async () => {
    const intent = await opened(qa);
    expect(await arrive({ ...qa, rolesBySite: new Map([["raleigh", ["qa-manager"]]]) }, stateOf(intent))).toBe("/signing-refused");
    expect((await acts("signing.refused")).map((e) => [e.siteId, (e.detail as { cause: string }).cause])).toEqual([["basel", "obstacles"]]);
    expect(await complete(qa, intent)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("already finished") } });
  });
  it("REQ-32 five times locks who brings it, not the owner", async () => {
    const qp = await inSession(db.owner, await storyActor(db.portal, "qp.basel@demo"), new Date());
    const intent = await opened(qa);
    for (let i = 0; i < 5; i++) await arrive(qp, stateOf(intent, "guessed"));
    expect([await locked(qp), await locked(qa)]).toEqual([true, false]);
    expect(await complete(qa, intent)).toMatchObject({ ok: true });
  });
  it("REQ-32 with a wrong secret in one's own session counts as well, and leaves the signing open", async () => {
    const intent = await opened(qa);
    expect(await arrive(qa, stateOf(intent, "guessed"))).toBe("/signing-refused");
    expect(await enterprise((tx) => tx.select().from(signingFailures))).toMatchObject([{ personId: qa.id, cause: "foreign-intent" }]);
    expect(await complete(qa, intent)).toMatchObject({ ok: true });
  });
  it.each([`basel.${randomUUID()}.x`, `nowhere.${randomUUID()}.x`, `~.${randomUUID()}.x`, "", "basel", "basel.1.x", "a.b.c.d"])("REQ-32 to no signing at all is audited and locks nobody, because any link could bring it: %j", async (state) => {
    for (let i = 0; i < 6; i++) expect(await arrive(qa, state)).toBe("/signing-refused");
    expect(await locked(qa)).toBe(false);
    expect((await acts("signing.refused")).map((e) => (e.detail as { cause: string }).cause)).toEqual(Array(6).fill("unknown-intent"));
  });
  it("REQ-31 of an act about oneself is refused in the same way", async () => {
    const opening = await withOwnMeans(admin, (tx) => openPersonal(tx, admin, { purpose: "undertaking" }, { nonce: "", oauthState: "secret", codeVerifier: "" }, stamp()), { reason: "opened" });
    expect(opening).toEqual({ ok: false, refusal: "already-undertaken" });
    const enrolment = await withOwnMeans(admin, (tx) => openPersonal(tx, admin, { purpose: "passkey-enrolment", label: "x", relyingParty: "r" }, { nonce: "", oauthState: "secret", codeVerifier: "" }, stamp()), { reason: "opened" });
    expect(await arrive(qa, `~.${enrolment.ok ? enrolment.value.id : ""}.secret`)).toBe("/signing-refused");
    expect((await enterprise((tx) => tx.select().from(signingFailures))).map((f) => f.personId)).toEqual([qa.id]);
    expect((await noticesOf(admin)).map((n) => n.kind)).toEqual(["signing-attempt"]);
    expect(await enterprise((tx) => tx.select().from(personalIntents))).toMatchObject([{ provedAt: null }]);
  });
});
