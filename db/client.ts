import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { BrokenPromise } from "#lib/result.ts";

export type Database = PostgresJsDatabase & { $client: postgres.Sql };

/** Opens a pool. `max` connections; idle ones are closed after a minute so that a stopped database is noticed early. */
export function openDatabase(url: string, max = 10): Database {
  const client = postgres(url, { max, idle_timeout: 60, connect_timeout: 10, onnotice: () => {}, connection: { application_name: "veribatch" } });
  return drizzle({ client }) as Database;
}

/** On globalThis: the bundled pages and the front door are two module graphs in one process and share one pool. */
const shared = globalThis as typeof globalThis & { __veribatchDatabase?: Database };

/** Called once by the program that owns the pool. */
export function providePortalDatabase(database: Database): void {
  shared.__veribatchDatabase = database;
}

/** The portal's pool. */
export function portalDatabase(): Database {
  if (!shared.__veribatchDatabase) throw new BrokenPromise("no-database", "the portal's pool was not provided by the program that runs this");
  return shared.__veribatchDatabase;
}
