import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import type { PasskeyAssertion } from "#lib/signature/passkey.ts";

export type KeyKind = "ES256" | "EdDSA" | "RS256";

const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest();
const url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const fromJwk = (part: string | undefined) => Buffer.from(part ?? "", "base64url");

/** CBOR of an unsigned or negative integer and of a byte string, in their shortest form. */
const head = (major: number, n: number): Buffer => (n < 24 ? Buffer.from([(major << 5) | n]) : n < 256 ? Buffer.from([(major << 5) | 24, n]) : Buffer.from([(major << 5) | 25, n >> 8, n & 255]));
const integer = (n: number): Buffer => (n >= 0 ? head(0, n) : head(1, -1 - n));
const item = (value: number | Buffer): Buffer => (typeof value === "number" ? integer(value) : Buffer.concat([head(2, value.length), value]));
const map = (pairs: readonly (readonly [number, number | Buffer])[]): Buffer => Buffer.concat([head(5, pairs.length), ...pairs.flatMap(([label, value]) => [integer(label), item(value)])]);

function coseOf(kind: KeyKind, publicKey: KeyObject): Buffer {
  const jwk = publicKey.export({ format: "jwk" });
  if (kind === "EdDSA") return map([[1, 1], [3, -8], [-1, 6], [-2, fromJwk(jwk.x)]]);
  if (kind === "ES256") return map([[1, 2], [3, -7], [-1, 1], [-2, fromJwk(jwk.x)], [-3, fromJwk(jwk.y)]]);
  return map([[1, 3], [3, -257], [-1, fromJwk(jwk.n)], [-2, fromJwk(jwk.e)]]);
}

export type Answering = { readonly challenge: string; readonly origin: string; readonly type?: string; readonly flags?: number; readonly relyingParty?: string; readonly crossOrigin?: boolean; readonly count?: number };

/** An authenticator in software: a key that answers challenges as a browser brings them back. UP and UV are set unless `flags` says otherwise. */
export class Authenticator {
  readonly credentialId = url(randomBytes(16));
  readonly publicKey: string;
  readonly algorithm: number;
  readonly #privateKey: KeyObject;
  readonly #kind: KeyKind;
  #count = 0;

  constructor(kind: KeyKind = "ES256") {
    const pair = kind === "EdDSA" ? generateKeyPairSync("ed25519") : kind === "ES256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.#kind = kind;
    this.#privateKey = pair.privateKey;
    this.publicKey = url(coseOf(kind, pair.publicKey));
    this.algorithm = { ES256: -7, EdDSA: -8, RS256: -257 }[kind];
  }

  /** The stored parts of an answer. `challenge`: base64url. */
  assert({ challenge, origin, type = "webauthn.get", flags = 0x05, relyingParty = new URL(origin).hostname, crossOrigin = false, count }: Answering): PasskeyAssertion {
    const client = Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin }));
    const counter = Buffer.alloc(4);
    this.#count = count ?? this.#count + 1;
    counter.writeUInt32BE(this.#count);
    const data = Buffer.concat([sha256(relyingParty), Buffer.from([flags]), counter]);
    const signature = sign(this.#kind === "EdDSA" ? null : "sha256", Buffer.concat([data, sha256(client)]), { key: this.#privateKey, dsaEncoding: "der" });
    return { credentialId: this.credentialId, publicKey: this.publicKey, authenticatorData: url(data), clientDataJson: url(client), signature: url(signature) };
  }

  /** The same answer as the browser's JSON. */
  answer(to: Answering): object {
    const { credentialId, authenticatorData, clientDataJson, signature } = this.assert(to);
    return { id: credentialId, rawId: credentialId, type: "public-key", response: { authenticatorData, clientDataJSON: clientDataJson, signature }, clientExtensionResults: {} };
  }

  /** What a registration answers, with attestation "none" as CBOR. */
  register({ challenge, origin, flags = 0x45 }: { readonly challenge: string; readonly origin: string; readonly flags?: number }): object {
    const client = Buffer.from(JSON.stringify({ type: "webauthn.create", challenge, origin, crossOrigin: false }));
    const id = Buffer.from(this.credentialId, "base64url");
    const length = Buffer.from([id.length >> 8, id.length & 255]);
    const data = Buffer.concat([sha256(new URL(origin).hostname), Buffer.from([flags]), Buffer.alloc(4), Buffer.alloc(16), length, id, Buffer.from(this.publicKey, "base64url")]);
    const text = (s: string) => Buffer.concat([head(3, s.length), Buffer.from(s)]);
    const attestation = Buffer.concat([head(5, 3), text("fmt"), text("none"), text("attStmt"), head(5, 0), text("authData"), item(data)]);
    return { id: this.credentialId, rawId: this.credentialId, type: "public-key", response: { clientDataJSON: url(client), attestationObject: url(attestation), transports: ["usb"] }, clientExtensionResults: {} };
  }
}
