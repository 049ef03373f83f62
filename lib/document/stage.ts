import type { Attachment, PrintedDocument } from "./model.ts";

/** What a document says about itself beyond its pages. */
export type About = Pick<PrintedDocument, "title" | "subject" | "author" | "language" | "createdAt"> & { readonly attachments: readonly Attachment[] };

/** The company's seal: private key (PKCS#8) and certificate, both DER in base64; an RSA key of the key store with purpose "seal". */
export type SealKey = { readonly privateKey: string; readonly certificate: string };

type OwnBytes = Uint8Array<ArrayBuffer>;
/** Bodies of laid-out pages as V8 writes them: passed from thread to thread without being read in between. */
export type Chunk = { readonly bytes: OwnBytes; /** Number of its first page. */ readonly first: number; readonly pages: number };

/** One stage of making a document, done by a thread of its own. */
export type Task =
  | { readonly stage: "lay-out"; readonly document: Omit<PrintedDocument, "attachments">; readonly root: string }
  | { readonly stage: "paint"; readonly chunks: readonly Chunk[]; readonly frame: Pick<PrintedDocument, "header" | "footer">; readonly total: number; readonly root: string }
  | { readonly stage: "join"; readonly parts: readonly OwnBytes[]; readonly about: About; readonly seal: { readonly key: SealKey; readonly at: Date } | undefined };

export type Told =
  | { readonly kind: "laid-out"; readonly chunks: readonly Chunk[]; readonly pages: number }
  | { readonly kind: "painted"; readonly pages: number; readonly bytes: OwnBytes }
  | { readonly kind: "joined"; readonly bytes: OwnBytes };
