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

/** Stands where a site's name stands in the state of a signing: the intent is a personal one. No site is called so. */
export const personalPlace = "~";

type Opened = { readonly id: string; readonly statementDigest: string; readonly oauthState: string; readonly codeVerifier: string };

/**
 * Where the person proves himself anew: `prompt=login`, `max_age=0` and the statement's digest as nonce. `place`: the site of the
 * record, or `personalPlace`. Without `userName` he has to give that as well (21 CFR 11.200(a)(1)(i): all components).
 */
export async function stepUpUrl(place: string, opened: Opened, userName?: string): Promise<string> {
  const url = client.buildAuthorizationUrl(await provider(), {
    redirect_uri: redirectUri(), scope: "openid", prompt: "login", max_age: "0", ...(userName ? { login_hint: userName } : {}),
    nonce: nonceOf(opened.statementDigest), state: `${place}.${opened.id}.${opened.oauthState}`,
    code_challenge: await client.calculatePKCECodeChallenge(opened.codeVerifier), code_challenge_method: "S256",
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

/** A proof that fits nothing: what is judged when the provider's answer could not be verified or was used before. */
export const noProof = (cause: string): ProofOfPresence => ({ subject: "", nonce: "", authTime: undefined, evidence: { cause } });

/** Did the exchange fail because nobody answered? That is nobody's failed attempt. */
const unanswered = (error: unknown): boolean =>
  error instanceof Error && (error instanceof TypeError || ("code" in error && error.code === "OAUTH_TIMEOUT") || ("status" in error && Number(error.status) >= 500) || unanswered(error.cause));

export const unreachableSentence = "The identity provider cannot be reached, so you cannot prove who you are. Nothing was signed. Try again in a minute.";

/** The proof of a callback; one that fits nothing when the exchange fails, "unreachable" when the provider did not answer. */
export async function proofOrNone(callback: URL, intent: { readonly statementDigest: string; readonly codeVerifier: string; readonly usedAt: Date | null }, state: string): Promise<ProofOfPresence | "unreachable"> {
  if (intent.usedAt) return noProof("already used");
  return proofFrom(callback, intent, state).catch((error: unknown) => (unanswered(error) ? "unreachable" : noProof(error instanceof Error ? error.message : "exchange failed")));
}
