import { createPrivateKey, createPublicKey, sign, verify, type JsonWebKey } from "node:crypto";
import { keyIdOfJwk, sha256 } from "#lib/digest/digest.ts";
import { siteTime } from "#lib/site/time.ts";
import type { AuditRow } from "./queries.ts";
import { actChange } from "./record-name.ts";

/**
 * Files that take a part of the trail away (docs/audit-export.md). Text in lines; the last line holds a signature over the
 * SHA-256 of every byte before it, so that two short commands check a file of any size.
 */
export type ExportFormat = "csv" | "json";

/** A site's share of an export. Numbers are positions in its ledger; null while none of the entries has one. */
export type SiteShare = { readonly siteId: string; readonly entries: number; readonly firstNumber: number | null; readonly lastNumber: number | null; readonly unnumbered: number; readonly head: { readonly size: number; readonly note: string } | null };
export type ExportManifest = {
  readonly format: "EBRAUDIT/1"; readonly exportedAt: string; readonly exportedBy: { readonly id: string; readonly name: string; readonly role: string };
  /** As it stands in the address of the list; empty: the list as it opens. */
  readonly filter: string; readonly order: "newest first"; readonly count: number; readonly sites: readonly SiteShare[];
  /** First 16 hex digits of the SHA-256 of the public key, as in the register of keys; the key, base64url. */
  readonly keyId: string; readonly publicKey: string;
};

const columns = [
  "entry_number", "site", "utc", "site_time", "actor", "actor_id", "role", "kind", "event", "record_type", "record_key", "record", "field", "old", "new", "other_fields", "reason", "authorised_by", "meaning", "batch", "critical", "after_completion", "night", "weekend", "late",
  "client", "request", "entry_id", "digest", "ledger_leaf", "integrity",
] as const;

const number = /^[+-]?\d+(\.\d+)?$/;

/** A cell a spreadsheet takes as text: what it could take for a formula begins with an apostrophe; plain numbers stay numbers. */
export function csvCell(value: string): string {
  const safe = /^[\s\u0000]*[=+\-@\t\r]/.test(value) && !number.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(",")}\r\n`;

const yes = (flag: boolean): string => (flag ? "yes" : "no");
const integrity = (row: AuditRow): string => (row.differences.length === 0 ? "holds" : `failed: ${row.differences.map((d) => d.column).join(", ")}`);

function csvRow(row: AuditRow): string {
  const [first, ...others] = row.fields;
  const change = actChange(row.said?.detail);
  const meaning = row.said && "meaning" in row.said.detail ? String(row.said.detail.meaning) : "";
  return csvLine([
    row.position === null ? "" : String(row.position), row.siteName, row.at.toISOString(), siteTime(row.at, row.zone, true), row.actorName, row.actorId, row.role, row.kind, row.event, row.subjectType, row.subjectId, row.record,
    first?.name ?? "", first?.old ?? change?.from ?? "", first?.new ?? change?.to ?? "", others.map((f) => `${f.name}: ${f.old ?? "none"} → ${f.new ?? "none"}`).join("; "), row.reason, row.authorisedBy ?? "", meaning, row.batchId ?? "",
    yes(row.critical), yes(row.completedBefore !== null), yes(row.night), yes(row.weekend), yes(row.late), row.client, row.request, row.id, row.digest, row.leafHash ?? "", integrity(row),
  ]);
}

const jsonRow = (row: AuditRow): string => JSON.stringify({
  number: row.position, site: row.siteId, utc: row.at.toISOString(), siteTime: siteTime(row.at, row.zone, true), record: row.record, fields: row.fields, batchCompleteSince: row.completedBefore?.toISOString() ?? null, night: row.night, weekend: row.weekend, late: row.late,
  digest: row.digest, ledgerLeaf: row.leafHash, integrity: integrity(row), canonical: row.canonical,
});

/** How a file of each format is written, from its first line to the one before the signature. */
export const exportText: Record<ExportFormat, { readonly head: string; readonly row: (row: AuditRow, first: boolean) => string; readonly foot: (manifest: ExportManifest) => string; readonly signature: (jws: string) => string }> = {
  csv: { head: csvLine(columns), row: csvRow, foot: (manifest) => csvLine(["#manifest", JSON.stringify(manifest)]), signature: (jws) => csvLine(["#signature", jws]) },
  json: { head: '{"format":"EBRAUDIT/1","entries":[\n', row: (row, first) => `${first ? "" : ",\n"}${jsonRow(row)}`, foot: (manifest) => `\n],"manifest":${JSON.stringify(manifest)},\n`, signature: (jws) => `"signature":"${jws}"}\n` },
};

const base64url = (text: string): string => Buffer.from(text, "utf8").toString("base64url");
const header = (keyId: string): string => base64url(JSON.stringify({ alg: "EdDSA", kid: keyId, typ: "EBRAUDIT/1" }));

/** Detached JWS (RFC 7515 appendix F, EdDSA) whose payload is the SHA-256 of the file before its last line, as hex. */
export function signExport(digest: string, key: JsonWebKey): string {
  const protectedHeader = header(keyIdOfJwk(key));
  const signature = sign(null, Buffer.from(`${protectedHeader}.${base64url(digest)}`), createPrivateKey({ key, format: "jwk" }));
  return `${protectedHeader}..${signature.toString("base64url")}`;
}

/** Does the last line sign everything before it with this key? */
export function exportHolds(file: string, x: string): boolean {
  const at = file.trimEnd().lastIndexOf("\n") + 1;
  const [protectedHeader, signature] = /([\w-]+)\.\.([\w-]+)/.exec(file.slice(at))?.slice(1) ?? [];
  if (!protectedHeader || !signature || protectedHeader !== header(keyIdOfJwk({ x }))) return false;
  const jws = `${protectedHeader}..${signature}`;
  if (![exportText.csv.signature(jws), exportText.json.signature(jws)].includes(file.slice(at))) return false;
  const digest = sha256(file.slice(0, at));
  const made = Buffer.from(signature, "base64url");
  return made.toString("base64url") === signature && verify(null, Buffer.from(`${protectedHeader}.${base64url(digest)}`), createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }), made);
}
