import { NextResponse, type NextRequest } from "next/server";
import { currentActor } from "#lib/access/current.ts";
import { installation } from "#lib/installation.ts";
import { finishSigning } from "#lib/release/finish-commands.ts";

/** The identity provider's answer to a step-up. */
export async function GET(request: NextRequest): Promise<NextResponse> {
  const { publicUrl } = installation();
  const actor = await currentActor();
  if (!actor) return NextResponse.redirect(`${publicUrl}/sign-in?ended=1`, 303);
  const callback = new URL(`${publicUrl}${request.nextUrl.pathname}${request.nextUrl.search}`);
  return NextResponse.redirect(`${publicUrl}${await finishSigning(actor, callback)}`, 303);
}
