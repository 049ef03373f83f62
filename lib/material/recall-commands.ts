import { eq, sql } from "drizzle-orm";
import { recalls } from "#db/schema/material.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { originsOf, recallDigest, recallOf, recallText, type RecallRecord } from "./recall.ts";
import { sameOrigins, traceLot, type SameOrigin } from "./trace-queries.ts";
import type { TraceDirection } from "./trace.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type RecallAsked = { readonly siteId: string; readonly lotId: string; readonly direction: TraceDirection; readonly reason: string };

/** Next number of the site's mock recalls: MR-BAS-0003. */
async function nextNumber(tx: SiteTx, siteId: string, code: string): Promise<string> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`recall number ${siteId}`}))`);
  const [counted] = await tx.select({ n: sql<number>`count(*)::int` }).from(recalls).where(eq(recalls.siteId, siteId));
  return `MR-${code}-${String((counted?.n ?? 0) + 1).padStart(4, "0")}`;
}

const elsewhere = (found: readonly SameOrigin[]): RecallRecord["sameOrigin"] => found.map(({ siteId, siteName, id, state, supplier, supplierLot, of }) => ({ siteId, site: siteName, lot: id, state, supplier, supplierLot, as: of }));

/**
 * Runs a mock recall: traces the lot, keeps what was found as it was found with the time it took, and writes it down (21 CFR 211.150(b), EU GMP 8.30). The proof
 * covers all sites at which the person may run one, so that lots of the same origin elsewhere are found. Returns its number. Throws `NotFound`.
 */
export async function runRecall(tx: SiteTx, by: Granted<"recall.run">, { siteId, lotId, direction, reason }: RecallAsked, { now, newId }: Stamp): Promise<string> {
  const [site] = await tx.select().from(sites).where(eq(sites.id, siteId));
  if (!site || !by.sites.includes(siteId)) throw new NotFound(`site ${siteId}`);
  const started = performance.now();
  const trace = await traceLot(tx, siteId, lotId, direction);
  const found = await sameOrigins(tx, siteId, originsOf(trace));
  const tookMs = Math.round(performance.now() - started);
  const id = await nextNumber(tx, siteId, site.code);
  const record = recallOf({ siteId, site: site.name, timeZone: site.timeZone, id, direction, reason, startedAt: now, startedBy: { id: by.actor.id, name: by.actor.printedName }, tookMs, trace, sameOrigin: elsewhere(found) });
  const canonical = recallText(record);
  const digest = recallDigest(canonical);
  await tx.insert(recalls).values({ siteId, id, lotId, direction, reason, startedAt: now, startedBy: by.actor.id, tookMs, canonical, digest, figures: record.figures });
  await writeAudit(tx, { event: "recall.run", detail: { lot: lotId, direction, lots: record.figures.lots, digest }, siteId, subject: { type: "recall", id }, actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason }, now, newId);
  return id;
}
