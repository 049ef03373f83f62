import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { openDatabase, type Database } from "#db/client.ts";
import { sites } from "#db/schema/site.ts";
import { IntegrityWalk, type RoundResult } from "./integrity-walk.ts";

/** The thread of the background check: round after round over all sites, for as long as the process lives. */
const { databaseUrl, witnessDirectory, pauseMs } = z.object({ databaseUrl: z.string(), witnessDirectory: z.string(), pauseMs: z.number() }).parse(workerData);

const say = (sentence: string): void => parentPort?.postMessage(sentence);
const database: Database = openDatabase(databaseUrl, 2);
const walk = new IntegrityWalk({ database, databaseUrl, witnessDirectory, newId: randomUUID });
/** A round takes at most this part of the time. */
const share = 0.1;
/** At the first start the sequencer needs a moment before there is a head to look at. */
const soonMs = 2_000;
const soonAtMost = 30;

/** A round that examined nothing of a kind proves nothing. */
const empty = ({ rows, entries, checkpoints }: RoundResult): boolean => rows === 0 || entries === 0 || checkpoints === 0;

async function roundOverSites(): Promise<readonly RoundResult[]> {
  const results: RoundResult[] = [];
  for (const { id } of await database.select({ id: sites.id }).from(sites).orderBy(sites.id)) {
    const result = await walk.round(id, () => new Date());
    if (result.fresh > 0) say(`Integrity failed at ${id}: ${result.fresh} new findings. See the page "Integrity".`);
    results.push(result);
  }
  return results;
}

for (let rounds = 0; ; rounds++) {
  const began = performance.now();
  let early = false;
  try {
    const results = await roundOverSites();
    early = rounds < soonAtMost && (results.length === 0 || results.some(empty));
  } catch (error) {
    say(`The integrity check could not finish a round and tries again: ${error instanceof Error ? error.message : String(error)}`);
  }
  const took = performance.now() - began;
  await pause(early ? soonMs : Math.max(pauseMs, took * (1 / share - 1)));
}
