import { parentPort, workerData } from "node:worker_threads";
import type { JWK } from "jose";
import { z } from "zod";
import { openDatabase } from "#db/client.ts";
import { keepLoading } from "#db/seed/history/load.ts";
import { plantSites } from "#db/seed/organisation.ts";

/** One site's share of the loading, in a thread of its own; says how many batches it loaded when it ends. */
const share = z.object({ databaseUrl: z.string(), signingKey: z.custom<JWK>((key) => typeof key === "object" && key !== null), endsAt: z.date(), atMost: z.number().int().positive().optional(), siteId: z.enum(plantSites) });

const { databaseUrl, signingKey, endsAt, atMost, siteId } = share.parse(workerData);
const database = openDatabase(databaseUrl, 1);
const loaded = await keepLoading({ database, siteId, signingKey, endsAt, ...(atMost === undefined ? {} : { atMost }) }, (ms) => new Promise((done) => setTimeout(done, ms)));
await database.$client.end();
parentPort?.postMessage(loaded);
