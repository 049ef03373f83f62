import { setPriority } from "node:os";
import type { JWK } from "jose";
import { z } from "zod";
import { openDatabase } from "#db/client.ts";
import { keepLoading } from "#db/seed/history/load.ts";
import { plantSites } from "#db/seed/organisation.ts";

/** What the portal hands over when it starts the loading of the story's past; secrets travel this way and never on a command line. */
const handover = z.object({ databaseUrl: z.string(), signingKey: z.custom<JWK>((key) => typeof key === "object" && key !== null), endsAt: z.coerce.date(), /** Batches per site; all without it. */ atMost: z.number().int().positive().optional() });

const given = new Promise<z.infer<typeof handover>>((resolve) => process.once("message", (message) => resolve(handover.parse(message))));
process.once("disconnect", () => process.exit(0)); // the portal is gone, killed perhaps
process.once("SIGTERM", () => process.exit(0)); // what is half done is taken back by the database
process.on("SIGINT", () => {}); // Ctrl-C reaches the portal too, which stops this process in its order

const { databaseUrl, signingKey, endsAt, atMost } = await given;
setPriority(10); // people at their pages come first
const database = openDatabase(databaseUrl, plantSites.length);
const began = Date.now();
const loaded = await Promise.all(plantSites.map((siteId) => keepLoading({ database, siteId, signingKey, endsAt, ...(atMost === undefined ? {} : { atMost }) }, (ms) => new Promise((done) => setTimeout(done, ms)))));
const count = loaded.reduce((a, b) => a + b, 0);
if (count > 0) console.log(`${count} past batches were loaded in ${Math.round((Date.now() - began) / 1000)} s.`);
await database.$client.end();
process.exit(0);
