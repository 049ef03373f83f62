import { randomBytes, randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { sql } from "drizzle-orm";
import { demoPeople } from "#bin/portal/demo-people.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "#bin/portal/embedded-postgres.ts";
import { openKeys, settleKeys } from "#bin/portal/keys.ts";
import { openDatabase } from "#db/client.ts";
import { createOwnerDatabase, migrateDatabase, urlFor } from "#db/migrate.ts";
import { withProgramme } from "#db/scope.ts";
import { plantStory } from "#db/seed/story.ts";
import { demoIssuer } from "#lib/access/sign-in-commands.ts";
import { makeSealKey } from "#lib/document/seal-key.ts";
import { undertakingVersion } from "#lib/signature/personal.ts";
import { composeSourceKey } from "#lib/telemetry/source-key.ts";

/** What every process of the test is told; kept in its directory, so that a later run goes on where this one ended. */
export type Settings = { readonly directory: string; readonly superuserUrl: string; readonly ownerUrl: string; readonly portalUrl: string; readonly sequencerUrl: string; readonly signingKey: JWK; readonly sourceKey: string };

export const siteId = "basel";
export const unitId = "BR-2001";
export const sourceId = "gateway-BR-2001";
/** Batches that wait for their production review; signed and withdrawn in turn. */
export const batchIds: readonly string[] = ["BAS-101-2610", ...Array.from({ length: 11 }, (_, i) => `BAS-CRASH-${String(i + 1).padStart(2, "0")}`)];
export const signerName = "lead.production.basel@demo";
export const everySite = ["basel", "raleigh", "singapore", "enterprise"];

type Kept = { readonly signingKey: JWK; readonly sourceKey: string };

async function secretsOf(directory: string): Promise<Kept> {
  const file = join(directory, "crash-secrets.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Kept;
  const { privateKey } = await generateKeyPair("Ed25519", { extractable: true });
  const made: Kept = { signingKey: await exportJWK(privateKey), sourceKey: composeSourceKey(siteId, sourceId, randomBytes(32)) };
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

/** Copies of a batch that is complete and unsigned, and the signer's accepted accountability statement. */
async function plantWork(ownerUrl: string): Promise<void> {
  const owner = openDatabase(ownerUrl, 1);
  await withProgramme(owner, "installation", everySite, async (tx) => {
    for (const id of batchIds.slice(1)) {
      for (const table of ["batches", "steps", "entries", "exceptions"]) {
        const key = table === "batches" ? "id" : "batch_id";
        await tx.execute(sql`insert into ${sql.identifier(table)} select (jsonb_populate_record(null::${sql.identifier(table)}, to_jsonb(t) || jsonb_build_object(${key}::text, ${id}::text))).* from ${sql.identifier(table)} t where ${sql.identifier(key)} = ${batchIds[0]} and site_id = ${siteId}`);
      }
    }
    await tx.execute(sql`insert into undertakings (id, person_id, version, statement, digest, method, attestation, accepted_at)
      select ${randomUUID()}::uuid, id, ${undertakingVersion}, '{}', '', 'story', '', now() from people where user_name = ${signerName}`);
  }, { reason: "batches of the crash test" });
  await owner.$client.end();
}

/** Starts the database in `directory`, with the story, its keys and the work planted at the first time. */
export async function openInstallation(directory: string): Promise<{ readonly cluster: EmbeddedPostgres; readonly settings: Settings }> {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o755);
  const secrets = await secretsOf(directory);
  const cluster = await startEmbeddedPostgres(join(directory, "postgres"), "superuser");
  const planted = join(directory, "planted");
  const ownerUrl = await createOwnerDatabase(cluster.superuserUrl, "owner");
  const settings: Settings = {
    directory, ownerUrl, superuserUrl: urlFor(cluster.superuserUrl, "postgres", "superuser", "veribatch"), portalUrl: urlFor(ownerUrl, "veribatch_portal", "portal"),
    sequencerUrl: urlFor(ownerUrl, "veribatch_sequencer", "sequencer"), ...secrets,
  };
  if (!existsSync(planted)) {
    await migrateDatabase(ownerUrl, { portal: "portal", plant: "plant", sequencer: "sequencer" });
    const keys = openKeys(join(directory, "keys"), secrets.signingKey, new Date());
    await plantStory({ ownerUrl, people: demoPeople, issuer: demoIssuer, signingKey: secrets.signingKey, sourceKeys: { [sourceId]: secrets.sourceKey }, now: new Date(), say: () => {} });
    await settleKeys(ownerUrl, keys, makeSealKey, { now: new Date(), newId: randomUUID });
    await plantWork(ownerUrl);
    writeFileSync(planted, new Date().toISOString());
  }
  return { cluster, settings };
}
