import { fileURLToPath } from "node:url";
import { eq, inArray } from "drizzle-orm";
import { z } from "zod";
import { openDatabase } from "#db/client.ts";
import { sourceIdOf } from "#db/seed/organisation.ts";
import { batches } from "#db/schema/batch.ts";
import { sites } from "#db/schema/site.ts";
import { withProgramme } from "#db/scope.ts";
import { readEnv } from "#lib/env.ts";
import { artefactPath, readCard } from "#lib/prediction/artefact.ts";
import { evaluateContamination, type Model } from "#lib/prediction/commands.ts";
import { loadScorer } from "#lib/prediction/scorer.ts";
import { SimulatedSource, type RunningBatch } from "./plant/simulated-sources.ts";
import { ownSites } from "./plant/site-ownership.ts";

/** What the portal hands over when it starts the plant; secrets travel this way and never on a command line. */
const handover = z.object({ sourceKeys: z.record(z.string(), z.string()), speed: z.number(), speedSince: z.coerce.date() });

const sampleEveryMs = 5_000;
const lookEveryMs = 30_000;
const predictEveryMs = 60_000;

const env = readEnv();
const simulate = process.argv.includes("--simulate");
const given = new Promise<z.infer<typeof handover>>((resolve) => process.once("message", (message) => resolve(handover.parse(message))));
process.once("disconnect", () => process.exit(0)); // the portal is gone, killed perhaps
process.once("SIGTERM", () => process.exit(0));
process.once("SIGINT", () => {}); // Ctrl-C reaches the portal too, which stops this process in its order

const settings = await given;
const database = openDatabase(env.PLANT_DATABASE_URL ?? "", 4);
const siteIds = (await database.select({ id: sites.id }).from(sites).where(eq(sites.kind, "site"))).map((s) => s.id);
const ownership = await ownSites(database, siteIds);
const sources = new Map<string, SimulatedSource>();

async function runningBatches(owned: readonly string[]): Promise<readonly RunningBatch[]> {
  if (owned.length === 0) return [];
  return withProgramme(database, "plant", owned, (tx) =>
    tx.select({ id: batches.id, siteId: batches.siteId, unitId: batches.unitId, inoculatedAt: batches.inoculatedAt }).from(batches).where(inArray(batches.state, ["in_progress"])));
}

async function look(): Promise<void> {
  const running = await runningBatches(await ownership.claim());
  const present = new Set(running.map((b) => `${b.siteId}/${b.id}`));
  for (const key of sources.keys()) if (!present.has(key)) sources.delete(key);
  for (const batch of running) {
    const key = `${batch.siteId}/${batch.id}`;
    if (!sources.has(key)) sources.set(key, new SimulatedSource(batch, { portal: `http://127.0.0.1:${env.PORT}`, keyOf: (unitId) => settings.sourceKeys[sourceIdOf(unitId)], speed: settings.speed, speedSince: settings.speedSince }));
  }
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** Looks at every running culture of the owned sites; a refused model stops the looking, never the plant. */
async function predict(model: Model): Promise<void> {
  for (const { id, siteId, unitId, inoculatedAt } of await runningBatches(await ownership.claim())) {
    if (!inoculatedAt) continue;
    await withProgramme(database, "plant", [siteId], (tx) => evaluateContamination(tx, { siteId, unitId, batchId: id, inoculatedAt }, model, new Date()), { reason: "contamination model, every quarter-hour" });
  }
}

const complain = (what: string) => (error: unknown) => console.error(`${what}:`, error instanceof Error ? error.message : error);

if (simulate) {
  await look().catch(complain("The plant could not read its batches"));
  setInterval(() => void look().catch(complain("The plant could not read its batches")), lookEveryMs);
  setInterval(() => {
    const now = new Date();
    for (const source of sources.values()) void source.tick(now).catch(complain("A simulated source failed"));
  }, sampleEveryMs);
}

try {
  const card = await readCard(root);
  const scorer = await loadScorer({ path: artefactPath(root), sha256: card.sha256, featureCount: card.featureNames.length });
  const unfit = settings.speed === 1 ? undefined : `The simulated process runs at ${settings.speed} times the clock; the model covers the process at its own speed.`;
  const look = () => void predict({ card, scorer, unfit }).catch(complain("The contamination model could not look at a culture"));
  setTimeout(look, 3_000);
  setInterval(look, predictEveryMs);
} catch (error) {
  complain("The contamination model is not used")(error);
}
