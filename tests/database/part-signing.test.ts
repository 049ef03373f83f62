import { randomUUID } from "node:crypto";
import { and, asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { auditEntries } from "#db/schema/audit.ts";
import { signatures } from "#db/schema/signature.ts";
import { withOwnMeans } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { overrideOfLot } from "#lib/execution/charge-commands.ts";
import { readSignableExecution } from "#lib/execution/sign-commands.ts";
import { readBatchFile } from "#lib/release/file-queries.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { sayException } from "#lib/quality/person-commands.ts";
import type { ExecutionMeaning } from "#lib/signature/meaning.ts";
import { completeOver, intentOf, openSigning } from "#lib/signature/sign-commands.ts";
import type { SignedAbout } from "#lib/signature/statement.ts";
import { addLot, addVessel, closeExecution, db, done, exceptionsOf, issued, openExecution, operator as operatorOf, owner, performed, quality as qualityOf, refusal, second as secondOf, site, stamp, stepsOf, supervisor as supervisorOf, trailOf } from "#tests/execution-scene.ts";
import { everybodyUndertakes, inSession } from "#tests/signers.ts";

const { signingKey: key } = inject("cluster");
const comment = "Looked at and decided for the test.";
let [operator, second, supervisor, quality] = [] as unknown as [Actor, Actor, Actor, Actor];

beforeAll(async () => {
  await openExecution();
  await everybodyUndertakes(db.owner);
  [operator, second, supervisor, quality] = await Promise.all([operatorOf, secondOf, supervisorOf, qualityOf].map((who) => inSession(db.owner, who, new Date()))) as [Actor, Actor, Actor, Actor];
}, 600_000);
afterAll(closeExecution);

let vessels = 0;
async function running(): Promise<{ batchId: string; unit: string }> {
  vessels += 1;
  const unit = `MV-P${vessels}`;
  await addVessel(unit);
  return { batchId: await issued({ unit }), unit };
}
/** A batch whose charging step is active. */
async function charging(): Promise<string> {
  const { batchId, unit } = await running();
  await performed(batchId, "1.1.1.1");
  await done(operator, batchId, { act: "start-step", stepId: "1.1.1.2" });
  await done(operator, batchId, { act: "bind", stepId: "1.1.1.2", scanned: unit });
  await done(operator, batchId, { act: "finish-step", stepId: "1.1.1.2" });
  await done(operator, batchId, { act: "start-step", stepId: "1.1.2.1" });
  return batchId;
}
type Asked = { readonly who: Actor; readonly batchId: string; readonly meaning: ExecutionMeaning; readonly about: SignedAbout; readonly between?: () => Promise<unknown> };

/** Opens a signing about one part of a batch and completes it as the provider's proof would. */
async function sign({ who, batchId, meaning, about, between }: Asked) {
  const by = requirePermission(who, "batch.read", site);
  const reference = { siteId: site, recordId: batchId } as const;
  const opened = await withOwnMeans(who, async (tx) => {
    const record = await readSignableExecution(tx, reference, key);
    return openSigning(tx, by, record, { meaning, about, reason: "Assessed", comment, shownDigest: record.digest }, { nonce: randomUUID(), oauthState: "s", codeVerifier: "v", idleMinutes: 30 }, stamp());
  }, { reason: "opens a signing" }, by);
  if (!opened.ok) return opened;
  await between?.();
  const proof = { subject: who.subject, nonce: opened.value.statementDigest, authTime: Math.floor(Date.now() / 1000) + 1, evidence: { acr: "password" } };
  return withOwnMeans(who, async (tx) => {
    const intent = await intentOf(tx, site, opened.value.id, who.id);
    if (!intent) throw new Error("no intent");
    return completeOver(tx, by, intent, proof, () => readSignableExecution(tx, reference, key), key, stamp());
  }, { reason: "completes a signing" }, by);
}
const refused = async (asked: Asked): Promise<string> => { const outcome = await sign(asked); return outcome.ok ? "signed" : outcome.refusal.sentence; };
const signed = async (asked: Asked) => expect(await sign(asked)).toMatchObject({ ok: true });
const chain = (batchId: string) => owner((tx) => tx.select().from(signatures).where(and(eq(signatures.siteId, site), eq(signatures.batchId, batchId))).orderBy(asc(signatures.ordinal)));
const refusals = (batchId: string) => owner((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.siteId, site), eq(auditEntries.batchId, batchId), eq(auditEntries.event, "signing.refused"))));
const said = async (batchId: string, who = second): Promise<string> => {
  const by = requirePermission(who, "exception.raise", site);
  const outcome = await withOwnMeans(who, (tx) => sayException(tx, by, { siteId: site, batchId, stepId: null, type: "instrument_failure", severity: "major", comment: "The scale drifts since noon." }, stamp()), { reason: "said for the test" }, by);
  if (!outcome.ok) throw new Error(outcome.refusal);
  return outcome.value;
};
/** The same person with quality's role on top of his own. */
const alsoQuality = (who: Actor): Actor => ({ ...who, rolesBySite: new Map([[site, [...who.rolesBySite.get(site) ?? [], "qa-manager" as const]]]) });
/** Somebody changes the record while the person proves himself. */
const meanwhile = (batchId: string) => () => said(batchId);

const changedSentence = /changed/i;
const sameSentence = /You took part in making this batch/;
const roleSentence = /Your roles at this site do not allow/;

describe("a lowered severity (REQ-43, 21 CFR 211.22)", () => {
  const lowered = (id: string, from = "major"): SignedAbout => ({ type: "exception", id, act: "lower", from, to: "minor" });
  it("is quality's by signature, with its rationale in the trail", async () => {
    const { batchId } = await running();
    const id = await said(batchId);
    await signed({ who: quality, batchId, meaning: "severity_lowered", about: lowered(id) });
    expect((await exceptionsOf(batchId)).map((x) => [x.id, x.severity])).toEqual([[id, "minor"]]);
    expect((await trailOf(batchId, "exception.severity-lowered"))[0]).toMatchObject({ actorId: quality.id, detail: { from: "major", to: "minor", rationale: comment, ordinal: 1 } });
    expect(await chain(batchId)).toMatchObject([{ meaning: "severity_lowered", about: lowered(id), signerId: quality.id, role: "qa-manager" }]);
    expect(await refused({ who: quality, batchId, meaning: "severity_lowered", about: lowered(id) })).toMatch(/is minor by now/);
    expect(await refused({ who: quality, batchId, meaning: "severity_lowered", about: { ...lowered(id, "minor"), to: "critical" } })).toMatch(/Only a lower severity is signed/);
  });
  it("is refused to who made the batch, to another role, and when the record changed meanwhile", async () => {
    const { batchId } = await running();
    const id = await said(batchId);
    await performed(batchId, "1.1.1.1");
    const about = lowered(id);
    expect(await refused({ who: alsoQuality(operator), batchId, meaning: "severity_lowered", about })).toMatch(sameSentence);
    expect(await refused({ who: supervisor, batchId, meaning: "severity_lowered", about })).toMatch(roleSentence);
    expect(await refused({ who: quality, batchId, meaning: "severity_lowered", about, between: meanwhile(batchId) })).toMatch(changedSentence);
    expect([(await exceptionsOf(batchId))[0]?.severity, await chain(batchId), (await refusals(batchId)).length]).toEqual(["major", [], 3]);
  });
});

describe("a use that quality lets in (REQ-43, 21 CFR 211.84)", () => {
  it("is signed about exactly this lot and its faults, and leaves its exception", async () => {
    const batchId = await charging();
    const lot = `LOT-P${randomUUID().slice(0, 6)}`;
    await addLot(lot, { state: "quarantined" });
    const charge = { act: "charge", stepId: "1.1.2.1", scanned: lot, quantity: "8", unit: "kg" } as const;
    expect(await refusal(operator, batchId, charge)).toMatch(/in quarantine/);
    const about = overrideOfLot("1.1.2.1", lot, [{ kind: "not_released", sentence: "" }]);
    await signed({ who: quality, batchId, meaning: "override_approved", about });
    await done(operator, batchId, charge);
    expect((await exceptionsOf(batchId)).map((x) => x.type)).toEqual(["material_not_approved"]);
    expect((await chain(batchId)).map((s) => [s.meaning, s.about])).toEqual([["override_approved", about]]);
  });
  it("is refused to who made the batch, to another role, when the record changed meanwhile, and for a step that is not active", async () => {
    const batchId = await charging();
    const lot = `LOT-P${randomUUID().slice(0, 6)}`;
    await addLot(lot, { state: "quarantined" });
    const about = overrideOfLot("1.1.2.1", lot, [{ kind: "not_released", sentence: "" }]);
    expect(await refused({ who: alsoQuality(operator), batchId, meaning: "override_approved", about })).toMatch(sameSentence);
    expect(await refused({ who: supervisor, batchId, meaning: "override_approved", about })).toMatch(roleSentence);
    expect(await refused({ who: quality, batchId, meaning: "override_approved", about, between: meanwhile(batchId) })).toMatch(changedSentence);
    expect(await refused({ who: quality, batchId, meaning: "override_approved", about: { ...about, id: `1.1.3.1/${lot}` } })).toMatch(/not active/);
    expect(await refusal(operator, batchId, { act: "charge", stepId: "1.1.2.1", scanned: lot, quantity: "8", unit: "kg" })).toMatch(/in quarantine/);
    expect(await chain(batchId)).toEqual([]);
  });
});

describe("a forced step (REQ-18, 21 CFR 211.100(b))", () => {
  const about: SignedAbout = { type: "step", id: "1.1.2.1", act: "force", from: "active", to: "forced" };
  it("goes on by quality's signature alone, with the comment in the record and its exception", async () => {
    const batchId = await charging();
    await signed({ who: quality, batchId, meaning: "step_forced", about });
    expect((await stepsOf(batchId)).find((row) => row.id === "1.1.2.1")).toMatchObject({ state: "forced", reason: comment, performedBy: quality.id });
    expect((await stepsOf(batchId)).find((row) => row.id === "1.1.2.2")?.state).toBe("ready");
    expect((await exceptionsOf(batchId)).map((x) => [x.type, x.severity, x.comment])).toEqual([["step_forced", "major", comment]]);
    expect((await chain(batchId)).map((s) => [s.meaning, s.signerId])).toEqual([["step_forced", quality.id]]);
  });
  it("is refused to who made the batch, to another role, and when the record changed meanwhile", async () => {
    const batchId = await charging();
    expect(await refused({ who: alsoQuality(operator), batchId, meaning: "step_forced", about })).toMatch(sameSentence);
    expect(await refused({ who: supervisor, batchId, meaning: "step_forced", about })).toMatch(roleSentence);
    expect(await refused({ who: quality, batchId, meaning: "step_forced", about, between: meanwhile(batchId) })).toMatch(changedSentence);
    expect([(await stepsOf(batchId)).find((row) => row.id === "1.1.2.1")?.state, await chain(batchId)]).toEqual(["active", []]);
  });
});

describe("a voided step (REQ-18, 21 CFR 211.100(b))", () => {
  const about: SignedAbout = { type: "step", id: "1.1.2.1", act: "void", from: "active", to: "voided" };
  it("is void by quality's signature alone: what was begun stands, the batch goes on, an exception says so", async () => {
    const batchId = await charging();
    await signed({ who: quality, batchId, meaning: "step_forced", about });
    expect((await stepsOf(batchId)).find((row) => row.id === "1.1.2.1")).toMatchObject({ state: "voided", startedBy: operator.id, performedBy: quality.id, reason: comment });
    expect((await exceptionsOf(batchId)).map((x) => [x.type, x.severity, x.comment])).toEqual([["step_voided", "major", comment]]);
    expect((await chain(batchId))[0]?.statement).toContain("I declare void what was begun in step 1.1.2.1");
  });
  it("bars the same person from the release but not from the next decision while the batch is made", async () => {
    const batchId = await charging();
    await signed({ who: quality, batchId, meaning: "step_forced", about });
    await signed({ who: quality, batchId, meaning: "step_forced", about: { type: "step", id: "1.1.2.2", act: "force", from: "ready", to: "forced" } });
    const file = await owner((tx) => readBatchFile(tx, site, batchId, publicHalf(key)));
    expect(file.executors.has(quality.id)).toBe(true);
  });
});

describe("a step that is signed as performed (REQ-36, 21 CFR 211.188(b)(11))", () => {
  const about: SignedAbout = { type: "step", id: "1.1.1.1", act: "finish", from: "active", to: "done" };
  it("ends with the performer's signature, and he does not verify it", async () => {
    const { batchId } = await running();
    await done(operator, batchId, { act: "start-step", stepId: "1.1.1.1" });
    await signed({ who: operator, batchId, meaning: "performed", about });
    expect((await stepsOf(batchId))[0]).toMatchObject({ state: "done", performedBy: operator.id });
    expect((await chain(batchId)).map((s) => [s.meaning, s.signerId, s.role])).toEqual([["performed", operator.id, "operator"]]);
    expect(await refusal(operator, batchId, { act: "verify-step", stepId: "1.1.1.1" })).toMatch(/You took part in this step/);
  });
  it("is refused to a role that executes nothing, when the step is not active, and when the record changed meanwhile", async () => {
    const { batchId } = await running();
    expect(await refused({ who: operator, batchId, meaning: "performed", about })).toMatch(/does not stand where this can be done/);
    await done(operator, batchId, { act: "start-step", stepId: "1.1.1.1" });
    expect(await refused({ who: quality, batchId, meaning: "performed", about })).toMatch(roleSentence);
    expect(await refused({ who: operator, batchId, meaning: "performed", about, between: meanwhile(batchId) })).toMatch(changedSentence);
    expect([(await stepsOf(batchId))[0]?.state, await chain(batchId)]).toEqual(["active", []]);
  });
});
