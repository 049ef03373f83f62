import { sha256 } from "@noble/hashes/sha2.js";
import type { Bundle, RegisterKey } from "#lib/evidence/shape.ts";
import { fromBase64, noteKeyId, readCheckpoint, readNote, signatureType, verifyCosignature, verifyNoteSignature, type NoteKey, type NoteSignature, type SignedNote } from "#lib/ledger/note.ts";
import { merkle, sameBytes } from "#lib/ledger/tree.ts";
import { checkOf, plural, validAt, type Check, type Evidence, type ReadCheckpoint, type ReadCosignature } from "../check.ts";
import { noteCrypto } from "../crypto.ts";

const tree = merkle(sha256);

type LedgerKey = NoteKey & { readonly row: RegisterKey };

const ledgerKeys = ({ content }: Bundle): readonly LedgerKey[] => content.keys.flatMap((row) => {
  const publicKey = fromBase64(row.publicKey);
  return row.purpose === "ledger" && row.algorithm === "Ed25519" && publicKey ? [{ name: row.name, publicKey, row }] : [];
});

/** Is the line by this key, in this capacity? */
const isBy = (line: NoteSignature, key: LedgerKey, type: number): boolean => line.name === key.name && sameBytes(line.keyId, noteKeyId(key, type, sha256));

function cosignatureOf(line: NoteSignature, note: SignedNote, others: readonly LedgerKey[]): ReadCosignature | string {
  const key = others.find((other) => isBy(line, other, signatureType.cosignature));
  if (!key) return `a line of ${line.name} below a checkpoint is by no ledger key of another owner`;
  const seconds = verifyCosignature(note, key, noteCrypto);
  if (seconds === undefined) return `the co-signature of ${line.name} does not verify`;
  // The time has whole seconds: its second may have begun before the key did.
  return validAt(key.row, seconds * 1000) || validAt(key.row, seconds * 1000 + 999) ? { owner: key.row.owner, at: seconds * 1000 } : `the co-signature of ${line.name} is from a time at which its key was not valid`;
}

/** A note of a checkpoint of the owner's ledger with what is wrong with it; undefined when it has not the form of one. */
export function readSignedCheckpoint(text: string, bundle: Bundle, owner: string): ReadCheckpoint | undefined {
  const note = readNote(text);
  const head = note && readCheckpoint(note.text);
  if (!note || !head) return undefined;
  const keys = ledgerKeys(bundle);
  const own = keys.filter((key) => key.row.owner === owner && key.name === head.origin);
  const others = keys.filter((key) => key.row.owner !== owner);
  const isOwn = (line: NoteSignature) => own.some((key) => isBy(line, key, signatureType.note));
  const signers = own.filter((key) => note.signatures.some((line) => isBy(line, key, signatureType.note)));
  const lines = note.signatures.filter((line) => !isOwn(line)).map((line) => cosignatureOf(line, note, others));
  const [signer] = signers;
  const signed = signer !== undefined && signers.length === 1 && verifyNoteSignature(note, signer, noteCrypto);
  return {
    note, head, cosignatures: lines.filter((line) => typeof line !== "string"),
    faults: [...(signed ? [] : [`the checkpoint of size ${head.size} is not signed by the ledger key of ${owner}`]), ...lines.filter((line) => typeof line === "string")],
  };
}

function consistencyFault({ content }: Bundle, checkpoints: readonly ReadCheckpoint[]): string | undefined {
  const [first, last] = checkpoints;
  if (!first || !last) return content.consistency.length === 0 ? undefined : "one checkpoint needs no consistency proof";
  if (first.head.origin !== last.head.origin) return "the checkpoints are of two ledgers";
  const path = content.consistency.map(fromBase64).filter((hash) => hash !== undefined);
  const proof = { first: first.head.size, second: last.head.size, firstRoot: first.head.root, secondRoot: last.head.root, path };
  return first.head.size < last.head.size && tree.verifyConsistency(proof) ? undefined : "the last checkpoint does not continue the first";
}

/** A head that nobody co-signed, though somebody could have. */
export function witnessFault({ bundle: { content }, exportedAt }: Evidence, last: ReadCheckpoint, owner: string): string | undefined {
  const possible = content.keys.some((key) => key.purpose === "ledger" && key.owner !== owner && validAt(key, exportedAt));
  return possible && last.cosignatures.length === 0 ? "the last checkpoint is co-signed by nobody, though the register has another owner's key" : undefined;
}

/** Signed heads of the site's ledger, their co-signatures, and that the last continues the first. */
export function checkCheckpoints(evidence: Evidence): Check {
  const { bundle, checkpoints } = evidence;
  const read = checkpoints.filter((checkpoint) => checkpoint !== undefined);
  const last = checkpoints.at(-1);
  const filter = `batch = ${bundle.manifest.batchId}, ledger positions 0 to ${(last?.head.size ?? 0) - 1}`;
  const faults = [
    ...(checkpoints.length > 2 || checkpoints.length < 1 ? ["there are other than one or two checkpoints"] : []),
    ...(read.length < checkpoints.length ? ["a checkpoint has not the form of a signed note"] : []),
    ...read.flatMap((checkpoint) => checkpoint.faults),
    last && last.head.size < 1 ? "the last checkpoint covers nothing" : undefined,
    consistencyFault(bundle, read), last && witnessFault(evidence, last, bundle.manifest.siteId), bundle.manifest.filter === filter ? undefined : "the manifest's filter is not what the last checkpoint covers",
  ].filter((fault) => fault !== undefined);
  const cosigned = read.reduce((n, checkpoint) => n + checkpoint.cosignatures.length, 0);
  return checkOf("checkpoints", checkpoints.length, faults, `the last covers ${plural(last?.head.size ?? 0, "leaf", "leaves")} and continues the first; ${plural(cosigned, "co-signature")} by other keys of the same register`);
}
