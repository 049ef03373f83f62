import { randomUUID } from "node:crypto";
import type { Database } from "#db/client.ts";
import { raiseAlarms } from "#lib/quality/alarm-commands.ts";

/** How often stored alarms are looked for, milliseconds. */
const look = 60_000;

/** Brings alarms of the plant into the batches they are about, beside the pages; one look ends before the next begins. `stop` waits for the one that runs. */
export function startAlarms(database: Database): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const once = () => {
    if (busy) return;
    busy = true;
    running = raiseAlarms(database, { now: new Date(), newId: randomUUID }).then(() => undefined, (error: unknown) => console.error("Alarms could not be brought into their batches:", error instanceof Error ? error.message : error)).finally(() => { busy = false; });
  };
  once();
  const timer = setInterval(once, look);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
