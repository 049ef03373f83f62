import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { BrokenPromise } from "#lib/result.ts";

/** RFC 8785 text of a JSON value. Keep numbers that matter as decimal strings; a value JSON cannot hold is a broken promise. */
export function canonical(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new BrokenPromise("not-canonical", "the value holds something JSON cannot", { cause });
  }
  if (text === undefined) throw new BrokenPromise("not-canonical", "the value has no JSON form");
  return text;
}

/** The kinds of bytes that are hashed; each has its own tag, so that a digest of one never stands for another. */
export type DigestTag = "EBRREC/1" | "EBRSIG/1" | "EBRLEAF/1" | "EBRMBR/1" | "EBRMBR/2" | "EBROVL/1" | "EBREXC/1" | "EBRRCL/1" | "EBRSEG/1" | "EBRBUN/1" | "EBRSEAL/1" | "EBRACT/1";

/** SHA-256, lower-case hex, over the tag, a line feed and the canonical text. */
export function digestOf(tag: DigestTag, canonicalText: string): string {
  return createHash("sha256").update(`${tag}\n${canonicalText}`, "utf8").digest("hex");
}

/** SHA-256 of bytes as they are, lower-case hex. */
export const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Id of a public key, as the register and every signature name it: first 16 hex digits of the SHA-256 of its bytes (Ed25519: 32; a seal: its certificate). */
export const keyIdOf = (publicKey: Uint8Array): string => sha256(publicKey).slice(0, 16);

/** The same of an Ed25519 key by its JWK member `x`, base64url. */
export const keyIdOfJwk = (key: { readonly x?: string | undefined }): string => keyIdOf(Buffer.from(key.x ?? "", "base64url"));

/** First and last digits of a digest, for reading; never for comparing. */
export const shortDigest = (digest: string): string => `${digest.slice(0, 8)}…${digest.slice(-8)}`;
