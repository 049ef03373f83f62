import { NotFound, PermissionDenied, requirePermission, type Granted } from "#lib/access/actor.ts";
import { currentActor } from "#lib/access/current.ts";

/** An answer that no cache keeps. `fileName` makes it a download. */
export const answerJson = (status: number, body: unknown, fileName?: string): Response => Response.json(body, {
  status, headers: { "cache-control": "no-store", "x-content-type-options": "nosniff", ...(fileName ? { "content-disposition": `attachment; filename="${fileName}"` } : {}) },
});

/** The proof to read a site's ledger, or the answer to who may not: of a foreign site nobody learns that it exists. */
export async function ledgerReader(site: string): Promise<Granted<"audit.read" | "enterprise-audit.read"> | Response> {
  const actor = await currentActor();
  if (!actor) return answerJson(401, { error: "Sign in first." });
  try {
    return site === "enterprise" ? requirePermission(actor, "enterprise-audit.read", site) : requirePermission(actor, "audit.read", site);
  } catch (error) {
    if (error instanceof NotFound || error instanceof PermissionDenied) return answerJson(404, { error: "There is no such ledger." });
    throw error;
  }
}
