import { digestOf } from "../bytes.ts";
import { isObject, objectOf, readCanonical } from "../canonical.ts";
import { checkOf, type Check, type Evidence } from "../check.ts";

/** The record is the one whose digest the manifest names, of the batch and site it names. */
export function checkRecord({ bundle: { manifest, content } }: Evidence): Check {
  const record = objectOf(content.record, readCanonical);
  const batch = record?.["batch"];
  const faults = [
    ...(digestOf("EBRREC/1", content.record) === manifest.recordDigest ? [] : ["the record has another digest than the manifest says"]),
    ...(record?.["format"] === "EBRREC/1" ? [] : ["the record is not a canonical EBRREC/1 text"]),
    ...(isObject(batch) && batch["id"] === manifest.batchId && batch["siteId"] === manifest.siteId ? [] : ["the record is of another batch or site than the manifest"]),
  ];
  return checkOf("record", 1, faults, `batch ${manifest.batchId} of ${manifest.siteName}, digest ${manifest.recordDigest}`);
}
