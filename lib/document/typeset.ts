import { PDF } from "@libpdf/core";
import { renderToBuffer } from "@react-pdf/renderer";
import { loadFaces } from "./face.ts";
import type { PrintedDocument } from "./model.ts";
import { pagesOf } from "./page.ts";
import { painted } from "./paint.ts";

export type Typeset = { readonly bytes: Uint8Array; readonly pages: number };

/** Pages rendered at a time: memory follows the chunk, not the document. */
const chunk = 10;

async function joined(parts: readonly Uint8Array[], document: PrintedDocument): Promise<Uint8Array> {
  const pdf = await PDF.merge([...parts]);
  pdf.setTitle(document.title, { showInWindowTitleBar: true });
  pdf.setSubject(document.subject);
  pdf.setAuthor(document.author);
  pdf.setLanguage(document.language);
  pdf.setCreator("Veribatch");
  pdf.setCreationDate(document.createdAt);
  pdf.setModificationDate(document.createdAt);
  for (const { name, mimeType, description, text } of document.attachments) {
    pdf.attachments.add(name, new TextEncoder().encode(text), { mimeType, description, createdAt: document.createdAt, modifiedAt: document.createdAt });
  }
  return pdf.save();
}

/** Lays out, renders and joins a document in this thread. `root`: the folder that holds `node_modules`. */
export async function typeset(document: PrintedDocument, root: string): Promise<Typeset> {
  const type = await loadFaces(root);
  const pages = pagesOf(document, type);
  const parts: Uint8Array[] = [];
  for (let i = 0; i < pages.length; i += chunk) parts.push(await renderToBuffer(painted(pages.slice(i, i + chunk), type)));
  return { bytes: await joined(parts, document), pages: pages.length };
}
