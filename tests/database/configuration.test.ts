import { randomUUID } from "node:crypto";
import { and, asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { auditEntries } from "#db/schema/audit.ts";
import { modelVersions, predictions } from "#db/schema/prediction.ts";
import { exceptionConfigurations } from "#db/schema/quality.ts";
import { withOwnMeans, withProgramme, type SiteTx } from "#db/scope.ts";
import { PermissionDenied, requirePermission, type Actor } from "#lib/access/actor.ts";
import { roles } from "#lib/access/permission.ts";
import { configure } from "#lib/catalog/configuration-commands.ts";
import { raiseAlarms } from "#lib/quality/alarm-commands.ts";
import { installConfiguration, proposeConfiguration, shippedReason, withdrawConfiguration } from "#lib/quality/configuration-commands.ts";
import { configurationId, effectiveConfiguration, raisedWith, readConfigurationVersion } from "#lib/quality/configuration-queries.ts";
import { configurationMeaning, configurationSignatures, readSignableConfiguration } from "#lib/quality/configuration-sign-commands.ts";
import { shippedConfiguration, type ExceptionConfiguration, type ExceptionRule } from "#lib/quality/configuration.ts";
import { sayException } from "#lib/quality/person-commands.ts";
import type { SignedMeaning } from "#lib/signature/meaning.ts";
import { completeOver, intentOf, openSigning } from "#lib/signature/sign-commands.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase } from "#tests/database.ts";
import { addVessel, closeExecution, db, done, exceptionsOf, issued, openExecution, operator, owner, quality, site, stamp, supervisor, trailOf } from "#tests/execution-scene.ts";
import { everybodyUndertakes, inSession } from "#tests/signers.ts";

const { signingKey: key } = inject("cluster");
const reason = "Written for the test.";
let author: Actor;
let approver: Actor;

beforeAll(async () => {
  await openExecution();
  await everybodyUndertakes(db.owner);
  author = await inSession(db.owner, quality, new Date());
  // The story has one person of quality; a second one is somebody else of it in that role.
  approver = await inSession(db.owner, { ...await storyActor(db.portal, "process.reviewer@demo"), rolesBySite: new Map([[site, ["qa-manager"]]]) }, new Date());
}, 600_000);
afterAll(closeExecution);

const changed = (change: Partial<Record<keyof ExceptionConfiguration["types"], ExceptionRule>>, from: ExceptionConfiguration = shippedConfiguration): ExceptionConfiguration => ({ ...from, types: { ...from.types, ...change } });
const inForce = () => owner((tx) => effectiveConfiguration(tx));
const versionOf = (version: number) => owner((tx) => readConfigurationVersion(tx, version));
const actsOn = (version: number) => owner((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.kind, "act"), eq(auditEntries.event, "exception.configuration-moved"), eq(auditEntries.subjectId, configurationId(version)))).orderBy(asc(auditEntries.seq)));

function asQuality<T>(who: Actor, work: (tx: SiteTx, by: ReturnType<typeof requirePermission<"exception.configure">>) => Promise<T>): Promise<T> {
  const by = requirePermission(who, "exception.configure");
  return withOwnMeans(who, (tx) => work(tx, by), { reason }, by);
}
const propose = async (configuration: ExceptionConfiguration, who = author, basedOn?: number) => { const from = basedOn ?? (await inForce()).version; return asQuality(who, (tx, by) => proposeConfiguration(tx, by, { configuration, basedOn: from, reason }, stamp())); };
const withdraw = (version: number, who = author) => asQuality(who, (tx, by) => withdrawConfiguration(tx, by, { version, reason }, stamp()));
async function proposed(configuration: ExceptionConfiguration): Promise<number> {
  const outcome = await propose(configuration);
  if (!outcome.ok) throw new Error(outcome.refusal.reason);
  return outcome.value;
}

/** Opens and completes an approval as the provider's proof would. */
async function approve(who: Actor, version: number, { meaning = configurationMeaning as SignedMeaning, between = async (): Promise<unknown> => undefined } = {}) {
  const by = requirePermission(who, "exception.read");
  const reference = { type: "exception-configuration", siteId: "enterprise", recordId: configurationId(version) } as const;
  const opened = await withOwnMeans(who, async (tx) => {
    const record = await readSignableConfiguration(tx, reference);
    return openSigning(tx, by, record, { meaning, reason, comment: "Read type by type.", shownDigest: record.digest }, { nonce: randomUUID(), oauthState: "s", codeVerifier: "v", idleMinutes: 30 }, stamp());
  }, { reason }, by);
  if (!opened.ok) return opened;
  await between();
  const proof = { subject: who.subject, nonce: opened.value.statementDigest, authTime: Math.floor(Date.now() / 1000) + 1, evidence: { acr: "password" } };
  return withOwnMeans(who, async (tx) => {
    const intent = await intentOf(tx, "enterprise", opened.value.id, who.id);
    if (!intent) throw new Error("no intent");
    return completeOver(tx, by, intent, proof, () => readSignableConfiguration(tx, reference), key, stamp());
  }, { reason }, by);
}
let vessels = 0;
async function running(): Promise<{ batchId: string; unit: string }> {
  vessels += 1;
  const unit = `MV-C${vessels}`;
  await addVessel(unit);
  return { batchId: await issued({ unit }), unit };
}
const say = (batchId: string, type: "redline" | "operator_comment") => { const by = requirePermission(supervisor, "exception.raise", site); return withOwnMeans(supervisor, (tx) => sayException(tx, by, { siteId: site, batchId, stepId: null, type, severity: "minor", comment: "Said for the test." }, stamp()), { reason }, by); };

describe("the configuration of exceptions (REQ-23, REQ-42, 21 CFR 211.192)", () => {
  it("is changed by a draft that another person of quality puts in force with his signature; each act is in the audit trail", async () => {
    const before = await inForce();
    const { batchId } = await running();
    await say(batchId, "redline");
    const version = await proposed(changed({ redline: { severity: "major", signature: "quality", blocks: true }, wrong_material: { severity: "minor", signature: "supervisor", blocks: false } }));
    expect([version, (await inForce()).version]).toEqual([before.version + 1, before.version]);
    await say(batchId, "redline");
    expect(await approve(approver, version)).toMatchObject({ ok: true });
    expect(await inForce()).toMatchObject({ version, configuration: { types: { redline: { severity: "major", blocks: true } } } });
    await say(batchId, "redline");
    expect((await exceptionsOf(batchId)).map((x) => [x.severity, x.configurationVersion, x.blocks, x.rule])).toEqual([
      ["minor", before.version, false, `person v${before.version}`], ["minor", before.version, false, `person v${before.version}`], ["major", version, true, `person v${version}`],
    ]);
    expect([...await owner((tx) => raisedWith(tx, version, [site]))]).toEqual([["redline", 1]]);
    const file = await versionOf(version);
    expect(file.row).toMatchObject({ state: "effective", proposedBy: author.id, approvedBy: approver.id, reason });
    expect(file.changes.map((c) => [c.what, c.field, c.weaker])).toEqual([["Wrong material", "Default severity", true], ["Wrong material", "Required signature", true], ["Wrong material", "Blocks execution", true], ["Redline", "Default severity", false], ["Redline", "Required signature", false], ["Redline", "Blocks execution", false]]);
    expect((await versionOf(before.version)).row).toMatchObject({ state: "superseded" });
    expect((await versionOf(before.version)).configuration).toEqual(before.configuration);
    expect((await actsOn(version)).map((e) => [e.actorId, (e.detail as { command: string }).command, e.siteId, e.critical])).toEqual([[author.id, "propose", "enterprise", true], [approver.id, "approve", "enterprise", true]]);
    expect((await actsOn(before.version)).at(-1)).toMatchObject({ actorId: approver.id, detail: { command: "supersede", to: "superseded" } });
    expect(await owner((tx) => configurationSignatures(tx, version))).toMatchObject([{ meaning: configurationMeaning, signerId: approver.id, recordDigest: file.row.digest, role: "qa-manager" }]);
  });

  it("is not approved by its author, by another role, with another meaning, or when it was taken back meanwhile; nothing changes then", async () => {
    const before = await inForce();
    const version = await proposed(changed({ late_entry: { severity: "major", signature: "quality", blocks: false } }, before.configuration));
    const refusals = [await approve(author, version), await approve(supervisor, version), await approve(approver, version, { meaning: "performed" }), await approve(approver, version, { between: () => withdraw(version) })];
    expect(refusals.map((outcome) => (outcome.ok ? "signed" : outcome.refusal.sentence))).toEqual([
      expect.stringContaining("You wrote this version"), expect.stringContaining("Your roles do not allow"), expect.stringContaining("is not signed over the configuration"), expect.stringContaining("This version is withdrawn"),
    ]);
    expect(await inForce()).toEqual(before);
    expect(await owner((tx) => configurationSignatures(tx, version))).toEqual([]);
    expect((await versionOf(version)).row).toMatchObject({ state: "withdrawn", approvedBy: null, effectiveAt: null });
  });

  it("is proposed once at a time, over what is in force, with a change, and quality keeps what is major", async () => {
    const { version: current, configuration } = await inForce();
    const next = changed({ data_gap: { severity: "major", signature: "quality", blocks: false } }, configuration);
    expect(await propose(configuration)).toEqual({ ok: false, refusal: { reason: "nothing-changed" } });
    expect(await propose(next, author, current - 1)).toEqual({ ok: false, refusal: { reason: "changed-meanwhile", version: current } });
    expect(await propose(changed({ data_gap: { severity: "major", signature: "supervisor", blocks: false } }, configuration))).toEqual({ ok: false, refusal: { reason: "under-signed", types: ["Gap in the data of a critical parameter"] } });
    const both = await Promise.all([propose(next), propose(next, approver)]);
    expect(both.filter((outcome) => outcome.ok)).toHaveLength(1);
    expect(both.find((outcome) => !outcome.ok)).toMatchObject({ refusal: { reason: "draft-open" } });
    const [draft] = await owner((tx) => tx.select().from(exceptionConfigurations).where(eq(exceptionConfigurations.state, "proposed")));
    const [mine, other] = draft?.proposedBy === author.id ? [author, approver] : [approver, author];
    expect(await withdraw(draft?.version ?? 0, other)).toEqual({ ok: false, refusal: { reason: "not-the-author" } });
    expect(await withdraw(draft?.version ?? 0, mine)).toMatchObject({ ok: true });
    expect((await inForce()).version).toBe(current);
  });

  it("is changed by quality alone", () => {
    const allowed = roles.filter((role) => { try { requirePermission({ ...operator, rolesBySite: new Map([[site, [role]]]) }, "exception.configure"); return true; } catch (error) { expect(error).toBeInstanceOf(PermissionDenied); return false; } });
    expect(allowed).toEqual(["qa-manager"]);
  });

  it("keeps the content of a version for good: the database refuses to change or delete it", async () => {
    const { version } = await inForce();
    await expect(owner((tx) => tx.update(exceptionConfigurations).set({ canonical: "{}" }).where(eq(exceptionConfigurations.version, version)))).rejects.toMatchObject({ cause: { message: expect.stringContaining("never changed") } });
    await expect(owner((tx) => tx.delete(exceptionConfigurations).where(eq(exceptionConfigurations.version, version)))).rejects.toThrow();
  });
});

describe("an installation without the story", () => {
  it("gets the configuration that comes with the program as version 1 in force, once, and nothing is weighed without it", async () => {
    const empty = await freshDatabase();
    try {
      const at = <T>(work: (tx: SiteTx) => Promise<T>) => withProgramme(empty.owner, "installation", ["enterprise", "lyon"], work, { reason });
      await expect(at((tx) => effectiveConfiguration(tx))).rejects.toMatchObject({ code: "no-exception-configuration" });
      const install = () => at((tx) => configure(tx, { sites: [{ id: "lyon", name: "Lyon", code: "LYO", timeZone: "Europe/Paris" }], groupRoles: [], units: [], materials: [], suppliers: [], sources: [] }, { ...stamp(), random: () => new Uint8Array(32) }));
      await install();
      await install();
      expect(await at((tx) => effectiveConfiguration(tx))).toEqual({ version: 1, configuration: shippedConfiguration });
      expect(await at((tx) => installConfiguration(tx, stamp()))).toBe(false);
      const rows = await at((tx) => tx.select().from(exceptionConfigurations));
      expect(rows).toMatchObject([{ version: 1, state: "effective", reason: shippedReason, proposedBy: null, approvedBy: null }]);
      const entries = await at((tx) => tx.select().from(auditEntries).where(eq(auditEntries.event, "exception.configuration-moved")));
      expect(entries).toMatchObject([{ siteId: "enterprise", actorId: "programme:installation", reason: shippedReason, detail: { command: "install", from: "", to: "effective", digest: rows[0]?.digest } }]);
    } finally {
      await empty.close();
    }
  });
});

describe("an alarm on the unit of a batch that is executed (REQ-42, 21 CFR 211.192)", () => {
  const quarter = 15 * 60_000;
  const model = { model: "contamination", modelVersion: "test-1" };
  type Look = readonly [quarters: number, alarm: "none" | "raised" | null];
  /** What the model found, so many quarter-hours after the start. */
  const looked = (batchId: string, unitId: string, start: Date, looks: readonly Look[]) => owner(async (tx) => {
    await tx.insert(modelVersions).values({ name: model.model, version: model.modelVersion, artefactDigest: "0", card: {}, registeredAt: start }).onConflictDoNothing();
    await tx.insert(predictions).values(looks.map(([n, alarm]) => ({
      siteId: site, unitId, batchId, at: new Date(start.getTime() + n * quarter), ...model, features: {}, ...(alarm === null ? { outcome: "not_evaluated" as const, reason: "Too few values." } : { outcome: "evaluated" as const, alarm, score: alarm === "raised" ? 0.913 : 0.1, threshold: 0.7 }),
    })));
  });
  const look = async (batchId: string, now: Date) => (await raiseAlarms(db.portal, stamp(now))).find((count) => count.batchId === batchId);
  const alerts = async (batchId: string) => (await exceptionsOf(batchId)).filter((x) => x.type === "model_alert");

  it("becomes one exception of the batch with its id, time and value, however often it is looked for; what was not evaluated is counted", async () => {
    const { batchId, unit } = await running();
    const start = new Date();
    const later = new Date(start.getTime() + 6 * quarter + 60_000);
    await looked(batchId, unit, start, [[1, "none"], [2, "raised"], [3, null], [4, "raised"]]);
    const [first, again] = await Promise.all([look(batchId, later), look(batchId, later)]);
    expect([...first?.raised ?? [], ...again?.raised ?? []]).toEqual(["EX-01"]);
    expect(first).toMatchObject({ alarms: 1, notEvaluated: 3 });
    const { version } = await inForce();
    const id = `contamination@test-1/${unit}/${new Date(start.getTime() + 2 * quarter).toISOString()}`;
    expect(await alerts(batchId)).toMatchObject([{ rule: `ALARM ${id} v${version}`, title: `Alarm of the contamination model on ${unit}`, planned: "score below 0.700", actual: "0.913", windowFrom: new Date(start.getTime() + 2 * quarter), configurationVersion: version, raisedBy: null, state: "open" }]);
    expect((await trailOf(batchId, "exception.raised")).at(-1)).toMatchObject({ actorId: "programme:plant", detail: { type: "model_alert", rule: `ALARM ${id}` } });
    await looked(batchId, unit, start, [[5, "none"], [6, "raised"]]);
    expect(await look(batchId, later)).toMatchObject({ alarms: 2, raised: ["EX-02"] });
    expect(await look(batchId, later)).toMatchObject({ alarms: 2, raised: [] });
    expect(await alerts(batchId)).toHaveLength(2);
  });

  it("does not reach a batch that was not executed here, nor one that was aborted", async () => {
    const { batchId, unit } = await running();
    const start = new Date();
    await looked(batchId, unit, start, [[1, "raised"]]);
    await done(supervisor, batchId, { act: "abort", reason: "Aborted for the test." });
    expect(await look(batchId, new Date(start.getTime() + 2 * quarter))).toBeUndefined();
    expect(await alerts(batchId)).toEqual([]);
    const counts = await raiseAlarms(db.portal, stamp());
    expect(counts.some((count) => count.batchId.startsWith("BAS-101-"))).toBe(false);
  });
});
