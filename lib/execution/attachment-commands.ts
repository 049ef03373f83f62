import { and, eq } from "drizzle-orm";
import { attachmentContents, attachments } from "#db/schema/batch.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { sha256 } from "#lib/digest/digest.ts";
import { accept, BrokenPromise, refuse, type Result } from "#lib/result.ts";
import { attachmentRefusalSentence, checkAttachment } from "./attachment.ts";
import { actorOf, stepOf, type Stamp } from "./entry-commands.ts";
import { readExecution } from "./queries.ts";
import { masterStepOf } from "./standing.ts";

export type AttachmentInput = { readonly siteId: string; readonly batchId: string; readonly stepId: string; readonly name: string; readonly content: Uint8Array };

/** Attaches a file to an active step. The bytes are kept once under their digest; the record covers name, size and digest. */
export async function attachFile(tx: SiteTx, by: Granted<"batch.execute">, { siteId, batchId, stepId, name, content }: AttachmentInput, stamp: Stamp): Promise<Result<{ readonly id: string }, { readonly sentence: string }>> {
  const execution = await readExecution(tx, siteId, batchId, true);
  const row = stepOf(execution, stepId);
  if (execution.record.batch.state !== "in_progress" || row.state !== "active") return refuse({ sentence: "Start the step first: only an active step takes files." });
  if ((masterStepOf(execution, row)?.attachment ?? "none") === "none") return refuse({ sentence: "The master foresees no file in this step." });
  const checked = checkAttachment(name, content);
  if (!checked.ok) return refuse({ sentence: attachmentRefusalSentence[checked.refusal] });
  const digest = sha256(content);
  const id = stamp.newId();
  await tx.insert(attachmentContents).values({ siteId, digest, content }).onConflictDoNothing();
  await tx.insert(attachments).values({ siteId, batchId, stepId, id, ...checked.value, size: content.length, digest, addedBy: by.actor.id, addedAt: stamp.now });
  await writeAudit(tx, { event: "attachment.added", detail: { name: checked.value.name, fileDigest: digest, size: content.length }, siteId, subject: { type: "step", id: `${batchId}/${stepId}`, batchId }, actor: actorOf(by), reason: `step ${stepId}` }, stamp.now, stamp.newId);
  return accept({ id });
}

/** A file with its bytes, checked against its digest. Throws `NotFound`, and a broken promise when the bytes are not the ones that were attached. */
export async function fileOf(tx: SiteTx, siteId: string, batchId: string, id: string): Promise<{ readonly name: string; readonly mediaType: string; readonly content: Uint8Array }> {
  const [row] = await tx.select({ name: attachments.name, mediaType: attachments.mediaType, digest: attachments.digest, content: attachmentContents.content }).from(attachments)
    .innerJoin(attachmentContents, and(eq(attachmentContents.siteId, attachments.siteId), eq(attachmentContents.digest, attachments.digest))).where(and(eq(attachments.siteId, siteId), eq(attachments.batchId, batchId), eq(attachments.id, id)));
  if (!row) throw new NotFound(`attachment ${id}`);
  if (sha256(row.content) !== row.digest) throw new BrokenPromise("attachment-altered", `attachment ${id} does not fit its digest`);
  return row;
}
