import { sameBytes, type Sha256 } from "./tree.ts";

/**
 * Signed notes, checkpoints and co-signatures as C2SP specifies them (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature).
 * Pure: hashing and verification come in as arguments.
 */
export type NoteCrypto = { readonly sha256: Sha256; readonly verifyEd25519: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean };

/** Kind of a signature line: over the text itself, or a timestamped co-signature. */
export const signatureType = { note: 0x01, cosignature: 0x04 } as const;

/** A public key under the name it signs notes with; 32 bytes, Ed25519. */
export type NoteKey = { readonly name: string; readonly publicKey: Uint8Array };

/** One line below a note: key id (4 bytes) and what follows it. */
export type NoteSignature = { readonly name: string; readonly keyId: Uint8Array; readonly signature: Uint8Array };
export type SignedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] };

/** A log's head: `root` 32 bytes over `size` leaves. */
export type Head = { readonly origin: string; readonly size: number; readonly root: Uint8Array };

const utf8 = new TextEncoder();
export const toBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** Bytes of standard base64 with padding; undefined unless the text is exactly what `toBase64` writes. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : undefined;
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

/** Four bytes that name a key in a signature line: SHA-256(name, line feed, type, key), shortened. */
export const noteKeyId = ({ name, publicKey }: NoteKey, type: number, sha256: Sha256): Uint8Array =>
  sha256(joined(utf8.encode(`${name}\n`), new Uint8Array([type]), publicKey)).slice(0, 4);

/** Names hold no white space and no plus sign. */
export const isNoteName = (name: string): boolean => name.length > 0 && !/[\p{White_Space}+]/u.test(name) && name.isWellFormed();

const dash = "—";

/** The line of a signature below a note, without its line feed. */
export const signatureLine = (key: NoteKey, type: number, signature: Uint8Array, sha256: Sha256): string =>
  `${dash} ${key.name} ${toBase64(joined(noteKeyId(key, type, sha256), signature))}`;

/** A note with its signature lines. `text` ends with a line feed. */
export const writeNote = (text: string, lines: readonly string[]): string => `${text}\n${lines.map((line) => `${line}\n`).join("")}`;

function parseLine(line: string): NoteSignature | undefined {
  const [mark, name, value, ...rest] = line.split(" ");
  const bytes = fromBase64(value ?? "");
  if (mark !== dash || !name || !isNoteName(name) || rest.length > 0 || !bytes || bytes.length < 5) return undefined;
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/** Reads a signed note; undefined when its form is not exactly that of the specification. */
export function readNote(note: string): SignedNote | undefined {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n") || !note.isWellFormed() || /[\u0000-\u0009\u000b-\u001f\u007f]/u.test(note)) return undefined;
  const [text, below] = [note.slice(0, end + 1), note.slice(end + 2)];
  const lines = below.split("\n").slice(0, -1).map(parseLine);
  const signatures = lines.filter((line) => line !== undefined);
  return text.length > 0 && lines.length > 0 && signatures.length === lines.length ? { text, signatures } : undefined;
}

/** Text of a checkpoint: origin, size, root. */
export const checkpointText = ({ origin, size, root }: Head): string => `${origin}\n${size}\n${toBase64(root)}\n`;

/** Reads a checkpoint's text; undefined when it has another form. Extension lines are not used here and refused. */
export function readCheckpoint(text: string): Head | undefined {
  const [origin, size, root, ...rest] = text.split("\n");
  const bytes = fromBase64(root ?? "");
  if (!origin || !size || !/^(0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)) || bytes?.length !== 32 || rest.length !== 1 || rest[0] !== "") return undefined;
  return { origin, size: Number(size), root: bytes };
}

/** What a co-signer signs: that it saw the note at `time`, seconds since the epoch. */
export const cosignatureMessage = (text: string, time: number): Uint8Array => utf8.encode(`cosignature/v1\ntime ${time}\n${text}`);

const bigEndian = (seconds: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(seconds));
  return bytes;
};

/** Eight bytes of time, then the signature, as a co-signature line carries them. */
export const cosignatureBytes = (time: number, signature: Uint8Array): Uint8Array => joined(bigEndian(time), signature);

/** Did `key` sign the note's text itself? */
export function verifyNoteSignature(note: SignedNote, key: NoteKey, { sha256, verifyEd25519 }: NoteCrypto): boolean {
  const id = noteKeyId(key, signatureType.note, sha256);
  const made = note.signatures.filter((s) => s.name === key.name && sameBytes(s.keyId, id));
  return made.length === 1 && made.every((s) => s.signature.length === 64 && verifyEd25519(key.publicKey, utf8.encode(note.text), s.signature));
}

/** When `key` co-signed the note, seconds since the epoch; undefined when it did not, or its line does not verify. */
export function verifyCosignature(note: SignedNote, key: NoteKey, { sha256, verifyEd25519 }: NoteCrypto): number | undefined {
  const id = noteKeyId(key, signatureType.cosignature, sha256);
  const [made, ...more] = note.signatures.filter((s) => s.name === key.name && sameBytes(s.keyId, id));
  if (!made || more.length > 0 || made.signature.length !== 72) return undefined;
  const time = Number(new DataView(made.signature.buffer, made.signature.byteOffset).getBigUint64(0));
  return Number.isSafeInteger(time) && verifyEd25519(key.publicKey, cosignatureMessage(note.text, time), made.signature.slice(8)) ? time : undefined;
}
