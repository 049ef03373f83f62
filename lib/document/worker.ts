import { parentPort, workerData } from "node:worker_threads";
import type { Task } from "./stage.ts";

/** Started by `render` for one stage of a document; each stage loads only what it needs, and its memory goes with the thread. */
const task = workerData as Task;
const say = (message: object, transfer: ArrayBuffer[] = []): void => parentPort?.postMessage(message, transfer);

switch (task.stage) {
  case "lay-out": {
    const { layOutChunks } = await import("./typeset.ts");
    const { chunks, pages } = await layOutChunks(task.document, task.root);
    say({ kind: "laid-out", chunks, pages }, chunks.map(({ bytes }) => bytes.buffer));
    break;
  }
  case "paint": {
    const { painterOf } = await import("./typeset.ts");
    const paint = await painterOf(task.frame, task.total, task.root);
    for (const chunk of task.chunks) {
      const bytes = await paint(chunk);
      say({ kind: "painted", pages: chunk.pages, bytes }, [bytes.buffer]);
    }
    break;
  }
  case "join": {
    const { joined } = await import("./seal.ts");
    const bytes = await joined(task);
    say({ kind: "joined", bytes }, [bytes.buffer]);
    break;
  }
}
