import { join } from "node:path";
import { BrokenPromise } from "#lib/result.ts";
import type { PrintedDocument } from "./model.ts";
import type { Chunk, SealKey, Task, Told } from "./stage.ts";

/** Asked of Node at run time: a bundler that sees `new Worker(…)` takes the file into its bundle, without fonts and yoga. */
const { Worker } = process.getBuiltinModule("node:worker_threads");

export type Rendered = { readonly bytes: Uint8Array<ArrayBuffer>; readonly pages: number };
export type RenderOptions = {
  /** Without a seal the document stays unsealed. `at` is asked when everything else is done. */
  readonly seal?: { readonly key: SealKey; readonly at: () => Date };
  /** Pages painted of all. */
  readonly progress?: (done: number, total: number) => void;
};

/** Pages one thread paints before the next takes over: what a renderer leaves in its memory goes with the thread. */
const pagesPerThread = 50;

/**
 * Heap of a thread, megabytes. A painter holds one chunk at a time, so that a low bound makes its collector work instead of its memory
 * grow; the other stages hold the whole document, and a bound is there only for what cannot be meant. The small young generation
 * makes the collector come early.
 */
const heapMb: Record<Task["stage"], number> = { "lay-out": 2048, paint: 256, join: 2048 };
const limitsOf = (stage: Task["stage"]) => ({ maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: heapMb[stage] });

/**
 * One stage in a thread of its own. The worker is a plain file under the folder the program was started in: the caller may be a
 * bundle, whose own address says nothing about where sources are. The renderer's development checks cost a third of its time and stay
 * off. Ends when the thread has ended.
 */
function inThread(task: Task, title: string, told: (message: Told) => void): Promise<void> {
  const transferList = task.stage === "paint" ? task.chunks.map(({ bytes }) => bytes.buffer) : task.stage === "join" ? task.parts.map((part) => part.buffer) : [];
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(process.cwd(), "lib", "document", "worker.ts"), { workerData: task, transferList, execArgv: [], resourceLimits: limitsOf(task.stage), env: { NODE_ENV: "production" } });
    worker.on("message", told);
    worker.once("error", (cause) => reject(new BrokenPromise("not-rendered", `the document "${title}" could not be rendered (${task.stage})`, { cause })));
    worker.once("exit", (code) => (code === 0 ? resolve() : reject(new BrokenPromise("not-rendered", `the thread that should have rendered "${title}" (${task.stage}) ended with code ${code}`))));
  });
}

/** Runs of chunks for one thread each. */
function* shifts(chunks: readonly Chunk[]): Generator<readonly Chunk[]> {
  let shift: Chunk[] = [];
  let pages = 0;
  for (const chunk of chunks) {
    shift.push(chunk);
    pages += chunk.pages;
    if (pages < pagesPerThread) continue;
    yield shift;
    [shift, pages] = [[], 0];
  }
  if (shift.length > 0) yield shift;
}

async function laidOut(document: Omit<PrintedDocument, "attachments">, root: string): Promise<{ readonly chunks: readonly Chunk[]; readonly pages: number }> {
  let made: Extract<Told, { kind: "laid-out" }> | undefined;
  await inThread({ stage: "lay-out", document, root }, document.title, (told) => void (told.kind === "laid-out" && (made = told)));
  if (!made) throw new BrokenPromise("not-rendered", `the thread that lays out "${document.title}" ended without a result`);
  return made;
}

/**
 * Renders a document as PDF in threads of its own, one stage after the other, so that the caller goes on answering: lay out, paint
 * chunk by chunk, join and seal. Time follows the pages; memory follows the chunk.
 */
export async function render(document: PrintedDocument, { seal, progress }: RenderOptions = {}): Promise<Rendered> {
  const root = process.cwd();
  const { attachments, ...printed } = document;
  const { chunks, pages } = await laidOut(printed, root);
  progress?.(0, pages);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  for (const shift of shifts(chunks)) {
    await inThread({ stage: "paint", chunks: shift, frame: { header: document.header, footer: document.footer }, total: pages, root }, document.title, (told) => {
      if (told.kind !== "painted") return;
      parts.push(told.bytes);
      done += told.pages;
      progress?.(done, pages);
    });
  }
  if (done !== pages) throw new BrokenPromise("not-rendered", `${done} of ${pages} pages of "${document.title}" were rendered`);
  const { title, subject, author, language, createdAt } = document;
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  await inThread({ stage: "join", parts, about: { title, subject, author, language, createdAt, attachments }, seal: seal && { key: seal.key, at: seal.at() } }, title, (told) => void (told.kind === "joined" && ({ bytes } = told)));
  if (!bytes) throw new BrokenPromise("not-rendered", `the thread that joins "${title}" ended without a result`);
  return { bytes, pages };
}
