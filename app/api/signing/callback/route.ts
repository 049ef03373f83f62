import { NextResponse, type NextRequest } from "next/server";
import { currentActor } from "#lib/access/current.ts";
import { installation } from "#lib/installation.ts";
import { finishSigning } from "#lib/signing/finish-commands.ts";
import { refuseMachine } from "#lib/signing/machine-commands.ts";
import { callbackState } from "#lib/signature/callback.ts";
import { finishPersonal, turnAwayUnknown } from "#lib/signature/personal-finish-commands.ts";
import { personalPlace } from "#lib/signature/step-up.ts";

/** The identity provider's answer to a step-up. */
export async function GET(request: NextRequest): Promise<NextResponse> {
  const { publicUrl } = installation();
  const machine = request.headers.get("authorization");
  if (machine !== null) {
    await refuseMachine(machine);
    return NextResponse.json({ error: "A machine never signs. Nothing was signed." }, { status: 403 });
  }
  const actor = await currentActor();
  if (!actor) return NextResponse.redirect(`${publicUrl}/sign-in?ended=1`, 303);
  const callback = new URL(`${publicUrl}${request.nextUrl.pathname}${request.nextUrl.search}`);
  const state = callbackState(callback.searchParams.get("state") ?? "");
  const address = !state ? await turnAwayUnknown(actor) : state.place === personalPlace ? await finishPersonal(actor, callback, state) : await finishSigning(actor, callback, state);
  return NextResponse.redirect(`${publicUrl}${address}`, 303);
}
