import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { sql } from "drizzle-orm";
import { openDatabase, type Database } from "#db/client.ts";
import { createOwnerDatabase, migrateDatabase, urlFor } from "#db/migrate.ts";
import { lockDataDirectory } from "#bin/portal/lock.ts";
import { startEmbeddedPostgres } from "#bin/portal/embedded-postgres.ts";
import { StartRefused } from "#bin/portal/refusal.ts";
import { readSecrets } from "#bin/portal/secrets.ts";
import type { Env } from "#lib/env.ts";

/** The owner's pool, and what puts down again whatever was started for it. */
export type OwnerDatabase = { readonly database: Database; readonly close: () => Promise<void> };

async function answers(url: string): Promise<Database | string> {
  const database = openDatabase(url, 2);
  try {
    const [row] = await database.execute<{ present: boolean }>(sql`select to_regclass('public.import_runs') is not null as present`);
    if (!row?.present) throw new StartRefused("This database does not hold Veribatch's tables yet. Start the portal with it once, then try again.");
    return database;
  } catch (error) {
    await database.$client.end({ timeout: 1 });
    if (error instanceof StartRefused) throw error;
    const cause = (error as { cause?: { code?: string } }).cause ?? error;
    return (cause as { code?: string }).code ?? "no answer";
  }
}

const closing = (database: Database) => () => database.$client.end({ timeout: 3 });

/** The port of the embedded PostgreSQL that runs in this directory: the fourth line of the file it writes about itself. */
function runningPort(directory: string): number | undefined {
  const file = join(directory, "postmaster.pid");
  const port = existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[3]) : 0;
  return port > 0 ? port : undefined;
}

async function startOwn(dataDirectory: string): Promise<OwnerDatabase> {
  const unlock = lockDataDirectory(dataDirectory); // a portal that starts meanwhile must not take the files
  try {
    const { databasePasswords } = await readSecrets(dataDirectory);
    const embedded = await startEmbeddedPostgres(join(dataDirectory, "postgres"), databasePasswords.superuser);
    const ownerUrl = await createOwnerDatabase(embedded.superuserUrl, databasePasswords.owner);
    await migrateDatabase(ownerUrl, {});
    const database = openDatabase(ownerUrl, 2);
    return { database, close: async () => { await closing(database)(); await embedded.stop(); unlock(); } };
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * The database under the owner's login: `DATABASE_URL`; else the embedded one of the data directory, through the server that
 * a running portal has open, or started for the import and stopped after it.
 */
export async function openOwnerDatabase(env: Env): Promise<OwnerDatabase> {
  if (env.DATABASE_URL) {
    if (!URL.canParse(env.DATABASE_URL)) throw new StartRefused("DATABASE_URL is not a PostgreSQL address. Write it as postgres://user:password@host:5432/database.");
    const database = await answers(env.DATABASE_URL);
    if (typeof database === "string") throw new StartRefused(`DATABASE_URL does not lead to a database that lets this user in (${database}). Correct it, or unset it to use the embedded PostgreSQL.`);
    return { database, close: closing(database) };
  }
  const dataDirectory = resolve(env.DATA_DIR);
  const directory = join(dataDirectory, "postgres");
  if (!existsSync(join(directory, "PG_VERSION"))) {
    throw new StartRefused(`There is no database in ${dataDirectory} yet. Start the portal once (npm start), set DATA_DIR to where it keeps its data, or set DATABASE_URL.`);
  }
  const port = runningPort(directory);
  if (port) {
    const { databasePasswords } = await readSecrets(dataDirectory);
    const database = await answers(urlFor(`postgres://127.0.0.1:${port}`, "veribatch_owner", databasePasswords.owner, "veribatch"));
    if (typeof database !== "string") return { database, close: closing(database) };
  }
  return startOwn(dataDirectory);
}
