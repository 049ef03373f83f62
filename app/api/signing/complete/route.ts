import { NextResponse, type NextRequest } from "next/server";
import { answerInput, completeWithPasskey } from "#lib/signing/open-commands.ts";
import { conflict, missing, signingDoor } from "../../door.ts";

/** Takes a passkey's answer to an opened signing. */
export const POST = (request: NextRequest): Promise<NextResponse> =>
  signingDoor(request, answerInput, async (actor, input) => {
    const outcome = await completeWithPasskey(actor, input);
    if (!outcome) return missing();
    return outcome.ok ? NextResponse.json(outcome.value) : conflict(outcome.refusal.sentence, outcome.refusal.obstacles);
  });
