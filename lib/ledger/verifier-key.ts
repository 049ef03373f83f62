import type { Sha256 } from "./tree.ts";
import { fromBase64, isNoteName, noteKeyId, signatureType, toBase64, type NoteKey } from "./note.ts";

/** What a key signs: notes themselves (a log), or co-signatures (a witness). */
export type KeyKind = keyof typeof signatureType;
export type VerifierKey = NoteKey & { readonly kind: KeyKind };

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const kindOf = (type: number | undefined): KeyKind | undefined => (type === signatureType.note ? "note" : type === signatureType.cosignature ? "cosignature" : undefined);

/** A public key in one line, as it is handed from person to person: name, key id in hex, base64 of type and key, joined by plus signs (C2SP signed-note, Verifier keys). */
export function writeVerifierKey({ name, publicKey, kind }: VerifierKey, sha256: Sha256): string {
  const type = signatureType[kind];
  return `${name}+${hexOf(noteKeyId({ name, publicKey }, type, sha256))}+${toBase64(new Uint8Array([type, ...publicKey]))}`;
}

/** Reads such a line; undefined when its form is another one, its key id does not fit or the key is not Ed25519 of 32 bytes. */
export function readVerifierKey(text: string, sha256: Sha256): VerifierKey | undefined {
  const [, name = "", , value = ""] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(text) ?? [];
  const bytes = fromBase64(value);
  const kind = kindOf(bytes?.[0]);
  if (!isNoteName(name) || !kind || bytes?.length !== 33) return undefined;
  const key = { name, publicKey: bytes.slice(1), kind };
  return writeVerifierKey(key, sha256) === text ? key : undefined;
}
