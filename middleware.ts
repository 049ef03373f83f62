import { NextResponse, type NextRequest } from "next/server";

const open = /^\/(sign-in|api\/auth|api\/health|_next\/static|favicon|icon)/;

/** `style-src-attr` allows the style attributes of charts and of the server's own markup; scripts need the nonce of the answer. */
function policy(nonce: string, development: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:", "font-src 'self'", "connect-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self' https:", "frame-ancestors 'none'",
  ].join("; ");
}

/** Sends the signed-out to the sign-in and sets headers. It grants nothing: every page and action asks for its own permission. */
export function middleware(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const signedIn = request.cookies.has("next-auth.session-token") || request.cookies.has("__Secure-next-auth.session-token");
  // A machine that asks for a signature is told so by the route itself, session or not.
  const machine = pathname.startsWith("/api/signing/") && request.headers.has("authorization");
  if (!signedIn && !machine && !open.test(pathname)) {
    const url = new URL("/sign-in", request.nextUrl);
    url.searchParams.set("to", pathname + search);
    return pathname.startsWith("/api/") ? NextResponse.json({ error: "Sign in first." }, { status: 401 }) : NextResponse.redirect(url);
  }
  const nonce = btoa(crypto.randomUUID());
  const csp = policy(nonce, process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", csp);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", csp);
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("referrer-policy", "same-origin");
  response.headers.set("permissions-policy", "camera=(), geolocation=(), microphone=()");
  response.headers.set("cross-origin-opener-policy", "same-origin");
  return response;
}

export const config = { matcher: ["/((?!_next/static|_next/image|favicon.ico|icon.svg|verifier/).*)"] };
