import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";

/** The logins of the architecture and what each is for. */
export type Logins = { readonly portal: string; readonly plant: string; readonly sequencer: string };

/** Any number will do, as long as every portal takes the same. */
const migrationLock = 7_218_001;

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/**
 * Brings the database to this version's schema and gives the logins their passwords; those without one are left as they are.
 * Portals that start together wait for each other.
 */
export async function migrateDatabase(ownerUrl: string, passwords: Partial<Logins>): Promise<void> {
  const client = postgres(ownerUrl, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await client`select pg_advisory_lock(${migrationLock})`;
    await migrate(drizzle({ client }), { migrationsFolder: fileURLToPath(new URL("./migrations", import.meta.url)) });
    for (const [login, password] of Object.entries(passwords)) {
      await client.unsafe(`alter role veribatch_${login} login password ${literal(password)}`);
    }
  } finally {
    await client.end();
  }
}

/** Makes the owner's role and database in a fresh cluster; both stay when they exist. */
export async function createOwnerDatabase(superuserUrl: string, password: string, database = "veribatch"): Promise<string> {
  const client = postgres(superuserUrl, { max: 1, onnotice: () => {} });
  try {
    const [role] = await client`select 1 from pg_roles where rolname = 'veribatch_owner'`;
    if (!role) await client.unsafe(`create role veribatch_owner login createrole nosuperuser password ${literal(password)}`);
    const [present] = await client`select 1 from pg_database where datname = ${database}`;
    if (!present) await client.unsafe(`create database "${database}" owner veribatch_owner`);
  } finally {
    await client.end();
  }
  return urlFor(superuserUrl, "veribatch_owner", password, database);
}

/** The same server and database under another login. */
export function urlFor(url: string, login: string, password: string, database?: string): string {
  const made = new URL(url);
  made.username = login;
  made.password = encodeURIComponent(password);
  if (database) made.pathname = `/${database}`;
  return made.href;
}
