import { randomUUID } from "node:crypto";
import { and, asc, eq, sql } from "drizzle-orm";
import { compactVerify, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { batches } from "#db/schema/batch.ts";
import { exceptions } from "#db/schema/quality.ts";
import { signatures, signingIntents } from "#db/schema/signature.ts";
import { withOwnMeans, withProgramme, withSites } from "#db/scope.ts";
import { NotFound, requirePermission, type Actor } from "#lib/access/actor.ts";
import { revokeRole } from "#lib/access/commands.ts";
import { statementDigest, statementText, signatureStatement } from "#lib/signature/statement.ts";
import { cancelIntent, completeSigning, intentOf, openIntent, type Intent, type OpenIntent } from "#lib/release/commands.ts";
import { readBatchFile } from "#lib/release/file-queries.ts";
import { attestationKeyOf, publicHalf, verifyChain, type SignatureRow } from "#lib/signature/attestation.ts";
import type { ProofOfPresence } from "#lib/signature/proof.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { rowHistory } from "#tests/history.ts";
import { everybodyUndertakes } from "#tests/signers.ts";

const { signingKey: key } = inject("cluster");
const publicKey = publicHalf(key);
const attestationKey = [attestationKeyOf(key)];
const batchId = "BAS-101-2607";
const now = new Date();
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const stamp = (at: Date) => ({ now: at, newId: randomUUID });

let db: TestDatabase;
let qa: Actor;
const use = async (): Promise<TestDatabase> => {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  await everybodyUndertakes(db.owner);
  qa = await storyActor(db.portal, "qa.manager@demo");
  return db;
};

const basel = <T>(work: Parameters<typeof withProgramme<T>>[3], change?: { reason: string }) => withProgramme(db.owner, "installation", ["basel"], work, change);
const fileOf = (id = batchId) => basel((tx) => readBatchFile(tx, "basel", id, publicKey));
const chainOf = (id = batchId): Promise<SignatureRow[]> => basel((tx) => tx.select().from(signatures).where(eq(signatures.batchId, id)).orderBy(asc(signatures.ordinal)));

const release = { siteId: "basel", batchId, meaning: "approved_for_release", reason: "All checks complete", comment: "Everything reviewed." } as const;
async function open(who: Actor, change: Partial<OpenIntent> = {}, at = now) {
  const input: OpenIntent = { ...release, shownDigest: (await fileOf(change.batchId)).digest, ...change };
  const by = requirePermission(who, "batch.read", input.siteId);
  return withOwnMeans(who, (tx) => openIntent(tx, by, input, key, { nonce: randomUUID(), oauthState: "state", codeVerifier: "verifier" }, stamp(at)), { reason: input.reason }, by);
}
async function opened(who: Actor = qa, change: Partial<OpenIntent> = {}): Promise<Intent> {
  const outcome = await open(who, change);
  if (!outcome.ok) throw new Error(outcome.refusal.sentence);
  return outcome.value;
}
const proofFor = (intent: Intent, change: Partial<ProofOfPresence> = {}): ProofOfPresence =>
  ({ subject: qa.subject, nonce: intent.statementDigest, authTime: Math.floor(now.getTime() / 1000) + 20, evidence: { acr: "password", amr: ["pwd"] }, ...change });
async function complete(intent: Intent, proof: Partial<ProofOfPresence> = {}, { who = qa, at = later(1), newId = randomUUID as () => string } = {}) {
  const by = requirePermission(who, "batch.read", "basel");
  return withOwnMeans(who, async (tx) => {
    const locked = await intentOf(tx, "basel", intent.id, who.id);
    if (!locked) throw new Error("no intent of this person");
    return completeSigning(tx, by, locked, proofFor(intent, proof), key, { now: at, newId });
  }, { reason: intent.sentence.slice(0, 200) }, by);
}

/** All that a signing may write. */
const written = () => basel(async (tx) => ({
  signatures: await tx.select().from(signatures).orderBy(asc(signatures.batchId), asc(signatures.ordinal)),
  batches: await tx.select().from(batches).orderBy(asc(batches.id)),
  intents: await tx.select().from(signingIntents).orderBy(asc(signingIntents.id)),
  audit: await tx.select().from(auditEntries).where(eq(auditEntries.kind, "act")).orderBy(asc(auditEntries.seq)),
  history: await tx.execute(sql`select count(*) from ${rowHistory}`),
}));
type Written = Awaited<ReturnType<typeof written>>;
/** Nothing but one audited refusal and, where one was open, the used intent. */
function onlyRefused(before: Written, after: Written, said: { readonly cause: string; readonly sentence: RegExp }, used?: Intent) {
  expect({ ...after, audit: [], intents: [] }).toEqual({ ...before, audit: [], intents: [] });
  expect(after.intents).toEqual(before.intents.map((i) => (i.id === used?.id ? { ...i, usedAt: expect.any(Date), outcome: `refused: ${said.cause}` } : i)));
  expect(after.audit.slice(0, -1)).toEqual(before.audit);
  expect(after.audit.at(-1)).toMatchObject({ event: "signing.refused", detail: { cause: said.cause, sentence: expect.stringMatching(said.sentence) } });
}
const refusal = (cause: string, sentence: RegExp) => ({ ok: false, refusal: { cause, sentence: expect.stringMatching(sentence) } });

/** Holds the row until `n` transactions wait for a lock, then lets them go: they are at once for certain. */
async function atOnce<T>(n: number, row: (tx: postgres.Sql) => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  const superuser = postgres(db.superuserUrl, { max: 2, onnotice: () => {} });
  let doing: Promise<T> | undefined;
  await superuser.begin(async (tx) => {
    await row(tx as unknown as postgres.Sql);
    doing = work();
    for (let waiting = 0, looks = 0; waiting < n && looks < 2_000; looks++) waiting = Number((await superuser`select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)[0]?.["n"]);
  });
  const done = await doing;
  await superuser.end();
  return done as T;
}

describe("a signing that is completed", () => {
  let intent: Intent;
  let before: Written;
  beforeAll(async () => {
    await use();
    before = await written();
    intent = await opened();
    expect(await complete(intent)).toEqual({ ok: true, value: { ordinal: 4, digest: intent.statementDigest } });
  });
  afterAll(() => db.close());

  it("REQ-27 (21 CFR 11.50(a)) holds printed name, date and time, and meaning, over exactly the record that was shown", async () => {
    const [row] = (await chainOf()).slice(-1);
    expect(row).toMatchObject({
      ordinal: 4, meaning: "approved_for_release", printedName: "Miriam Keller", userName: "qa.manager@demo", role: "qa-manager", signerId: qa.id, method: "identity-provider",
      signedAt: later(1), reason: release.reason, comment: release.comment, recordDigest: (await fileOf()).digest, statement: intent.statement, digest: intent.statementDigest,
    });
    expect(row?.sentence).toMatch(/^I approve for release batch BAS-101-2607, VB-101 mAb drug substance, made at Basel under MBR-101 v7, with 7 of 7 checks complete and \d+ exceptions? in its record\.$/);
  });

  it("REQ-51 (21 CFR 211.165) releases the batch, counts its revision up, and uses the intent", async () => {
    const [row] = await basel((tx) => tx.select().from(batches).where(eq(batches.id, batchId)));
    expect(row).toEqual({ ...before.batches.find((b) => b.id === batchId), state: "released", revision: 2 });
    const [used] = await basel((tx) => tx.select().from(signingIntents));
    expect(used).toEqual({ ...intent, usedAt: later(1), outcome: "signed" });
  });

  it("REQ-05 (21 CFR 11.10(e)) writes opening, signature and change of state in the audit trail and the row history", async () => {
    const after = await written();
    expect(after.audit.slice(before.audit.length).map((e) => e.event)).toEqual(["signing.opened", "record.signed"]);
    expect(after.audit.at(-1)).toMatchObject({ actorId: qa.id, actorName: "Miriam Keller", role: "qa-manager", batchId, reason: release.reason, at: later(1), detail: { ordinal: 4, from: "qa_review", to: "released", signatureDigest: intent.statementDigest } });
    const history = await basel((tx) => tx.execute(sql`select table_name, operation, actor_id, reason from ${rowHistory} order by id desc limit 2`));
    expect([...history]).toEqual([
      { table_name: "batches", operation: "UPDATE", actor_id: qa.id, reason: intent.sentence.slice(0, 200) },
      { table_name: "signatures", operation: "INSERT", actor_id: qa.id, reason: intent.sentence.slice(0, 200) },
    ]);
  });

  it("REQ-37 joins the chain, and the whole chain verifies", async () => {
    const chain = await chainOf();
    expect((await verifyChain(chain, attestationKey)).map((v) => v.holds)).toEqual([true, true, true, true]);
  });

  it("REQ-28 (21 CFR 11.70) is attested by the portal's key for digest, time, method and evidence, and by no other key", async () => {
    const [row] = (await chainOf()).slice(-1) as [SignatureRow];
    const { payload, protectedHeader } = await compactVerify(row.attestation, await importJWK(publicKey, "EdDSA"));
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({ digest: row.digest, signedAt: later(1).toISOString(), method: "identity-provider", evidence: { acr: "password", amr: ["pwd"], continuity: "first", components: "user name and password" } });
    expect(protectedHeader.alg).toBe("EdDSA");
    const other: JWK = await exportJWK((await generateKeyPair("Ed25519", { extractable: true })).publicKey);
    expect((await verifyChain(await chainOf(), [attestationKeyOf(other)])).some((v) => v.holds)).toBe(false);
  });

  it("REQ-28 (21 CFR 11.70) cannot be copied to another record: its verification fails there and blocks further signing", async () => {
    const [first] = await chainOf() as [typeof signatures.$inferSelect];
    await basel((tx) => tx.insert(signatures).values({ ...first, id: randomUUID(), batchId: "BAS-101-2610" }), { reason: "copied by hand" });
    const file = await fileOf("BAS-101-2610");
    expect(file.signatures.map((s) => s.verification.holds)).toEqual([false]);
    expect(file.checks.find((c) => c.id === "integrity")?.done).toBe(false);
    const lead = await storyActor(db.portal, "lead.production.basel@demo");
    expect(await open(lead, { batchId: "BAS-101-2610", meaning: "production_reviewed" })).toMatchObject(refusal("obstacles", /A stored digest or signature does not fit its content/));
  });

  it("REQ-51 cannot be repeated: a released batch takes no further signature", async () => {
    const before = await written();
    expect(await open(qa)).toMatchObject(refusal("obstacles", /in state "Released"/));
    onlyRefused(before, await written(), { cause: "obstacles", sentence: /in state "Released"/ });
  });
});

describe("a signing that must not be opened", () => {
  beforeAll(async () => void (await use()));
  afterAll(() => db.close());

  it.each<[string, string, Partial<OpenIntent>, string, RegExp]>([
    ["REQ-28 (21 CFR 11.70) because another record was shown", "qa.manager@demo", { shownDigest: "0".repeat(64) }, "record-changed", /changed after you opened it/],
    ["REQ-36 (21 CFR 211.188(b)(11)) because the reviewer verified steps of the batch", "supervisor.basel@demo", { batchId: "BAS-101-2610", meaning: "production_reviewed" }, "obstacles", /You took part in making this batch/],
    ["REQ-36 (21 CFR 211.188(b)(11)) because the reviewer performed steps of the batch", "operator.basel@demo", { batchId: "BAS-101-2610", meaning: "production_reviewed" }, "obstacles", /You took part in making this batch/],
    ["REQ-19 (21 CFR 11.10(g)) because the role is missing", "qp.basel@demo", {}, "obstacles", /Your roles at this site do not allow "Approved for release"/],
    ["REQ-19 (21 CFR 11.10(g)) because an auditor only reads", "auditor@demo", {}, "obstacles", /Your roles at this site do not allow/],
    ["REQ-51 because the batch is in the wrong state", "qa.manager@demo", { batchId: "BAS-101-2610" }, "obstacles", /in state "Complete", in which nobody signs "Approved for release"/],
    ["REQ-42 (21 CFR 211.192) because exceptions are open", "qa.manager@demo", { batchId: "BAS-101-2608" }, "obstacles", /Exceptions: \d+ of \d+ open.*Audit-trail review: Not signed.*Site confirmation: Not signed/],
    ["REQ-09 because the meaning is already signed for this record", "qa.manager@demo", { meaning: "audit_trail_reviewed" }, "obstacles", /already signed for this record/],
  ])("%s", async (_, userName, change, cause, sentence) => {
    const before = await written();
    expect(await open(await storyActor(db.portal, userName), change)).toMatchObject(refusal(cause, sentence));
    onlyRefused(before, await written(), { cause, sentence });
  });

  it("REQ-04 (21 CFR 11.10(d)) does not exist for a person of another site, and leaves no trace", async () => {
    const before = await written();
    await expect(open(await storyActor(db.portal, "qp.raleigh@demo"))).rejects.toBeInstanceOf(NotFound);
    const by = requirePermission(await storyActor(db.portal, "qp.raleigh@demo"), "batch.read", "raleigh");
    await expect(withSites(by, (tx) => openIntent(tx, by, { ...release, shownDigest: "0".repeat(64) }, key, { nonce: "", oauthState: "", codeVerifier: "" }, stamp(now)), { reason: "foreign batch" })).rejects.toBeInstanceOf(NotFound);
    expect(await written()).toEqual(before);
  });
  it("REQ-04 (21 CFR 11.10(d)) is not even asked for by an administrator", async () => {
    await expect(open(await storyActor(db.portal, "admin@demo"))).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("a proof that does not fit", () => {
  beforeEach(async () => void (await use()));
  afterEach(() => db.close());
  const seconds = (at: Date) => Math.floor(at.getTime() / 1000);

  it.each<[string, Partial<ProofOfPresence>, number, RegExp]>([
    ["REQ-31 (21 CFR 11.200(a)(2)) of somebody else", { subject: "supervisor.basel@demo" }, 1, /Somebody else proved his presence/],
    ["REQ-28 (21 CFR 11.70) for another statement", { nonce: "0".repeat(64) }, 1, /belongs to another statement/],
    ["REQ-30 (21 CFR 11.200(a)(1)) without the time of authentication", { authTime: undefined }, 1, /did not say when you signed in/],
    ["REQ-30 (21 CFR 11.200(a)(1)) older than the opening: the session's own sign-in", { authTime: seconds(later(-1)) }, 1, /did not sign in again/],
    ["REQ-30 (21 CFR 11.200(a)(1)) that comes after ten minutes", {}, 10.001, /more than 10 minutes/],
  ])("%s is refused, and the intent is used up", async (_, proof, minutes, sentence) => {
    const intent = await opened();
    const before = await written();
    expect(await complete(intent, proof, { at: later(minutes) })).toMatchObject(refusal("proof", sentence));
    onlyRefused(before, await written(), { cause: "proof", sentence }, intent);
    const after = await written();
    expect(await complete(intent)).toMatchObject(refusal("proof", /already finished/));
    onlyRefused(after, await written(), { cause: "proof", sentence: /already finished/ });
    expect((await chainOf()).length).toBe(3);
  });

  it("REQ-30 (21 CFR 11.200(a)(1)) of one opening does not finish another one", async () => {
    const [first, second] = [await opened(), await opened()];
    expect(await complete(second, { nonce: first.statementDigest })).toMatchObject(refusal("proof", /another statement/));
  });

  it("REQ-31 (21 CFR 11.200(a)(2)) cannot be brought by another person: the intent is not his", async () => {
    const intent = await opened();
    const before = await written();
    await expect(complete(intent, {}, { who: await storyActor(db.portal, "qp.basel@demo") })).rejects.toThrow("no intent of this person");
    expect(await written()).toEqual(before);
  });

  it("is not brought after the person turned back: a cancelled intent is used up, and the turning back is audited", async () => {
    const intent = await opened();
    const by = requirePermission(qa, "batch.read", "basel");
    await withSites(by, (tx) => cancelIntent(tx, by, intent, "access_denied", stamp(later(1))), { reason: "turned back" });
    expect((await written()).audit.at(-1)).toMatchObject({ event: "signing.cancelled", detail: { cause: "access_denied" } });
    expect(await complete(intent)).toMatchObject(refusal("proof", /already finished/));
  });
});

describe("what changed between opening and completing", () => {
  beforeAll(async () => void (await use()));
  afterAll(() => db.close());

  it("REQ-05 (21 CFR 11.10(e)): when the audit entry cannot be written, nothing is signed", async () => {
    const intent = await opened();
    const before = await written();
    let calls = 0;
    const failsAtTheAuditEntry = () => { if (++calls > 1) throw new Error("the power went"); return randomUUID(); };
    await expect(complete(intent, {}, { newId: failsAtTheAuditEntry })).rejects.toThrow("the power went");
    expect(await written()).toEqual(before);
  });

  it("REQ-19 (21 CFR 11.10(g)): a role revoked meanwhile is refused, whether the person still reads there or not", async () => {
    const intent = await opened();
    const admin = requirePermission(await storyActor(db.portal, "admin@demo"), "account.manage");
    await withSites(admin, (tx) => revokeRole(tx, admin, { siteId: "basel", personId: qa.id, role: "qa-manager", reason: "left the unit" }, stamp(now)), { reason: "left the unit" });
    const revoked = await storyActor(db.portal, "qa.manager@demo");
    const before = await written();
    await expect(complete(intent, {}, { who: revoked })).rejects.toBeInstanceOf(NotFound);
    expect(await written()).toEqual(before);
    const reader = { ...revoked, rolesBySite: new Map([...revoked.rolesBySite, ["basel", ["auditor" as const]]] as const) };
    expect(await complete(intent, {}, { who: reader })).toMatchObject(refusal("obstacles", /Your roles at this site do not allow/));
    onlyRefused(before, await written(), { cause: "obstacles", sentence: /Your roles at this site/ }, intent);
  });

  it("REQ-28 (21 CFR 11.70): a changed record is refused", async () => {
    const intent = await opened();
    await basel((tx) => tx.update(exceptions).set({ comment: "rewritten afterwards" }).where(and(eq(exceptions.batchId, batchId), eq(exceptions.id, "EX-01"))), { reason: "change by hand" });
    const before = await written();
    expect(await complete(intent)).toMatchObject(refusal("record-changed", /changed after you opened it/));
    onlyRefused(before, await written(), { cause: "record-changed", sentence: /Nothing was signed/ }, intent);
  });

  it("REQ-09: a late change after the reviews re-opens them", async () => {
    await basel((tx) => tx.update(exceptions).set({ comment: "rewritten afterwards" }).where(and(eq(exceptions.batchId, batchId), eq(exceptions.id, "EX-01"))), { reason: "change by hand" });
    expect(await open(qa)).toMatchObject(refusal("obstacles", /Audit-trail review: Signed for an earlier record; it changed since\. Site confirmation: Signed for an earlier record/));
  });

  it("REQ-37: of two meanings opened over the same record, the second must be opened anew, so that it covers the first", async () => {
    const id = "BAS-101-2608";
    await basel((tx) => tx.update(exceptions).set({ state: "closed", decision: "assessed" }).where(eq(exceptions.batchId, id)), { reason: "prepared for the test" });
    const qp = await storyActor(db.portal, "qp.basel@demo");
    const [review, confirmation] = [await opened(qa, { batchId: id, meaning: "audit_trail_reviewed" }), await opened(qp, { batchId: id, meaning: "site_confirmed" })];
    const outcomes = await atOnce(2, (tx) => tx`select 1 from batches where id = ${id} for update`, () => Promise.all([complete(review), complete(confirmation, { subject: qp.subject }, { who: qp })]));
    expect(outcomes.filter((o) => o.ok)).toHaveLength(1);
    expect(outcomes.find((o) => !o.ok)).toMatchObject(refusal("record-changed", /changed after you opened it/));
    const anew = outcomes[0].ok ? await complete(await opened(qp, { batchId: id, meaning: "site_confirmed" }), { subject: qp.subject }, { who: qp }) : await complete(await opened(qa, { batchId: id, meaning: "audit_trail_reviewed" }));
    expect(anew).toMatchObject({ ok: true, value: { ordinal: 3 } });
    expect((await verifyChain(await chainOf(id), attestationKey)).map((v) => v.holds)).toEqual([true, true, true]);
  });
});

describe("a completion", () => {
  beforeEach(async () => void (await use()));
  afterEach(() => db.close());

  it("REQ-37: of two completions at once, of two openings or of one, exactly one takes the place in the chain", async () => {
    const [first, second] = [await opened(), await opened(qa, { meaning: "rejected", reason: "Contamination" })];
    const outcomes = await atOnce(4, (tx) => tx`select 1 from batches where id = ${batchId} for update`, () => Promise.all([complete(first), complete(second), complete(first), complete(second)]));
    expect(outcomes.filter((o) => o.ok)).toHaveLength(1);
    const chain = await chainOf();
    expect(chain.map((s) => s.ordinal)).toEqual([1, 2, 3, 4]);
    expect((await verifyChain(chain, attestationKey)).every((v) => v.holds)).toBe(true);
    expect((await written()).audit.filter((e) => e.event === "signing.refused")).toHaveLength(3);
    expect((await fileOf()).record.batch).toMatchObject({ state: outcomes[0]?.ok || outcomes[2]?.ok ? "released" : "rejected", revision: 2 });
  });

  it("REQ-06 (PI 041 9.6): the audit trail names the role under which was signed, not another one the person holds as well", async () => {
    const both = { ...qa, rolesBySite: new Map([["basel", ["operator" as const, "qa-manager" as const]]]) };
    await complete(await opened(both), {}, { who: both });
    expect((await written()).audit.at(-1)).toMatchObject({ event: "record.signed", role: "qa-manager" });
  });
});

describe("the statement of an opened signing", () => {
  beforeAll(async () => void (await use()));
  afterAll(() => db.close());
  it("REQ-27 (21 CFR 11.50) names record, digest, signature before it, meaning, signer, role and site, and its digest is the challenge", async () => {
    const intent = await opened();
    const file = await fileOf();
    const statement = signatureStatement.parse(JSON.parse(intent.statement));
    expect(statement).toMatchObject({ recordId: batchId, recordDigest: file.digest, previousDigest: file.signatures.at(-1)?.digest, meaning: "approved_for_release", signerId: qa.id, subject: qa.subject, role: "qa-manager", site: "basel", openedAt: now.toISOString() });
    expect(statementText(statement)).toBe(intent.statement);
    expect(statementDigest(intent.statement)).toBe(intent.statementDigest);
    expect(intent.expiresAt.getTime() - intent.openedAt.getTime()).toBe(600_000);
    expect((await opened()).statementDigest).not.toBe(intent.statementDigest);
  });
});
