import { createHash, type JsonWebKey } from "node:crypto";
import { open } from "node:fs/promises";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { writeAudit } from "./commands.ts";
import { exportText, signExport, type ExportFormat, type ExportManifest, type SiteShare } from "./export.ts";
import { filterQuery, type AuditFilter } from "./filter.ts";
import { exportLimit } from "./limits.ts";
import { keyIdOfJwk } from "#lib/digest/digest.ts";
import { auditPage, countMatches, type AuditRow } from "./queries.ts";

/** Newest signed head of a site's ledger; given by the caller, because the ledger stands above the trail. */
export type HeadOf = (tx: SiteTx, siteId: string) => Promise<{ readonly size: number; readonly note: string } | undefined>;
export type ExportAsk = { readonly filter: AuditFilter; readonly format: ExportFormat; readonly path: string; readonly at: Date };
type Reader = Granted<"audit.read"> | Granted<"enterprise-audit.read">;
type Tools = { readonly headOf: HeadOf; /** The portal's private key, Ed25519. */ readonly key: JsonWebKey; readonly limit?: number };

export type ExportRefusal = "too-many" | "nothing";
export const exportRefusalSentence: Record<ExportRefusal, string> = {
  "too-many": `More than ${exportLimit.toLocaleString("en-GB").replaceAll(",", " ")} entries match. Narrow the filter, for example to one site or one month, then export again.`,
  nothing: "No entry matches the filter, so there is nothing to export. Change the filter, then export again.",
};
export type WrittenExport = { readonly manifest: ExportManifest; readonly digest: string };

/** Entries read together. */
const together = 1_000;

class Shares {
  readonly #sites = new Map<string, { entries: number; numbers: number; first: number; last: number }>();
  count(row: AuditRow): void {
    const share = this.#sites.get(row.siteId) ?? { entries: 0, numbers: 0, first: Infinity, last: -1 };
    this.#sites.set(row.siteId, share);
    share.entries += 1;
    if (row.position === null) return;
    share.numbers += 1;
    share.first = Math.min(share.first, row.position);
    share.last = Math.max(share.last, row.position);
  }
  async told(tx: SiteTx, headOf: HeadOf): Promise<readonly SiteShare[]> {
    const shares: SiteShare[] = [];
    for (const [siteId, { entries, numbers, first, last }] of [...this.#sites].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const head = await headOf(tx, siteId);
      shares.push({ siteId, entries, firstNumber: numbers > 0 ? first : null, lastNumber: numbers > 0 ? last : null, unnumbered: entries - numbers, head: head ? { size: head.size, note: head.note } : null });
    }
    return shares;
  }
}

/**
 * Writes every entry the filter matches to the file `path`, newest first, with manifest and signature; at most `exportLimit`, else
 * it refuses. Nothing is handed out before `recordExport` has written it down.
 */
export async function writeExport(tx: SiteTx, by: Reader, { filter, format, path, at }: ExportAsk, { headOf, key, limit = exportLimit }: Tools): Promise<Result<WrittenExport, ExportRefusal>> {
  if (filter.reason === undefined && (await countMatches(tx, filter, limit)) > limit) return refuse("too-many");
  const text = exportText[format];
  const file = await open(path, "wx", 0o600);
  const hash = createHash("sha256");
  const put = async (part: string): Promise<void> => {
    hash.update(part, "utf8");
    await file.appendFile(part, "utf8");
  };
  try {
    const shares = new Shares();
    let count = 0;
    await put(text.head);
    for (let place: string | undefined, first = true; first || place; first = false) {
      const page = await auditPage(tx, { ...filter, older: place, newer: undefined, entry: undefined }, { length: together });
      await put(page.rows.map((row, i) => text.row(row, count + i === 0)).join(""));
      for (const row of page.rows) shares.count(row);
      count += page.rows.length;
      if (count > limit) return refuse("too-many");
      place = page.older;
    }
    if (count === 0) return refuse("nothing");
    const { id, printedName } = by.actor;
    const manifest: ExportManifest = {
      format: "EBRAUDIT/1", exportedAt: at.toISOString(), exportedBy: { id, name: printedName, role: by.role }, filter: filterQuery(filter, { older: undefined, newer: undefined, entry: undefined }), order: "newest first", count,
      sites: await shares.told(tx, headOf), keyId: keyIdOfJwk(key), publicKey: key.x ?? "",
    };
    await put(text.foot(manifest));
    const digest = hash.digest("hex");
    await file.appendFile(text.signature(signExport(digest, key)), "utf8");
    return accept({ manifest, digest });
  } finally {
    await file.close();
  }
}

/** Writes down an export in the trail of each site whose entries it holds, with its filter and their count. */
export async function recordExport(tx: SiteTx, by: Reader, { manifest }: WrittenExport, stamp: { readonly now: Date; readonly newId: () => string }): Promise<void> {
  for (const { siteId, entries } of manifest.sites) {
    await writeAudit(tx, {
      event: "audit.exported", detail: { filter: manifest.filter, count: entries }, siteId, subject: { type: "report", id: "audit-trail" },
      actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: exportReason,
    }, stamp.now, stamp.newId);
  }
}
export const exportReason = "export of the audit trail";
