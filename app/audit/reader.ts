import { may, type Granted } from "#lib/access/actor.ts";
import { requireActor, requirePage } from "#lib/access/current.ts";

/** The proof to read the trail: at all sites where the person may, or the enterprise's alone for who administers accounts. */
export async function trailReader(): Promise<Granted<"audit.read"> | Granted<"enterprise-audit.read">> {
  const actor = await requireActor();
  return may(actor, "audit.read") ? requirePage("audit.read") : requirePage("enterprise-audit.read", "enterprise");
}
