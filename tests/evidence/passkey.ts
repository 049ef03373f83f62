import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import type { Assertion } from "#lib/evidence/shape.ts";

export type PasskeyAlgorithm = "ES256" | "EdDSA" | "RS256";

const header = (major: number, n: number): Buffer =>
  n < 24 ? Buffer.from([(major << 5) | n]) : n < 256 ? Buffer.from([(major << 5) | 24, n]) : Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
const integer = (n: number): Buffer => (n >= 0 ? header(0, n) : header(1, -1 - n));
const map = (pairs: readonly (readonly [number, number | Buffer])[]): Buffer =>
  Buffer.concat([header(5, pairs.length), ...pairs.flatMap(([key, value]) => [integer(key), ...(typeof value === "number" ? [integer(value)] : [header(2, value.length), value])])]);

const part = (key: KeyObject, name: "x" | "y" | "n" | "e"): Buffer => Buffer.from(key.export({ format: "jwk" })[name] ?? "", "base64url");

/** A fresh passkey: its COSE key and how it answers. */
function authenticator(algorithm: PasskeyAlgorithm): { readonly cose: Buffer; readonly answer: (bytes: Buffer) => Buffer } {
  if (algorithm === "ES256") {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return { cose: map([[1, 2], [3, -7], [-1, 1], [-2, part(publicKey, "x")], [-3, part(publicKey, "y")]]), answer: (bytes) => sign("sha256", bytes, privateKey) };
  }
  if (algorithm === "EdDSA") {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    return { cose: map([[1, 1], [3, -8], [-1, 6], [-2, part(publicKey, "x")]]), answer: (bytes) => sign(null, bytes, privateKey) };
  }
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { cose: map([[1, 3], [3, -257], [-1, part(publicKey, "n")], [-2, part(publicKey, "e")]]), answer: (bytes) => sign("sha256", bytes, privateKey) };
}

export type Answering = { readonly origin?: string; readonly type?: string; readonly challenge?: string; readonly rpId?: string; readonly flags?: number };

/** What a passkey made now answers to the challenge `digest` (hex); each part may be another than a browser would give. */
export function passkeyAnswer(algorithm: PasskeyAlgorithm, digest: string, as: Answering = {}): Assertion {
  const { cose, answer } = authenticator(algorithm);
  const client = Buffer.from(JSON.stringify({ type: as.type ?? "webauthn.get", challenge: as.challenge ?? Buffer.from(digest, "hex").toString("base64url"), origin: as.origin ?? "http://localhost:3000", crossOrigin: false }), "utf8");
  const data = Buffer.concat([createHash("sha256").update(as.rpId ?? "localhost").digest(), Buffer.from([as.flags ?? 0x05, 0, 0, 0, 7])]);
  const signature = answer(Buffer.concat([data, createHash("sha256").update(client).digest()]));
  const text = (bytes: Buffer) => bytes.toString("base64url");
  return { credentialId: text(createHash("sha256").update(cose).digest()), publicKey: text(cose), authenticatorData: text(data), clientDataJson: text(client), signature: text(signature) };
}
