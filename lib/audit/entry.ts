import { createHash } from "node:crypto";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { localParts } from "#lib/site/time.ts";
import { auditEvent, type AuditEvent } from "./event.ts";

/** Columns of an entry as the database gives them. */
export type StoredEntry = {
  readonly site_id: string; readonly id: string; readonly at: string; readonly zone: string; readonly actor_id: string; readonly actor_name: string; readonly role: string; readonly authorised_by: string | null;
  readonly request: string; readonly client: string; readonly kind: string; readonly event: string; readonly subject_type: string; readonly subject_id: string; readonly batch_id: string | null; readonly reason: string;
  readonly critical: boolean; readonly off_hours: boolean | null; readonly late: boolean | null; readonly detail: unknown; readonly canonical: string; readonly digest: string;
  /** Hash of its leaf in the site's ledger; null while it is not in it. */
  readonly leaf_hash: Uint8Array | null;
};

/** A column that does not say what was recorded. */
export type Difference = { readonly column: string; readonly recorded: string; readonly found: string };

/** Entries from before 2026-11-23 have no zone, kind, authoriser, request, client or class in their bytes; their columns hold the defaults. */
const defaults = { zone: "UTC", kind: "act", authorisedBy: null, request: "", client: "", critical: false };

const shown = (value: unknown): string => (typeof value === "string" ? value : value === undefined ? "nothing" : JSON.stringify(value));

/** Hash of an entry's leaf: SHA-256(0x00, "EBRLEAF/1", line feed, canonical text), hex. */
export const leafHashOf = (canonicalText: string): string => createHash("sha256").update("\0EBRLEAF/1\n").update(canonicalText, "utf8").digest("hex");

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) && canonical(value) === text ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Local hour and weekday of an instant at a site: is it before 6, from 20 on, or a weekend? */
export function offHoursAt(at: Date, zone: string): { readonly night: boolean; readonly weekend: boolean } {
  const { date, time } = localParts(at, zone);
  const hour = Number(time.slice(0, 2));
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return { night: hour < 6 || hour >= 20, weekend: weekday === 0 || weekday === 6 };
}

function offHoursSaid(said: Record<string, unknown>): boolean | undefined {
  try {
    const { night, weekend } = offHoursAt(new Date(String(said["at"])), String(said["zone"]));
    return night || weekend;
  } catch {
    return undefined; // no such time or zone: only in bytes that were tampered with
  }
}

/** Hours after the event from which a value counts as entered late where the entry does not say so itself (rule R-50, entries older than that column); a titer waits for the chromatograph. */
const lateAfterH = (parameter: unknown): number => (parameter === "titer" ? 40 : 7);

function enteredLate(said: Record<string, unknown>): boolean {
  if (said["subjectType"] !== "entries") return false;
  const row = parsedRow((said["detail"] as { new?: unknown } | undefined)?.new);
  if (typeof row?.["late"] === "boolean") return row["late"];
  const delay = Date.parse(String(row?.["entered_at"])) - Date.parse(String(row?.["event_at"]));
  return delay > lateAfterH(row?.["parameter"]) * 3_600_000;
}

/** A row as a row entry holds it. */
export function parsedRow(text: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const row: unknown = JSON.parse(text);
    return row !== null && typeof row === "object" && !Array.isArray(row) ? (row as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where an entry differs from what was recorded: every column against the stored bytes, the digest against the bytes, and the
 * bytes against the leaf the ledger holds. Empty: it holds. The order of writing (`seq`) and the transaction (`tx`) are not in the
 * bytes; the position in the ledger fixes the order.
 */
export function differencesOf(row: StoredEntry): readonly Difference[] {
  const digest = digestOf("EBRLEAF/1", row.canonical);
  const bytes: Difference[] = digest === row.digest ? [] : [{ column: "digest", recorded: digest, found: row.digest }];
  const leaf = leafHashOf(row.canonical);
  const inLedger = row.leaf_hash && Buffer.from(row.leaf_hash).toString("hex");
  if (inLedger && inLedger !== leaf) bytes.push({ column: "ledger leaf", recorded: inLedger, found: leaf });
  const text = parsed(row.canonical);
  if (!text) return [...bytes, { column: "canonical", recorded: "RFC 8785 text", found: row.canonical.slice(0, 80) }];
  const { format, ...said } = { ...defaults, ...text } as Record<string, unknown>;
  const at = new Date(row.at);
  const off = offHoursSaid(said);
  const columns: readonly (readonly [string, unknown, unknown])[] = [
    ["format", "EBRLEAF/1", format], ["site", said["siteId"], row.site_id], ["id", said["id"], row.id], ["at", said["at"], at.toISOString()], ["zone", said["zone"], row.zone], ["actor", said["actorId"], row.actor_id], ["actor name", said["actorName"], row.actor_name],
    ["role", said["role"], row.role], ["authorised by", said["authorisedBy"], row.authorised_by], ["request", said["request"], row.request], ["client", said["client"], row.client], ["kind", said["kind"], row.kind], ["event", said["event"], row.event],
    ["record type", said["subjectType"], row.subject_type], ["record", said["subjectId"], row.subject_id], ["batch", said["batchId"], row.batch_id], ["reason", said["reason"], row.reason], ["critical", said["critical"], row.critical],
    ["detail", canonical(said["detail"]), canonical(row.detail)], ["night or weekend", off, row.off_hours], ["late", enteredLate(said), row.late],
  ];
  const members = Object.keys(said).length === 18 ? [] : [{ column: "canonical", recorded: "18 members", found: `${Object.keys(said).length} members` }];
  return [...bytes, ...members, ...columns.filter(([, recorded, found]) => recorded !== found).map(([column, recorded, found]) => ({ column, recorded: shown(recorded), found: shown(found) }))];
}

/** What the entry says; undefined when its detail does not fit its event, which only a tampered one does. */
export function saidIn(row: Pick<StoredEntry, "event" | "detail">): AuditEvent | undefined {
  const said = auditEvent.safeParse({ event: row.event, detail: row.detail });
  return said.success ? said.data : undefined;
}
