import { cookies } from "next/headers";
import { NextResponse, type NextRequest } from "next/server";
import { decode } from "next-auth/jwt";
import { endCurrentSession } from "#lib/access/current.ts";
import { endSessionUrl } from "#lib/access/end-session.ts";
import { sessionCookieNames } from "#lib/access/session-queries.ts";
import { installation } from "#lib/installation.ts";

/** Ends our session, forgets the cookie and goes on to the provider's own sign-out. */
export async function POST(request: NextRequest): Promise<NextResponse> {
  const { authSecret, publicUrl } = installation();
  if (request.headers.get("origin") !== null && request.headers.get("origin") !== publicUrl) return new NextResponse(null, { status: 403 });
  const jar = await cookies();
  const read = (name: string) => jar.get(name)?.value;
  await endCurrentSession();
  const token = sessionCookieNames.map(read).find(Boolean);
  const claims = token ? await decode({ token, secret: authSecret }).catch(() => null) : null;
  const response = NextResponse.redirect(await endSessionUrl(typeof claims?.["idToken"] === "string" ? claims["idToken"] : undefined), 303);
  for (const name of sessionCookieNames) response.cookies.delete(name);
  return response;
}
