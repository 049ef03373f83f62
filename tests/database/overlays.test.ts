import { randomUUID } from "node:crypto";
import { and, asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { auditEntries } from "#db/schema/audit.ts";
import { batches } from "#db/schema/batch.ts";
import { units } from "#db/schema/equipment.ts";
import { siteOverlays } from "#db/schema/recipe.ts";
import { withOwnMeans, type SiteTx } from "#db/scope.ts";
import { PermissionDenied, requirePermission, type Actor, type Granted } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { issueBatch } from "#lib/execution/issue-commands.ts";
import { readExecution } from "#lib/execution/queries.ts";
import { makeOverlayEffective, overlayRefusalSentence, returnOverlay, withdrawOverlay, writeOverlay } from "#lib/recipe/overlay-commands.ts";
import { masterWithOverlay, overlayName, overlaysOf, type OverlayKey } from "#lib/recipe/overlay-queries.ts";
import { readSignableOverlay } from "#lib/recipe/overlay-sign-commands.ts";
import type { SiteOverlay } from "#lib/recipe/overlay.ts";
import type { MasterMeaning } from "#lib/signature/meaning.ts";
import { completeOver, intentOf, openSigning } from "#lib/signature/sign-commands.ts";
import { storyActor } from "#tests/actors.ts";
import { act as carry, addMaster, addVessel, closeExecution, db, done, exceptionsOf, issued, openExecution, operator, owner, performed, quality as plainQuality, refusal, site, stamp, supervisor, trailOf, upToPh, value } from "#tests/execution-scene.ts";
import { everybodyUndertakes, inSession } from "#tests/signers.ts";
import { smallMaster } from "#tests/small-master.ts";

const { signingKey: key } = inject("cluster");
const reason = "Written for the test.";
const place = { siteId: site, masterId: smallMaster.id, masterVersion: smallMaster.version };
let [author, reviewer, quality] = [] as unknown as [Actor, Actor, Actor];

async function act<P extends Permission, T>(who: Actor, permission: P, work: (tx: SiteTx, by: Granted<P>) => Promise<T>, at = site): Promise<T> {
  const by = requirePermission(who, permission, at);
  return withOwnMeans(who, (tx) => work(tx, by), { reason }, by);
}
const newest = async (of = place) => (await owner((tx) => overlaysOf(tx, of)))[0];
const ph = smallMaster.parameters.find((p) => p.id === "ph")?.limits ?? {};
/** The limits of the pH with a narrower normal and action range. */
const narrow: SiteOverlay["limits"] = [{ parameter: "ph", limits: { ...ph, ...(ph.action ? { action: { low: 7.18, high: 7.22 } } : {}), ...(ph.alert ? { alert: { low: 7.18, high: 7.22 } } : {}), ...(ph.normal ? { normal: { low: 7.18, high: 7.22 } } : {}), ...(ph.validated ? { validated: { low: 7.15, high: 7.25 } } : {}), target: 7.2 } }];
const write = async (change: Partial<Pick<SiteOverlay, "limits" | "units">> & { seen?: string } = {}, who = author, of = place) => {
  const seen = change.seen ?? (await newest(of))?.digest;
  return act(who, "overlay.author", (tx, by) => writeOverlay(tx, by, { ...of, limits: narrow, units: [], ...change, seen, reason }, stamp()), of.siteId);
};
const seenOf = async (overlay: OverlayKey) => ({ ...overlay, seen: (await newest(overlay))?.digest ?? "", reason });

async function sign(who: Actor, meaning: MasterMeaning, overlay: OverlayKey) {
  const by = requirePermission(who, "master.read", overlay.siteId);
  const reference = { type: "overlay", siteId: overlay.siteId, recordId: overlayName(overlay) } as const;
  const opened = await withOwnMeans(who, async (tx) => {
    const record = await readSignableOverlay(tx, reference);
    return openSigning(tx, by, record, { meaning, reason, comment: "Read from the first line to the last.", shownDigest: record.digest }, { nonce: randomUUID(), oauthState: "s", codeVerifier: "v", idleMinutes: 30 }, stamp());
  }, { reason }, by);
  if (!opened.ok) return opened;
  const proof = { subject: who.subject, nonce: opened.value.statementDigest, authTime: Math.floor(Date.now() / 1000) + 1, evidence: { acr: "password" } };
  return withOwnMeans(who, async (tx) => {
    const intent = await intentOf(tx, overlay.siteId, opened.value.id, who.id);
    if (!intent) throw new Error("no intent");
    return completeOver(tx, by, intent, proof, () => readSignableOverlay(tx, reference), key, stamp());
  }, { reason }, by);
}
async function approved(overlay: OverlayKey): Promise<void> {
  for (const [who, meaning] of [[author, "authored"], [reviewer, "master_reviewed"], [quality, "master_approved"]] as const) expect(await sign(who, meaning, overlay)).toMatchObject({ ok: true });
}
const effective = async (overlay: OverlayKey) => { const seen = await seenOf(overlay); return act(quality, "master.approve", (tx, by) => makeOverlayEffective(tx, by, seen, stamp()), overlay.siteId); };
const trail = (overlay: OverlayKey) => owner((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.kind, "act"), eq(auditEntries.subjectType, "overlay"), eq(auditEntries.subjectId, overlayName(overlay)))).orderBy(asc(auditEntries.seq)));
let next = 0;
/** Records the pH in a fresh batch of Basel and says which exceptions it left. */
async function exceptionsFor(text: string): Promise<{ batchId: string; severities: readonly string[] }> {
  next += 1;
  const unit = `MV-O${next}`;
  await addVessel(unit);
  const batchId = await issued({ unit });
  await upToPh(batchId, unit);
  await done(operator, batchId, value("1.1.2.3", "ph", text, "pH"));
  return { batchId, severities: (await exceptionsOf(batchId)).map((x) => x.severity) };
}
const frozen = async (id: string) => (await owner((tx) => tx.select().from(batches).where(and(eq(batches.siteId, site), eq(batches.id, id)))))[0];

beforeAll(async () => {
  await openExecution();
  await everybodyUndertakes(db.owner);
  [author, reviewer, quality] = (await Promise.all([storyActor(db.portal, "process.engineer@demo"), storyActor(db.portal, "process.reviewer@demo"), Promise.resolve(plainQuality)]).then((all) => Promise.all(all.map((one) => inSession(db.owner, one, new Date()))))) as [Actor, Actor, Actor];
}, 600_000);
afterAll(closeExecution);

describe("a site's overlay of a master (REQ-35, REQ-39, 21 CFR 211.186)", () => {
  it("that widens a limit, or names a unit of another class, is not even saved", async () => {
    const wide = { ...ph, normal: { low: (ph.normal?.low ?? 7) - 0.5, high: (ph.normal?.high ?? 7.4) + 0.5 } };
    const outcome = await write({ limits: [{ parameter: "ph", limits: wide }] });
    expect(!outcome.ok && overlayRefusalSentence(outcome.refusal)).toContain("A site may narrow a range, never widen it.");
    expect(await write({ units: [{ equipment: smallMaster.equipment[0]?.id ?? "", unitId: "no-such-unit" }] })).toMatchObject({ ok: false, refusal: { reason: "widens" } });
    expect(await newest()).toBeUndefined();
  });

  it("narrows nothing while it is not approved, and is approved by three people", async () => {
    const written = await write();
    expect(written).toEqual({ ok: true, value: { ...place, version: 1 } });
    const overlay = { ...place, version: 1 };
    expect((await exceptionsFor("7.24")).severities).toEqual([]);
    expect(await effective(overlay)).toMatchObject({ ok: false, refusal: { reason: "command-not-allowed" } });
    expect(await sign(author, "authored", overlay)).toMatchObject({ ok: true });
    expect(await write()).toMatchObject({ ok: false, refusal: { reason: "in-review" } });
    expect(await sign(author, "master_reviewed", overlay)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("You wrote a part of this overlay") } });
    expect(await sign(quality, "master_approved", overlay)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("Nobody has reviewed") } });
    expect(await sign(reviewer, "master_reviewed", overlay)).toMatchObject({ ok: true });
    expect(await sign(quality, "master_approved", overlay)).toMatchObject({ ok: true });
    const before = await exceptionsFor("7.24");
    expect([before.severities, (await frozen(before.batchId))?.overlayVersion]).toEqual([[], null]);
    expect(await effective(overlay)).toEqual({ ok: true, value: undefined });
    expect((await trail(overlay)).filter((entry) => entry.event.startsWith("overlay.")).map((entry) => [entry.event, entry.siteId])).toEqual(["overlay.created", "overlay.moved", "overlay.moved", "overlay.moved", "overlay.moved"].map((event) => [event, site]));
  });

  it("is frozen into the batch at issue by its version and digest, whatever comes after it", async () => {
    const batchId = await issued({ started: false, unit: "MV-O1" });
    const row = await frozen(batchId);
    expect([row?.overlayVersion, row?.overlayDigest]).toEqual([1, (await newest())?.digest]);
    const second = { ...place, version: 2 };
    expect(await write({ limits: [] })).toEqual({ ok: true, value: second });
    await approved(second);
    expect(await effective(second)).toMatchObject({ ok: true });
    expect((await owner((tx) => overlaysOf(tx, place))).map((one) => [one.version, one.state])).toEqual([[2, "effective"], [1, "superseded"]]);
    const kept = { ...place, overlayVersion: row?.overlayVersion ?? null, overlayDigest: row?.overlayDigest ?? null };
    const master = await owner((tx) => masterWithOverlay(tx, smallMaster, kept));
    expect(master.parameters.find((p) => p.id === "ph")?.limits).toEqual(narrow[0]?.limits);
    await expect(owner((tx) => masterWithOverlay(tx, smallMaster, { ...kept, overlayDigest: "0".repeat(64) }))).rejects.toThrow(/not the one that was frozen/);
  });

  it("makes a value between the narrow and the wide limit an exception at its site only", async () => {
    const third = { ...place, version: 3 };
    expect(await write({ limits: narrow })).toEqual({ ok: true, value: third });
    await approved(third);
    expect(await effective(third)).toMatchObject({ ok: true });
    expect((await exceptionsFor("7.24")).severities).toHaveLength(1);
    expect((await exceptionsFor("7.20")).severities).toEqual([]);
    const elsewhere = "raleigh";
    const lead = await storyActor(db.portal, "supervisor.raleigh@demo");
    await owner((tx) => tx.insert(units).values({ siteId: elsewhere, id: "MV-R1", name: "Mixing vessel", equipmentClass: "mixing vessel 200 L", processCell: "Suite 1", scaleL: 200 }));
    const now = new Date();
    const there = await act(lead, "batch.issue", (tx, by) => issueBatch(tx, by, { siteId: elsewhere, masterId: smallMaster.id, masterVersion: smallMaster.version, unitId: "MV-R1", plannedStartAt: now, dueAt: now, priority: 2 }, stamp(now)), elsewhere);
    if (!there.ok) throw new Error(there.refusal);
    const { record, master } = await owner((tx) => readExecution(tx, elsewhere, there.value));
    expect([record.batch.overlayVersion, master.parameters.find((p) => p.id === "ph")?.limits]).toEqual([null, ph]);
  });

  it("names the unit that is bound for an equipment, at issue and at binding; quality cannot let in another, a new overlay can", async () => {
    const second = { ...smallMaster, id: "MBR-OVL-03", equipment: [...smallMaster.equipment, { id: "second", name: "Second vessel", equipmentClass: "mixing vessel 200 L", clean: true, calibrated: true }],
      procedure: smallMaster.procedure.map((up) => ({ ...up, operations: up.operations.map((op) => ({ ...op, phases: op.phases.map((phase, i) => (i === 0 ? { ...phase, steps: phase.steps.flatMap((step) => (step.id === "bind" ? [step, { ...step, id: "bind-second", title: "Bind the second vessel", equipment: "second" }] : [step])) } : phase)) })) })) };
    await addMaster(second);
    for (const unit of ["MV-S1", "MV-S2", "MV-S3"]) await addVessel(unit);
    const at = { ...place, masterId: second.id };
    expect(await write({ limits: [], units: [{ equipment: "vessel", unitId: "MV-S1" }, { equipment: "second", unitId: "MV-S2" }] }, author, at)).toMatchObject({ ok: true });
    await approved({ ...at, version: 1 });
    expect(await effective({ ...at, version: 1 })).toMatchObject({ ok: true });
    await expect(issued({ master: second, unit: "MV-S3" })).rejects.toThrow("not-the-sites-unit");
    const batchId = await issued({ master: second, unit: "MV-S1" });
    await performed(batchId, "1.1.1.1");
    await done(operator, batchId, { act: "start-step", stepId: "1.1.1.2" });
    await done(operator, batchId, { act: "bind", stepId: "1.1.1.2", scanned: "MV-S1" });
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.1.2" });
    await done(operator, batchId, { act: "start-step", stepId: "1.1.1.3" });
    const outcome = await carry(operator, batchId, { act: "bind", stepId: "1.1.1.3", scanned: "MV-S3" });
    expect(outcome).toEqual({ ok: false, refusal: { kind: "refused", sentence: "This site uses MV-S2 for Second vessel, as its overlay of the master says. Bind that unit." } });
    expect((await trailOf(batchId, "equipment.refused")).map((entry) => entry.detail)).toMatchObject([{ equipment: "Second vessel", unit: "MV-S3" }]);
    // The overlay of another day changes nothing for a batch that was issued.
    expect(await write({ limits: [], units: [] }, author, at)).toMatchObject({ ok: true });
    await approved({ ...at, version: 2 });
    expect(await effective({ ...at, version: 2 })).toMatchObject({ ok: true });
    expect(await refusal(operator, batchId, { act: "bind", stepId: "1.1.1.3", scanned: "MV-S3" })).toContain("This site uses MV-S2");
    expect(await refusal(operator, batchId, { act: "bind", stepId: "1.1.1.3", scanned: "MV-S2" })).toBe("accepted");
  });

  it("is returned and withdrawn with a reason, lost to nobody's later change, and not written by an operator", async () => {
    const other = { ...smallMaster, id: "MBR-OVL-02" };
    await addMaster(other);
    const at = { ...place, masterId: other.id };
    const overlay = { ...at, version: 1 };
    expect(await write({}, author, at)).toMatchObject({ ok: true });
    const shown = (await newest(at))?.digest ?? "";
    expect(await write({ limits: [] }, supervisor, at)).toMatchObject({ ok: true });
    expect(await write({ seen: shown }, author, at)).toMatchObject({ ok: false, refusal: { reason: "changed-meanwhile" } });
    expect(await sign(author, "authored", overlay)).toMatchObject({ ok: true });
    const seen = await seenOf(overlay);
    await expect(owner((tx) => tx.update(siteOverlays).set({ digest: "0".repeat(64) }).where(eq(siteOverlays.masterId, other.id)))).rejects.toMatchObject({ cause: { code: "VB003" } });
    expect(await act(reviewer, "master.review", (tx, by) => returnOverlay(tx, by, seen, stamp()))).toMatchObject({ ok: true });
    expect(await act(author, "overlay.author", (tx, by) => withdrawOverlay(tx, by, seen, stamp()))).toMatchObject({ ok: true });
    expect((await newest(at))?.state).toBe("withdrawn");
    expect(() => requirePermission(operator, "overlay.author", site)).toThrow(PermissionDenied);
  });
});
