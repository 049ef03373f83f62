import { randomUUID } from "node:crypto";
import { NotFound, PermissionDenied, requirePermission } from "#lib/access/actor.ts";
import { currentActor } from "#lib/access/current.ts";
import { takeRecallCopy } from "#lib/material/recall-copy-commands.ts";
import { sentFile } from "#app/reports/sent-file.ts";

export const dynamic = "force-dynamic";

type Address = { readonly params: Promise<{ readonly site: string; readonly id: string; readonly copy: string }> };
const refusal = (status: 401 | 404, text: string): Response => new Response(text, { status, headers: { "cache-control": "no-store", "x-content-type-options": "nosniff", "content-type": "text/plain; charset=utf-8" } });
const none = "There is no such copy for you. A copy is taken away by the person it was made for.";

/** A kept copy of a mock recall, for the person it was made for; each call leaves its audit entry. */
export async function GET(_request: Request, { params }: Address): Promise<Response> {
  const { site, id, copy } = await params;
  const actor = await currentActor();
  if (!actor) return refusal(401, "You are not signed in. Sign in, then open the copy again.");
  if (!/^\d{1,6}$/.test(copy) || !/^[\w-]{1,40}$/.test(id)) return refusal(404, none);
  try {
    const file = await takeRecallCopy(requirePermission(actor, "report.read", site), { siteId: site, id, copy: Number(copy) }, { now: new Date(), newId: randomUUID });
    return file ? sentFile({ ...file, mediaType: "application/pdf" }, "inline") : refusal(404, none);
  } catch (error) {
    if (error instanceof NotFound || error instanceof PermissionDenied) return refusal(404, none);
    throw error;
  }
}

/** Taking a copy is written down; asking about it must not take it. */
export const HEAD = (): Response => new Response(null, { status: 405, headers: { "cache-control": "no-store", allow: "GET" } });
