import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { fileOf } from "#lib/execution/attachment-commands.ts";

type Address = { readonly params: Promise<{ readonly site: string; readonly batch: string; readonly file: string }> };
const noFile = () => new Response("There is no such file for you.", { status: 404, headers: { "content-type": "text/plain; charset=utf-8" } });

/** A file of a step, always as a download: what people attached is never run in a page of ours. */
export async function GET(_request: Request, { params }: Address): Promise<Response> {
  const { site, batch, file } = await params;
  const by = await requirePage("batch.read", site);
  if (!z.uuid().safeParse(file).success) return noFile();
  const found = await withSites(by, (tx) => fileOf(tx, site, decodeURIComponent(batch), file)).catch((error: unknown) => { if (error instanceof NotFound) return undefined; throw error; });
  if (!found) return noFile();
  return new Response(Buffer.from(found.content), { headers: { "content-type": found.mediaType, "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(found.name)}`, "x-content-type-options": "nosniff", "cache-control": "private, no-store" } });
}
