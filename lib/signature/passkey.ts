import { createHash } from "node:crypto";
import { z } from "zod";
import { accept, refuse, type Result } from "#lib/result.ts";
import { coseKeyOf, coseVerify } from "./cose.ts";

/** What a passkey answered to a challenge, kept with the signature: every part base64url as the browser gave it. */
export const passkeyAssertion = z.object({
  credentialId: z.string(),
  /** The enrolled COSE key. */
  publicKey: z.string(),
  authenticatorData: z.string(),
  clientDataJson: z.string(),
  signature: z.string(),
});
export type PasskeyAssertion = z.infer<typeof passkeyAssertion>;

/** What the browser says of the ceremony (WebAuthn 5.8.1); further members may follow. */
const clientData = z.looseObject({ type: z.string(), challenge: z.string(), origin: z.string(), crossOrigin: z.boolean().optional(), topOrigin: z.string().optional() });

export type AssertionFault = "malformed" | "wrong-type" | "wrong-challenge" | "wrong-origin" | "foreign-relying-party" | "not-present" | "not-verified" | "bad-signature";
/** What the authenticator said of itself. `signCount`: 0 where it does not count. */
export type AssertionFacts = { readonly signCount: number; readonly backupEligible: boolean; readonly backedUp: boolean };

/** The relying party is the host of the portal's address. */
export const relyingPartyOf = (origin: string): string => new URL(origin).hostname;

/** The challenge is the digest itself: 32 bytes, base64url. `digest`: lower-case hex. */
export const challengeOf = (digest: string): string => Buffer.from(digest, "hex").toString("base64url");

const sha256 = (bytes: string | Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** The bytes of a part, or undefined when it is written in another than its one canonical way. */
function bytesOf(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, "base64url");
  return bytes.length > 0 && bytes.toString("base64url") === part ? bytes : undefined;
}

function clientDataOf(bytes: Buffer): z.infer<typeof clientData> | undefined {
  try {
    const parsed = clientData.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

const flag = { present: 0x01, verified: 0x04, backupEligible: 0x08, backedUp: 0x10, extensions: 0x80, attested: 0x40 } as const;

/**
 * Verifies a passkey's answer from its stored parts alone, so that it can be done without the portal for ever (WebAuthn 7.2): the
 * challenge is the digest, the page was `origin`, the relying party its host, somebody was present and verified (21 CFR
 * 11.200(a)(1)), and the enrolled key made the signature. The first thing that does not hold is the answer.
 */
export function verifyAssertion(assertion: PasskeyAssertion, digest: string, origin: string): Result<AssertionFacts, AssertionFault> {
  const [credentialId, keyBytes, data, client, signature] = [assertion.credentialId, assertion.publicKey, assertion.authenticatorData, assertion.clientDataJson, assertion.signature].map(bytesOf);
  if (!credentialId || !keyBytes || !data || !client || !signature || data.length < 37) return refuse("malformed");
  const said = clientDataOf(client);
  const key = coseKeyOf(keyBytes);
  const flags = data[32] ?? 0;
  if (!said || !key || (data.length > 37 && (flags & (flag.extensions | flag.attested)) === 0)) return refuse("malformed");
  if (said.type !== "webauthn.get") return refuse("wrong-type");
  if (said.challenge !== challengeOf(digest)) return refuse("wrong-challenge");
  if (said.origin !== origin || said.crossOrigin === true || said.topOrigin !== undefined) return refuse("wrong-origin");
  if (!sha256(relyingPartyOf(origin)).equals(data.subarray(0, 32))) return refuse("foreign-relying-party");
  if ((flags & flag.present) === 0) return refuse("not-present");
  if ((flags & flag.verified) === 0) return refuse("not-verified");
  if (!coseVerify(key, Buffer.concat([data, sha256(client)]), signature)) return refuse("bad-signature");
  return accept({ signCount: data.readUInt32BE(33), backupEligible: (flags & flag.backupEligible) !== 0, backedUp: (flags & flag.backedUp) !== 0 });
}

/** SHA-256 of an enrolled key, lower-case hex: what the attestation says about it. */
export const passkeyDigest = (publicKey: string): string => sha256(Buffer.from(publicKey, "base64url")).toString("hex");
