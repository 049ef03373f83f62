import { accept, refuse, type Result } from "#lib/result.ts";

/** How far the provider's clock may lie before the opening of the signing, milliseconds. */
export const clockTolerance = 5_000;

export type Proof = { readonly subject: string; readonly nonce: string; readonly authTime: number | undefined };
/** A proof with what the portal keeps of it: issuer, subject, `auth_time`, `acr`, `amr`, the ID token's digest. */
export type ProofOfPresence = Proof & { readonly evidence: Readonly<Record<string, string | number | string[]>> };
export type ProofRefusal = "foreign-person" | "foreign-statement" | "no-auth-time" | "stale-proof" | "expired" | "used";

/**
 * Does what the identity provider says prove that the opener re-authenticated for this statement? `authTime`: seconds since
 * the epoch, must not lie before the opening (RFC 9470, OpenID Connect Core 3.1.2.1 max_age).
 */
export function judgeProof(proof: Proof, intent: { readonly subject: string; readonly digest: string; readonly openedAt: Date; readonly expiresAt: Date; readonly used: boolean }, now: Date): Result<{ readonly authTime: number }, ProofRefusal> {
  if (intent.used) return refuse("used");
  if (now > intent.expiresAt) return refuse("expired");
  if (proof.nonce !== intent.digest) return refuse("foreign-statement");
  if (proof.subject !== intent.subject) return refuse("foreign-person");
  if (proof.authTime === undefined) return refuse("no-auth-time");
  // auth_time has whole seconds, so its second may have begun just before the opening.
  if (proof.authTime * 1000 + 999 < intent.openedAt.getTime() - clockTolerance) return refuse("stale-proof");
  return accept({ authTime: proof.authTime });
}

export const proofRefusalSentence: Record<ProofRefusal, string> = {
  "foreign-person": "Somebody else signed in at the identity provider. Nothing was signed. Open the signing again and sign in as yourself.",
  "foreign-statement": "The identity provider's answer belongs to another statement. Nothing was signed. Open the signing again.",
  "no-auth-time": "The identity provider did not say when you signed in, so your presence is not proved. Nothing was signed. Ask the administrator to have auth_time sent.",
  "stale-proof": "You did not sign in again after opening this signing. Nothing was signed. Open it again and enter your password.",
  expired: "This signing was open for more than 10 minutes and has expired. Nothing was signed. Open it again.",
  used: "This signing was already finished. Open a new one if you need to sign again.",
};
