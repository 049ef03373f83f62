import { and, eq, sql } from "drizzle-orm";
import type { JWK } from "jose";
import { batches } from "#db/schema/batch.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import type { AuditEvent } from "#lib/audit/event.ts";
import { batchStateName } from "#lib/batch/state.ts";
import { followBatch } from "#lib/material/disposition-commands.ts";
import { accept, BrokenPromise, type Result } from "#lib/result.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { completeOver, openSigning, type Intent, type Opening, type OpenSigning, type Presence, type Signed, type SigningRefusal } from "#lib/signature/sign-commands.ts";
import type { MadeSignature, RecordReference, Signable } from "#lib/signature/signable.ts";
import { readBatchFile, type BatchFile } from "./file-queries.ts";
import { planOver, type SigningRequest } from "./plan.ts";

export { cancelIntent, intentOf, useIntent, type Intent, type Opening, type Presence, type SigningRefusal } from "#lib/signature/sign-commands.ts";
type Stamp = { readonly now: Date; readonly newId: () => string };
export type OpenIntent = Omit<OpenSigning, "about"> & { readonly siteId: string; readonly batchId: string };

/** A batch is locked while something is decided about it: two signatures never take the same place in the chain. */
const lockBatch = (tx: SiteTx, siteId: string, batchId: string) =>
  tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, siteId), eq(batches.id, batchId))).for("update");

async function moveBatch(tx: SiteTx, { record: { batch } }: BatchFile, state: typeof batch.state): Promise<void> {
  if (state === batch.state) return;
  const moved = await tx.update(batches).set({ state, revision: sql`${batches.revision} + 1` })
    .where(and(eq(batches.siteId, batch.siteId), eq(batches.id, batch.id), eq(batches.revision, batch.revision))).returning({ id: batches.id });
  if (moved.length !== 1) throw new BrokenPromise("batch-moved", `batch ${batch.id} changed under its lock`);
}

type Act = { readonly request: SigningRequest; readonly nextState: BatchFile["record"]["batch"]["state"]; readonly by: string };

async function perform(tx: SiteTx, file: BatchFile, { request: { meaning, withdraws }, nextState, by }: Act, made: MadeSignature, stamp: Stamp): Promise<AuditEvent> {
  const { siteId, id: batchId, state } = file.record.batch;
  await moveBatch(tx, file, nextState);
  await followBatch(tx, { siteId, batchId, from: state, to: nextState, decision: `Batch ${batchId}: ${batchStateName[nextState].toLowerCase()}, signature ${made.ordinal}` }, by, stamp);
  const moved = { from: state, to: nextState, method: made.method, ordinal: made.ordinal, signatureDigest: made.digest };
  const target = file.signatures.find((s) => s.ordinal === withdraws);
  return target && withdraws !== undefined
    ? { event: "signature.withdrawn", detail: { ...moved, meaning: target.meaning, withdraws } }
    : { event: "record.signed", detail: { ...moved, meaning, recordDigest: made.recordDigest } };
}

/** A batch file as signing sees it. */
export function signableBatch(file: BatchFile): Signable {
  const { batch } = file.record;
  return {
    type: "batch", siteId: batch.siteId, recordId: batch.id, batchId: batch.id, digest: file.digest, last: file.signatures.at(-1), subject: { type: "batch", id: batch.id, batchId: batch.id },
    changed: "This batch changed after you opened it. Nothing was signed. Review what changed, then sign again.",
    decide: (actor, means, request) => {
      const plan = planOver(file, actor, means, request);
      return plan.ok ? accept({ ...plan.value, perform: (tx, made, stamp) => perform(tx, file, { request, nextState: plan.value.nextState, by: actor.id }, made, stamp) }) : plan;
    },
  };
}

/** Locks a batch and reads it for signing. */
export async function readSignableBatch(tx: SiteTx, { siteId, recordId }: Pick<RecordReference, "siteId" | "recordId">, key: JWK): Promise<Signable> {
  await lockBatch(tx, siteId, recordId);
  return signableBatch(await readBatchFile(tx, siteId, recordId, publicHalf(key)));
}

/** Opens a signing over a batch (`openSigning`). */
export async function openIntent(tx: SiteTx, by: Granted<"batch.read">, input: OpenIntent, key: JWK, opening: Opening, stamp: Stamp): Promise<Result<Intent, SigningRefusal>> {
  return openSigning(tx, by, await readSignableBatch(tx, { siteId: input.siteId, recordId: input.batchId }, key), input, opening, stamp);
}

/** Completes a signing over a batch (`completeOver`). */
export const completeSigning = (tx: SiteTx, by: Granted<"batch.read">, intent: Intent, presence: Presence, key: JWK, stamp: Stamp): Promise<Result<Signed, SigningRefusal>> =>
  completeOver(tx, by, intent, presence, () => readSignableBatch(tx, { siteId: intent.siteId, recordId: intent.batchId ?? "" }, key), key, stamp);
