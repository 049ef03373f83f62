import { NextResponse, type NextRequest } from "next/server";
import { openCeremony, openingInput } from "#lib/signing/open-commands.ts";
import { conflict, signingDoor } from "../../door.ts";

/** Opens a signing: answers with what the passkey is asked, or with the provider's address. */
export const POST = (request: NextRequest): Promise<NextResponse> =>
  signingDoor(request, openingInput, async (actor, input) => {
    const outcome = await openCeremony(actor, input);
    return outcome.ok ? NextResponse.json(outcome.value, { status: 201 }) : conflict(outcome.refusal.sentence, outcome.refusal.obstacles);
  });
