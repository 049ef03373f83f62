import { accept, refuse, type Result } from "#lib/result.ts";
import type { AssertionFault, PasskeyAssertion } from "./passkey.ts";

/** How far the provider's clock may lie before the opening of the signing, milliseconds. */
export const clockTolerance = 5_000;

/** How long an opened signing waits for the person, milliseconds. */
export const intentLifetime = 10 * 60_000;

export type Proof = { readonly subject: string; readonly nonce: string; readonly authTime: number | undefined };
/** A proof with what the portal keeps of it: issuer, subject, `auth_time`, `acr`, `amr`, the ID token's digest. */
export type ProofOfPresence = Proof & { readonly evidence: Readonly<Record<string, string | number | string[]>> };

/** A passkey's answer as it was judged at the edge, with the enrolled key it was judged by; `fault` says why it does not hold. */
export type PasskeyProof = {
  readonly passkeyId: string | undefined;
  readonly ownerId: string | undefined;
  readonly fault: AssertionFault | "unknown-passkey" | "revoked-passkey" | "cooling-passkey" | "counter" | undefined;
  readonly assertion: PasskeyAssertion;
  readonly signCount: number;
  readonly evidence: Readonly<Record<string, string | number | string[]>>;
};

export type IntentRefusal = "foreign-session" | "expired" | "used";
export type ProofRefusal = IntentRefusal | "foreign-person" | "foreign-statement" | "no-auth-time" | "stale-proof";
export type PasskeyRefusal = IntentRefusal | "foreign-person" | NonNullable<PasskeyProof["fault"]>;
export type PresenceRefusal = ProofRefusal | PasskeyRefusal;

/** `sessionId`: session the intent was opened in; the proof must come back in it. */
export type OpenedIntent = { readonly digest: string; readonly openedAt: Date; readonly expiresAt: Date; readonly used: boolean; readonly sessionId: string | null };

function judgeIntent(intent: OpenedIntent, sessionId: string | null, now: Date): IntentRefusal | undefined {
  if (intent.used) return "used";
  if (now > intent.expiresAt) return "expired";
  return intent.sessionId === sessionId ? undefined : "foreign-session";
}

/**
 * Does what the identity provider says prove that the opener re-authenticated for this statement? `authTime`: seconds since
 * the epoch, must not lie before the opening (RFC 9470, OpenID Connect Core 3.1.2.1 max_age).
 */
export function judgeProof(proof: Proof, intent: OpenedIntent & { readonly subject: string }, at: { readonly sessionId: string | null; readonly now: Date }): Result<{ readonly authTime: number }, ProofRefusal> {
  const refused = judgeIntent(intent, at.sessionId, at.now);
  if (refused) return refuse(refused);
  if (proof.nonce !== intent.digest) return refuse("foreign-statement");
  if (proof.subject !== intent.subject) return refuse("foreign-person");
  if (proof.authTime === undefined) return refuse("no-auth-time");
  // auth_time has whole seconds, so its second may have begun just before the opening.
  if (proof.authTime * 1000 + 999 < intent.openedAt.getTime() - clockTolerance) return refuse("stale-proof");
  return accept({ authTime: proof.authTime });
}

/** Does a passkey's answer prove the opener's presence? The answer itself was verified over the statement's digest before. */
export function judgePasskey(proof: PasskeyProof, intent: OpenedIntent & { readonly personId: string }, at: { readonly sessionId: string | null; readonly now: Date }): Result<{ readonly passkeyId: string }, PasskeyRefusal> {
  const refused = judgeIntent(intent, at.sessionId, at.now);
  if (refused) return refuse(refused);
  if (proof.passkeyId === undefined) return refuse(proof.fault ?? "unknown-passkey");
  if (proof.ownerId !== intent.personId) return refuse("foreign-person");
  return proof.fault ? refuse(proof.fault) : accept({ passkeyId: proof.passkeyId });
}

/**
 * Which refusals count towards the lock: those in which somebody tried with what does not fit. Not counted: lateness, and a
 * provider that is set up wrongly, which are no attempt of anybody's.
 */
export const countsAsFailure: Record<PresenceRefusal, boolean> = {
  "foreign-session": true, "foreign-person": true, "foreign-statement": true, "stale-proof": true, used: true, "unknown-passkey": true, "revoked-passkey": true, "cooling-passkey": false, counter: true,
  malformed: true, "wrong-type": true, "wrong-challenge": true, "wrong-origin": true, "foreign-relying-party": true, "not-present": true, "not-verified": true, "bad-signature": true,
  expired: false, "no-auth-time": false,
};

const again = "Nothing was signed. Open the signing again.";
export const proofRefusalSentence: Record<PresenceRefusal, string> = {
  "foreign-person": "Somebody else proved his presence. Nothing was signed. Open the signing again and prove your own.",
  "foreign-statement": "The identity provider's answer belongs to another statement or could not be verified. Nothing was signed. Open the signing again.",
  "foreign-session": "This signing was opened in another session. Nothing was signed. Open it again here.",
  "no-auth-time": "The identity provider did not say when you signed in, so your presence is not proved. Nothing was signed. Ask the administrator to have auth_time sent.",
  "stale-proof": "You did not sign in again after opening this signing. Nothing was signed. Open it again and enter your password.",
  expired: "This signing was open for more than 10 minutes and has expired. Nothing was signed. Open it again.",
  used: "This signing was already finished. Open a new one if you need to sign again.",
  "unknown-passkey": "This passkey is not enrolled here. Nothing was signed. Use one that is listed on your account page.",
  "revoked-passkey": "This passkey is revoked. Nothing was signed. Use another one, or enrol a new one on your account page.",
  "cooling-passkey": "This passkey is enrolled but may not sign yet. Nothing was signed. Your account page says from when it may.",
  counter: "The passkey's counter went backwards, which a copied key does. Nothing was signed. Revoke the passkey and tell the administrator.",
  malformed: `The passkey's answer cannot be read. ${again}`,
  "wrong-type": `The passkey answered to something that is no signing. ${again}`,
  "wrong-challenge": `The passkey answered for another statement. ${again}`,
  "wrong-origin": `The passkey answered to another site than this portal. ${again}`,
  "foreign-relying-party": `The passkey answered for another site than this portal. ${again}`,
  "not-present": `The passkey was not touched. ${again}`,
  "not-verified": "The passkey did not verify you by PIN or biometric. Nothing was signed. Use one that does.",
  "bad-signature": `The passkey's signature does not fit its enrolled key. ${again}`,
};
