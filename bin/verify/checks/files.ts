import { sha256 } from "@noble/hashes/sha2.js";
import type { ExportedFile } from "#lib/evidence/shape.ts";
import { fromBase64 } from "#lib/ledger/note.ts";
import { hexOf } from "../bytes.ts";
import { checkOf, plural, type Check, type Evidence } from "../check.ts";
import { recordOf, rowsOf } from "./record.ts";

function faultOfFile({ digest, size, content }: ExportedFile, before: ExportedFile | undefined): string | undefined {
  const bytes = fromBase64(content);
  if (!bytes || hexOf(sha256(bytes)) !== digest) return `the bytes of file ${digest} have another digest`;
  if (bytes.length !== size) return `file ${digest} has other than the ${size} bytes it states`;
  return before && before.digest >= digest ? `file ${digest} is out of order` : undefined;
}

/** Attached files: the bytes of each against its digest, and all of them against the record, which covers their digests. */
export function checkFiles({ bundle }: Evidence): Check {
  const { files } = bundle.content;
  if (!files) return checkOf("files", 0, [], "EBRBUNDLE/1 holds no files");
  const record = recordOf(bundle);
  const attached = record && rowsOf(record, "attachments");
  const sizes = new Map(files.map(({ digest, size }) => [digest, size]));
  const named = new Set<unknown>((attached ?? []).map((one) => one["digest"]));
  const faults = [
    ...files.map((file, i) => faultOfFile(file, files[i - 1])), ...(attached ? [] : ["the record does not list what was attached"]),
    ...(attached ?? []).map((one) => (typeof one["digest"] === "string" && sizes.has(one["digest"]) && sizes.get(one["digest"]) === one["size"] ? undefined : `the file ${String(one["name"])} of the record is not there, or of another size`)),
    ...files.map(({ digest }) => (named.has(digest) ? undefined : `the record names no file ${digest}`)),
  ].filter((fault) => fault !== undefined);
  return checkOf("files", files.length, faults, `${plural([...sizes.values()].reduce((n, size) => n + size, 0), "byte")}, each file with the digest the record names`);
}
