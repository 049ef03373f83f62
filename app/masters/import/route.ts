import { randomUUID } from "node:crypto";
import { z } from "zod";
import { withOwnMeans } from "#db/scope.ts";
import { may, requirePermission } from "#lib/access/actor.ts";
import { currentActor } from "#lib/access/current.ts";
import { installation } from "#lib/installation.ts";
import { importMaster, masterChangeSentence } from "#lib/recipe/commands.ts";
import { fileRefusalSentence, greatestFile, readMasterText } from "#lib/recipe/file.ts";

export const dynamic = "force-dynamic";
const say = (status: number, body: object): Response => Response.json(body, { status, headers: { "cache-control": "no-store", "x-content-type-options": "nosniff" } });
const asked = z.object({ name: z.string().trim().min(1).max(120), reason: z.string().trim().min(5, "Write the reason, in at least 5 characters.").max(500, "Keep the reason under 500 characters.") });

/** The body as text, or undefined as soon as it is larger than a master may be, whatever its sender said of its length. */
async function bodyOf(request: Request): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.byteLength;
    if (size > greatestFile) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Takes the file of a master over as a draft of the person who sends it. A file is larger than a server action may send. */
export async function POST(request: Request): Promise<Response> {
  const { origin } = new URL(installation().publicUrl);
  if ((request.headers.get("origin") ?? origin) !== origin) return say(403, { problem: "This request comes from another site. Nothing was imported." });
  const actor = await currentActor();
  if (!actor) return say(401, { problem: "You are not signed in any more. Sign in, then import the file again." });
  if (!may(actor, "master.author")) return say(404, { problem: "There is nothing here for you." });
  const form = asked.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!form.success) return say(400, { problem: form.error.issues[0]?.message ?? "The request cannot be read." });
  const text = await bodyOf(request);
  if (text === undefined) return say(413, { problem: fileRefusalSentence["too-large"] });
  const read = readMasterText(text);
  if (!read.ok) return say(422, { problem: fileRefusalSentence[read.refusal.reason], faults: read.refusal.faults, more: read.refusal.more });
  const by = requirePermission(actor, "master.author");
  const { name, reason } = form.data;
  const outcome = await withOwnMeans(actor, (tx) => importMaster(tx, by, { record: read.value, fileName: name, reason }, { now: new Date(), newId: randomUUID }), { reason }, by);
  return outcome.ok ? say(201, { address: `/masters/${encodeURIComponent(outcome.value.id)}/${outcome.value.version}` }) : say(409, { problem: masterChangeSentence(outcome.refusal) });
}
