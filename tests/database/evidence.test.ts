import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { and, count, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Sequencer } from "#bin/ledger/sequencer.ts";
import { openKeys, settleKeys } from "#bin/portal/keys.ts";
import { verifyBundle } from "#bin/verify/bundle.ts";
import { openDatabase, providePortalDatabase, type Database } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { segments } from "#db/schema/integrity.ts";
import { registerKeys } from "#db/schema/ledger.ts";
import { signatures } from "#db/schema/signature.ts";
import { processValues } from "#db/schema/telemetry.ts";
import { withProgramme, withSites, type SiteTx } from "#db/scope.ts";
import { NotFound, requirePermission, type Granted } from "#lib/access/actor.ts";
import { sha256 } from "#lib/digest/digest.ts";
import { makeSealKey } from "#lib/document/seal-key.ts";
import { prepareEvidence, takeEvidence, type ExportedEvidence, type Moments } from "#lib/evidence/commands.ts";
import type { Bundle } from "#lib/evidence/shape.ts";
import { jwkOf, type KeyStore } from "#lib/ledger/key-store.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { recordDigest } from "#lib/batch/record.ts";
import { lateReadings } from "#lib/telemetry/seal-commands.ts";
import { batchWindows } from "#lib/telemetry/window-queries.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

const owners = ["basel", "enterprise", "raleigh", "singapore"];
let db: TestDatabase;
let pool: Database;
let directory: string;
let keys: KeyStore;
let sequencer: Sequencer;
let by: Granted<"report.read">;
/** Does the ledger process run while an export waits? */
let ledgerRuns = true;

async function sequence(): Promise<void> {
  while ((await sequencer.round(new Date())) > 0);
  await sequencer.witness(new Date());
}
/** Each look of a waiting export is a turn of the ledger process. */
const moments = (): Moments => ({ clock: () => new Date(), newId: randomUUID, pause: async (ms) => void (ledgerRuns ? await sequence() : await pause(ms)) });
const attestationKey = () => { const key = keys.current("attestation", "enterprise"); if (!key) throw new Error("no key"); return jwkOf(key); };
const take = (batchId: string, siteId = "basel") => takeEvidence(by, { siteId, batchId, reason: "Inspection of the batch", key: attestationKey }, moments());
async function taken(batchId: string, siteId = "basel"): Promise<ExportedEvidence & { readonly bundle: Bundle }> {
  const made = await take(batchId, siteId);
  if (!made.ok) throw new Error(made.refusal);
  return { ...made.value, bundle: JSON.parse(made.value.text) as Bundle };
}
const verified = (text: string) => verifyBundle(Buffer.from(text, "utf8"));
const inSite = <T>(work: (tx: SiteTx) => Promise<T>, change?: { reason: string }) => withProgramme(db.portal, "export", owners, work, change);

beforeAll(async () => {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  pool = openDatabase(db.sequencerUrl, 4);
  directory = mkdtempSync(join(tmpdir(), "veribatch-evidence-"));
  keys = openKeys(join(directory, "keys"), inject("cluster").signingKey, new Date());
  await settleKeys(db.ownerUrl, keys, makeSealKey, { now: new Date(), newId: randomUUID });
  sequencer = new Sequencer({ database: pool, keys, witnessDirectory: join(directory, "witness"), complain: (sentence) => { throw new Error(sentence); } });
  await sequencer.take(owners);
  await sequence();
  by = requirePermission(await storyActor(db.portal, "auditor@demo"), "report.read");
});
afterAll(async () => {
  await pool.$client.end({ timeout: 2 });
  await db.close();
  rmSync(directory, { recursive: true, force: true });
});

describe.each([["BAS-101-2607", "basel"], ["RAL-101-2601", "raleigh"]])("the evidence of %s", (batchId, siteId) => {
  let made: Awaited<ReturnType<typeof taken>>;
  beforeAll(async () => void (made = await taken(batchId, siteId)));

  it("REQ-26 (EU Annex 11 17) is verified by a program that has only the file", () => {
    const report = verified(made.text);
    expect(report.checks.filter((check) => !check.holds)).toEqual([]);
    expect(report.verified).toBe(true);
  });
  it("REQ-02 (21 CFR 11.10(b)) holds as many entries, signatures, segments, readings and keys as the database does", async () => {
    const own = { siteId, batchId };
    const counted = await inSite(async (tx) => {
      const n = async (query: Promise<{ n: number }[]>) => (await query)[0]?.n ?? -1;
      const record = await readRecord(tx, siteId, batchId);
      const { window } = await batchWindows(tx, siteId, batchId);
      const readings = await tx.select({ n: count() }).from(processValues).where(and(eq(processValues.siteId, siteId), eq(processValues.unitId, record.batch.unitId),
        sql`${processValues.at} between ${window?.from.toISOString()}::timestamptz and ${window?.to?.toISOString()}::timestamptz`));
      return {
        digest: recordDigest(record), readings: readings[0]?.n,
        entries: await n(tx.select({ n: count() }).from(auditEntries).where(and(eq(auditEntries.siteId, siteId), eq(auditEntries.batchId, batchId), sql`event <> 'evidence.exported'`))),
        signatures: await n(tx.select({ n: count() }).from(signatures).where(and(eq(signatures.siteId, siteId), eq(signatures.batchId, batchId)))),
        segments: await n(tx.select({ n: count() }).from(segments).where(and(eq(segments.siteId, siteId), eq(segments.batchId, batchId)))),
        keys: await n(tx.select({ n: count() }).from(registerKeys)), late: await lateReadings(tx, own),
      };
    });
    const { digest, late, ...counts } = counted;
    const { related = [], documents = [], files = [] } = made.bundle.content;
    const about = related.reduce((n, group) => n + group.entries.length, 0);
    expect(made.bundle.manifest.counts).toEqual({ ...counts, proofs: counts.entries + about, related: about, documents: documents.length, files: files.length, checkpoints: made.bundle.content.checkpoints.length });
    expect([about, documents.map((document) => document.kind)]).toEqual([expect.any(Number), expect.arrayContaining(["master"])]);
    expect(made.bundle.manifest.recordDigest).toBe(digest);
    expect(late).toBe(0);
    expect(counts.readings).toBeGreaterThan(100);
    expect(counts.entries).toBeGreaterThan(50);
  });
  it("REQ-05 (21 CFR 11.10(e)) is written down with the digest of the file; its own entry comes after it", async () => {
    const [entry] = await inSite((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.siteId, siteId), eq(auditEntries.batchId, batchId), eq(auditEntries.event, "evidence.exported"))));
    expect(entry).toMatchObject({ actorName: "Eva Lindqvist", role: "auditor", reason: "Inspection of the batch", detail: { copy: 1, fileDigest: sha256(made.text), recordDigest: made.bundle.manifest.recordDigest, entries: made.bundle.content.entries.length } });
    expect(made.text).not.toContain(entry?.id);
    expect(made.fileName).toBe(`${batchId}-evidence-copy-1.json`);
  });
});

describe("an evidence bundle", () => {
  it("REQ-05 (21 CFR 11.10(e)) taken again is the next copy and holds the entry of the copy before; readings are not sealed a second time", async () => {
    const first = await taken("BAS-101-2606");
    const second = await taken("BAS-101-2606");
    expect([first.copy, second.copy]).toEqual([1, 2]);
    expect(second.bundle.content.entries.filter((e) => e.canonical.includes(`"fileDigest":"${sha256(first.text)}"`))).toHaveLength(1);
    expect(second.bundle.content.entries.filter((e) => e.canonical.includes('"event":"segments.sealed"'))).toHaveLength(1);
    expect(second.bundle.content.segments).toEqual(first.bundle.content.segments);
    expect(verified(second.text).verified).toBe(true);
  });
  it("REQ-05 (21 CFR 11.10(e)) taken by two people at once has two numbers", async () => {
    const both = await Promise.all([taken("RAL-101-2606", "raleigh"), taken("RAL-101-2606", "raleigh")]);
    expect(both.map((b) => b.copy).sort()).toEqual([1, 2]);
    expect(both.map((b) => verified(b.text).verified)).toEqual([true, true]);
  });
  it("REQ-03 (21 CFR 11.10(c)) of a running batch holds its sealed days only", async () => {
    const [running] = await inSite((tx) => tx.execute<{ id: string; inoculated: string }>(sql`select id, inoculated_at as inoculated from batches where site_id = 'basel' and state = 'in_progress' order by inoculated_at limit 1`));
    const made = await taken(running?.id ?? "none");
    const last = made.bundle.content.segments.map((s) => s.day).sort().at(-1) ?? "";
    expect(Date.parse(`${last}T23:59:59.999Z`)).toBeLessThan(Date.now() - 86_400_000);
    expect(verified(made.text).verified).toBe(true);
  });
  it("is refused with a sentence while the ledger does not run, and nothing is handed out", async () => {
    ledgerRuns = false;
    try {
      await withProgramme(db.owner, "installation", ["basel"], (tx) => tx.execute(sql`update batches set priority = 3, revision = revision + 1 where site_id = 'basel' and id = 'BAS-101-2608'`), { reason: "a change the ledger has not seen" });
      let now = Date.now();
      const made = await takeEvidence(by, { siteId: "basel", batchId: "BAS-101-2608", reason: "Inspection", key: attestationKey }, { clock: () => new Date((now += 1_000)), newId: randomUUID, pause: async () => {} });
      expect(made).toEqual({ ok: false, refusal: "not-in-ledger" });
      const told = await inSite((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.batchId, "BAS-101-2608"), eq(auditEntries.event, "evidence.exported"))));
      expect(told).toEqual([]);
    } finally {
      ledgerRuns = true;
    }
  });
  it("REQ-04 (21 CFR 11.10(d)) of another site's batch does not exist", async () => {
    const basel = requirePermission(await storyActor(db.portal, "qp.basel@demo"), "report.read", "basel");
    await expect(prepareEvidence(basel, { siteId: "basel", batchId: "RAL-101-2601" }, moments())).rejects.toThrow(NotFound);
    await expect(takeEvidence(basel, { siteId: "raleigh", batchId: "RAL-101-2601", reason: "Inspection", key: attestationKey }, moments())).rejects.toThrow(NotFound);
  });
  it.each([
    ["an entry", "RAL-101-2606", sql`update audit_entries set canonical = replace(canonical, '"reason":"', '"reason":"not ') where batch_id = 'RAL-101-2606' and event = 'segments.sealed'`, "entries"],
    ["a signature", "RAL-101-2601", sql`update signatures set statement = replace(statement, '"comment":"', '"comment":"not ') where batch_id = 'RAL-101-2601' and ordinal = 1`, "signatures"],
    ["a sealed segment", "RAL-101-2607", sql`update segments set readings = readings + 1 where batch_id = 'RAL-101-2607' and tag = 'temperature'`, "segments"],
  ])("REQ-01 (21 CFR 11.10(a)) is not verified when the database's superuser altered %s", async (_what, batchId, alteration, check) => {
    await taken(batchId, "raleigh");
    const admin = openDatabase(db.superuserUrl, 1);
    await admin.execute(sql`set session_replication_role = replica`);
    const altered = await admin.execute(alteration);
    await admin.$client.end();
    expect(altered.count).toBeGreaterThan(0);
    const report = verified((await taken(batchId, "raleigh")).text);
    expect(report.verified).toBe(false);
    expect(report.checks.filter((c) => !c.holds).map((c) => c.name)).toEqual([check]);
  });
  it("is asked for inside a scope: one site's proof does not open another's", async () => {
    const basel = requirePermission(await storyActor(db.portal, "qp.basel@demo"), "report.read", "basel");
    expect(await withSites(basel, (tx) => tx.select().from(segments).where(eq(segments.siteId, "raleigh")))).toEqual([]);
  });
});
