import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { NotFound, PermissionDenied, requirePermission, type Actor } from "#lib/access/actor.ts";
import { currentActor } from "#lib/access/current.ts";
import { evidenceRefusalSentence, takeEvidence } from "#lib/evidence/commands.ts";
import { installation } from "#lib/installation.ts";

export const dynamic = "force-dynamic";

type Address = { readonly params: Promise<{ readonly site: string; readonly batch: string }> };
const guarded = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
const refusal = (status: 400 | 401 | 403 | 404 | 409, text: string): Response => new Response(text, { status, headers: { ...guarded, "content-type": "text/plain; charset=utf-8" } });
const asked = z.object({ reason: z.string().trim().min(5).max(200) });

const moments = { clock: () => new Date(), newId: randomUUID, pause: (milliseconds: number) => pause(milliseconds) };
const unsealed = "The batch runs: its last days are not sealed yet and not in this copy.";

async function evidenceFor(actor: Actor, siteId: string, batchId: string, reason: string): Promise<Response> {
  const by = requirePermission(actor, "report.read", siteId);
  const made = await takeEvidence(by, { siteId, batchId, reason, key: () => installation().signingKey }, moments);
  if (!made.ok) return refusal(409, evidenceRefusalSentence[made.refusal]);
  const { text, fileName, fileDigest, sealing } = made.value;
  const safe = fileName.replace(/[^A-Za-z0-9._-]/g, "_");
  return new Response(text, { headers: { ...guarded, "content-type": "application/json", "content-disposition": `attachment; filename="${safe}"`, "x-file-digest": fileDigest, ...(sealing.runs ? { "x-unsealed": unsealed } : {}) } });
}

/** The next numbered evidence bundle. Each call makes a copy and its audit entry. */
export async function POST(request: Request, { params }: Address): Promise<Response> {
  const { site, batch } = await params;
  const actor = await currentActor();
  if (!actor) return refusal(401, "You are not signed in. Sign in, then export again.");
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== installation().publicUrl) return refusal(403, "Export evidence from the portal's own page.");
  const form = asked.safeParse(Object.fromEntries(await request.formData()));
  if (!form.success) return refusal(400, "Say why the copy is taken, in 5 to 200 characters. Nothing was exported.");
  try {
    return await evidenceFor(actor, decodeURIComponent(site), decodeURIComponent(batch), form.data.reason);
  } catch (error) {
    if (error instanceof NotFound || error instanceof PermissionDenied) return refusal(404, "There is no such batch.");
    throw error;
  }
}
