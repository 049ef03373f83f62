import { checkpointText, readCheckpoint, readNote, signatureLine, signatureType, verifyNoteSignature, writeNote, type Head, type NoteCrypto, type NoteKey } from "#lib/ledger/note.ts";
import { consistencyRanges, merkle, sameBytes } from "#lib/ledger/tree.ts";

/**
 * What an attacker holds, each including the one before: the rows alone; all hashes and heads in the database; the ledger's signing
 * key; the witness' file as well.
 */
export const powers = ["rows", "database", "key", "witness"] as const;
export type Power = (typeof powers)[number];

/** A ledger of the sandbox, in memory: rows with their stored leaf hashes, the signed head, and the head a witness keeps elsewhere. */
export type DrillLedger = { readonly rows: readonly string[]; readonly leaves: readonly Uint8Array[]; readonly head: string; readonly witnessed: string };
export type DrillCheck = { readonly name: "rows" | "head" | "signature" | "witness"; readonly holds: boolean; readonly finding: string };

/** The drill's own key and the means to sign with it and to verify. */
export type DrillMeans = { readonly crypto: NoteCrypto; readonly key: NoteKey; readonly sign: (message: Uint8Array) => Uint8Array };

const utf8 = new TextEncoder();
/** Rows that came after the witness was last told of a head. */
export const unwitnessed = 2;

export function drill({ crypto, key, sign }: DrillMeans) {
  const tree = merkle(crypto.sha256);
  const leafOf = (row: string): Uint8Array => tree.leafHash(utf8.encode(`EBRLEAF/1\n${row}`));
  const textOf = (leaves: readonly Uint8Array[]): string => checkpointText({ origin: key.name, size: leaves.length, root: tree.rootOf(leaves) });

  const noteOf = (leaves: readonly Uint8Array[]): string => {
    const text = textOf(leaves);
    return writeNote(text, [signatureLine(key, signatureType.note, sign(utf8.encode(text)), crypto.sha256)]);
  };

  /** The ledger as it came to be; at least three rows. */
  function honest(rows: readonly string[]): DrillLedger {
    const leaves = rows.map(leafOf);
    return { rows, leaves, head: noteOf(leaves), witnessed: noteOf(leaves.slice(0, -unwitnessed)) };
  }

  /** The same ledger after somebody with this power put other rows in: with fewer or more, or other words in them. */
  function tampered(before: DrillLedger, rows: readonly string[], power: Power): DrillLedger {
    if (power === "rows") return { ...before, rows };
    const leaves = rows.map(leafOf);
    // Without the key the old signature line is the best there is to put below a new head.
    if (power === "database") return { ...before, rows, leaves, head: before.head.replace(/^[^]*?\n\n/, `${textOf(leaves)}\n`) };
    const witnessed = power === "witness" ? noteOf(leaves.slice(0, Math.max(1, leaves.length - unwitnessed))) : before.witnessed;
    return { rows, leaves, head: noteOf(leaves), witnessed };
  }

  const headOf = (note: string): Head | undefined => readCheckpoint(readNote(note)?.text ?? "");

  function checkRows({ rows, leaves }: DrillLedger): DrillCheck {
    const wrong = rows.findIndex((row, i) => !leaves[i] || !sameBytes(leafOf(row), leaves[i]));
    if (wrong >= 0) return { name: "rows", holds: false, finding: `Row ${wrong + 1} no longer gives the hash that was stored with it.` };
    return rows.length === leaves.length ? { name: "rows", holds: true, finding: `Each of ${rows.length} rows gives its stored hash.` } : { name: "rows", holds: false, finding: `${leaves.length} hashes are stored, and ${rows.length} rows are there.` };
  }

  function checkHead({ leaves, head }: DrillLedger): DrillCheck {
    const said = headOf(head);
    const holds = said !== undefined && said.size === leaves.length && sameBytes(said.root, tree.rootOf(leaves));
    return { name: "head", holds, finding: holds ? `The ${leaves.length} hashes give the root of the head.` : "The stored hashes do not give the root of the head." };
  }

  function checkSignature({ head }: DrillLedger): DrillCheck {
    const note = readNote(head);
    const holds = note !== undefined && verifyNoteSignature(note, key, crypto);
    return { name: "signature", holds, finding: holds ? `The head is signed by ${key.name}.` : `The signature below the head is not one of ${key.name} over this head.` };
  }

  function checkWitness({ leaves, head, witnessed }: DrillLedger): DrillCheck {
    const [known, now] = [headOf(witnessed), headOf(head)];
    if (!known || !now) return { name: "witness", holds: false, finding: "A head cannot be read." };
    if (known.size > leaves.length) return { name: "witness", holds: false, finding: `The witness knows ${known.size} rows, and the ledger holds ${leaves.length}: the log was shortened.` };
    const path = consistencyRanges(known.size, { from: 0, to: leaves.length }).map(({ from, to }) => tree.rootOf(leaves.slice(from, to)));
    const holds = tree.verifyConsistency({ first: known.size, second: now.size, firstRoot: known.root, secondRoot: now.root, path });
    return { name: "witness", holds, finding: holds ? `The head the witness keeps, over ${known.size} rows, is a beginning of this ledger.` : `The head the witness keeps, over ${known.size} rows, is no beginning of this ledger: history was rewritten.` };
  }

  return { honest, tampered, inspect: (ledger: DrillLedger): readonly DrillCheck[] => [checkRows(ledger), checkHead(ledger), checkSignature(ledger), checkWitness(ledger)] };
}
