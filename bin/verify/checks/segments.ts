import { isTime, type SealedSegment } from "#lib/evidence/shape.ts";
import { digestOf } from "../bytes.ts";
import { isObject, readCanonical, writeCanonical } from "../canonical.ts";
import { checkOf, plural, type Check, type Evidence } from "../check.ts";

const members = "at,outOfRange,quality,value";

function isReading(reading: unknown): reading is { readonly at: string } {
  if (!isObject(reading) || Object.keys(reading).sort().join() !== members) return false;
  const { at, outOfRange, quality, value } = reading;
  return isTime(at) && typeof outOfRange === "boolean" && (quality === "good" || quality === "uncertain" || quality === "bad")
    && typeof value === "string" && /^-?[0-9]+(\.[0-9]+)?(e[+-][0-9]+)?$/.test(value);
}

function faultOf(segment: SealedSegment): string | undefined {
  const named = `${segment.tag} on ${segment.day}`;
  if (digestOf("EBRSEG/1", segment.text) !== segment.digest) return `the readings of ${named} have another digest`;
  const readings = readCanonical(segment.text);
  if (!Array.isArray(readings) || !readings.every(isReading)) return `the readings of ${named} are not a canonical list of readings`;
  if (readings.length < 1 || readings.length !== segment.readings) return `${named} has other than the ${segment.readings} readings it counts`;
  const times = readings.map((reading) => reading.at);
  return times.every((at, i) => at.startsWith(segment.day) && at > (times[i - 1] ?? "")) ? undefined : `the readings of ${named} are not in the order of that day`;
}

/** Tag, then day, by UTF-16 code units. */
const after = (a: SealedSegment, b: SealedSegment): boolean => a.tag > b.tag || (a.tag === b.tag && a.day > b.day);

function faultOfList({ bundle, entries }: Evidence): string | undefined {
  const { segments } = bundle.content;
  const sealing = entries.filter((entry) => entry?.event === "segments.sealed").at(-1);
  if (!sealing) return segments.length === 0 ? undefined : "no entry of the audit trail seals these readings";
  const list = digestOf("EBRSEG/1", writeCanonical(segments.map(({ tag, day, digest }) => [tag, day, digest])) ?? "");
  return segments.length > 0 && sealing.detail["listDigest"] === list ? undefined : "the sealed readings are not those the audit trail lists";
}

/** Sealed time series: each text against its digest, the list of all against the audit trail. */
export function checkSegments(evidence: Evidence): Check {
  const { segments } = evidence.bundle.content;
  const misplaced = segments.filter((segment, i) => { const before = segments[i - 1]; return before && !after(segment, before); });
  const faults = [...segments.map(faultOf), ...misplaced.map(({ tag, day }) => `${tag} on ${day} is out of order`), faultOfList(evidence)].filter((fault) => fault !== undefined);
  return checkOf("segments", segments.length, faults, `${plural(segments.reduce((n, s) => n + s.readings, 0), "reading")} in days by tag, as the audit trail lists them`);
}
