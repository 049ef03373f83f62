import { randomUUID } from "node:crypto";
import { withSites } from "#db/scope.ts";
import { NotFound, PermissionDenied, requirePermission, type Actor } from "#lib/access/actor.ts";
import { currentActor } from "#lib/access/current.ts";
import { installation } from "#lib/installation.ts";
import { exportReason, exportReport, type ExportedReport } from "#lib/report/commands.ts";
import { publicHalf } from "#lib/signature/attestation.ts";

export const dynamic = "force-dynamic";

type Address = { readonly params: Promise<{ readonly site: string; readonly batch: string }> };
const guarded = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
const refusal = (status: 401 | 404, text: string): Response => new Response(text, { status, headers: { ...guarded, "content-type": "text/plain; charset=utf-8" } });

function sent({ bytes, fileName }: ExportedReport): Response {
  const safe = fileName.replace(/[^A-Za-z0-9._-]/g, "_");
  return new Response(Uint8Array.from(bytes), { headers: { ...guarded, "content-type": "application/pdf", "content-disposition": `inline; filename="${safe}"` } });
}

function reportFor(actor: Actor, siteId: string, batchId: string): Promise<ExportedReport> {
  const by = requirePermission(actor, "report.read", siteId);
  const of = { siteId, batchId, key: publicHalf(installation().signingKey) };
  return withSites(by, (tx) => exportReport(tx, by, of, { now: new Date(), newId: randomUUID }), { reason: exportReason });
}

/** The next numbered copy of the batch record as PDF. Each call makes a copy and its audit entry. */
export async function GET(_request: Request, { params }: Address): Promise<Response> {
  const { site, batch } = await params;
  const actor = await currentActor();
  if (!actor) return refusal(401, "You are not signed in. Sign in, then open the report again.");
  try {
    return sent(await reportFor(actor, decodeURIComponent(site), decodeURIComponent(batch)));
  } catch (error) {
    if (error instanceof NotFound || error instanceof PermissionDenied) return refusal(404, "There is no such batch record.");
    throw error;
  }
}

/** Reading the report makes a copy; asking about it must not. */
export const HEAD = (): Response => new Response(null, { status: 405, headers: { ...guarded, allow: "GET" } });
