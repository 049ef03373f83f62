import { parentPort, workerData } from "node:worker_threads";
import type { PrintedDocument } from "./model.ts";
import { typeset } from "./typeset.ts";

/** Started by `render`: one document in, its bytes out, then the thread ends. */
const { document, root } = workerData as { readonly document: PrintedDocument; readonly root: string };
parentPort?.postMessage(await typeset(document, root));
