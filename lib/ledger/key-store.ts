import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { JWK } from "jose";
import { z } from "zod";
import { keyIdOf } from "#lib/digest/digest.ts";
import { BrokenPromise } from "#lib/result.ts";

/** What a key signs: proofs of presence and exports, heads of a log, sealed documents. */
export const keyPurposes = ["attestation", "ledger", "seal"] as const;
export type KeyPurpose = (typeof keyPurposes)[number];

const file = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  owner: z.string().min(1),
  purpose: z.enum(keyPurposes),
  name: z.string().min(1),
  createdAt: z.iso.datetime(),
  /** PKCS#8, DER, base64. */
  privateKey: z.string(),
  /** Of a seal: its X.509 certificate, DER, base64. */
  certificate: z.string().optional(),
});
export type StoredKey = z.infer<typeof file>;

const privateOf = (key: StoredKey): KeyObject => createPrivateKey({ key: Buffer.from(key.privateKey, "base64"), format: "der", type: "pkcs8" });

/** The 32 public bytes of an Ed25519 key. */
function rawPublic(key: KeyObject): Buffer {
  const { x } = key.export({ format: "jwk" });
  if (typeof x !== "string") throw new BrokenPromise("key-kind", "the key is not an Ed25519 key");
  return Buffer.from(x, "base64url");
}

/** Public bytes as the register holds them, base64: 32 raw bytes, or the certificate of a seal. */
export const publicOf = (key: StoredKey): string => key.certificate ?? rawPublic(privateOf(key)).toString("base64");

/** A new Ed25519 key; nothing is written yet. */
export function makeKey(about: { readonly owner: string; readonly purpose: KeyPurpose; readonly name: string }, now: Date): StoredKey {
  return storedFrom(generateKeyPairSync("ed25519").privateKey, about, now);
}

/** A key that exists as JWK already, in the form of the store. */
export const storedFromJwk = (jwk: JWK, about: Parameters<typeof makeKey>[0], now: Date): StoredKey => storedFrom(createPrivateKey({ key: jwk as never, format: "jwk" }), about, now);

function storedFrom(key: KeyObject, about: Parameters<typeof makeKey>[0], now: Date): StoredKey {
  return { id: keyIdOf(rawPublic(key)), ...about, createdAt: now.toISOString(), privateKey: key.export({ format: "der", type: "pkcs8" }).toString("base64") };
}

/** The private key as JWK with its id, for jose. */
export const jwkOf = (key: StoredKey): JWK => ({ ...privateOf(key).export({ format: "jwk" }), kid: key.id, alg: "EdDSA" }) as JWK;

/** Signs bytes with an Ed25519 key: 64 bytes. */
export function signerOf(key: StoredKey): (message: Uint8Array) => Uint8Array {
  const made = privateOf(key);
  return (message) => sign(null, message, made);
}

/** Keys in one directory, a file each, readable by its owner only. */
export type KeyStore = {
  /** The newest key for a purpose of an owner. */
  readonly current: (purpose: KeyPurpose, owner: string) => StoredKey | undefined;
  readonly all: () => readonly StoredKey[];
  /** Writes a key under a name that nobody reads yet; `admit` makes it current, after its public half is registered. */
  readonly prepare: (key: StoredKey) => void;
  readonly admit: (id: string) => void;
  /** Ids of prepared keys that were never admitted. */
  readonly prepared: () => readonly string[];
};

function writeDurably(path: string, text: string): void {
  const handle = openSync(path, "w", 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Opens (and makes) the directory. Files are read again when the directory has changed, so that a rotation reaches every process. */
export function openKeyStore(directory: string): KeyStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let read: { readonly changedAt: number; readonly keys: readonly StoredKey[] } | undefined;
  const all = () => {
    const changedAt = statSync(directory).mtimeMs;
    if (read?.changedAt !== changedAt) {
      const names = readdirSync(directory).filter((name) => /^[0-9a-f]{16}\.json$/.test(name));
      const keys = names.map((name) => file.parse(JSON.parse(readFileSync(join(directory, name), "utf8"))));
      read = { changedAt, keys: keys.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id)) };
    }
    return read.keys;
  };
  return {
    all,
    current: (purpose, owner) => all().findLast((key) => key.purpose === purpose && key.owner === owner),
    prepare: (key) => writeDurably(join(directory, `${key.id}.new`), JSON.stringify(file.parse(key), null, 2)),
    admit: (id) => {
      const from = join(directory, `${id}.new`);
      if (existsSync(from)) renameSync(from, join(directory, `${id}.json`));
    },
    prepared: () => readdirSync(directory).filter((name) => name.endsWith(".new")).map((name) => name.slice(0, 16)),
  };
}
