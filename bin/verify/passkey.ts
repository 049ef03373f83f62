import { sha256 } from "@noble/hashes/sha2.js";
import type { Assertion } from "#lib/evidence/shape.ts";
import { sameBytes } from "#lib/ledger/tree.ts";
import { base64url, fromBase64url, hexOf, joined, textOf, utf8 } from "./bytes.ts";
import { objectOf } from "./canonical.ts";
import { verifyEd25519, verifyEs256, verifyRs256 } from "./crypto.ts";

type CoseValue = number | Uint8Array;

/** One CBOR data item of the kinds a COSE key of these algorithms has: integers and byte strings of definite length. */
function readItem(bytes: Uint8Array, at: number): { readonly value: CoseValue; readonly next: number } | undefined {
  const head = bytes[at];
  if (head === undefined) return undefined;
  const [major, short] = [head >> 5, head & 31];
  const extra = short < 24 ? 0 : short === 24 ? 1 : short === 25 ? 2 : undefined;
  if (extra === undefined || at + 1 + extra > bytes.length) return undefined;
  const n = extra === 0 ? short : bytes.slice(at + 1, at + 1 + extra).reduce((sum, byte) => sum * 256 + byte, 0);
  // A longer spelling than needed would give one key several ones.
  if ((extra === 1 && n < 24) || (extra === 2 && n < 256)) return undefined;
  const next = at + 1 + extra;
  if (major === 0) return { value: n, next };
  if (major === 1) return { value: -1 - n, next };
  return major === 2 && next + n <= bytes.length ? { value: bytes.slice(next, next + n), next: next + n } : undefined;
}

/** The members of a COSE key (RFC 9052, 7); undefined when it is not one map of integers and bytes to its very end. */
export function readCoseKey(bytes: Uint8Array): ReadonlyMap<number, CoseValue> | undefined {
  const head = bytes[0];
  if (head === undefined || head >> 5 !== 5 || (head & 31) >= 24) return undefined;
  const members = new Map<number, CoseValue>();
  let at = 1;
  for (let left = head & 31; left > 0; left -= 1) {
    const name = readItem(bytes, at);
    const member = name && readItem(bytes, name.next);
    if (!name || !member || typeof name.value !== "number" || members.has(name.value)) return undefined;
    members.set(name.value, member.value);
    at = member.next;
  }
  return at === bytes.length ? members : undefined;
}

/** Does the signature over `message` verify under the COSE key? ES256, EdDSA, RS256; no other algorithm does. */
export function verifyCose(key: ReadonlyMap<number, CoseValue>, message: Uint8Array, signature: Uint8Array): boolean {
  const part = (name: number): Uint8Array => { const value = key.get(name); return value instanceof Uint8Array ? value : new Uint8Array(); };
  const kind = [key.get(1), key.get(3)].join();
  if (kind === "2,-7") return key.get(-1) === 1 && part(-2).length === 32 && part(-3).length === 32 && verifyEs256(joined(Uint8Array.from([4]), part(-2), part(-3)), message, signature);
  if (kind === "1,-8") return key.get(-1) === 6 && verifyEd25519(part(-2), message, signature);
  return kind === "3,-257" && verifyRs256({ modulus: part(-1), exponent: part(-2) }, message, signature);
}

const flag = { present: 0x01, verified: 0x04, attested: 0x40, extensions: 0x80 } as const;

const hostOf = (origin: unknown): string | undefined => (typeof origin === "string" ? /^https?:\/\/([a-z0-9.-]+)(?::[0-9]{1,5})?$/.exec(origin)?.[1] : undefined);

/** SHA-256 of an enrolled key, as the attestation names it. */
export const passkeyDigest = (assertion: Assertion): string => hexOf(sha256(fromBase64url(assertion.publicKey) ?? new Uint8Array()));

/** What is wrong with a passkey's answer to the challenge of this statement, asked from `origin` (WebAuthn 7.2); undefined when nothing is. */
export function faultOfAssertion(assertion: Assertion, digest: Uint8Array, origin: unknown): string | undefined {
  const [key, data, client, signature] = [assertion.publicKey, assertion.authenticatorData, assertion.clientDataJson, assertion.signature].map(fromBase64url);
  const said = objectOf(client && textOf(client));
  if (!key || !data || !client || !signature || !said) return "the passkey's answer is not readable";
  if (said["type"] !== "webauthn.get") return "the passkey's answer is not one to a signing";
  if (said["challenge"] !== base64url(digest)) return "the passkey answered another challenge than this statement";
  const host = hostOf(said["origin"]);
  if (host === undefined || said["origin"] !== origin || said["crossOrigin"] === true || said["topOrigin"] !== undefined) return "the passkey was asked from another page than the portal's";
  const flags = data[32] ?? 0;
  if (data.length < 37 || (data.length > 37 && (flags & (flag.attested | flag.extensions)) === 0)) return "the passkey's answer is not readable";
  if (!sameBytes(sha256(utf8(host)), data.slice(0, 32))) return "the passkey answered for another party than its origin";
  if ((flags & flag.present) === 0 || (flags & flag.verified) === 0) return "the passkey did not verify its user";
  const cose = readCoseKey(key);
  return cose && verifyCose(cose, joined(data, sha256(client)), signature) ? undefined : "the passkey's signature does not fit its key";
}
