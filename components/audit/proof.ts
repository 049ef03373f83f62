import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { cosignatureMessage, fromBase64, noteKeyId, readCheckpoint, readNote, signatureType, type NoteCrypto, type NoteSignature, type SignedNote } from "#lib/ledger/note.ts";
import type { TakenProof } from "#lib/ledger/proof-queries.ts";
import { merkle, sameBytes } from "#lib/ledger/tree.ts";

export type Step = { readonly side: "left" | "right"; readonly hash: string };
export type CheckedSignature = { readonly name: string; readonly owner: string; readonly keyId: string; readonly cosigned: boolean; /** Seconds since the epoch, of a co-signature. */ readonly time: number | undefined; readonly holds: boolean };
export type Recomputed = { readonly leaf: string; readonly steps: readonly Step[]; readonly root: string; readonly signedRoot: string; readonly origin: string; readonly size: number; readonly signatures: readonly CheckedSignature[]; readonly holds: boolean };

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const tree = merkle(sha256);
const crypto: NoteCrypto = { sha256, verifyEd25519: (key, message, signature) => key.length === 32 && signature.length === 64 && ed25519.verify(signature, message, key, { zip215: false }) };

/** Sides of the siblings on the way from a leaf to the root (RFC 9162 2.1.3.2). `path`: their hashes. */
function stepsOf(position: number, size: number, path: readonly Uint8Array[]): readonly Step[] {
  let [fn, sn] = [position, size - 1];
  return path.map((sibling): Step => {
    const left = fn % 2 === 1 || fn === sn;
    if (left) while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    return { side: left ? "left" : "right", hash: hex(sibling) };
  });
}

function rootOf(leaf: Uint8Array, steps: readonly Step[], path: readonly Uint8Array[]): Uint8Array {
  return steps.reduce((hash, { side }, i) => (side === "left" ? tree.nodeHash(path[i] ?? hash, hash) : tree.nodeHash(hash, path[i] ?? hash)), leaf);
}

function checkedSignature(note: SignedNote, made: NoteSignature, proof: TakenProof): CheckedSignature {
  const type = made.signature.length === 72 ? signatureType.cosignature : signatureType.note;
  const found = proof.keys.find((key) => {
    const publicKey = fromBase64(key.publicKey);
    return key.name === made.name && publicKey?.length === 32 && sameBytes(noteKeyId({ name: key.name, publicKey }, type, sha256), made.keyId);
  });
  const publicKey = found && fromBase64(found.publicKey);
  const cosigned = type === signatureType.cosignature;
  const time = cosigned ? Number(new DataView(made.signature.buffer, made.signature.byteOffset).getBigUint64(0)) : undefined;
  const holds = publicKey !== undefined && (time === undefined ? crypto.verifyEd25519(publicKey, new TextEncoder().encode(note.text), made.signature) : crypto.verifyEd25519(publicKey, cosignatureMessage(note.text, time), made.signature.slice(8)));
  return { name: made.name, owner: found?.owner ?? "unknown key", keyId: found?.id ?? hex(made.keyId), cosigned, time, holds };
}

/** Recomputes a proof from its bytes alone. It holds when the path leads to the signed root, the head covers the entry, and a key of the log's own name signed it. */
export function recompute(proof: TakenProof): Recomputed {
  const note = readNote(proof.note);
  const head = note && readCheckpoint(note.text);
  const path = proof.path.map((text) => fromBase64(text) ?? new Uint8Array());
  const leaf = tree.leafHash(new TextEncoder().encode(`EBRLEAF/1\n${proof.canonical}`));
  const steps = stepsOf(proof.position, proof.size, path);
  const signatures = note ? note.signatures.map((made) => checkedSignature(note, made, proof)) : [];
  const included = head !== undefined && head.size === proof.size && tree.verifyInclusion({ leafHash: leaf, position: proof.position, size: proof.size, path, root: head.root });
  const signed = signatures.some((s) => s.holds && !s.cosigned && s.name === head?.origin && s.owner === proof.siteId);
  return {
    leaf: hex(leaf), steps, root: hex(rootOf(leaf, steps, path)), signedRoot: head ? hex(head.root) : "", origin: head?.origin ?? "", size: head?.size ?? 0, signatures,
    holds: included && signed && signatures.every((s) => s.holds),
  };
}
