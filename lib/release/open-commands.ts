import { randomUUID } from "node:crypto";
import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/server";
import { z } from "zod";
import { withOwnMeans } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { installation } from "#lib/installation.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { ceremonies } from "#lib/signature/ceremony.ts";
import { signedMeanings } from "#lib/signature/meaning.ts";
import { freshStepUp, stepUpUrl, unreachableSentence } from "#lib/signature/step-up.ts";
import { assertionOptions, passkeyProof } from "#lib/signature/webauthn-commands.ts";
import { completeSigning, intentOf, openIntent, type Intent } from "./commands.ts";
import type { Obstacle } from "./signing.ts";

/** What is asked when a signing is opened, by the form and by the JSON route. */
export const openingInput = z.object({
  siteId: z.string().min(1), batchId: z.string().min(1), meaning: z.enum(signedMeanings), withdraws: z.coerce.number().int().positive().optional(), ceremony: z.enum(ceremonies).default("identity-provider"),
  shownDigest: z.string().regex(/^[0-9a-f]{64}$/),
  reason: z.string().trim().min(3, "Choose a reason."), comment: z.string().trim().min(10, "Write a comment of at least 10 characters; it is kept in the record.").max(2000, "Keep the comment under 2,000 characters."),
});
export type OpeningInput = z.infer<typeof openingInput>;

export type Refused = { readonly sentence: string; readonly obstacles: readonly Obstacle[] };
/** Where to go for the identity provider, or what to ask the passkey for. */
export type Opened = { readonly intent: Pick<Intent, "id" | "siteId" | "statement" | "statementDigest" | "expiresAt"> } & ({ readonly ceremony: "identity-provider"; readonly address: string } | { readonly ceremony: "passkey"; readonly options: PublicKeyCredentialRequestOptionsJSON });

const stamp = () => ({ now: new Date(), newId: randomUUID });

/** Opens a signing for the ceremony the person chose. */
export async function openCeremony(actor: Actor, input: OpeningInput): Promise<Result<Opened, Refused>> {
  const by = requirePermission(actor, "batch.read", input.siteId);
  const { signingKey, session } = installation();
  const at = stamp();
  const outcome = await withOwnMeans(actor, async (tx) => {
    const opened = await openIntent(tx, by, input, signingKey, { ...freshStepUp(), idleMinutes: session.idleMinutes }, at);
    if (!opened.ok) return opened;
    return accept({ intent: opened.value, options: input.ceremony === "passkey" ? await assertionOptions(tx, actor.id, opened.value.statementDigest, at.now) : undefined });
  }, { reason: input.reason }, by);
  if (!outcome.ok) return outcome;
  const { intent, options } = outcome.value;
  const { id, siteId, statement, statementDigest, expiresAt } = intent;
  const shown = { id, siteId, statement, statementDigest, expiresAt };
  if (options) return accept({ intent: shown, ceremony: "passkey", options });
  // All components at the first signing of a period, the password alone at later ones (21 CFR 11.200(a)(1)(i)).
  const address = await stepUpUrl(siteId, intent, intent.continuity === "later" ? actor.userName : undefined).catch(() => undefined);
  return address ? accept({ intent: shown, ceremony: "identity-provider", address }) : refuse({ sentence: unreachableSentence, obstacles: [] });
}

export const answerInput = z.object({ siteId: z.string().min(1), intentId: z.uuid(), answer: z.unknown() });

/** Finishes a signing with a passkey's answer. Undefined when no signing of this person has that number. */
export async function completeWithPasskey(actor: Actor, { siteId, intentId, answer }: z.infer<typeof answerInput>): Promise<Result<{ readonly ordinal: number; readonly address: string }, Refused> | undefined> {
  const by = requirePermission(actor, "batch.read", siteId);
  const at = stamp();
  const outcome = await withOwnMeans(actor, async (tx) => {
    const intent = await intentOf(tx, siteId, intentId, actor.id);
    if (!intent) return undefined;
    const proof = await passkeyProof(tx, answer, intent.statementDigest, at.now);
    return { batchId: intent.batchId, result: await completeSigning(tx, by, intent, proof, installation().signingKey, at) };
  }, { reason: "passkey's answer to an opened signing" }, by);
  if (!outcome) return undefined;
  const { batchId, result } = outcome;
  return result.ok ? accept({ ordinal: result.value.ordinal, address: `/sites/${siteId}/batches/${encodeURIComponent(batchId)}/signatures/${result.value.ordinal}?signed=1` }) : result;
}
