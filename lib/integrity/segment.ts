import { z } from "zod";
import { segmentTextDigest, type Reading } from "#lib/telemetry/segment.ts";
import { noRow, wholeRow, type BatchFinding } from "./finding.ts";

/** A sealed reading, as its segment's text holds it: time in UTC with milliseconds, value as decimal string. */
const reading = z.object({ at: z.string(), value: z.string(), quality: z.string(), outOfRange: z.boolean() });
type SealedReading = z.infer<typeof reading>;

/** The readings of a tag on a UTC day that were sealed for a batch. `text`: undefined where the stored bytes cannot be read. */
export type SealedSegment = { readonly batchId: string; readonly unitId: string; readonly tag: string; readonly day: string; readonly readings: number; readonly digest: string; readonly text: string | undefined };

const fields = ["value", "quality", "outOfRange"] as const;
const columnOf = { value: "value", quality: "quality", outOfRange: "out_of_range" } as const;
const segmentId = ({ batchId, unitId, tag, day }: Pick<SealedSegment, "batchId" | "unitId" | "tag" | "day">): string => `${batchId}/${unitId}/${tag}/${day}`;

function sealedReadings(text: string | undefined): readonly SealedReading[] | undefined {
  try {
    return text === undefined ? undefined : z.array(reading).parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Times of the readings a segment holds; none where it cannot be read. */
export const sealedTimes = (text: string | undefined): ReadonlySet<string> => new Set((sealedReadings(text) ?? []).map((one) => one.at));

/** A segment against its own digest and count. */
export function compareSegment(segment: SealedSegment): readonly BatchFinding[] {
  const base = { table: "segments", recordId: segmentId(segment), batchId: segment.batchId };
  const digest = segment.text === undefined ? undefined : segmentTextDigest(segment.text);
  if (digest !== segment.digest) return [{ ...base, field: "content", recorded: segment.digest, found: digest ?? "cannot be read" }];
  const readings = sealedReadings(segment.text);
  if (readings?.length === segment.readings) return [];
  return [{ ...base, field: "readings", recorded: String(readings?.length ?? "a list of readings"), found: String(segment.readings) }];
}

/**
 * Sealed readings of a tag on a day against the stored process values of the same time: tag, time and field of each difference.
 * `late`: times of values that came after the sealing; more of them than were sealed is no difference.
 */
export function compareReadings({ batchId, unitId, tag, text }: SealedSegment, present: readonly Reading[], late: ReadonlySet<string>): readonly BatchFinding[] {
  const place = (at: string) => ({ table: "process_values", recordId: `${unitId}/${tag}/${at}`, batchId });
  const stored = new Map(present.map((r) => [r.at.toISOString(), { value: String(r.value), quality: r.quality, outOfRange: r.outOfRange }]));
  const findings: BatchFinding[] = [];
  for (const said of sealedReadings(text) ?? []) {
    const found = stored.get(said.at);
    stored.delete(said.at);
    if (!found) findings.push({ ...place(said.at), field: wholeRow, recorded: said.value, found: noRow });
    else for (const field of fields) if (said[field] !== found[field]) findings.push({ ...place(said.at), field: columnOf[field], recorded: String(said[field]), found: String(found[field]) });
  }
  return [...findings, ...[...stored].filter(([at]) => !late.has(at)).map(([at, extra]) => ({ ...place(at), field: wholeRow, recorded: "nothing", found: extra.value }))];
}

/** The list of a batch's segments against the digest that its last entry about sealing names. */
export const compareList = (batchId: string, recorded: string, found: string): readonly BatchFinding[] =>
  recorded === found ? [] : [{ table: "segments", recordId: batchId, batchId, field: "list of segments", recorded, found }];
