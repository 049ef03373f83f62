import { randomUUID, timingSafeEqual } from "node:crypto";
import { withSites } from "#db/scope.ts";
import { may, requirePermission, type Actor } from "#lib/access/actor.ts";
import { installation } from "#lib/installation.ts";
import type { ProofOfPresence } from "#lib/signature/proof.ts";
import { cancelIntent, completeSigning, intentOf, type Intent } from "./commands.ts";
import { proofFrom } from "#lib/signature/step-up.ts";

const sameText = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** A proof that fits nothing: what is judged when the provider's answer could not be exchanged or belongs to another statement. */
const noProof = (cause: string): ProofOfPresence => ({ subject: "", nonce: "", authTime: undefined, evidence: { cause } });

async function proofOf(callback: URL, intent: Intent, state: string): Promise<ProofOfPresence> {
  return proofFrom(callback, intent, state).catch((error: unknown) => noProof(error instanceof Error ? error.message : "exchange failed"));
}

const stamp = () => ({ now: new Date(), newId: randomUUID });

/**
 * Finishes a signing when the provider sends the person back: finds the opener's own intent, exchanges the code and completes or
 * refuses. Returns the address to go to. Another person's callback finds no intent and changes nothing.
 */
export async function finishSigning(actor: Actor, callback: URL): Promise<string> {
  const state = callback.searchParams.get("state") ?? "";
  const [siteId = "", intentId = "", secret = ""] = state.split(".");
  const unknown = "/signing-refused?why=unknown";
  if (!may(actor, "batch.read", siteId) || !/^[0-9a-f-]{36}$/.test(intentId)) return unknown;
  const by = requirePermission(actor, "batch.read", siteId);
  const intent = await withSites(by, (tx) => intentOf(tx, siteId, intentId, actor.id), { reason: "return from the identity provider" });
  if (!intent || !sameText(secret, intent.oauthState)) return unknown;
  const address = `/sites/${siteId}/batches/${encodeURIComponent(intent.batchId)}`;
  const refused = callback.searchParams.get("error");
  if (refused) {
    if (!intent.usedAt) await withSites(by, (tx) => cancelIntent(tx, by, intent, refused.slice(0, 80), stamp()), { reason: "re-authentication was not completed" });
    return `${address}/sign?meaning=${intent.meaning}&cancelled=1`;
  }
  const proof = intent.usedAt ? noProof("already used") : await proofOf(callback, intent, state);
  const outcome = await withSites(by, async (tx) => {
    const locked = await intentOf(tx, siteId, intentId, actor.id);
    return locked && completeSigning(tx, by, locked, proof, installation().signingKey, stamp());
  }, { reason: intent.sentence.slice(0, 200) });
  if (!outcome) return unknown;
  return outcome.ok ? `${address}/signatures/${outcome.value.ordinal}?signed=1` : `${address}/sign?meaning=${intent.meaning}&refused=${encodeURIComponent(outcome.refusal.sentence)}`;
}
