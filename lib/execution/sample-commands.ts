import { and, eq, sql } from "drizzle-orm";
import { laboratorySamples } from "#db/schema/laboratory.ts";
import type { SiteTx } from "#db/scope.ts";
import { writeAudit, type AuditActor } from "#lib/audit/commands.ts";
import type { Granted } from "#lib/access/actor.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { BatchState, StepState } from "#lib/batch/state.ts";
import { actorOf, reopenVerification, stepOf, type Stamp } from "./entry-commands.ts";
import { readExecution } from "./queries.ts";
import { masterStepOf } from "./standing.ts";

export type SampleInput = { readonly siteId: string; readonly batchId: string; readonly stepId: string };

/** A sample as a step of a batch draws it; `sample` is its id within the master. */
type DrawnSample = { readonly siteId: string; readonly batchId: string; readonly stepId: string; readonly sample: string; readonly name: string; readonly storage: string; readonly drawnAt: Date };

/** Writes a drawn sample with its audit entry and returns what stands on its label: the batch, a hyphen, S and the next number. The caller holds the batch's lock, so that no two samples take one number. */
async function drawSample(tx: SiteTx, drawn: DrawnSample, personId: string, actor: AuditActor, stamp: Stamp): Promise<string> {
  const { siteId, batchId, stepId, sample, name, storage, drawnAt } = drawn;
  const [counted] = await tx.select({ n: sql<number>`count(*)::int` }).from(laboratorySamples).where(and(eq(laboratorySamples.siteId, siteId), eq(laboratorySamples.batchId, batchId)));
  const id = `${batchId}-S${String((counted?.n ?? 0) + 1).padStart(2, "0")}`;
  await tx.insert(laboratorySamples).values({ siteId, id, batchId, stepId, sample, name, storage, state: "drawn", drawnBy: personId, drawnAt });
  await writeAudit(tx, { event: "sample.drawn", detail: { sample }, siteId, subject: { type: "sample", id, batchId }, actor, reason: `Sample ${name} drawn in step ${stepId}` }, stamp.now, stamp.newId);
  return id;
}

/** A sample is drawn in its active step; one in the place of a lost one also afterwards, until the batch is reviewed. */
const mayDraw = (batch: BatchState, step: StepState, again: boolean): boolean =>
  (batch === "in_progress" && step === "active") || (again && step === "done" && (batch === "in_progress" || batch === "complete"));

/** Draws the sample of a step: it gets its label and goes on the laboratory's list. One that was lost is drawn once more. */
export async function drawStepSample(tx: SiteTx, by: Granted<"batch.execute">, { siteId, batchId, stepId }: SampleInput, stamp: Stamp): Promise<Result<{ readonly sampleId: string }, { readonly sentence: string }>> {
  const execution = await readExecution(tx, siteId, batchId, true);
  const row = stepOf(execution, stepId);
  const sample = execution.master.samples.find((s) => s.id === masterStepOf(execution, row)?.sample);
  const earlier = execution.record.samples.filter((drawn) => drawn.stepId === stepId);
  const again = earlier.length > 0 && earlier.every((drawn) => drawn.state === "lost");
  if (!sample || !mayDraw(execution.record.batch.state, row.state, again)) return refuse({ sentence: "Start the step first: only an active step draws a sample." });
  if (earlier.length > 0 && !again) return refuse({ sentence: "The sample of this step is drawn already." });
  if (again) await reopenVerification(tx, { execution, row });
  return accept({ sampleId: await drawSample(tx, { siteId, batchId, stepId, sample: sample.id, name: sample.name, storage: sample.storage, drawnAt: stamp.now }, by.actor.id, actorOf(by), stamp) });
}
