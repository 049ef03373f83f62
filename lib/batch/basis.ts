import { z } from "zod";

/**
 * What a value was made from, kept with it. Captured: the tag of a unit over a window, how many values were there, their extremes and mean, and
 * how long nothing was measured. Calculated: the formula and each input with the version of the entry it was taken from.
 */
export const entryBasis = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("captured"), unitId: z.string(), tag: z.string(), from: z.iso.datetime(), to: z.iso.datetime(), values: z.number().int(), low: z.string().nullable(), high: z.string().nullable(), mean: z.string().nullable(), gapMinutes: z.number(),
  }).strict(),
  z.object({ kind: z.literal("calculated"), formula: z.string(), inputs: z.array(z.object({ name: z.string(), parameter: z.string(), stepId: z.string(), version: z.number().int(), value: z.string(), unit: z.string() }).strict()) }).strict(),
  z.object({ kind: z.literal("laboratory"), sampleId: z.string(), number: z.number().int(), rawValue: z.string(), method: z.string() }).strict(),
]);
export type EntryBasis = z.infer<typeof entryBasis>;
