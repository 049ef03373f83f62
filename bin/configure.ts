import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { withProgramme } from "#db/scope.ts";
import { configure } from "#lib/catalog/configuration-commands.ts";
import { configuration, looseEnds, type Configuration } from "#lib/catalog/configuration.ts";
import { readEnv } from "#lib/env.ts";
import { openOwnerDatabase } from "./import/owner-database.ts";
import { StartRefused } from "./portal/refusal.ts";

/** `npm run configure -- <file>`: brings in sites, group roles, units, materials, suppliers and sources; prints the keys of new sources once. */
function readConfiguration(path: string | undefined): Configuration {
  if (!path) throw new StartRefused("Say which file: npm run configure -- examples/organisation.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new StartRefused(`The file ${path} cannot be read.`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new StartRefused(`The file ${path} is not JSON: ${cause instanceof Error ? cause.message : "unreadable"}.`, { cause });
  }
  const parsed = configuration.safeParse(json);
  if (!parsed.success) throw new StartRefused(parsed.error.issues.slice(0, 10).map((i) => `${i.path.join(".") || "The file"}: ${i.message}.`).join("\n"));
  const loose = looseEnds(parsed.data);
  if (loose.length > 0) throw new StartRefused(loose.join("\n"));
  return parsed.data;
}

async function run(): Promise<void> {
  const wanted = readConfiguration(process.argv[2]);
  const { database, close } = await openOwnerDatabase(readEnv());
  try {
    const all = ["enterprise", ...wanted.sites.map((s) => s.id)];
    const keys = await withProgramme(database, "installation", all, (tx) => configure(tx, wanted, { now: new Date(), newId: randomUUID, random: () => randomBytes(32) }), { reason: "configuration file" });
    console.log(`Configured ${wanted.sites.length} sites, ${wanted.groupRoles.length} group roles, ${wanted.units.length} units, ${wanted.materials.length} materials, ${wanted.suppliers.length} suppliers, ${wanted.sources.length} sources. What was there before stays as it was.`);
    if (keys.length > 0) console.log("\nKeys of new sources. They are shown this once; only their digests are kept:");
    for (const key of keys) console.log(`  ${key.source} (${key.unit}, until ${key.expiresAt.toISOString()})\n    ${key.key}`);
  } finally {
    await close();
  }
}

run().catch((error: unknown) => {
  console.error(error instanceof StartRefused ? error.message : error);
  process.exitCode = 1;
});
