import { and, asc, count, desc, eq, inArray, or } from "drizzle-orm";
import { people } from "#db/schema/access.ts";
import { batches } from "#db/schema/batch.ts";
import { exports } from "#db/schema/export.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import { sitesWith, type Actor } from "#lib/access/actor.ts";
import { exportParameters, madeKinds, type ExportParameters, type ExportState } from "./export.ts";

/** A numbered copy as it is listed; `own`: made for the person who looks, who alone may take it away. */
export type ExportView = {
  readonly siteId: string; readonly id: string; readonly asked: ExportParameters; readonly subject: string; readonly copy: number; readonly state: ExportState; readonly progress: number; readonly total: number;
  readonly by: string; readonly own: boolean; readonly requestedAt: Date; readonly finishedAt: Date | null; readonly failure: string | null; readonly fileName: string | null; readonly pages: number | null; readonly digest: string | null;
};

const columns = {
  siteId: exports.siteId, id: exports.id, parameters: exports.parameters, subject: exports.subjectId, copy: exports.copy, state: exports.state, progress: exports.progress, total: exports.total, requestedBy: exports.requestedBy,
  by: people.printedName, requestedAt: exports.requestedAt, finishedAt: exports.finishedAt, failure: exports.failure, fileName: exports.fileName, pages: exports.pages, digest: exports.digest,
};

/** May the person know of this copy? A report tells of all its sites, so the right is needed at each of them. */
function mayKnow(actor: Actor, { siteId, asked }: Pick<ExportView, "siteId" | "asked">): boolean {
  return asked.kind === "compliance-report" ? asked.sites.every((site) => sitesWith(actor, "compliance-report.read").includes(site)) : sitesWith(actor, "report.read").includes(siteId);
}

type Row = { readonly parameters: unknown; readonly requestedBy: string } & Omit<ExportView, "asked" | "own">;

function viewOf({ parameters, requestedBy, ...row }: Row, actor: Actor): readonly ExportView[] {
  const view = { ...row, asked: exportParameters.parse(parameters), own: requestedBy === actor.id };
  return mayKnow(actor, view) ? [view] : [];
}

/** How many copies a page lists. */
export const listedExports = 100;

/** The newest copies the person may know of, of all kinds that are made here. */
export async function recentExports(tx: SiteTx, actor: Actor): Promise<readonly ExportView[]> {
  const rows = await tx.select(columns).from(exports).innerJoin(people, eq(people.id, exports.requestedBy)).where(inArray(exports.kind, [...madeKinds])).orderBy(desc(exports.requestedAt), desc(exports.id)).limit(listedExports);
  return rows.flatMap((row) => viewOf(row, actor));
}

/** One copy; undefined when it does not exist for the person. */
export async function exportOf(tx: SiteTx, actor: Actor, siteId: string, id: string): Promise<ExportView | undefined> {
  const [row] = await tx.select(columns).from(exports).innerJoin(people, eq(people.id, exports.requestedBy)).where(and(eq(exports.siteId, siteId), eq(exports.id, id), inArray(exports.kind, [...madeKinds])));
  return row && viewOf(row, actor)[0];
}

export type ExportFile = { readonly bytes: Uint8Array; readonly fileName: string; readonly mediaType: string };

/** The bytes of a finished copy for the person it was made for; undefined for anybody else and while it is not finished. */
export async function exportFile(tx: SiteTx, actor: Actor, siteId: string, id: string): Promise<ExportFile | undefined> {
  const view = await exportOf(tx, actor, siteId, id);
  if (!view?.own || view.state !== "done") return undefined;
  const [row] = await tx.select({ bytes: exports.content, mediaType: exports.mediaType }).from(exports).where(and(eq(exports.siteId, siteId), eq(exports.id, id)));
  return row?.bytes ? { bytes: row.bytes, fileName: view.fileName ?? `${view.subject}.pdf`, mediaType: row.mediaType ?? "application/pdf" } : undefined;
}

/** Copies that are made or wait before the others, at the sites of the transaction. */
export async function exportsAhead(tx: SiteTx): Promise<number> {
  const [row] = await tx.select({ n: count() }).from(exports).where(or(eq(exports.state, "running"), eq(exports.state, "waiting")));
  return row?.n ?? 0;
}

/** Sites and, where it is among them, the enterprise, in order of their names. */
export const reportSites = (tx: SiteTx, ids: readonly string[]): Promise<readonly { readonly id: string; readonly name: string; readonly timeZone: string }[]> =>
  tx.select({ id: sites.id, name: sites.name, timeZone: sites.timeZone }).from(sites).where(inArray(sites.id, [...ids])).orderBy(asc(sites.name));

/** Batches of the transaction's sites whose records are kept here, the newest first. */
export async function reportableBatches(tx: SiteTx): Promise<readonly string[]> {
  const rows = await tx.select({ id: batches.id }).from(batches).where(eq(batches.origin, "executed")).orderBy(desc(batches.inoculatedAt)).limit(500);
  return rows.map((row) => row.id);
}
