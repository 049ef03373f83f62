import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";
import { openDatabase, type Database } from "#db/client.ts";
import { urlFor } from "#db/migrate.ts";

export type TestDatabase = {
  readonly ownerUrl: string; readonly portalUrl: string; readonly plantUrl: string; readonly sequencerUrl: string; readonly superuserUrl: string;
  readonly owner: Database; readonly portal: Database; readonly plant: Database; readonly sequencer: Database;
  readonly close: () => Promise<void>;
};

/** A database of its own, migrated and empty or with the demo story, with a pool for each login. Close it in `afterAll`. */
export async function freshDatabase(content: "empty" | "story" = "empty"): Promise<TestDatabase> {
  const { superuserUrl } = inject("cluster");
  const name = `test_${randomBytes(6).toString("hex")}`;
  const admin = postgres(superuserUrl, { max: 1, onnotice: () => {} });
  await admin.unsafe(`create database ${name} template ${content === "story" ? "template_story" : "template_veribatch"} owner veribatch_owner`);
  await admin.end();
  const url = (login: string, password: string) => urlFor(superuserUrl, login, password, name);
  const urls = { owner: url("veribatch_owner", "owner"), portal: url("veribatch_portal", "portal"), plant: url("veribatch_plant", "plant"), sequencer: url("veribatch_sequencer", "sequencer") };
  const pools = { owner: openDatabase(urls.owner, 4), portal: openDatabase(urls.portal, 4), plant: openDatabase(urls.plant, 2), sequencer: openDatabase(urls.sequencer, 2) };
  return {
    ownerUrl: urls.owner, portalUrl: urls.portal, plantUrl: urls.plant, sequencerUrl: urls.sequencer, superuserUrl: urlFor(superuserUrl, "postgres", "superuser", name), ...pools,
    close: async () => void (await Promise.all(Object.values(pools).map((pool) => pool.$client.end({ timeout: 2 })))),
  };
}
