import { accept, refuse, type Result } from "#lib/result.ts";
import { fromBase64, readCheckpoint, readNote, toBase64, verifyNoteSignature, type Head, type NoteCrypto, type NoteKey } from "./note.ts";
import { merkle, sameBytes } from "./tree.ts";

/** What a log asks a witness (C2SP tlog-witness, add-checkpoint): to co-sign `note`, whose tree continues the one of `oldSize` leaves by `proof`. */
export type WitnessRequest = { readonly oldSize: number; readonly proof: readonly Uint8Array[]; readonly note: string };

/** A head the witness takes as the newest one: `text` is what it co-signs, `keys` are the log's keys that signed it. */
export type AcceptedHead = { readonly head: Head; readonly text: string; readonly keys: readonly NoteKey[] };

export type WitnessRefusal =
  | { readonly reason: "form" | "unknown-log" | "signature" | "old-size" | "proof" }
  /** Of `conflict` the witness is at another size than the log thinks; of `fork` it has seen another tree of the same size. */
  | { readonly reason: "conflict" | "fork"; readonly knownSize: number };

/** HTTP code of a refusal, as the specification names it. */
export const refusalStatus: Record<WitnessRefusal["reason"], number> = { form: 400, "unknown-log": 404, signature: 403, "old-size": 400, proof: 422, conflict: 409, fork: 409 };

export const refusalSentence: Record<WitnessRefusal["reason"], string> = {
  form: "The request is not an old size, at most 63 hashes, an empty line and a checkpoint.",
  "unknown-log": "This witness does not know the log. Enter its origin and key into the witness' list of logs and restart the witness.",
  signature: "None of the keys this witness trusts for the log signed the checkpoint. After a key rotation enter the new key into the witness' list of logs.",
  "old-size": "The old size is larger than the checkpoint's.",
  proof: "The proof does not show that the checkpoint continues the tree this witness has seen.",
  conflict: "This witness has seen another size of the log.",
  fork: "This witness has seen another tree of the same size: the log shows two histories.",
};

const mostProofLines = 63;
const sizeForm = /^(0|[1-9][0-9]{0,15})$/;

/** Body of a request. */
export const writeRequest = ({ oldSize, proof, note }: WitnessRequest): string => `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join("")}\n${note}`;

/** Reads a request's body; undefined when its form is not exactly that of the specification. The note is looked at by `witnessDecision`. */
export function readRequest(body: string): WitnessRequest | undefined {
  const end = body.indexOf("\n\n");
  const [first = "", ...lines] = body.slice(0, Math.max(end, 0)).split("\n");
  const size = first.startsWith("old ") ? first.slice(4) : "";
  const proof = lines.map(fromBase64).filter((hash) => hash?.length === 32).filter((hash) => hash !== undefined);
  if (!sizeForm.test(size) || !Number.isSafeInteger(Number(size)) || proof.length !== lines.length || proof.length > mostProofLines) return undefined;
  return { oldSize: Number(size), proof, note: body.slice(end + 2) };
}

/** Does the head continue the known one, by the proof? The known tree of no leaves is continued by every tree, with an empty proof. */
function continues(known: Head | undefined, head: Head, proof: readonly Uint8Array[], crypto: NoteCrypto): boolean {
  const tree = merkle(crypto.sha256);
  if (head.size === 0) return proof.length === 0 && sameBytes(head.root, tree.rootOf([]));
  if (!known || known.size === 0) return proof.length === 0;
  return tree.verifyConsistency({ first: known.size, second: head.size, firstRoot: known.root, secondRoot: head.root, path: proof });
}

/**
 * Whether a witness that knows `known` of a log co-signs what the log submits. `logKeys`: the keys it trusts, by origin. The caller must
 * make the accepted head the known one, durably, before it co-signs, and let nothing come between this decision and that.
 */
export function witnessDecision(
  known: (origin: string) => Head | undefined, { oldSize, proof, note }: WitnessRequest, logKeys: ReadonlyMap<string, readonly NoteKey[]>, crypto: NoteCrypto,
): Result<AcceptedHead, WitnessRefusal> {
  const signed = readNote(note);
  const head = signed && readCheckpoint(signed.text);
  if (!head || proof.length > mostProofLines) return refuse({ reason: "form" });
  const trusted = logKeys.get(head.origin);
  if (!trusted) return refuse({ reason: "unknown-log" });
  const keys = trusted.filter((key) => verifyNoteSignature(signed, key, crypto));
  if (keys.length === 0) return refuse({ reason: "signature" });
  if (oldSize > head.size) return refuse({ reason: "old-size" });
  const seen = known(head.origin);
  const knownSize = seen?.size ?? 0;
  if (oldSize !== knownSize) return refuse({ reason: "conflict", knownSize });
  if (seen && seen.size === head.size && !sameBytes(seen.root, head.root)) return refuse({ reason: "fork", knownSize });
  if (!continues(seen, head, proof, crypto)) return refuse({ reason: "proof" });
  return accept({ head, text: signed.text, keys });
}
