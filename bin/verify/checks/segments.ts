import { isTime, type Bundle, type SealedSegment } from "#lib/evidence/shape.ts";
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
  const named = `${segment.tag} of ${segment.unitId} on ${segment.day}`;
  if (digestOf("EBRSEG/1", segment.text) !== segment.digest) return `the readings of ${named} have another digest`;
  const readings = readCanonical(segment.text);
  if (!Array.isArray(readings) || !readings.every(isReading)) return `the readings of ${named} are not a canonical list of readings`;
  if (readings.length < 1 || readings.length !== segment.readings) return `${named} has other than the ${segment.readings} readings it counts`;
  const times = readings.map((reading) => reading.at);
  return times.every((at, i) => at.startsWith(segment.day) && at > (times[i - 1] ?? "")) ? undefined : `the readings of ${named} are not in the order of that day`;
}

/** Unit (not in EBRBUNDLE/1), tag, then day, by UTF-16 code units. */
function after(a: SealedSegment, b: SealedSegment, format: Bundle["format"]): boolean {
  if (format === "EBRBUNDLE/2" && a.unitId !== b.unitId) return a.unitId > b.unitId;
  return a.tag > b.tag || (a.tag === b.tag && a.day > b.day);
}

/** The texts of the list of all segments that an entry may have sealed: with their units, or, of one unit, as lists were before those stood in them. */
function listsOf({ format, content: { segments } }: Bundle): readonly (string | undefined)[] {
  const named = writeCanonical(segments.map(({ unitId, tag, day, digest }) => [unitId, tag, day, digest]));
  const unnamed = writeCanonical(segments.map(({ tag, day, digest }) => [tag, day, digest]));
  if (format === "EBRBUNDLE/1") return [unnamed];
  return new Set(segments.map((segment) => segment.unitId)).size === 1 ? [named, unnamed] : [named];
}

function faultOfList({ bundle, entries }: Evidence): string | undefined {
  const { segments } = bundle.content;
  const sealing = entries.filter((entry) => entry?.event === "segments.sealed").at(-1);
  if (!sealing) return segments.length === 0 ? undefined : "no entry of the audit trail seals these readings";
  const listed = listsOf(bundle).some((list) => sealing.detail["listDigest"] === digestOf("EBRSEG/1", list ?? ""));
  return segments.length > 0 && listed ? undefined : "the sealed readings are not those the audit trail lists";
}

/** Sealed time series: each text against its digest, the list of all against the audit trail. */
export function checkSegments(evidence: Evidence): Check {
  const { format, content: { segments } } = evidence.bundle;
  const misplaced = segments.filter((segment, i) => { const before = segments[i - 1]; return before && !after(segment, before, format); });
  const faults = [...segments.map(faultOf), ...misplaced.map(({ tag, day }) => `${tag} on ${day} is out of order`), faultOfList(evidence)].filter((fault) => fault !== undefined);
  return checkOf("segments", segments.length, faults, `${plural(segments.reduce((n, s) => n + s.readings, 0), "reading")} in days by unit and tag, as the audit trail lists them`);
}
