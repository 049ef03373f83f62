import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import { drawSample } from "#lib/laboratory/commands.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { actorOf, stepOf, type Stamp } from "./entry-commands.ts";
import { readExecution } from "./queries.ts";
import { masterStepOf } from "./standing.ts";

export type SampleInput = { readonly siteId: string; readonly batchId: string; readonly stepId: string };

/** Draws the sample of a step: it gets its label and goes on the laboratory's list. */
export async function drawStepSample(tx: SiteTx, by: Granted<"batch.execute">, { siteId, batchId, stepId }: SampleInput, stamp: Stamp): Promise<Result<{ readonly sampleId: string }, { readonly sentence: string }>> {
  const execution = await readExecution(tx, siteId, batchId, true);
  const row = stepOf(execution, stepId);
  const sample = execution.master.samples.find((s) => s.id === masterStepOf(execution, row)?.sample);
  if (execution.record.batch.state !== "in_progress" || row.state !== "active" || !sample) return refuse({ sentence: "Start the step first: only an active step draws a sample." });
  if (execution.record.samples.some((drawn) => drawn.stepId === stepId)) return refuse({ sentence: "The sample of this step is drawn already." });
  return accept({ sampleId: await drawSample(tx, { siteId, batchId, stepId, sample: sample.id, name: sample.name, storage: sample.storage, drawnAt: stamp.now }, by.actor.id, actorOf(by), stamp) });
}
