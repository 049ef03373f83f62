import { z } from "zod";
import { within, type Range } from "#lib/quantity/limit.ts";

/** One measured value as a source sends it. `seq` counts up per tag of a source and makes a repeated request harmless. */
export const sampleInput = z.object({
  tag: z.string().min(1).max(64),
  seq: z.number().int().nonnegative(),
  /** RFC 3339 with zone, the source's clock. */
  at: z.iso.datetime({ offset: true }),
  value: z.number(),
  unit: z.string().min(1).max(32),
  quality: z.enum(["good", "uncertain", "bad"]),
  /** Measured in place, or a laboratory's result that the source passes on. */
  origin: z.enum(["online", "laboratory"]).default("online"),
});
export type SampleInput = z.infer<typeof sampleInput>;

/** The body of `POST /api/ingest/v1/samples`. Samples stay unparsed here: a bad one is quarantined, not the whole request. */
export const ingestRequest = z.object({ unit: z.string().min(1).max(60).refine((text) => text.isWellFormed() && !text.includes("\0")), samples: z.array(z.unknown()).min(1).max(5000) });

/** What a tag's instrument can say. */
export type TagRule = { readonly tag: string; readonly unit: string; readonly range: Range };

export type Judged =
  | { readonly kind: "valid"; readonly sample: SampleInput; readonly outOfRange: boolean }
  | { readonly kind: "quarantined"; readonly payload: unknown; readonly reason: string };

/** Text of the sender in a sentence of ours: control characters and halves of surrogate pairs are escaped, long text is cut. */
const quoted = (text: string): string => JSON.stringify(text.slice(0, 64)).slice(1, -1);

/** Nothing this portal takes in was measured before the year 2000. */
const earliest = Date.UTC(2000, 0, 1);

/** A clock that runs ahead by more than this is not believed, milliseconds. */
export const futureTolerance = 5 * 60_000;

/**
 * Judges one sample: shape, known tag, the tag's own unit, a time that is not in the future. A value beyond the instrument's
 * range is kept and marked; nothing is corrected.
 */
export function judge(payload: unknown, rules: ReadonlyMap<string, TagRule>, now: Date): Judged {
  const parsed = sampleInput.safeParse(payload);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { kind: "quarantined", payload, reason: `malformed: ${issue?.path.join(".") || "sample"}: ${issue?.message ?? "unreadable"}` };
  }
  const at = new Date(parsed.data.at).getTime();
  const { data } = parsed;
  const rule = rules.get(data.tag);
  if (!rule) return { kind: "quarantined", payload, reason: `unknown tag ${quoted(data.tag)}` };
  if (rule.unit !== data.unit) return { kind: "quarantined", payload, reason: `unit ${quoted(data.unit)} instead of ${rule.unit}` };
  if (at > now.getTime() + futureTolerance) return { kind: "quarantined", payload, reason: `time ${data.at} lies in the future` };
  if (!(at >= earliest)) return { kind: "quarantined", payload, reason: `time ${data.at} lies before the year 2000` };
  return { kind: "valid", sample: data, outOfRange: !within(data.value, rule.range) };
}
