import * as client from "openid-client";
import { installation } from "#lib/installation.ts";
import type { ProofOfPresence } from "./proof.ts";
import { sha256 } from "#lib/digest/digest.ts";
import { nonceOf } from "./statement.ts";

let discovered: { readonly issuer: string; readonly configuration: Promise<client.Configuration> } | undefined;

async function provider(): Promise<client.Configuration> {
  const { issuer, clientId, clientSecret } = installation().oidc;
  if (discovered?.issuer !== issuer) {
    // Plain http is accepted only where the provider is the demo one, on this very machine.
    const execute = installation().oidc.demo ? { execute: [client.allowInsecureRequests] } : {};
    discovered = { issuer, configuration: client.discovery(new URL(issuer), clientId, clientSecret, undefined, execute) };
  }
  try {
    return await discovered.configuration;
  } catch (error) {
    discovered = undefined;
    throw error;
  }
}

const redirectUri = (): string => `${installation().publicUrl}/api/signing/callback`;

/** Fresh values for one re-authentication: PKCE verifier and state. */
export const freshStepUp = (): { readonly codeVerifier: string; readonly oauthState: string; readonly nonce: string } => ({
  codeVerifier: client.randomPKCECodeVerifier(), oauthState: client.randomState(), nonce: client.randomNonce(),
});

/** Where the person proves himself anew: `prompt=login`, `max_age=0` and the statement's digest as nonce. */
export async function stepUpUrl(intent: { readonly siteId: string; readonly id: string; readonly statementDigest: string; readonly oauthState: string; readonly codeVerifier: string }, userName: string): Promise<string> {
  const url = client.buildAuthorizationUrl(await provider(), {
    redirect_uri: redirectUri(), scope: "openid", prompt: "login", max_age: "0", login_hint: userName,
    nonce: nonceOf(intent.statementDigest), state: `${intent.siteId}.${intent.id}.${intent.oauthState}`,
    code_challenge: await client.calculatePKCECodeChallenge(intent.codeVerifier), code_challenge_method: "S256",
  });
  return url.href;
}

/** Exchanges the code and returns what the provider proves. Throws when the exchange or the token's own checks fail. */
export async function proofFrom(callback: URL, intent: { readonly statementDigest: string; readonly codeVerifier: string }, state: string): Promise<ProofOfPresence> {
  const tokens = await client.authorizationCodeGrant(await provider(), callback, { pkceCodeVerifier: intent.codeVerifier, expectedState: state, expectedNonce: nonceOf(intent.statementDigest), idTokenExpected: true });
  const claims = tokens.claims();
  if (!claims) throw new Error("the provider sent no ID token");
  const amr = Array.isArray(claims["amr"]) ? claims["amr"].filter((m) => typeof m === "string") : [];
  return {
    subject: claims.sub, nonce: String(claims.nonce ?? ""), authTime: claims.auth_time,
    evidence: { issuer: claims.iss, subject: claims.sub, authTime: claims.auth_time ?? 0, acr: String(claims["acr"] ?? ""), amr, idTokenDigest: sha256(tokens.id_token ?? "") },
  };
}
