import { createPublicKey, hash, verify, type KeyObject } from "node:crypto";
import type { NoteCrypto } from "./note.ts";
import { merkle, type Sha256 } from "./tree.ts";

/** SHA-256 of the runtime. */
export const nativeSha256: Sha256 = (bytes) => hash("sha256", bytes, "buffer");

/** The tree over the runtime's SHA-256. */
export const tree = merkle(nativeSha256);

const spkiOfEd25519 = Buffer.from("302a300506032b6570032100", "hex");

/** A public key object of 32 raw bytes (RFC 8410). */
export const ed25519Public = (raw: Uint8Array): KeyObject => createPublicKey({ key: Buffer.concat([spkiOfEd25519, raw]), format: "der", type: "spki" });

export const nativeCrypto: NoteCrypto = {
  sha256: nativeSha256,
  verifyEd25519: (publicKey, message, signature) => publicKey.length === 32 && signature.length === 64 && verify(null, message, ed25519Public(publicKey), signature),
};

const leafTag = Buffer.from("EBRLEAF/1\n");

/** Bytes of an entry's leaf: "EBRLEAF/1", a line feed, the canonical text. */
export const leafBytes = (canonicalText: string): Uint8Array => Buffer.concat([leafTag, Buffer.from(canonicalText, "utf8")]);
