import type { ExportFile } from "#lib/report/export-queries.ts";

/** A finished copy as an answer, exactly as it is kept. */
export function sentFile({ bytes, fileName, mediaType }: ExportFile, disposition: "inline" | "attachment"): Response {
  const safe = fileName.replace(/[^A-Za-z0-9._-]/g, "_");
  return new Response(Uint8Array.from(bytes), { headers: { "cache-control": "no-store", "x-content-type-options": "nosniff", "content-type": mediaType, "content-disposition": `${disposition}; filename="${safe}"` } });
}
