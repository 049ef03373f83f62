import { setPriority } from "node:os";
import { Worker } from "node:worker_threads";
import type { JWK } from "jose";
import { z } from "zod";
import { plantSites, type PlantSite } from "#db/seed/organisation.ts";

/** What the portal hands over when it starts the loading of the story's past; secrets travel this way and never on a command line. */
const handover = z.object({ databaseUrl: z.string(), signingKey: z.custom<JWK>((key) => typeof key === "object" && key !== null), endsAt: z.coerce.date(), /** Batches per site; all without it. */ atMost: z.number().int().positive().optional() });

const given = new Promise<z.infer<typeof handover>>((resolve) => process.once("message", (message) => resolve(handover.parse(message))));
process.once("disconnect", () => process.exit(0)); // the portal is gone, killed perhaps
process.once("SIGTERM", () => process.exit(0)); // what is half done is taken back by the database
process.on("SIGINT", () => {}); // Ctrl-C reaches the portal too, which stops this process in its order

const share = await given;
setPriority(10); // people at their pages come first

/** Loads a site's past in a thread of its own: the sites do not wait for each other's arithmetic. Returns how many batches it loaded; fails as the thread fails. */
const load = (siteId: PlantSite): Promise<number> => new Promise((resolve, reject) => {
  const thread = new Worker(new URL("./history/site.ts", import.meta.url), { workerData: { ...share, siteId } });
  thread.once("message", (loaded) => resolve(z.number().parse(loaded)));
  thread.once("error", reject);
});

const began = Date.now();
const count = (await Promise.all(plantSites.map(load))).reduce((a, b) => a + b, 0);
if (count > 0) console.log(`${count} past batches were loaded in ${Math.round((Date.now() - began) / 1000)} s.`);
process.exit(0);
