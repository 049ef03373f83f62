import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { specimenBundle, type SpecimenKey } from "./specimen.ts";

function newKey(): SpecimenKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { privateKey, privateJwk: { ...privateKey.export({ format: "jwk" }) }, publicJwk: { ...publicKey.export({ format: "jwk" }) } };
}

/**
 * What one visit to the sandbox plays with: a specimen bundle under keys made now, and the secret key (32 bytes, hex) of a ledger
 * that lives in the visitor's browser alone. Reads no database; nothing of it is kept.
 */
export const freshSandbox = (now: Date): { readonly bundle: string; readonly ledgerSecret: string } => ({
  bundle: specimenBundle({ newKey, newId: randomUUID, now }), ledgerSecret: randomBytes(32).toString("hex"),
});
