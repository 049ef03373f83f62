import { createPublicKey, verify, type JsonWebKey, type KeyObject } from "node:crypto";

/** A public key as an authenticator writes it (RFC 9052, WebAuthn 6.5.1.1): a flat CBOR map of integers and byte strings. */
type CoseMap = ReadonlyMap<number, number | Uint8Array>;

/** The algorithms passkeys may use here, by COSE number: EdDSA over Ed25519, ES256 over P-256, RS256. */
export const coseAlgorithms = { EdDSA: -8, ES256: -7, RS256: -257 } as const;

type Head = { readonly major: number; readonly argument: number; readonly next: number };

/** Reads the head of one CBOR item in its shortest form; a longer spelling is refused, so that one key has one spelling. */
function headAt(bytes: Uint8Array, at: number): Head | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  const [major, short] = [first >> 5, first & 31];
  if (short < 24) return { major, argument: short, next: at + 1 };
  const length = short === 24 ? 1 : short === 25 ? 2 : 0;
  if (length === 0 || at + 1 + length > bytes.length) return undefined;
  const argument = bytes.subarray(at + 1, at + 1 + length).reduce((n, byte) => n * 256 + byte, 0);
  return argument < (length === 1 ? 24 : 256) ? undefined : { major, argument, next: at + 1 + length };
}

const integerOf = ({ major, argument }: Head): number | undefined => (major === 0 ? argument : major === 1 ? -1 - argument : undefined);

/** The map, or undefined when the bytes are anything else or hold more than the map. */
export function coseMapOf(bytes: Uint8Array): CoseMap | undefined {
  const map = new Map<number, number | Uint8Array>();
  const outer = headAt(bytes, 0);
  if (outer?.major !== 5) return undefined;
  let at = outer.next;
  for (let i = 0; i < outer.argument; i++) {
    const name = headAt(bytes, at);
    const label = name && integerOf(name);
    const value = name && headAt(bytes, name.next);
    if (label === undefined || !value || map.has(label)) return undefined;
    const number = integerOf(value);
    const end = value.major === 2 ? value.next + value.argument : value.next;
    if ((number === undefined && value.major !== 2) || end > bytes.length) return undefined;
    map.set(label, number ?? bytes.subarray(value.next, end));
    at = end;
  }
  return at === bytes.length ? map : undefined;
}

const base64url = (value: number | Uint8Array | undefined): string | undefined => (value instanceof Uint8Array ? Buffer.from(value).toString("base64url") : undefined);

/** Labels of RFC 9053: 1 key type, 3 algorithm, −1 curve (or modulus), −2 x (or exponent), −3 y. */
function jwkOf(map: CoseMap): JsonWebKey | undefined {
  const [type, algorithm, curve] = [map.get(1), map.get(3), map.get(-1)];
  const [x, y] = [base64url(map.get(-2)), base64url(map.get(-3))];
  if (type === 1 && algorithm === coseAlgorithms.EdDSA && curve === 6 && x) return { kty: "OKP", crv: "Ed25519", x };
  if (type === 2 && algorithm === coseAlgorithms.ES256 && curve === 1 && x && y) return { kty: "EC", crv: "P-256", x, y };
  const modulus = base64url(map.get(-1));
  if (type === 3 && algorithm === coseAlgorithms.RS256 && modulus && x) return { kty: "RSA", n: modulus, e: x };
  return undefined;
}

export type CoseKey = { readonly key: KeyObject; readonly algorithm: number };

/** The key of the bytes; undefined for anything but the three algorithms. */
export function coseKeyOf(bytes: Uint8Array): CoseKey | undefined {
  const map = coseMapOf(bytes);
  const jwk = map && jwkOf(map);
  const algorithm = map?.get(3);
  if (!jwk || typeof algorithm !== "number") return undefined;
  try {
    return { key: createPublicKey({ key: jwk, format: "jwk" }), algorithm };
  } catch {
    return undefined; // a point that is not on the curve
  }
}

/** Does the signature fit? ES256 signatures come in DER (WebAuthn 6.5.5). */
export function coseVerify({ key, algorithm }: CoseKey, data: Uint8Array, signature: Uint8Array): boolean {
  return verify(algorithm === coseAlgorithms.EdDSA ? null : "sha256", data, { key, dsaEncoding: "der" }, signature);
}
