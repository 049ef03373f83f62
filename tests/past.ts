import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { JWK } from "jose";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { plantSites } from "#db/seed/organisation.ts";
import { auditFilter } from "#lib/audit/filter.ts";
import { auditPage } from "#lib/audit/queries.ts";
import { batchFilter } from "#lib/batch/list.ts";
import { listBatches, type BatchListRow } from "#lib/batch/queries.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { currentEntries, type BatchRecord, type EntryRow, type ExceptionRow } from "#lib/batch/record.ts";
import { trends, type TrendPoint } from "#lib/telemetry/queries.ts";
import { storyActor } from "#tests/actors.ts";
import type { TestDatabase } from "#tests/database.ts";

export type PastSite = (typeof plantSites)[number];
/** A past batch as the pages of the portal know it: its line in the list and its record. */
export type Past = { readonly row: BatchListRow; readonly record: BatchRecord; readonly siteId: PastSite; /** Number among the site's past batches, from 1. */ readonly number: number; readonly start: Date };
const minute = 60_000;

/** Reads as a page does: the portal's own login, the sites of the person. */
export const readAsPortal = <T>(db: TestDatabase, work: (tx: SiteTx) => Promise<T>): Promise<T> => withProgramme(db.portal, "installation", [...plantSites, "enterprise"], work);

/** Starts the program that loads the past, as the portal does; `atMost` batches per site, all without it. */
export function startLoading(db: TestDatabase, signingKey: JWK, endsAt: Date, atMost?: number): ChildProcess {
  const child = spawn(process.execPath, ["bin/run.mjs", "history"], { cwd: fileURLToPath(new URL("..", import.meta.url)), stdio: ["ignore", "ignore", "inherit", "ipc"] });
  child.send({ databaseUrl: db.ownerUrl, signingKey, endsAt, ...(atMost === undefined ? {} : { atMost }) });
  return child;
}

/** When the story of this database was planted: its past ends then, as the portal asks it. */
export async function storyNow(db: TestDatabase): Promise<Date> {
  const found = await readAsPortal(db, (tx) => auditPage(tx, auditFilter.parse({ event: "story.planted", kind: "acts", class: "all" })));
  const at = found.rows[0]?.at;
  if (!at) throw new Error("no story is planted");
  return at;
}

/** Every batch of a product as the list of batches gives it, page by page. */
export async function allBatches(db: TestDatabase, product: string): Promise<readonly BatchListRow[]> {
  const actor = await storyActor(db.owner, "auditor@demo");
  const rows: BatchListRow[] = [];
  for (let page = 1; ; page += 1) {
    const found = await readAsPortal(db, (tx) => listBatches(tx, actor, batchFilter.parse({ product, sort: "inoculated", size: 100, page })));
    rows.push(...found.rows);
    if (found.rows.length === 0 || rows.length >= found.total) return rows;
  }
}

/** The past batches of the antigen that were made before `until`, by site and in the order of time, with their records. */
export async function pastBatchesOf(db: TestDatabase, until: Date): Promise<readonly Past[]> {
  const rows = (await allBatches(db, "VB-201")).filter((row) => row.inoculatedAt !== null && row.inoculatedAt < until);
  return readAsPortal(db, async (tx) => {
    const found: Past[] = [];
    for (const siteId of plantSites) {
      const own = rows.filter((row) => row.siteId === siteId).sort((a, b) => (a.inoculatedAt?.getTime() ?? 0) - (b.inoculatedAt?.getTime() ?? 0));
      for (const [i, row] of own.entries()) found.push({ row, siteId, number: i + 1, start: row.inoculatedAt ?? until, record: await readRecord(tx, siteId, row.id) });
    }
    return found;
  });
}

/** The entry of a parameter that stands in a record. */
export const entryOf = ({ record }: Past, parameter: string): EntryRow | undefined => currentEntries(record.entries).find((entry) => entry.parameter === parameter);
export const valueOf = (past: Past, parameter: string): number => Number(entryOf(past, parameter)?.value ?? Number.NaN);
export const exceptionsOn = ({ record }: Past, parameter: string): readonly ExceptionRow[] => record.exceptions.filter((x) => x.parameter === parameter);
export const ofType = ({ record }: Past, type: string): readonly ExceptionRow[] => record.exceptions.filter((x) => x.type === type);
/** When a step of the master was done. */
export const doneAt = ({ record }: Past, masterStep: string): Date => record.steps.find((step) => step.masterStep === masterStep)?.performedAt ?? new Date(Number.NaN);

/** What a unit measured of a tag, as its trend shows it, in bins of so many minutes. */
export async function trendOf(db: TestDatabase, past: Past, tag: string, from: Date, to: Date, binMinutes = 1): Promise<readonly TrendPoint[]> {
  const found = await readAsPortal(db, (tx) => trends(tx, past.siteId, past.row.unitId, [tag], { from, to }, (to.getTime() - from.getTime()) / (binMinutes * minute)));
  return found.get(tag)?.points ?? [];
}
export const meanOf = (points: readonly { readonly value: number }[]): number => points.reduce((sum, { value }) => sum + value, 0) / points.length;
