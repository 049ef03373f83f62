import type { Bundle } from "#lib/evidence/shape.ts";
import { checkOf, type Check, type Evidence } from "../check.ts";
import { digestOf } from "../bytes.ts";
import { isObject, objectOf, readCanonical, type JsonObject } from "../canonical.ts";

/** The record as it can be read; undefined where it is not its own canonical text. */
export const recordOf = ({ content }: Bundle): JsonObject | undefined => objectOf(content.record, readCanonical);

/** The objects of one list of the record; none where it is left out, undefined where it is something else. */
export function rowsOf(record: JsonObject, name: string): readonly JsonObject[] | undefined {
  const list = name in record ? record[name] : [];
  return Array.isArray(list) && list.every(isObject) ? list : undefined;
}

/** The record is the one whose digest the manifest names, of the batch and site it names. */
export function checkRecord({ bundle }: Evidence): Check {
  const { manifest, content } = bundle;
  const record = recordOf(bundle);
  const batch = record?.["batch"];
  const faults = [
    ...(digestOf("EBRREC/1", content.record) === manifest.recordDigest ? [] : ["the record has another digest than the manifest says"]),
    ...(record?.["format"] === "EBRREC/1" ? [] : ["the record is not a canonical EBRREC/1 text"]),
    ...(isObject(batch) && batch["id"] === manifest.batchId && batch["siteId"] === manifest.siteId ? [] : ["the record is of another batch or site than the manifest"]),
  ];
  return checkOf("record", 1, faults, `batch ${manifest.batchId} of ${manifest.siteName}, digest ${manifest.recordDigest}`);
}
