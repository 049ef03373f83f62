import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { exceptions } from "#db/schema/quality.ts";
import { passkeys, signingIntents, signingLocks } from "#db/schema/signature.ts";
import { withOwnMeans, withProgramme, withSites } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { takeIntoQaReview } from "#lib/batch/commands.ts";
import { provideInstallation } from "#lib/installation.ts";
import { acceptException } from "#lib/quality/commands.ts";
import { completeSigning, intentOf, openIntent } from "#lib/release/commands.ts";
import { readBatchFile, type BatchFile } from "#lib/release/file-queries.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { unlockSigning } from "#lib/signature/failure-commands.ts";
import { signatureMeanings } from "#lib/signature/meaning.ts";
import { challengeOf } from "#lib/signature/passkey.ts";
import { revokePasskey } from "#lib/signature/passkey-commands.ts";
import { changePolicy } from "#lib/signature/policy-commands.ts";
import { passkeyProof } from "#lib/signature/webauthn-commands.ts";
import { storyActor } from "#tests/actors.ts";
import { Authenticator } from "#tests/authenticator.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { everybodyUndertakes, givePasskey, inSession } from "#tests/signers.ts";
import { cast, parts, SigningModel, type ModelCeremony, type Part, type Request } from "#tests/signing-model.ts";
import { installation, origin } from "#tests/signing-scene.ts";

const { signingKey: key } = inject("cluster");
/** What is signed over a whole batch record. */
const batchMeanings = [...signatureMeanings, "withdrawn"] as const;
const place = { siteId: "basel", batchId: "BAS-101-2610" } as const;
const runs = Number(process.env["SIGNING_MODEL_RUNS"] ?? 8);
const length = Number(process.env["SIGNING_MODEL_LENGTH"] ?? 40);

type Signer = { readonly actor: Actor; readonly passkey: Authenticator; readonly passkeyId: string };

/** The real thing: a database of its own, a clock that goes on by a second with every act, and what was opened. */
class Scene {
  readonly db: TestDatabase;
  readonly people: ReadonlyMap<Part, Signer>;
  readonly admin: Actor;
  readonly opened: string[] = [];
  readonly digests: string[] = [];
  #now = Date.now();
  constructor(db: TestDatabase, people: ReadonlyMap<Part, Signer>, admin: Actor) {
    this.db = db;
    this.people = people;
    this.admin = admin;
  }
  stamp() {
    this.#now += 1000;
    return { now: new Date(this.#now), newId: randomUUID as () => string };
  }
  signer(part: Part): Signer {
    const found = this.people.get(part);
    if (!found) throw new Error(`nobody plays ${part}`);
    return found;
  }
  read<T>(work: Parameters<typeof withProgramme<T>>[3]): Promise<T> {
    return withProgramme(this.db.owner, "installation", ["basel", "enterprise"], work);
  }
  file(): Promise<BatchFile> {
    return this.read((tx) => readBatchFile(tx, place.siteId, place.batchId, publicHalf(key)));
  }
}

async function newScene(): Promise<Scene> {
  const db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  provideInstallation(installation);
  await everybodyUndertakes(db.owner);
  const people = new Map<Part, Signer>();
  for (const part of parts) {
    const actor = await inSession(db.owner, await storyActor(db.portal, cast[part]), new Date());
    const passkey = new Authenticator("EdDSA");
    people.set(part, { actor, passkey, passkeyId: await givePasskey(db.owner, actor, passkey) });
  }
  await withProgramme(db.owner, "installation", ["basel"], (tx) => tx.update(exceptions).set({ state: "closed", decision: "assessed" }).where(eq(exceptions.batchId, place.batchId)), { reason: "prepared for the test" });
  const scene = new Scene(db, people, await storyActor(db.portal, "admin@demo"));
  const file = await scene.file();
  expect(file.checks.filter((c) => !c.done).map((c) => c.id)).toEqual(["production_review", "audit_trail_review", "site_confirmation"]);
  expect([file.record.batch.state, file.signatures.length]).toEqual(["complete", 0]);
  scene.digests.push(file.digest);
  return scene;
}

/** What must hold whatever happened before. */
async function invariants(model: SigningModel, scene: Scene): Promise<void> {
  const file = await scene.file();
  expect(file.record.batch.state).toBe(model.state);
  expect(file.signatures.map((s) => s.ordinal)).toEqual(model.chain.map((_, i) => i + 1));
  expect(file.signatures.map((s) => [s.meaning, s.signerId, s.withdraws])).toEqual(model.chain.map((s) => [s.meaning, scene.signer(s.by).actor.id, s.withdraws]));
  expect(file.signatures.every((s) => s.verification.holds)).toBe(true);
  expect(file.signatures.map((s) => [s.recordDigest, s.covers])).toEqual(model.chain.map((s) => [scene.digests[s.version], s.version === model.version]));
  expect(file.signatures.filter((s) => s.counts).map((s) => s.ordinal)).toEqual(model.counting());
  expect(file.signatures.filter((s) => file.executors.has(s.signerId))).toEqual([]);
  const intents = await scene.read((tx) => tx.select().from(signingIntents));
  expect(intents.filter((i) => i.outcome === "signed").map((i) => i.statementDigest).sort()).toEqual(file.signatures.map((s) => s.digest).sort());
  expect(intents.filter((i) => i.usedAt !== null)).toHaveLength(model.intents.filter((i) => i.used).length);
  const acts = await scene.read((tx) => tx.select().from(auditEntries).where(sql`kind = 'act' and event in ('record.signed', 'signature.withdrawn') and batch_id = ${place.batchId}`));
  expect(acts.map((e) => (e.detail as { signatureDigest: string }).signatureDigest).sort()).toEqual(file.signatures.map((s) => s.digest).sort());
  const locks = await scene.read((tx) => tx.select().from(signingLocks).where(sql`released_at is null`));
  expect(locks.map((l) => l.personId).sort()).toEqual([...model.locked].map((p) => scene.signer(p).actor.id).sort());
}

async function open(scene: Scene, { who, meaning, withdraws, ceremony }: Request): Promise<boolean> {
  const { actor } = scene.signer(who);
  const by = requirePermission(actor, "batch.read", place.siteId);
  const { digest } = await scene.file();
  const input = { ...place, meaning, ceremony, withdraws: withdraws ?? undefined, reason: "As the model says", comment: "Written by the model.", shownDigest: digest };
  const outcome = await withOwnMeans(actor, (tx) => openIntent(tx, by, input, key, { nonce: randomUUID(), oauthState: "s", codeVerifier: "v" }, scene.stamp()), { reason: input.reason }, by);
  if (outcome.ok) scene.opened.push(outcome.value.id);
  return outcome.ok;
}

/** Completes what was opened with that number, in the ceremony it was opened for. */
async function complete(scene: Scene, who: Part, ceremony: ModelCeremony, { id, good }: { readonly id: string; readonly good: boolean }): Promise<boolean> {
  const { actor, passkey } = scene.signer(who);
  const by = requirePermission(actor, "batch.read", place.siteId);
  const stamp = scene.stamp();
  const outcome = await withOwnMeans(actor, async (tx) => {
    const intent = await intentOf(tx, place.siteId, id, actor.id);
    if (!intent) throw new Error("the signing is gone");
    const { statementDigest: digest } = intent;
    const proof = ceremony === "passkey" ? await passkeyProof(tx, passkey.answer({ challenge: challengeOf(digest), origin, flags: good ? 0x05 : 0x01 }), digest, stamp.now)
      : { subject: good ? actor.subject : "somebody.else@demo", nonce: digest, authTime: Math.ceil(stamp.now.getTime() / 1000), evidence: {} };
    return completeSigning(tx, by, intent, proof, key, stamp);
  }, { reason: "completes a signing" }, by);
  return outcome.ok;
}

type Command = fc.AsyncCommand<SigningModel, Scene>;
const command = (name: string, run: (model: SigningModel, scene: Scene) => Promise<void>, check: (model: SigningModel) => boolean = () => true): Command => ({
  check, toString: () => name,
  run: async (model, scene) => { await run(model, scene); await invariants(model, scene); },
});

const part = fc.constantFrom(...parts);
const ceremony = fc.constantFrom<ModelCeremony>("identity-provider", "passkey");
/** Mostly requests that have a chance, so that the chain grows; the rest is whatever anybody may ask. */
const likely = fc.constantFrom<Pick<Request, "who" | "meaning">>({ who: "lead", meaning: "production_reviewed" }, { who: "qa", meaning: "audit_trail_reviewed" }, { who: "qp", meaning: "site_confirmed" }, { who: "qa", meaning: "approved_for_release" });
const whatever = fc.record({ who: part, meaning: fc.constantFrom(...batchMeanings) });
const wish = fc.tuple(fc.oneof({ weight: 4, arbitrary: likely }, { weight: 1, arbitrary: whatever }), ceremony, fc.integer({ min: 1, max: 8 })).map(([{ who, meaning }, c, n]): Request => ({ who, meaning, ceremony: c, withdraws: meaning === "withdrawn" ? n : null }));

const opening = (request: Request) => command(`open ${JSON.stringify(request)}`, async (model, scene) => expect(await open(scene, request)).toBe(model.open(request)));
const completing = (pick: number, good: boolean) => command(`complete ${pick} ${good}`, async (model, scene) => {
  const index = pick % model.intents.length;
  const intent = model.intents[index];
  if (intent) expect(await complete(scene, intent.who, intent.ceremony, { id: scene.opened[index] ?? "", good })).toBe(model.complete(index, good));
}, (model) => model.intents.length > 0);
/** Opens and completes in one go, as people mostly do. */
const signing = (request: Request) => command(`sign ${JSON.stringify(request)}`, async (model, scene) => {
  const opened = model.open(request);
  expect(await open(scene, request)).toBe(opened);
  if (opened) expect(await complete(scene, request.who, request.ceremony, { id: scene.opened.at(-1) ?? "", good: true })).toBe(model.complete(model.intents.length - 1, true));
});
/** What a batch waits for next, as people would do it; what is disposed of is taken back again. */
function awaited(model: SigningModel, c: ModelCeremony): Request | undefined {
  const wishes: readonly Request[] = [
    { who: "lead", meaning: "production_reviewed", withdraws: null, ceremony: c }, { who: "qa", meaning: "audit_trail_reviewed", withdraws: null, ceremony: c }, { who: "qp", meaning: "site_confirmed", withdraws: null, ceremony: c },
    { who: "qa", meaning: "approved_for_release", withdraws: null, ceremony: c }, { who: "qa", meaning: "withdrawn", withdraws: model.chain.length, ceremony: c },
  ];
  return wishes.find((wish) => model.next(wish) !== undefined);
}
const advancing = (c: ModelCeremony) => command(`advance by ${c}`, async (model, scene) => {
  if (model.state === "prod_reviewed") return takeIn(model, scene);
  const wish = awaited(model, c);
  if (!wish) return;
  expect(await open(scene, wish)).toBe(model.open(wish));
  expect(await complete(scene, wish.who, c, { id: scene.opened.at(-1) ?? "", good: true })).toBe(model.complete(model.intents.length - 1, true));
});
/** Everything somebody could open now. */
const possible = (model: SigningModel): readonly Request[] => parts.flatMap((who) => batchMeanings.flatMap((meaning) => (meaning === "withdrawn" ? model.chain.map((_, i) => i + 1) : [null]).flatMap((withdraws) => (["identity-provider", "passkey"] as const)
  .map((c): Request => ({ who, meaning, withdraws, ceremony: c })).filter((request) => model.next(request) !== undefined))));

/** Two signings that can be opened are open at the same time and finished one after the other: the later was not opened over the earlier. */
const crossing = (a: number, b: number) => command(`cross ${a} and ${b}`, async (model, scene) => {
  const wishes = possible(model);
  const first = model.intents.length;
  for (const n of [a, b]) {
    const request = wishes[n % wishes.length];
    if (request) expect(await open(scene, request)).toBe(model.open(request));
  }
  for (let i = first; i < model.intents.length; i++) {
    const intent = model.intents[i];
    if (intent) expect(await complete(scene, intent.who, intent.ceremony, { id: scene.opened[i] ?? "", good: true })).toBe(model.complete(i, true));
  }
}, (model) => possible(model).length > 0);
/** Two completions at once, of two signings or of one: the outcome is that of one order or of the other. */
const both = (a: number, b: number) => command(`complete ${a} and ${b} at once`, async (model, scene) => {
  const [i, j] = [a % model.intents.length, b % model.intents.length];
  const [first, second] = [model.intents[i], model.intents[j]];
  if (!first || !second) return;
  const done = await Promise.all([complete(scene, first.who, first.ceremony, { id: scene.opened[i] ?? "", good: true }), complete(scene, second.who, second.ceremony, { id: scene.opened[j] ?? "", good: true })]);
  const [forth, back] = [model.clone(), model.clone()];
  const inOrder = [forth.complete(i, true), forth.complete(j, true)];
  const reversed = [back.complete(j, true), back.complete(i, true)].reverse();
  const order = JSON.stringify(done) === JSON.stringify(inOrder) ? forth : back;
  expect([inOrder, reversed]).toContainEqual(done);
  Object.assign(model, order);
}, (model) => model.intents.length > 0);

const changing = command("change the record", async (model, scene) => {
  await withProgramme(scene.db.owner, "installation", ["basel"], (tx) => tx.update(exceptions).set({ comment: `changed ${randomUUID()}` }).where(sql`batch_id = ${place.batchId} and id = (select min(id) from exceptions where batch_id = ${place.batchId})`), { reason: "change by hand" });
  model.version += 1;
  scene.digests.push((await scene.file()).digest);
});
const takeIn = async (model: SigningModel, scene: Scene): Promise<void> => {
  const by = requirePermission(scene.signer("qa").actor, "batch.take-into-qa-review", place.siteId);
  const outcome = await withSites(by, (tx) => takeIntoQaReview(tx, by, place.siteId, place.batchId, scene.stamp()), { reason: "taken into QA review" });
  expect(outcome.ok).toBe(model.state === "prod_reviewed");
  if (outcome.ok) model.state = "qa_review";
};
const taking = command("take into QA review", takeIn);
const revoking = (who: Part) => command(`revoke the passkey of ${who}`, async (model, scene) => {
  const granted = requirePermission(scene.admin, "account.manage", "enterprise");
  const outcome = await withOwnMeans(scene.admin, (tx) => revokePasskey(tx, { actor: scene.admin, granted }, { passkeyId: scene.signer(who).passkeyId, reason: "lost the key" }, scene.stamp()), { reason: "lost the key" }, granted);
  expect(outcome.ok).toBe(!model.revoked.has(who));
  model.revoked.add(who);
  expect((await scene.read((tx) => tx.select().from(passkeys))).filter((k) => k.revokedAt !== null)).toHaveLength(model.revoked.size);
});
const policy = (to: SigningModel["policy"]) => command(`policy ${to}`, async (model, scene) => {
  const by = requirePermission(scene.admin, "account.manage", "basel");
  for (const meaning of batchMeanings) await withOwnMeans(scene.admin, async (tx) => {
    const [row] = await tx.execute<{ revision: number }>(sql`select revision from signing_policies where meaning = ${meaning}`);
    return changePolicy(tx, by, { siteId: "basel", meaning, policy: to, shownRevision: row?.revision ?? 0, reason: "as the model says" }, scene.stamp());
  }, { reason: "as the model says" }, by);
  model.policy = to;
});
const unlocking = (who: Part) => command(`unlock ${who}`, async (model, scene) => {
  const by = requirePermission(scene.admin, "account.manage", "enterprise");
  const outcome = await withOwnMeans(scene.admin, (tx) => unlockSigning(tx, by, { personId: scene.signer(who).actor.id, reason: "spoke with him" }, scene.stamp()), { reason: "spoke with him" }, by);
  expect(outcome.ok).toBe(model.locked.has(who));
  if (!outcome.ok) return;
  model.locked.delete(who);
  model.failures.set(who, 0);
});
const tampering = command("edit what is signed or decided", async (_, scene) => {
  for (const edit of [sql`update signatures set comment = 'x'`, sql`delete from signatures`, sql`insert into signatures select site_id, gen_random_uuid(), batch_id, ordinal from signatures`]) {
    await expect(withProgramme(scene.db.portal, "installation", ["basel"], (tx) => tx.execute(edit), { reason: "edit after signing" })).rejects.toThrow();
  }
  const by = requirePermission(scene.signer("qa").actor, "exception.decide", place.siteId);
  const outcome = await withSites(by, (tx) => acceptException(tx, by, { ...place, exceptionId: "EX-01", rationale: "edited after it was decided" }, scene.stamp()), { reason: "edited after it was decided" });
  expect(outcome.ok).toBe(false);
});

const commands = fc.commands([
  ceremony.map(advancing), ceremony.map(advancing), ceremony.map(advancing), ceremony.map(advancing), fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => crossing(a, b)), fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => crossing(a, b)),
  wish.map(signing), wish.map(opening), wish.map(opening), fc.tuple(fc.nat(), fc.boolean()).map(([n, good]) => completing(n, good)), fc.nat().map((n) => completing(n, false)),
  fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => both(a, b)), fc.constant(changing), fc.constant(taking), part.map(revoking), fc.constantFrom<SigningModel["policy"]>("either", "identity-provider", "passkey").map(policy),
  part.map(unlocking), fc.constant(tampering), fc.tuple(fc.constantFrom<Part>("lead", "qa", "qp"), fc.integer({ min: 1, max: 6 }), ceremony).map(([who, withdraws, c]) => signing({ who, meaning: "withdrawn", withdraws, ceremony: c })),
], { maxCommands: length, size: "max" });

describe("any sequence of openings, completions, changes, revocations and withdrawals by several people", () => {
  it("REQ-35, REQ-36, REQ-37, REQ-38 leaves no half-signed record, no self-approval, no edit of what is signed and no two signatures with one ordinal, and does what the model says", async () => {
    let signed = 0;
    await fc.assert(fc.asyncProperty(commands, async (sequence) => {
      const scene = await newScene();
      try {
        const model = new SigningModel();
        await fc.asyncModelRun(() => ({ model, real: scene }), sequence);
        signed += model.chain.length;
      } finally {
        await scene.db.close();
      }
    }), { numRuns: runs, endOnFailure: true });
    expect(signed, "signatures in all sequences").toBeGreaterThanOrEqual(runs < 50 ? 1 : 3 * runs);
  }, 600_000);
});
