import { randomUUID, type JsonWebKey } from "node:crypto";
import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { withSites } from "#db/scope.ts";
import { exportReason, exportRefusalSentence, recordExport, writeExport } from "#lib/audit/export-commands.ts";
import { auditFilter } from "#lib/audit/filter.ts";
import { installation } from "#lib/installation.ts";
import { headOf } from "#lib/ledger/queries.ts";
import { trailReaderOf } from "../reader.ts";

export const dynamic = "force-dynamic";
const guarded = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
const media = { csv: "text/csv; charset=utf-8", json: "application/json; charset=utf-8" } as const;

/** The file as a stream; it is gone from the disk when it was sent or given up. */
function sent(directory: string, path: string): ReadableStream {
  const file = createReadStream(path);
  file.once("close", () => rmSync(directory, { recursive: true, force: true }));
  return Readable.toWeb(file) as ReadableStream;
}

/** Everything the filter of the address matches, as a signed file. Each call is written down before its first byte leaves. */
export async function GET(request: Request): Promise<Response> {
  const by = await trailReaderOf();
  if (by instanceof Response) return by;
  const { format: asked, ...rest } = Object.fromEntries(new URL(request.url).searchParams);
  const format = asked === "json" ? "json" : "csv";
  const now = new Date();
  const directory = mkdtempSync(join(tmpdir(), "veribatch-export-"));
  const path = join(directory, `file.${format}`);
  const give = () => rmSync(directory, { recursive: true, force: true });
  try {
    const key = installation().signingKey as JsonWebKey;
    const outcome = await withSites(by, (tx) => writeExport(tx, by, { filter: auditFilter.parse(rest), format, path, at: now }, { headOf, key }));
    if (!outcome.ok) {
      give();
      return new Response(exportRefusalSentence[outcome.refusal], { status: 409, headers: { ...guarded, "content-type": "text/plain; charset=utf-8" } });
    }
    await withSites(by, (tx) => recordExport(tx, by, outcome.value, { now, newId: randomUUID }), { reason: exportReason });
    const name = `audit-trail-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z.${format}`;
    return new Response(sent(directory, path), { headers: { ...guarded, "content-type": media[format], "content-length": String(statSync(path).size), "content-disposition": `attachment; filename="${name}"` } });
  } catch (error) {
    give();
    throw error;
  }
}

/** Asking about a file must not make one. */
export const HEAD = (): Response => new Response(null, { status: 405, headers: { ...guarded, allow: "GET" } });
