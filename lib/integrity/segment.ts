import { z } from "zod";
import { digestOf } from "#lib/digest/digest.ts";
import type { BatchFinding } from "./finding.ts";

/** A sealed reading, as its segment's text holds it: time in UTC with milliseconds, value as decimal string. */
const reading = z.object({ at: z.string(), value: z.string(), quality: z.string(), outOfRange: z.boolean() });
export type SealedReading = z.infer<typeof reading>;

export type SealedSegment = { readonly siteId: string; readonly batchId: string; readonly unitId: string; readonly tag: string; readonly day: string; readonly readings: number; readonly digest: string; /** Undefined where the stored bytes cannot be read. */ readonly text: string | undefined };

const fields = ["value", "quality", "outOfRange"] as const;
const columnOf = { value: "value", quality: "quality", outOfRange: "out_of_range" } as const;

function sealedReadings(text: string | undefined): readonly SealedReading[] | undefined {
  try {
    return text === undefined ? undefined : z.array(reading).parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A segment against its own digest: the readings it seals, or what is wrong with it. */
export function openSegment(segment: SealedSegment): { readonly readings: readonly SealedReading[]; readonly findings: readonly BatchFinding[] } {
  const base = { table: "segments", recordId: `${segment.batchId}/${segment.tag}/${segment.day}`, batchId: segment.batchId };
  const readings = sealedReadings(segment.text);
  if (!readings || segment.text === undefined) return { readings: [], findings: [{ ...base, field: "content", recorded: segment.digest, found: "cannot be read" }] };
  const digest = digestOf("EBRSEG/1", segment.text);
  if (digest !== segment.digest) return { readings: [], findings: [{ ...base, field: "content", recorded: segment.digest, found: digest }] };
  return { readings, findings: readings.length === segment.readings ? [] : [{ ...base, field: "readings", recorded: String(readings.length), found: String(segment.readings) }] };
}

/** Sealed readings of a tag on a day against the stored process values of the same time: tag, time and field of each difference. */
export function compareReadings({ batchId, unitId, tag }: SealedSegment, sealed: readonly SealedReading[], present: readonly SealedReading[]): readonly BatchFinding[] {
  const place = (at: string) => ({ table: "process_values", recordId: `${unitId}/${tag}/${at}`, batchId });
  const stored = new Map(present.map((r) => [r.at, r]));
  const findings: BatchFinding[] = [];
  for (const said of sealed) {
    const found = stored.get(said.at);
    stored.delete(said.at);
    if (!found) findings.push({ ...place(said.at), field: "row", recorded: said.value, found: "no such row" });
    else for (const field of fields) if (said[field] !== found[field]) findings.push({ ...place(said.at), field: columnOf[field], recorded: String(said[field]), found: String(found[field]) });
  }
  return [...findings, ...[...stored.values()].map((extra) => ({ ...place(extra.at), field: "row", recorded: "nothing", found: extra.value }))];
}
