import { NextResponse, type NextRequest } from "next/server";
import { enrolAuthenticator, enrolmentInput } from "#lib/signature/enrol-commands.ts";
import { conflict, signingDoor } from "../../door.ts";

/** Takes an authenticator's answer to an enrolment whose owner has proved his presence. */
export const POST = (request: NextRequest): Promise<NextResponse> =>
  signingDoor(request, enrolmentInput, async (actor, input) => {
    const outcome = await enrolAuthenticator(actor, input);
    return outcome.ok ? NextResponse.json(outcome.value, { status: 201 }) : conflict(outcome.refusal);
  });
