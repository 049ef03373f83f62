import { join } from "node:path";
import postgres from "postgres";
import { createOwnerDatabase, migrateDatabase, urlFor } from "#db/migrate.ts";
import type { Env } from "#lib/env.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { StartRefused } from "./refusal.ts";
import type { Secrets } from "./secrets.ts";

export type Databases = { readonly owner: string; readonly portal: string; readonly plant: string; readonly sequencer: string; readonly stop: () => Promise<void>; readonly exited: Promise<unknown>; readonly embedded: boolean };

const withoutPassword = (url: string): string => {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}${port ? `:${port}` : ""}${pathname}`;
};

const causes: Record<string, string> = {
  ECONNREFUSED: "nothing answers there",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host's name cannot be resolved",
  ETIMEDOUT: "it does not answer",
  CONNECT_TIMEOUT: "it does not answer",
  "28P01": "it refuses this user or password",
  "28000": "it refuses this user",
  "3D000": "it has no such database",
};

async function reach(name: string, url: string): Promise<void> {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new StartRefused(`${name} is not a PostgreSQL address. Write it as postgres://user:password@host:5432/database, then start again.`);
  }
  const probe = postgres(url, { max: 1, connect_timeout: 8, onnotice: () => {} });
  try {
    await probe`select 1`;
  } catch (cause) {
    const code = (cause as { code?: string }).code ?? "";
    throw new StartRefused(`${name} does not lead to a database at ${withoutPassword(url)}: ${causes[code] ?? `it answers ${code || "with an error"}`}. Correct it, or unset it to use the embedded PostgreSQL.`, { cause });
  } finally {
    await probe.end({ timeout: 1 });
  }
}

async function ownerUrlOf(env: Env, dataDirectory: string, secrets: Secrets) {
  if (env.DATABASE_URL) {
    await reach("DATABASE_URL", env.DATABASE_URL);
    return { owner: env.DATABASE_URL, stop: async () => {}, exited: new Promise<never>(() => {}), embedded: false };
  }
  const passwords = secrets.databasePasswords;
  const embedded = await startEmbeddedPostgres(join(dataDirectory, "postgres"), passwords.superuser);
  return { owner: await createOwnerDatabase(embedded.superuserUrl, passwords.owner), stop: embedded.stop, exited: embedded.exited, embedded: true };
}

/** The database with this version's schema and its separate logins; embedded when the environment names none. */
export async function openDatabases(env: Env, dataDirectory: string, secrets: Secrets): Promise<Databases> {
  const base = await ownerUrlOf(env, dataDirectory, secrets);
  const given = { portal: env.PORTAL_DATABASE_URL, plant: env.PLANT_DATABASE_URL, sequencer: env.SEQUENCER_DATABASE_URL };
  const generated = Object.fromEntries(
    (["portal", "plant", "sequencer"] as const).filter((login) => !given[login]).map((login) => [login, secrets.databasePasswords[login]]),
  );
  await migrateDatabase(base.owner, generated);
  const urlOf = (login: "portal" | "plant" | "sequencer") => given[login] ?? urlFor(base.owner, `veribatch_${login}`, secrets.databasePasswords[login]);
  const made = { ...base, portal: urlOf("portal"), plant: urlOf("plant"), sequencer: urlOf("sequencer") };
  if (given.portal) await reach("PORTAL_DATABASE_URL", given.portal);
  if (given.plant) await reach("PLANT_DATABASE_URL", given.plant);
  if (given.sequencer) await reach("SEQUENCER_DATABASE_URL", given.sequencer);
  return made;
}
