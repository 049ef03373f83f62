import { z } from "zod";

/** Channel of the bus on which every live frame travels. */
export const liveChannel = "live";

/** Values of one unit that were committed together. Times are epoch milliseconds. */
const valuesFrame = z.object({
  kind: z.literal("values"),
  id: z.number().int(),
  site: z.string(),
  unit: z.string(),
  /** When the request with these values reached ingest. */
  arrived: z.number(),
  values: z.array(z.tuple([z.string(), z.number(), z.number(), z.enum(["good", "uncertain", "bad"])])),
});

const predictionFrame = z.object({
  kind: z.literal("prediction"),
  id: z.number().int(),
  site: z.string(),
  unit: z.string(),
  at: z.number(),
  outcome: z.enum(["evaluated", "not_evaluated"]),
  score: z.number().nullable(),
  alarm: z.enum(["none", "raised"]).nullable(),
  reason: z.string().nullable(),
  model: z.string(),
  modelVersion: z.string(),
  threshold: z.number().nullable(),
});

export const liveFrame = z.discriminatedUnion("kind", [valuesFrame, predictionFrame]);
export type LiveFrame = z.infer<typeof liveFrame>;
export type ValuesFrame = z.infer<typeof valuesFrame>;

/** A notification of PostgreSQL holds less than 8,000 bytes; 80 values stay well below. */
export const valuesPerFrame = 80;

/** The bytes of one server-sent event. */
export const eventBytes = (id: number, event: string, data: string): Buffer => Buffer.from(`id: ${id}\nevent: ${event}\ndata: ${data}\n\n`, "utf8");
