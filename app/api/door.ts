import { NextResponse, type NextRequest } from "next/server";
import type { z } from "zod";
import { NotFound, PermissionDenied, type Actor } from "#lib/access/actor.ts";
import { currentActor } from "#lib/access/current.ts";
import { installation } from "#lib/installation.ts";
import { refuseMachine } from "#lib/signing/machine-commands.ts";

const say = (status: number, error: string, more: object = {}) => NextResponse.json({ error, ...more }, { status, headers: { "cache-control": "no-store" } });

/** A refusal of the rules: the record's state, its integrity or the person stand against it. */
export const conflict = (sentence: string, obstacles: readonly { readonly sentence: string }[] = []) => say(409, sentence, { obstacles: obstacles.map((o) => o.sentence) });
export const missing = () => say(404, "There is no such signing of yours. Open it again.");

/** What a refusal at the door assures, and what a machine is told. */
type Words = { readonly nothing: string; readonly machine: string };
const signing: Words = { nothing: "Nothing was signed.", machine: "A machine never signs. Nothing was signed." };
const execution: Words = { nothing: "Nothing was recorded.", machine: "A machine executes no steps here: a person does, signed in. Nothing was recorded." };

/**
 * The door of the JSON routes of signing and of execution: a machine gets 403 whatever it sends, the signed-out 401, another site's page 403 and a body
 * that is none 400. What the person may not see does not exist for him.
 */
async function door<Input>(request: NextRequest, body: () => Promise<unknown>, shape: z.ZodType<Input>, work: (actor: Actor, input: Input) => Promise<NextResponse>, words: Words): Promise<NextResponse> {
  const machine = request.headers.get("authorization");
  if (machine !== null) {
    await refuseMachine(machine);
    return say(403, words.machine);
  }
  const { origin } = new URL(installation().publicUrl);
  if ((request.headers.get("origin") ?? origin) !== origin) return say(403, `This request comes from another site. ${words.nothing}`);
  const actor = await currentActor();
  if (!actor) return say(401, "Sign in first.");
  const input = shape.safeParse(await body().catch(() => undefined));
  if (!input.success) return say(400, input.error.issues[0]?.message ?? "The request cannot be read.");
  try {
    return await work(actor, input.data);
  } catch (error) {
    if (error instanceof NotFound || error instanceof PermissionDenied) return say(404, "There is no such record for you.");
    throw error;
  }
}

/** The door of the routes of signing. */
export const signingDoor = <Input>(request: NextRequest, shape: z.ZodType<Input>, work: (actor: Actor, input: Input) => Promise<NextResponse>): Promise<NextResponse> => door(request, () => request.json(), shape, work, signing);
/** The door of the routes of execution; `body` reads what was sent, JSON where nothing else is said. */
export const executionDoor = <Input>(request: NextRequest, shape: z.ZodType<Input>, work: (actor: Actor, input: Input) => Promise<NextResponse>, body: () => Promise<unknown> = () => request.json()): Promise<NextResponse> => door(request, body, shape, work, execution);
