import { join } from "node:path";
import { BrokenPromise } from "#lib/result.ts";
import type { PrintedDocument } from "./model.ts";
import type { Typeset } from "./typeset.ts";

/** Asked of Node at run time: a bundler that sees `new Worker(…)` takes the file into its bundle, without fonts and yoga. */
const { Worker } = process.getBuiltinModule("node:worker_threads");

/**
 * Renders a document as PDF in a thread of its own, so that the portal goes on answering. The worker is a plain file under the
 * folder the program was started in: the caller may be a bundle, whose own address says nothing about where sources are.
 */
export function render(document: PrintedDocument): Promise<Typeset> {
  const root = process.cwd();
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(root, "lib", "document", "worker.ts"), { workerData: { document, root }, execArgv: [] });
    worker.once("message", resolve);
    worker.once("error", (cause) => reject(new BrokenPromise("not-rendered", `the document "${document.title}" could not be rendered`, { cause })));
    worker.once("exit", () => reject(new BrokenPromise("not-rendered", `the thread that renders "${document.title}" ended without a result`)));
  });
}
