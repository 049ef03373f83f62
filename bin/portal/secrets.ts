import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import { z } from "zod";

const jwk = z.looseObject({ kty: z.string(), kid: z.string() });
const shape = z.object({
  authSecret: z.string(),
  databasePasswords: z.object({ superuser: z.string(), owner: z.string(), portal: z.string(), plant: z.string(), sequencer: z.string() }),
  /** Ed25519: attests signatures. */
  signingKey: jwk,
  demo: z.object({ clientSecret: z.string(), cookieKey: z.string(), idTokenKey: jwk }),
  /** API keys of the simulated sources, by source id. */
  sourceKeys: z.record(z.string(), z.string()),
});
export type Secrets = z.infer<typeof shape>;

const random = () => randomBytes(24).toString("base64url");

async function privateKey(algorithm: "Ed25519" | "RS256", use: string): Promise<z.infer<typeof jwk>> {
  const { privateKey: key } = await generateKeyPair(algorithm, { extractable: true });
  const exported = await exportJWK(key);
  return { ...exported, kty: String(exported.kty), alg: algorithm, use: "sig", kid: `${use}-${randomBytes(6).toString("hex")}` };
}

async function fresh(): Promise<Secrets> {
  return {
    authSecret: random(),
    databasePasswords: { superuser: random(), owner: random(), portal: random(), plant: random(), sequencer: random() },
    signingKey: await privateKey("Ed25519", "portal"),
    demo: { clientSecret: random(), cookieKey: random(), idTokenKey: await privateKey("RS256", "demo") },
    sourceKeys: {},
  };
}

const fileOf = (dataDirectory: string) => join(dataDirectory, "secrets", "installation.json");

/** Writes the secrets so that a kill in between leaves the old file whole; readable by the owner only. */
export function keepSecrets(dataDirectory: string, secrets: Secrets): void {
  const file = fileOf(dataDirectory);
  mkdirSync(join(dataDirectory, "secrets"), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The installation's generated secrets; made at the first start. */
export async function readSecrets(dataDirectory: string): Promise<Secrets> {
  const file = fileOf(dataDirectory);
  if (existsSync(file)) return shape.parse(JSON.parse(readFileSync(file, "utf8")));
  const made = await fresh();
  keepSecrets(dataDirectory, made);
  return made;
}
