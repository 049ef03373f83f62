import { randomUUID } from "node:crypto";
import { withSites } from "#db/scope.ts";
import { NotFound, PermissionDenied, requirePermission } from "#lib/access/actor.ts";
import { currentActor } from "#lib/access/current.ts";
import { takeCopy } from "#lib/report/export-commands.ts";
import { exportId } from "#app/reports/export-id.ts";
import { sentFile } from "#app/reports/sent-file.ts";

export const dynamic = "force-dynamic";

const refusal = (status: 401 | 404, text: string): Response => new Response(text, { status, headers: { "cache-control": "no-store", "x-content-type-options": "nosniff", "content-type": "text/plain; charset=utf-8" } });
const none = "There is no such finished copy of yours. A copy can be taken away by the person it was made for; ask for your own.";

/** A finished copy for the person it was made for; taking it again makes no new one. */
export async function GET(_request: Request, { params }: { readonly params: Promise<{ readonly site: string; readonly id: string }> }): Promise<Response> {
  const { site, id } = await params;
  const actor = await currentActor();
  if (!actor) return refusal(401, "You are not signed in. Sign in, then take the copy again.");
  const known = exportId.safeParse(id);
  if (!known.success) return refusal(404, none);
  try {
    const by = requirePermission(actor, "site.read", decodeURIComponent(site));
    const file = await withSites(by, (tx) => takeCopy(tx, by, { siteId: decodeURIComponent(site), id: known.data }, { now: new Date(), newId: randomUUID }), { reason: "a kept copy taken away" });
    return file ? sentFile(file, "attachment") : refusal(404, none);
  } catch (error) {
    if (error instanceof NotFound || error instanceof PermissionDenied) return refusal(404, none);
    throw error;
  }
}
