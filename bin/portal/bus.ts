import { randomUUID } from "node:crypto";
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

/** How long a notification may take to come back before the bus counts as away, milliseconds. */
const patience = 2_000;

/** Does a notification sent now come back over the listening connection? The connection is the one that carries the frames. */
export async function busAnswers(database: Database): Promise<boolean> {
  const token = randomUUID();
  let heard: () => void = () => {};
  const back = new Promise<boolean>((resolve) => void (heard = () => resolve(true)));
  const late = new Promise<boolean>((resolve) => void setTimeout(() => resolve(false), patience).unref());
  const round = async () => {
    const { unlisten } = await database.$client.listen("live_check", (payload) => void (payload === token && heard()));
    await database.$client.notify("live_check", token);
    const answered = await Promise.race([back, late]);
    await unlisten();
    return answered;
  };
  return Promise.race([round().catch(() => false), late]);
}
