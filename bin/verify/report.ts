import type { Report } from "./bundle.ts";
import type { CheckName } from "./check.ts";

/** What a check looked at, one and several. */
const counted: Record<CheckName, readonly [string, string]> = {
  container: ["file", "files"], seal: ["seal", "seals"], record: ["record", "records"], documents: ["document it was made by", "documents it was made by"], files: ["attached file", "attached files"], related: ["entry about what was used", "entries about what was used"], segments: ["sealed segment", "sealed segments"], signatures: ["signature", "signatures"],
  entries: ["entry with its proof", "entries with their proofs"], checkpoints: ["checkpoint", "checkpoints"], times: ["time", "times"], pdf: ["sealed document", "sealed documents"],
};

export const countText = (name: CheckName, n: number): string => `${n} ${counted[name][n === 1 ? 0 : 1]}`;

/** The report as lines for a terminal; the last one is the verdict. */
export function linesOf({ checks, verified, fingerprint, trusted }: Report): readonly string[] {
  const width = Math.max(...checks.map((check) => check.name.length));
  return [
    ...checks.map(({ name, count, holds, finding }) => `${holds ? "ok    " : "FAILED"} ${`${name}:`.padEnd(width + 1)} ${countText(name, count)}. ${finding.slice(0, 1).toUpperCase()}${finding.slice(1)}.`),
    ...(fingerprint === "" ? [] : [`Fingerprint of the keys: ${fingerprint}${trusted ? ", the one you trust" : ""}`]),
    verified ? "VERIFIED" : "NOT VERIFIED",
  ];
}

/** `{verified, checks, fingerprint, trusted}` as JSON on one line. */
export const jsonOf = ({ verified, checks, fingerprint, trusted }: Report): string =>
  JSON.stringify({ verified, checks: checks.map(({ name, count, holds, finding }) => ({ name, count, holds, finding })), fingerprint, trusted });
