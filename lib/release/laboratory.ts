import type { BatchRecord, ResultRow, SampleRow } from "#lib/batch/record.ts";
import { placedSteps, type MasterRecord } from "#lib/recipe/master-record.ts";

/** What of a batch the laboratory has to do with. */
export type LaboratoryRecord = Pick<BatchRecord, "steps" | "samples" | "results">;

/** Steps that quality or a decision of the master has taken out; they draw nothing. */
const leftOut: ReadonlySet<string> = new Set(["skipped", "voided"]);

/** Samples the master asks for in a step that counts, and that were not drawn. */
function undrawn(master: MasterRecord, { steps, samples }: LaboratoryRecord): readonly string[] {
  return placedSteps(master).flatMap(({ step }) => {
    const row = steps.find((one) => one.masterStep === step.id);
    if (step.kind !== "sample" || !row || leftOut.has(row.state) || samples.some((sample) => sample.stepId === row.id)) return [];
    return [`${master.samples.find((sample) => sample.id === step.sample)?.name ?? step.title}, step ${row.id}, was not drawn`];
  });
}

/** Why a test does not stand, undefined when it does: its last result is reviewed, and no retest of it is still to be done. */
function openTest(results: readonly ResultRow[]): string | undefined {
  const last = results.at(-1);
  if (!last) return "is not tested";
  if (last.state === "entered") return `waits for the review of result ${last.number}`;
  if (last.state === "invalidated") return last.reviewedAt ? `still stands on result ${last.number}, which is invalidated` : `has no result but ${last.number}, which is invalidated`;
  return last.retestAt ? `waits for the retest after result ${last.number}` : undefined;
}

function openTests(master: MasterRecord, sample: SampleRow, results: readonly ResultRow[]): readonly string[] {
  const asked = master.samples.find((one) => one.id === sample.sample)?.parameters ?? [];
  return asked.flatMap((id) => {
    const why = openTest(results.filter((result) => result.sampleId === sample.id && result.parameter === id));
    return why ? [`${master.parameters.find((p) => p.id === id)?.name ?? id} of ${sample.id} ${why}`] : [];
  });
}

/**
 * What keeps the laboratory's part of a record open, as phrases that name sample and test; empty when everything the master asks for was drawn, tested and reviewed, and nothing that stands is invalidated
 * (21 CFR 211.165(a), 211.192). A lost sample is made good by another one of the same step. Undefined when the batch has nothing to do with the laboratory.
 */
export function laboratoryFindings(master: MasterRecord, record: LaboratoryRecord): readonly string[] | undefined {
  const { samples, results } = record;
  if (samples.length === 0 && !placedSteps(master).some(({ step }) => step.kind === "sample")) return undefined;
  const lost = samples.filter((sample) => sample.state === "lost" && !samples.some((other) => other.stepId === sample.stepId && other.state !== "lost"));
  return [
    ...undrawn(master, record), ...lost.map((sample) => `${sample.id} is lost and not replaced`),
    ...samples.filter((sample) => sample.state !== "lost").flatMap((sample) => openTests(master, sample, results)),
  ];
}
