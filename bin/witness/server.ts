import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { nativeCrypto, nativeSha256 } from "#lib/ledger/native.ts";
import { cosignatureBytes, cosignatureMessage, noteKeyId, readNote, signatureLine, signatureType, toBase64, writeNote, type NoteKey } from "#lib/ledger/note.ts";
import { sameBytes } from "#lib/ledger/tree.ts";
import { writeVerifierKey } from "#lib/ledger/verifier-key.ts";
import { readRequest, refusalSentence, refusalStatus, witnessDecision, type AcceptedHead } from "#lib/ledger/witness.ts";
import type { Logs } from "./logs.ts";
import type { Memory } from "./memory.ts";

export type WitnessSigner = NoteKey & { readonly sign: (message: Uint8Array) => Uint8Array };
export type WitnessParts = { readonly logs: Logs; readonly memory: Memory; readonly signer: WitnessSigner; readonly now: () => Date; readonly broken: (error: unknown) => void };
type Answer = { readonly status: number; readonly type: string; readonly body: string };

const requestLimit = 64 * 1024;
const text = (status: number, body: string): Answer => ({ status, type: "text/plain; charset=utf-8", body });

/** Body of a request as text; undefined when it is too long or no UTF-8. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > requestLimit) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > requestLimit) return undefined;
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}

/** Only the lines of the log's trusted keys are kept: the request may carry any others. */
function linesOfLog(note: string, { keys }: AcceptedHead): readonly string[] {
  const signed = readNote(note);
  return keys.flatMap((key) => {
    const id = noteKeyId(key, signatureType.note, nativeSha256);
    const made = signed?.signatures.find((s) => s.name === key.name && sameBytes(s.keyId, id));
    return made ? [signatureLine(key, signatureType.note, made.signature, nativeSha256)] : [];
  });
}

/** Decides, remembers and signs without a pause between: what is answered is what was the newest head, whoever asks at the same time. */
function addCheckpoint({ logs, memory, signer, now }: WitnessParts, body: string | undefined): Answer {
  const request = body === undefined ? undefined : readRequest(body);
  if (!request) return text(refusalStatus.form, `${refusalSentence.form}\n`);
  const decided = witnessDecision((origin) => memory.last(origin)?.head, request, logs, nativeCrypto);
  if (!decided.ok) {
    const { refusal } = decided;
    if ("knownSize" in refusal) return { status: refusalStatus[refusal.reason], type: "text/x.tlog.size", body: `${refusal.knownSize}\n` };
    return text(refusalStatus[refusal.reason], `${refusalSentence[refusal.reason]}\n`);
  }
  const { head, text: said } = decided.value;
  const seconds = Math.floor(now().getTime() / 1000);
  const line = signatureLine(signer, signatureType.cosignature, cosignatureBytes(seconds, signer.sign(cosignatureMessage(said, seconds))), nativeSha256);
  // The same head again is signed with a new time, but takes no further room.
  if (memory.last(head.origin)?.head.size !== head.size) memory.remember(writeNote(said, [...linesOfLog(request.note, decided.value), line]));
  return text(200, `${line}\n`);
}

/** What the witness knows, for people to compare. */
function heads({ logs, memory, signer }: WitnessParts): Answer {
  const known = [...logs.keys()].map((origin) => {
    const last = memory.last(origin);
    return last ? { origin, size: last.head.size, root: toBase64(last.head.root), seenAt: last.seenAt.toISOString(), note: last.note } : { origin, size: null, root: null, seenAt: null, note: null };
  });
  const body = { witness: writeVerifierKey({ ...signer, kind: "cosignature" }, nativeSha256), heads: known };
  return { status: 200, type: "application/json; charset=utf-8", body: `${JSON.stringify(body, null, 2)}\n` };
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff", ...(status === 405 ? { allow: "GET, POST" } : {}) });
  response.end(body);
}

async function answer(parts: WitnessParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [pathname = "", query = ""] = (request.url ?? "").split("?", 2);
  const asked = `${request.method} ${pathname}`;
  if (asked === "POST /add-checkpoint") return send(response, addCheckpoint(parts, await bodyOf(request)));
  if (asked !== "GET /heads") return send(response, pathname === "/heads" || pathname === "/add-checkpoint" ? text(405, "Ask with POST /add-checkpoint or GET /heads.\n") : text(404, "This witness answers POST /add-checkpoint and GET /heads.\n"));
  const origin = new URLSearchParams(query).get("origin");
  if (origin === null) return send(response, heads(parts));
  if (!parts.logs.has(origin)) return send(response, text(404, `${refusalSentence["unknown-log"]}\n`));
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  createReadStream(parts.memory.pathOf(origin)).on("error", () => response.destroy()).pipe(response);
}

/** The witness over HTTP; listens to nothing yet. */
export function witnessServer(parts: WitnessParts): Server {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return; // the asker went away in the middle of his request
      if (!response.headersSent) send(response, text(500, "The witness could not keep the head and stops.\n"));
      parts.broken(error);
    });
  });
  server.maxConnections = 256;
  return server;
}
