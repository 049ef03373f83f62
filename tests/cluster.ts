import { mkdtempSync, rmSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "#bin/portal/embedded-postgres.ts";
import { createOwnerDatabase, migrateDatabase } from "#db/migrate.ts";

declare module "vitest" {
  export interface ProvidedContext {
    readonly cluster: { readonly superuserUrl: string; readonly ownerUrl: string };
  }
}

/** One real PostgreSQL for all database tests of a run; each test file works in its own copy of the migrated database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), "veribatch-test-"));
  chmodSync(directory, 0o755);
  const cluster = await startEmbeddedPostgres(join(directory, "postgres"), "superuser");
  const ownerUrl = await createOwnerDatabase(cluster.superuserUrl, "owner", "template_veribatch");
  await migrateDatabase(ownerUrl, { portal: "portal", plant: "plant", sequencer: "sequencer" });
  project.provide("cluster", { superuserUrl: cluster.superuserUrl, ownerUrl });
  return async () => {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}
