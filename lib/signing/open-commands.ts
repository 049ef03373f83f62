import { randomUUID } from "node:crypto";
import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/server";
import { z } from "zod";
import { withOwnMeans } from "#db/scope.ts";
import { NotFound, requirePermission, type Actor, type Granted } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { installation } from "#lib/installation.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { ceremonies } from "#lib/signature/ceremony.ts";
import { signedMeanings } from "#lib/signature/meaning.ts";
import type { Obstacle } from "#lib/signature/obstacle.ts";
import { completeOver, intentOf, openSigning, recordOf, type Intent } from "#lib/signature/sign-commands.ts";
import type { RecordReference } from "#lib/signature/signable.ts";
import { aboutText, signedAbout, signedRecordTypes } from "#lib/signature/statement.ts";
import { freshStepUp, stepUpUrl, unreachableSentence } from "#lib/signature/step-up.ts";
import { assertionOptions, passkeyProof } from "#lib/signature/webauthn-commands.ts";
import { kindOf, readSignable } from "./record-queries.ts";

/** What is asked when a signing is opened, by the form and by the JSON route. A record is a batch where its kind is not said. */
export const openingInput = z.object({
  siteId: z.string().min(1), recordType: z.enum(signedRecordTypes).default("batch"), recordId: z.string().min(1).optional(), batchId: z.string().min(1).optional(), about: z.union([signedAbout, aboutText]).optional(),
  meaning: z.enum(signedMeanings), withdraws: z.coerce.number().int().positive().optional(), ceremony: z.enum(ceremonies).default("identity-provider"),
  shownDigest: z.string().regex(/^[0-9a-f]{64}$/),
  reason: z.string().trim().min(3, "Choose a reason."), comment: z.string().trim().min(10, "Write a comment of at least 10 characters; it is kept in the record.").max(2000, "Keep the comment under 2,000 characters."),
}).refine((input) => (input.recordId ?? input.batchId) !== undefined, "Say which record is to be signed.");
type Asked = z.infer<typeof openingInput>;
export type OpeningInput = Omit<Asked, "recordType"> & Partial<Pick<Asked, "recordType">>;

export type Refused = { readonly sentence: string; readonly obstacles: readonly Obstacle[] };
/** Where to go for the identity provider, or what to ask the passkey for. */
export type Opened = { readonly intent: Pick<Intent, "id" | "siteId" | "statement" | "statementDigest" | "expiresAt"> } & ({ readonly ceremony: "identity-provider"; readonly address: string } | { readonly ceremony: "passkey"; readonly options: PublicKeyCredentialRequestOptionsJSON });

const stamp = () => ({ now: new Date(), newId: randomUUID });

/** The door to a record of whatever kind, for a person who may read it. Throws `NotFound` for a kind nobody signs. */
export function readingDoor(actor: Actor, { type, siteId }: RecordReference): Granted<Permission> {
  const kind = kindOf(type);
  if (!kind || (kind.of === "enterprise") !== (siteId === "enterprise")) throw new NotFound(`record of kind ${type}`);
  return requirePermission(actor, kind.permission, kind.of === "site" ? siteId : undefined);
}

/** Opens a signing for the ceremony the person chose. */
export async function openCeremony(actor: Actor, input: OpeningInput): Promise<Result<Opened, Refused>> {
  const reference: RecordReference = { type: input.recordType ?? "batch", siteId: input.siteId, recordId: input.recordId ?? input.batchId ?? "" };
  const by = readingDoor(actor, reference);
  const { signingKey, session } = installation();
  const at = stamp();
  const outcome = await withOwnMeans(actor, async (tx) => {
    const record = await readSignable(tx, reference, signingKey);
    if (!record) throw new NotFound(`record ${reference.recordId}`);
    const opened = await openSigning(tx, by, record, input, { ...freshStepUp(), idleMinutes: session.idleMinutes }, at);
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
  const at = stamp();
  const found = await withOwnMeans(actor, (tx) => intentOf(tx, siteId, intentId, actor.id), { reason: "passkey's answer to an opened signing" }, siteId === "enterprise" ? undefined : requirePermission(actor, "site.read", siteId));
  if (!found) return undefined;
  const reference = recordOf(found);
  const by = readingDoor(actor, reference);
  const outcome = await withOwnMeans(actor, async (tx) => {
    const intent = await intentOf(tx, siteId, intentId, actor.id);
    if (!intent) return undefined;
    const proof = await passkeyProof(tx, answer, intent.statementDigest, at.now);
    return completeOver(tx, by, intent, proof, () => lockedRecord(tx, reference), installation().signingKey, at);
  }, { reason: "passkey's answer to an opened signing" }, by);
  if (!outcome?.ok) return outcome;
  return accept({ ordinal: outcome.value.ordinal, address: kindOf(reference.type)?.signed(reference, outcome.value) ?? "/" });
}

/** The record of an opened signing, locked. Throws `NotFound` when it is no longer there for this person. */
export async function lockedRecord(tx: Parameters<typeof readSignable>[0], reference: RecordReference) {
  const record = await readSignable(tx, reference, installation().signingKey);
  if (!record) throw new NotFound(`record ${reference.recordId}`);
  return record;
}
