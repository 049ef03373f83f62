import { z } from "zod";

const proportion = z.object({ count: z.int(), of: z.int(), rate: z.number(), low95: z.number(), high95: z.number() });
const spread = z.object({ of: z.int(), min: z.number(), p10: z.number(), median: z.number(), p90: z.number(), max: z.number() });
const performance = z.object({
  threshold: z.number(), recall: proportion, beforeVisiblyLost: proportion,
  hoursFromOnset: spread.nullable(), hoursFromPerceptible: spread.nullable(), hoursBeforeVisiblyLost: spread.nullable(),
  perKind: z.record(z.string(), proportion), cleanBatchesWithAlarm: proportion, falseAlarmsPerReactorMonth: z.number(),
  perLookAlike: z.record(z.string(), proportion), evaluatedShare: z.number(),
});
const batchSet = z.object({ firstSeed: z.int(), count: z.int(), contaminated: z.boolean() });

/** The model card that lies beside the artefact: what the model is for, how it was made, and how it did on held-out batches. */
export const modelCard = z.object({
  name: z.literal("contamination-forest"),
  version: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  intendedUse: z.string(),
  method: z.string(),
  development: z.string(),
  seed: z.int(),
  forest: z.object({ trees: z.int(), sampleSize: z.int() }),
  sets: z.object({ training: batchSet, calibration: batchSet, cleanTest: batchSet, contaminatedTest: batchSet }),
  featureNames: z.array(z.string()),
  inputSpace: z.record(z.string(), z.object({ low: z.number(), high: z.number(), unit: z.string() })),
  threshold: z.number(),
  targetFalseAlarmsPerBatch: z.number(),
  persistence: z.object({ needed: z.int(), outOf: z.int() }),
  metrics: performance,
  baselines: z.array(z.object({ name: z.string(), description: z.string(), metrics: performance })),
  verdict: z.string(),
  claim: z.string(),
  limitations: z.array(z.string()),
});
export type ModelCard = z.infer<typeof modelCard>;

/** The card as read from its file; throws when it is not one. */
export function parseModelCard(json: string): ModelCard {
  return modelCard.parse(JSON.parse(json));
}
