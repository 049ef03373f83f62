import { z } from "zod";
import { installation } from "#lib/installation.ts";

const metadata = z.looseObject({ end_session_endpoint: z.url().optional() });

/** Where a signed-out browser goes: the provider's end-session endpoint (OpenID Connect RP-Initiated Logout 1.0), or our sign-in. */
export async function endSessionUrl(idToken: string | undefined): Promise<string> {
  const { oidc, publicUrl } = installation();
  const here = `${publicUrl}/sign-in`;
  const response = await fetch(`${oidc.issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  const endpoint = metadata.safeParse(await response?.json().catch(() => undefined)).data?.end_session_endpoint;
  if (!endpoint) return here;
  const url = new URL(endpoint);
  url.searchParams.set("post_logout_redirect_uri", here);
  url.searchParams.set("client_id", oidc.clientId);
  if (idToken) url.searchParams.set("id_token_hint", idToken);
  return url.href;
}
