import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { NoteCrypto } from "#lib/ledger/note.ts";
import { hexOf, joined } from "./bytes.ts";

/** Malformed keys and signatures do not verify; that is all a caller needs to know of them. */
function holds(verification: () => boolean): boolean {
  try {
    return verification();
  } catch {
    return false;
  }
}

/** RFC 8032, strict about the encoding of points and scalars. */
export const verifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  publicKey.length === 32 && signature.length === 64 && holds(() => ed25519.verify(signature, message, publicKey, { zip215: false }));

/** ES256 as WebAuthn has it: DER signature, either half of S, over SHA-256 of the message. `publicKey`: 0x04, x, y. */
export const verifyEs256 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  holds(() => p256.verify(signature, message, publicKey, { format: "der", lowS: false, prehash: true }));

const integer = (bytes: Uint8Array): bigint => BigInt(`0x0${hexOf(bytes)}`);

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, factor] = [1n, base % modulus];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
  }
  return result;
}

/** DER of the DigestInfo of SHA-256 up to the digest (RFC 8017, 9.2 note 1). */
const digestInfo = Uint8Array.from([0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20]);

export type RsaKey = { readonly modulus: Uint8Array; readonly exponent: Uint8Array };

/** RSASSA-PKCS1-v1_5 with SHA-256: what the signature opens to is written anew and compared as a whole (RFC 8017, 8.2.2). */
export function verifyRs256({ modulus, exponent }: RsaKey, message: Uint8Array, signature: Uint8Array): boolean {
  const [n, e, s] = [integer(modulus), integer(exponent), integer(signature)];
  const length = n.toString(16).length + 1 >> 1;
  // 2048 bits at least; a longer exponent than 4 bytes or a modulus above 8192 bits would only cost time.
  if (length < 256 || length > 1024 || e < 3n || e > 0xffffffffn || signature.length !== length || s >= n) return false;
  const expected = joined(Uint8Array.from([0, 1]), new Uint8Array(length - 3 - digestInfo.length - 32).fill(0xff), Uint8Array.from([0]), digestInfo, sha256(message));
  return power(s, e, n) === integer(expected);
}

/** What signed notes are read with. */
export const noteCrypto: NoteCrypto = { sha256, verifyEd25519 };
