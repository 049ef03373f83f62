import type { Env } from "#lib/env.ts";
import type { Installation } from "#lib/installation.ts";
import { StartRefused } from "./refusal.ts";
import type { Secrets } from "./secrets.ts";

/** The identity provider of this installation: the environment's, or the demo one under the portal's own address. */
export function identityOf(env: Env, publicUrl: string, secrets: Secrets): Installation["oidc"] {
  if (env.OIDC_ISSUER) {
    if (!env.OIDC_CLIENT_ID || !env.OIDC_CLIENT_SECRET) {
      throw new StartRefused("OIDC_ISSUER is set, so OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed as well. Set them (docs/identity-providers.md), then start again.");
    }
    return { issuer: env.OIDC_ISSUER.replace(/\/$/, ""), clientId: env.OIDC_CLIENT_ID, clientSecret: env.OIDC_CLIENT_SECRET, scope: env.OIDC_SCOPE, groupsClaim: env.OIDC_GROUPS_CLAIM, demo: false };
  }
  if (env.DEMO === "off") {
    throw new StartRefused("DEMO=off turns the demo people off, so an identity provider is needed: set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET (docs/identity-providers.md), then start again.");
  }
  return { issuer: `${publicUrl}/oidc`, clientId: "veribatch", clientSecret: secrets.demo.clientSecret, scope: "openid profile email groups", groupsClaim: "groups", demo: true };
}

/** Asks the issuer for its configuration; a sentence when it does not answer as an OpenID provider. */
export async function assertIssuer(issuer: string): Promise<void> {
  const refuse = (why: string, cause?: unknown) =>
    new StartRefused(`OIDC_ISSUER ${issuer} ${why}. Correct it or make it reachable, then start again.`, { cause });
  const response = await fetch(`${issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(8_000) }).catch((cause: unknown) => {
    throw refuse("cannot be reached", cause);
  });
  const body: unknown = await response.json().catch(() => undefined);
  const named = typeof body === "object" && body !== null && "issuer" in body ? String(body.issuer) : undefined;
  if (!response.ok || named === undefined) throw refuse("does not answer as an OpenID provider");
  if (named.replace(/\/$/, "") !== issuer) throw refuse(`calls itself ${named}`);
}
