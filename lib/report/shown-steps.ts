import type { BatchRecord, EntryRow, ExceptionRow, StepRow } from "#lib/batch/record.ts";

/** What of a record is shown: everything, or the steps that have an exception, were changed, or hold a critical value. */
export const showNames = { all: "Everything", exceptions: "Exceptions only", changed: "Changed only", critical: "Critical only" } as const;
export type Show = keyof typeof showNames;
export const isShow = (word: string | undefined): word is Show => word !== undefined && Object.hasOwn(showNames, word);

export type Shown = { readonly step: StepRow; readonly entries: readonly EntryRow[]; readonly exceptions: readonly ExceptionRow[] };

const critical: ReadonlySet<string> = new Set(["CPP", "CQA"]);
const forcedStates: ReadonlySet<string> = new Set(["skipped", "voided", "forced"]);

/** Neither performed as planned nor with its first values: corrected, skipped, voided, forced, taken back or invalidated. */
function changedSteps({ results, samples, materials }: BatchRecord): ReadonlySet<string> {
  const invalidated = new Set(results.filter((result) => result.state === "invalidated").map((result) => result.sampleId));
  return new Set([...samples.filter((sample) => invalidated.has(sample.id)).map((sample) => sample.stepId), ...materials.filter((use) => use.quantity.startsWith("-")).map((use) => use.stepId)]);
}

/** Steps in the order of the record with what belongs to each. */
export function shownSteps(record: BatchRecord, show: Show): readonly Shown[] {
  const [entries, exceptions] = [Map.groupBy(record.entries, (entry) => entry.stepId), Map.groupBy(record.exceptions, (x) => x.stepId)];
  const changed = changedSteps(record);
  const fits = ({ step, entries: own, exceptions: found }: Shown): boolean => {
    switch (show) {
      case "all": return true;
      case "exceptions": return found.length > 0;
      case "changed": return changed.has(step.id) || forcedStates.has(step.state) || own.some((entry) => entry.version > 1);
      case "critical": return own.some((entry) => critical.has(entry.parameterClass));
    }
  };
  return record.steps.map((step) => ({ step, entries: entries.get(step.id) ?? [], exceptions: exceptions.get(step.id) ?? [] })).filter(fits);
}
