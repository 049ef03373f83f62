import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, eq, inArray } from "drizzle-orm";
import postgres from "postgres";
import { inject } from "vitest";
import { Sequencer } from "#bin/ledger/sequencer.ts";
import { currentSeal, printedClauses } from "#bin/portal/exports.ts";
import { openKeys, settleKeys } from "#bin/portal/keys.ts";
import { openDatabase, providePortalDatabase } from "#db/client.ts";
import { exports } from "#db/schema/export.ts";
import { withProgramme, withSites } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { works } from "#lib/compliance/clause.ts";
import { makeSealKey } from "#lib/document/seal-key.ts";
import { jwkOf } from "#lib/ledger/key-store.ts";
import { readWitness } from "#lib/ledger/witness-file.ts";
import { claimExport, type AskedExport } from "#lib/report/export-commands.ts";
import { exportFile, exportOf } from "#lib/report/export-queries.ts";
import { makeExport, type MakeTools } from "#lib/report/make-commands.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

const owners = ["basel", "enterprise", "raleigh", "singapore"];

export type Exported = AskedExport & { readonly bytes: Uint8Array; readonly fileName: string; readonly pages: number; readonly digest: string };

/** The demo story with keys, a sequencer and what makes copies; each wait of an export is a turn of the ledger. */
export type ReportScene = {
  readonly db: TestDatabase; readonly tools: MakeTools;
  readonly sequence: () => Promise<void>;
  /** Asks, claims and makes one copy. */
  readonly make: (actor: Actor, siteId: string, ask: () => Promise<AskedExport>) => Promise<Exported>;
  /** While the auditor's role at the site is revoked: what was asked for before is made now. */
  readonly asFormer: (ask: () => Promise<AskedExport>, siteId: string) => Promise<AskedExport>;
  readonly ledgerAway: <T>(work: () => Promise<T>) => Promise<T>;
  /** Copies nobody waits for any more. */
  readonly drop: (siteId: string, ids: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function reportScene(): Promise<ReportScene> {
  const db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  const pool = openDatabase(db.sequencerUrl, 4);
  const directory = mkdtempSync(join(tmpdir(), "veribatch-report-"));
  const keys = openKeys(join(directory, "keys"), inject("cluster").signingKey, new Date());
  await settleKeys(db.ownerUrl, keys, makeSealKey, { now: new Date(), newId: randomUUID });
  const sequencer = new Sequencer({ database: pool, keys, witnessDirectory: join(directory, "witness"), complain: (sentence) => { throw new Error(sentence); } });
  await sequencer.take(owners);
  const sequence = async () => {
    while ((await sequencer.round(new Date())) > 0);
    await sequencer.witness(new Date());
  };
  await sequence();
  const ledger = { away: false, skipped: 0 };
  const attestation = () => { const key = keys.current("attestation", "enterprise"); if (!key) throw new Error("no key"); return jwkOf(key); };
  const tools: MakeTools = {
    database: db.portal, attestation, seal: () => currentSeal(keys), witnessed: (siteId) => readWitness(join(directory, "witness"), siteId).at(-1)?.head.size, deskWork: works.desk,
    clauses: () => printedClauses({ root: process.cwd(), source: "0".repeat(64) }),
    moments: { clock: () => new Date(Date.now() + ledger.skipped), newId: randomUUID, pause: async (ms) => void (ledger.away ? (ledger.skipped += ms * 20) : await sequence()) },
  };
  const claimed = async (wanted: AskedExport) => {
    const job = await claimExport(db.portal, new Date());
    if (job?.id !== wanted.id) throw new Error(`claimed ${job?.id ?? "nothing"} instead of ${wanted.id}`);
    return job;
  };
  const make: ReportScene["make"] = async (actor, siteId, ask) => {
    const wanted = await ask();
    const outcome = await makeExport(await claimed(wanted), tools);
    if (!outcome.made) throw new Error(outcome.failure, { cause: outcome.cause });
    const by = requirePermission(actor, "report.read", siteId);
    const [view, file] = await withSites(by, async (tx) => [await exportOf(tx, actor, wanted.siteId, wanted.id), await exportFile(tx, actor, wanted.siteId, wanted.id)] as const);
    if (!view?.digest || view.pages === null || !file) throw new Error("the copy is not kept");
    return { ...wanted, bytes: file.bytes, fileName: file.fileName, pages: view.pages, digest: view.digest };
  };
  const revoke = async (siteId: string, revoked: boolean) => {
    const superuser = postgres(db.superuserUrl, { max: 1, onnotice: () => {} });
    await superuser.unsafe(`set session_replication_role = replica; update role_assignments set revoked_at = ${revoked ? "now()" : "null"} where site_id = '${siteId}' and role = 'auditor'`);
    await superuser.end();
  };
  return {
    db, tools, sequence, make,
    asFormer: async (ask, siteId) => {
      const wanted = await ask();
      await revoke(siteId, true);
      try {
        const outcome = await makeExport(await claimed(wanted), tools);
        if (outcome.made) throw new Error("made without the right");
      } finally {
        await revoke(siteId, false);
      }
      return wanted;
    },
    ledgerAway: async (work) => {
      ledger.away = true;
      try {
        return await work();
      } finally {
        ledger.away = false;
      }
    },
    drop: (siteId, ids) => withProgramme(db.portal, "export", [siteId], async (tx) => void (await tx.update(exports).set({ state: "failed", failure: "nobody waits for it" }).where(and(eq(exports.siteId, siteId), inArray(exports.id, [...ids])))), { reason: "test" }),
    close: async () => {
      await pool.$client.end({ timeout: 2 });
      await db.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
