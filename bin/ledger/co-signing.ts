import type { SiteTx } from "#db/scope.ts";
import { nativeSha256, tree } from "#lib/ledger/native.ts";
import { cosignatureBytes, cosignatureMessage, readCheckpoint, readNote, signatureLine, signatureType, type Head } from "#lib/ledger/note.ts";
import { consistencyPath, headOf, rootsOf, type LedgerHead } from "#lib/ledger/queries.ts";
import { storeCosignatures, type LedgerSigner } from "#lib/ledger/sequence-commands.ts";
import { sameBytes } from "#lib/ledger/tree.ts";
import type { WitnessFile } from "#lib/ledger/witness-file.ts";

/** Why a log is not gone on with; said to people. */
export class LogHalted extends Error {}

/** Is the stored tree a continuation of what the witness has seen? Throws `LogHalted` when history is shorter or another one. */
export async function assertContinues(tx: SiteTx, siteId: string, size: number, seen: Head | undefined): Promise<void> {
  if (!seen || seen.size === 0) return;
  if (size < seen.size) throw new LogHalted(`The ledger of ${siteId} holds ${size} entries and its witness has seen ${seen.size}: entries are missing. Nothing is added to it until the database is restored.`);
  const [root] = await rootsOf(tx, siteId, [{ from: 0, to: seen.size }]);
  if (!root || !sameBytes(root, seen.root)) throw new LogHalted(`The first ${seen.size} entries of the ledger of ${siteId} are not those its witness has seen: history was rewritten. Nothing is added to it until the database is restored.`);
}

/** The line with which a co-signer says that it saw the head at `now`. */
export function cosign(text: string, signer: LedgerSigner, now: Date): { readonly witness: string; readonly line: string } {
  const time = Math.floor(now.getTime() / 1000);
  return { witness: signer.name, line: signatureLine(signer, signatureType.cosignature, cosignatureBytes(time, signer.sign(cosignatureMessage(text, time))), nativeSha256) };
}

export type Witnessed = { readonly head: LedgerHead; readonly oldSize: number; readonly proof: readonly Uint8Array[] };

/**
 * Takes the newest head to the co-signers: each checks that it continues the last one the witness file holds, then signs. The note with
 * its lines is appended to the file and the lines are kept in the database. Returns undefined when there is nothing new.
 */
export async function witnessHead(tx: SiteTx, siteId: string, file: WitnessFile, cosigners: readonly LedgerSigner[], now: Date): Promise<Witnessed | undefined> {
  const head = await headOf(tx, siteId);
  const seen = file.last()?.head;
  if (!head || (seen && seen.size >= head.size)) return undefined;
  const oldSize = seen?.size ?? 0;
  const proof = oldSize > 0 ? await consistencyPath(tx, siteId, oldSize, head.size) : [];
  const signed = readNote(head.note);
  const said = signed && readCheckpoint(signed.text);
  if (!said || said.size !== head.size) throw new LogHalted(`A signed head of the ledger of ${siteId} cannot be read.`);
  if (seen && !tree.verifyConsistency({ first: oldSize, second: said.size, firstRoot: seen.root, secondRoot: said.root, path: proof })) {
    throw new LogHalted(`The newest head of the ledger of ${siteId} does not continue the one its witness has seen: history was rewritten. It is not co-signed.`);
  }
  const lines = cosigners.map((signer) => cosign(signed.text, signer, now));
  const known = head.note.split("\n");
  const added = lines.filter(({ line }) => !known.includes(line));
  file.append(head.note + added.map(({ line }) => `${line}\n`).join(""));
  await storeCosignatures(tx, { siteId, size: head.size }, added, now);
  return { head, oldSize, proof };
}
