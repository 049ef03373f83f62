import { and, eq } from "drizzle-orm";
import { laboratorySamples } from "#db/schema/laboratory.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import { writeAudit, type AuditActor } from "#lib/audit/commands.ts";
import { raiseException } from "#lib/quality/raise-commands.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { readSample, type SampleRow } from "./queries.ts";
import { isClosed } from "./result.ts";
import { advanceSample, type LaboratoryRefused, type SampleCommand, type SampleState } from "./state.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
type Move = { readonly command: SampleCommand; readonly to: SampleState; readonly reason: string; readonly set?: Partial<Pick<SampleRow, "receivedAt" | "receivedBy" | "reason">> };

/** Writes what became of a sample with its audit entry; nothing when it stays as it is. */
export async function moveSample(tx: SiteTx, sample: SampleRow, { command, to, reason, set }: Move, actor: AuditActor, stamp: Stamp): Promise<void> {
  if (to === sample.state) return;
  await tx.update(laboratorySamples).set({ state: to, ...set }).where(and(eq(laboratorySamples.siteId, sample.siteId), eq(laboratorySamples.id, sample.id)));
  await writeAudit(tx, { event: "sample.moved", detail: { command, from: sample.state, to }, siteId: sample.siteId, subject: { type: "sample", id: sample.id, batchId: sample.batchId }, actor, reason }, stamp.now, stamp.newId);
}

export type SampleRefusal = LaboratoryRefused | { readonly reason: "batch-closed" };
export function sampleRefusalSentence(refusal: SampleRefusal): string {
  if (refusal.reason === "batch-closed") return "Quality has decided about the batch. Its record takes nothing more.";
  return refusal.state === "in_test" ? "The sample has results. What they found would be lost with it: quality decides about them." : "The sample does not stand where this can be done to it. Somebody may have been faster: look at it again.";
}

type Place = { readonly siteId: string; readonly sampleId: string };

async function decide(tx: SiteTx, by: Granted<"result.enter">, { siteId, sampleId }: Place, move: Omit<Move, "to">, stamp: Stamp): Promise<Result<SampleState, SampleRefusal>> {
  const { sample, execution } = await readSample(tx, siteId, sampleId, true);
  if (isClosed(execution.record.batch.state)) return refuse({ reason: "batch-closed" });
  const next = advanceSample(sample.state, move.command);
  if (!next.ok) return next;
  await moveSample(tx, sample, { ...move, to: next.value }, { id: by.actor.id, name: by.actor.printedName, role: by.role }, stamp);
  return accept(next.value);
}

/** The laboratory takes a drawn sample in. Throws `NotFound`. */
export const receiveSample = (tx: SiteTx, by: Granted<"result.enter">, place: Place, stamp: Stamp): Promise<Result<SampleState, SampleRefusal>> =>
  decide(tx, by, place, { command: "receive", reason: "received in the laboratory", set: { receivedAt: stamp.now, receivedBy: by.actor.id } }, stamp);

/** A sample without results that broke, ran out or never came is written off with the reason, and the loss is an exception of its batch. Throws `NotFound`. */
export async function loseSample(tx: SiteTx, by: Granted<"result.enter">, { reason, ...place }: Place & { readonly reason: string }, stamp: Stamp): Promise<Result<SampleState, SampleRefusal>> {
  const lost = await decide(tx, by, place, { command: "lose", reason, set: { reason } }, stamp);
  if (!lost.ok) return lost;
  const { sample: { siteId, id, name, batchId, stepId } } = await readSample(tx, place.siteId, place.sampleId);
  await raiseException(tx, { siteId, batchId, stepId, parameter: null, type: "manual_deviation", severity: "major", title: `Sample ${id} lost: ${name}`, rule: "R-sample", planned: "tested", actual: "lost", unit: null, raisedBy: by.actor.id, comment: reason }, { id: by.actor.id, name: by.actor.printedName, role: by.role }, stamp);
  return lost;
}
