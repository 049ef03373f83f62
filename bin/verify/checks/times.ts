import { checkOf, type Check, type Evidence } from "../check.ts";

/** How far clocks of database and co-signers may lie ahead of the export's, milliseconds. */
const tolerance = 5 * 60_000;

/** Nothing in the file is younger than the file. */
export function checkTimes({ bundle: { manifest, content }, entries: own, checkpoints, related, exportedAt }: Evidence): Check {
  const cosignatures = [...checkpoints, ...related.map((one) => one.checkpoint)].flatMap((checkpoint) => checkpoint?.cosignatures ?? []);
  const entries = [...own, ...related.flatMap((one) => one.entries)];
  const signatures = [...content.signatures, ...(content.documents ?? []).flatMap((document) => document.signatures)];
  const faults = [
    ...signatures.filter((s) => Date.parse(s.signedAt) > exportedAt).map((s) => `signature ${s.ordinal} was made after the export`),
    ...content.segments.filter((s) => s.day > manifest.exportedAt.slice(0, 10)).map((s) => `the readings of ${s.tag} are of a day after the export`),
    ...entries.filter((entry) => entry !== undefined && Date.parse(entry.at) > exportedAt + tolerance).map((entry) => `the entry at position ${entry?.position} was written after the export`),
    ...cosignatures.filter((c) => c.at > exportedAt + tolerance).map((c) => `${c.owner} co-signed after the export`),
  ];
  const count = signatures.length + entries.length + content.segments.length + cosignatures.length;
  return checkOf("times", count, faults, `nothing is younger than the export at ${manifest.exportedAt}`);
}
