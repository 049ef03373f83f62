import type { Database } from "#db/client.ts";
import { liveChannel } from "#lib/telemetry/frame.ts";
import type { LiveHub } from "./live-hub.ts";

/** Hands every frame of the bus to the hub. When the connection was away, frames may be missing, so the readers are told to start anew. */
export async function listenToBus(database: Database, hub: LiveHub): Promise<void> {
  let first = true;
  await database.$client.listen(liveChannel, (payload) => hub.publish(payload), () => {
    if (!first) hub.resetAll();
    first = false;
  });
}
