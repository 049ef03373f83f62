import { fromBase64 } from "#lib/ledger/note.ts";
import type { Bundle, RegisterKey } from "#lib/evidence/shape.ts";
import { sha256 } from "@noble/hashes/sha2.js";
import { hexOf, keyIdOf, utf8 } from "../bytes.ts";
import { writeCanonical } from "../canonical.ts";
import { checkOf, validAt, type Check, type Evidence } from "../check.ts";
import { verifyEd25519 } from "../crypto.ts";

/** SHA-256 over RFC 8785 of the keys' [id, publicKey]: what a reader compares with what he got another way. */
export const fingerprintOfKeys = (keys: readonly RegisterKey[]): string => hexOf(sha256(utf8(writeCanonical(keys.map((key) => [key.id, key.publicKey])) ?? "")));
export const fingerprintOf = ({ content }: Bundle): string => fingerprintOfKeys(content.keys);

function faultOfKey(key: RegisterKey, before: RegisterKey | undefined): string | undefined {
  const bytes = fromBase64(key.publicKey);
  if (!bytes || keyIdOf(bytes) !== key.id) return `key ${key.id} has not the bytes its id is made of`;
  if (key.algorithm === "Ed25519" && bytes.length !== 32) return `key ${key.id} is not one of Ed25519`;
  return before && before.id >= key.id ? `key ${key.id} is out of order` : undefined;
}

/** What is wrong with the keys themselves, and with their fingerprint against a trusted one. */
export const faultsOfKeys = (keys: readonly RegisterKey[], fingerprint: string, trust: string | undefined): readonly string[] => [
  ...keys.map((key, i) => faultOfKey(key, keys[i - 1])), trust !== undefined && trust !== fingerprint ? `the register's fingerprint is ${fingerprint}, not the trusted ${trust}` : undefined,
].filter((fault) => fault !== undefined);
/** Whether somebody vouches for the keys. */
export const vouched = (fingerprint: string, trust: string | undefined): string => (trust === undefined ? `nothing here vouches for the keys: compare the fingerprint ${fingerprint} with one you got another way` : "the keys are the trusted ones");

function faultOfSeal({ bundle, exportedAt }: Evidence): string | undefined {
  const { manifest, seal, content } = bundle;
  const key = content.keys.find((k) => k.id === seal.keyId);
  if (!key || key.purpose !== "attestation" || key.algorithm !== "Ed25519") return "the seal names no attestation key of the register";
  if (!validAt(key, exportedAt)) return `the seal's key ${key.id} was not valid when the bundle was exported`;
  const [publicKey, signature] = [fromBase64(key.publicKey), fromBase64(seal.signature)];
  const text = utf8(`EBRSEAL/1\n${writeCanonical(manifest)}`);
  return publicKey && signature && verifyEd25519(publicKey, text, signature) ? undefined : "the seal does not fit the manifest";
}

/** The register's keys, the seal over the manifest, and whether somebody vouches for the keys. `trust`: a fingerprint. */
export function checkSeal(evidence: Evidence, fingerprint: string, trust: string | undefined): Check {
  const faults = [...faultsOfKeys(evidence.bundle.content.keys, fingerprint, trust), faultOfSeal(evidence)].filter((fault) => fault !== undefined);
  return checkOf("seal", 1, faults, `sealed by attestation key ${evidence.bundle.seal.keyId}; ${vouched(fingerprint, trust)}`);
}
