import { randomUUID } from "node:crypto";
import { NextResponse, type NextRequest } from "next/server";
import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { attachmentRefusalSentence, largestAttachment } from "#lib/execution/attachment.ts";
import { attachFile } from "#lib/execution/attachment-commands.ts";
import { executionDoor } from "../../../../../../door.ts";

type Address = { readonly params: Promise<{ readonly site: string; readonly batch: string; readonly step: string }> };
const sent = z.object({ name: z.string().min(1).max(400), content: z.instanceof(Uint8Array) });

/** The file of a form; nothing of it is read when it says it is too large, or does not say how large it is. */
async function fileOf(request: NextRequest): Promise<unknown> {
  if (!(Number(request.headers.get("content-length") ?? Number.NaN) <= largestAttachment + 10_000)) return { name: "too large", content: new Uint8Array(largestAttachment + 1) };
  const file = (await request.formData()).get("file");
  return file instanceof File ? { name: file.name, content: new Uint8Array(await file.arrayBuffer()) } : undefined;
}

/** Attaches a file to a step. */
export async function POST(request: NextRequest, { params }: Address): Promise<NextResponse> {
  const { site, batch, step } = await params;
  return executionDoor(request, sent, async (actor, { name, content }) => {
    const by = requirePermission(actor, "batch.execute", site);
    if (content.length > largestAttachment) return NextResponse.json({ error: attachmentRefusalSentence["too-large"] }, { status: 409 });
    const outcome = await withSites(by, (tx) => attachFile(tx, by, { siteId: site, batchId: decodeURIComponent(batch), stepId: step, name, content }, { now: new Date(), newId: randomUUID }), { reason: `file of step ${step}` });
    return outcome.ok ? NextResponse.json(outcome.value) : NextResponse.json({ error: outcome.refusal.sentence }, { status: 409 });
  }, () => fileOf(request));
}
