import { may, requirePermission, type Granted } from "#lib/access/actor.ts";
import { currentActor, requireActor, requirePage } from "#lib/access/current.ts";
import { answerJson } from "../api/ledger/answer.ts";

export type TrailReader = Granted<"audit.read"> | Granted<"enterprise-audit.read">;

/** The proof to read the trail: at all sites where the person may, or the enterprise's alone for who administers accounts. */
export async function trailReader(): Promise<TrailReader> {
  const actor = await requireActor();
  return may(actor, "audit.read") ? requirePage("audit.read") : requirePage("enterprise-audit.read", "enterprise");
}

/** The same for an answer that is no page, and what is answered to who may not. */
export async function trailReaderOf(): Promise<TrailReader | Response> {
  const actor = await currentActor();
  if (!actor) return answerJson(401, { error: "Sign in first." });
  if (may(actor, "audit.read")) return requirePermission(actor, "audit.read");
  return may(actor, "enterprise-audit.read", "enterprise") ? requirePermission(actor, "enterprise-audit.read", "enterprise") : answerJson(404, { error: "There is no such page." });
}
