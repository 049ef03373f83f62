import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import type { TestProject } from "vitest/node";
import { demoPeople } from "#bin/portal/demo-people.ts";
import { startEmbeddedPostgres } from "#bin/portal/embedded-postgres.ts";
import { createOwnerDatabase, migrateDatabase } from "#db/migrate.ts";
import { plantStory } from "#db/seed/story.ts";
import { demoIssuer } from "#lib/access/sign-in-commands.ts";

declare module "vitest" {
  export interface ProvidedContext {
    readonly cluster: { readonly superuserUrl: string; readonly signingKey: JWK };
  }
}

/** One real PostgreSQL for all database tests of a run; each test file works in its own copy of the migrated or the planted database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), "veribatch-test-"));
  chmodSync(directory, 0o755);
  const cluster = await startEmbeddedPostgres(join(directory, "postgres"), "superuser");
  const { privateKey } = await generateKeyPair("Ed25519", { extractable: true });
  const signingKey = await exportJWK(privateKey);
  for (const name of ["template_veribatch", "template_story"]) {
    const ownerUrl = await createOwnerDatabase(cluster.superuserUrl, "owner", name);
    await migrateDatabase(ownerUrl, { portal: "portal", plant: "plant", sequencer: "sequencer" });
    if (name === "template_story") await plantStory({ ownerUrl, people: demoPeople, issuer: demoIssuer, signingKey, sourceKeys: {}, now: new Date(), say: () => {} });
  }
  project.provide("cluster", { superuserUrl: cluster.superuserUrl, signingKey });
  return async () => {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}
