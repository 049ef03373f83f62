import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOwnerDatabase, migrateDatabase, urlFor } from "#db/migrate.ts";
import { startEmbeddedPostgres } from "#bin/portal/embedded-postgres.ts";

export type Throwaway = { readonly ownerUrl: string; readonly portalUrl: string; readonly sequencerUrl: string; readonly superuserUrl: string };

/** Runs `work` with a PostgreSQL of its own, migrated and empty, that is gone afterwards, on Ctrl-C as well. */
export async function withThrowawayDatabase<T>(work: (database: Throwaway) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "veribatch-bench-"));
  chmodSync(directory, 0o755); // as root the database runs under another user
  const cluster = await startEmbeddedPostgres(join(directory, "postgres"), "superuser");
  const remove = async () => {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  const interrupted = () => void remove().finally(() => process.exit(130));
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    const ownerUrl = await createOwnerDatabase(cluster.superuserUrl, "owner");
    await migrateDatabase(ownerUrl, { portal: "portal", plant: "plant", sequencer: "sequencer" });
    return await work({ ownerUrl, portalUrl: urlFor(ownerUrl, "veribatch_portal", "portal"), sequencerUrl: urlFor(ownerUrl, "veribatch_sequencer", "sequencer"), superuserUrl: urlFor(ownerUrl, "postgres", "superuser") });
  } finally {
    process.removeListener("SIGINT", interrupted).removeListener("SIGTERM", interrupted);
    await remove();
  }
}
