import { deserialize, serialize } from "node:v8";
import { renderToBuffer } from "@react-pdf/renderer";
import { loadFaces } from "./face.ts";
import { bodiesOf, framed, type Frame } from "./page.ts";
import type { PageBody } from "./paginate.ts";
import { painted } from "./paint.ts";
import type { Chunk } from "./stage.ts";

/** Pages rendered at a time: memory follows the chunk, not the document. */
const pagesPerChunk = 5;

/** A copy in a buffer of its own, which can be handed to another thread. */
const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/**
 * The bodies of a document's pages, laid out and ready to be painted one chunk after the other; header and footer come when the
 * number of pages is known. `root`: the folder that holds `node_modules`.
 */
export async function layOutChunks(document: Parameters<typeof bodiesOf>[0], root: string): Promise<{ readonly chunks: readonly Chunk[]; readonly pages: number }> {
  const chunks: Chunk[] = [];
  let held: PageBody[] = [];
  let pages = 0;
  const close = () => {
    if (held.length > 0) chunks.push({ bytes: ownBytes(serialize(held)), first: pages + 1, pages: held.length });
    pages += held.length;
    held = [];
  };
  for (const body of bodiesOf(document, await loadFaces(root))) {
    held.push(body);
    if (held.length === pagesPerChunk) close();
  }
  close();
  return { chunks, pages };
}

/** Paints chunks, each as a PDF of its own. */
export async function painterOf(frame: Frame, total: number, root: string): Promise<(chunk: Chunk) => Promise<Uint8Array<ArrayBuffer>>> {
  const type = await loadFaces(root);
  const page = framed(frame, total, type);
  return async ({ bytes, first }) => {
    const bodies = deserialize(bytes) as readonly PageBody[];
    return ownBytes(await renderToBuffer(painted(bodies.map((body, i) => page(body, first + i)), type)));
  };
}
