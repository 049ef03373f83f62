import { withSites } from "#db/scope.ts";
import { NotFound, PermissionDenied, requirePermission } from "#lib/access/actor.ts";
import { currentActor } from "#lib/access/current.ts";
import { masterFileName } from "#lib/recipe/file.ts";
import { readMasterFile } from "#lib/recipe/queries.ts";

export const dynamic = "force-dynamic";
const guarded = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
const refusal = (status: 401 | 404, text: string): Response => new Response(text, { status, headers: { ...guarded, "content-type": "text/plain; charset=utf-8" } });
const none = "There is no such version of a master for you.";

/** The stored text of a version as a file: the bytes its digest is over (docs/master-file.md), which the header names. */
export async function GET(_request: Request, { params }: { readonly params: Promise<{ readonly id: string; readonly version: string }> }): Promise<Response> {
  const { id, version } = await params;
  const actor = await currentActor();
  if (!actor) return refusal(401, "You are not signed in. Sign in, then export the master again.");
  if (!/^[1-9]\d{0,5}$/.test(version) || !/^[\w.-]{1,60}$/.test(id)) return refusal(404, none);
  try {
    const by = requirePermission(actor, "master.read");
    const { row } = await withSites(by, (tx) => readMasterFile(tx, id, Number(version)));
    return new Response(row.canonical, { headers: { ...guarded, "content-type": "application/json; charset=utf-8", "content-disposition": `attachment; filename="${masterFileName(row.id, row.version)}"`, "x-veribatch-digest": row.digest } });
  } catch (error) {
    if (error instanceof NotFound || error instanceof PermissionDenied) return refusal(404, none);
    throw error;
  }
}
