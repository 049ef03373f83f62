import { accept, refuse, type Result } from "#lib/result.ts";
import { readNote, verifyCosignature, type NoteCrypto, type NoteKey } from "./note.ts";
import { writeRequest, type WitnessRequest } from "./witness.ts";

/** A co-signature as it is kept beside a head: the witness' name, when it signed (seconds since the epoch) and its line. */
export type WitnessLine = { readonly witness: string; readonly time: number; readonly line: string };

export type SubmitRefusal =
  /** The witness is at `knownSize`; the caller proves from there. */
  | { readonly reason: "conflict"; readonly knownSize: number }
  /** The witness has seen another tree of this very size: history was rewritten, here or on the way to it. */
  | { readonly reason: "fork"; readonly knownSize: number }
  /** The witness has seen a longer log than this head: entries are missing here, or a newer head has overtaken this one. */
  | { readonly reason: "ahead"; readonly knownSize: number }
  /** The witness refused with this HTTP code, 400 to 599, in these words. */
  | { readonly reason: "refused"; readonly status: number; readonly said: string }
  /** It answered something that is no co-signature by one of its keys. */
  | { readonly reason: "answer"; readonly said: string }
  | { readonly reason: "unreachable"; readonly said: string };

export type WitnessTrust = {
  /** The witness' own keys; lines of others are ignored, as the specification asks. */
  readonly keys: readonly NoteKey[];
  readonly crypto: NoteCrypto;
  /** For the whole exchange, milliseconds. */
  readonly timeoutMs?: number;
};

/** Why a head has no co-signature from the witness, for the person who looks after it. */
export function submitRefusalSentence(refusal: SubmitRefusal): string {
  switch (refusal.reason) {
    case "conflict": return `The witness has seen ${refusal.knownSize} entries. The next attempt proves from there.`;
    case "fork": return `The witness has seen another tree of ${refusal.knownSize} entries than this one. History was rewritten, or the witness was deceived: compare its heads with the witness file by hand.`;
    case "ahead": return `The witness has seen ${refusal.knownSize} entries and this head has fewer. Unless a newer head is on its way, entries are missing here: compare the witness' heads with the ledger by hand.`;
    case "refused": return `The witness refused the head with code ${refusal.status}: ${refusal.said}`;
    case "answer": return `The witness' answer is no co-signature by its key: ${refusal.said}`;
    case "unreachable": return `The witness could not be reached: ${refusal.said}. The head is submitted again at the next turn.`;
  }
}

const answerLimit = 64 * 1024;
const firstLine = (text: string): string => text.split("\n")[0]?.slice(0, 200) ?? "";

/** Body of an answer, no longer than the limit. */
async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > answerLimit) throw new Error("its answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The network's word for what went wrong; fetch hides it in the cause. */
const wordOf = (error: unknown): string => (error instanceof Error ? (error.cause instanceof Error ? error.cause.message || error.cause.name : error.message) : String(error));

function conflictOf(body: string, { oldSize }: WitnessRequest): SubmitRefusal {
  if (!/^(0|[1-9][0-9]{0,15})\n$/.test(body)) return { reason: "answer", said: firstLine(body) };
  const knownSize = Number(body);
  return { reason: knownSize === oldSize ? "fork" : "conflict", knownSize };
}

function linesOf(body: string, note: string, { keys, crypto }: WitnessTrust): readonly WitnessLine[] {
  return body.split("\n").flatMap((line) => {
    // Each line alone under the note's text, so that a wrong one of another key spoils nothing.
    const alone = readNote(`${note.slice(0, note.lastIndexOf("\n\n") + 1)}\n${line}\n`);
    return keys.flatMap((key) => {
      const time = alone && verifyCosignature(alone, key, crypto);
      return time === undefined ? [] : [{ witness: key.name, time, line }];
    });
  });
}

/**
 * Submits a head to a witness (C2SP tlog-witness, add-checkpoint) and returns its verified co-signatures, at least one. Never throws for
 * what the network or the witness does. `witnessUrl` is the submission prefix.
 */
export async function submitCheckpoint(witnessUrl: string, request: WitnessRequest, trust: WitnessTrust): Promise<Result<readonly WitnessLine[], SubmitRefusal>> {
  try {
    const response = await fetch(`${witnessUrl.replace(/\/$/, "")}/add-checkpoint`, {
      method: "POST", body: writeRequest(request), headers: { "content-type": "text/plain; charset=utf-8" }, redirect: "error", signal: AbortSignal.timeout(trust.timeoutMs ?? 5_000),
    });
    const body = await bodyOf(response);
    if (response.status === 409) return refuse(conflictOf(body, request));
    if (response.status !== 200) return refuse({ reason: "refused", status: response.status, said: firstLine(body) });
    const lines = linesOf(body, request.note, trust);
    return lines.length > 0 ? accept(lines) : refuse({ reason: "answer", said: firstLine(body) });
  } catch (error) {
    return refuse({ reason: "unreachable", said: wordOf(error) });
  }
}

/** A head to be witnessed, and how to prove that it continues an earlier size: 0 < `oldSize` ≤ `size`. */
export type Submission = { readonly note: string; readonly size: number; readonly proofFrom: (oldSize: number) => Promise<readonly Uint8Array[]> };

/**
 * Submits a head from the size the caller believes the witness to be at (0 when it knows none), and once more from the size the
 * witness names. Only `proofFrom` may throw.
 */
export async function submitHead(witnessUrl: string, { note, size, proofFrom }: Submission, believedSize: number, trust: WitnessTrust): Promise<Result<readonly WitnessLine[], SubmitRefusal>> {
  const from = async (oldSize: number) => submitCheckpoint(witnessUrl, { oldSize, note, proof: oldSize > 0 ? await proofFrom(oldSize) : [] }, trust);
  const first = await from(Math.min(believedSize, size));
  if (first.ok || first.refusal.reason !== "conflict") return first;
  const { knownSize } = first.refusal;
  return knownSize > size ? refuse({ reason: "ahead", knownSize }) : from(knownSize);
}
