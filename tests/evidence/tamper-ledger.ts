import { toBase64 } from "#lib/ledger/note.ts";
import { tree } from "#lib/ledger/native.ts";
import { checkpointNote, consistencyOf, proofOf, type TestKey } from "./synthetic.ts";
import type { Chance } from "./tamper-chance.ts";
import type { Tampering } from "./tamper-lists.ts";
import { regrow, rewrite, type Draft, type Subject } from "./tamper-subject.ts";
import { malleated } from "./tamper-values.ts";

type Change = Tampering["change"];
const refused = (name: string, change: Change): Tampering => ({ name, sealed: "refused", change });

/** Changes one column of an entry and grows the tree anew over it: every hash after it fits again. */
function rewriteAndRegrow(draft: Draft, { made }: Subject, chance: Chance): void {
  rewrite(chance.pick(draft.content.entries), (all) => ({ ...all, reason: `Other ${chance.below(1000)}` }));
  regrow(draft, made);
}

/** A head over another history of the same length: the stranger's own, signed by these keys. */
function fork(draft: Draft, { made }: Subject, own: TestKey, witnesses: readonly TestKey[]): void {
  const leaves = made.leaves.map((leaf, i) => (i % 2 === 0 ? leaf : tree.nodeHash(leaf, leaf)));
  const last = draft.content.checkpoints.at(-1);
  if (last) last.note = checkpointNote(leaves, own, witnesses);
  for (const entry of draft.content.entries) entry.proof = proofOf(leaves, entry.position);
  draft.content.consistency = consistencyOf(leaves, 3);
}

/** Changes one line of a checkpoint's note; `line` counts from 0: origin, size, root, blank, the log's signature, co-signatures. */
const lined = (name: string, line: number, change: (text: string, chance: Chance) => string): Tampering => refused(`checkpoint ${name}`, (draft, _, chance) => {
  const checkpoint = chance.pick(draft.content.checkpoints);
  const lines = checkpoint.note.split("\n");
  lines[line] = change(lines[line] ?? "", chance);
  checkpoint.note = lines.join("\n");
  return true;
});

/** Changes the bytes of the signature of a line: four of the key, then (of a co-signature) eight of time, then the signature. */
const resigned = (change: (bytes: Buffer, chance: Chance) => Buffer) => (text: string, chance: Chance): string => {
  const [dash, name, bytes = ""] = text.split(" ");
  return `${dash} ${name} ${change(Buffer.from(bytes, "base64"), chance).toString("base64")}`;
};

/** The time of a co-signature `seconds` later or, below 0, earlier. */
const movedTime = (seconds: bigint) => resigned((bytes) => {
  const moved = Buffer.from(bytes);
  moved.writeBigUInt64BE(moved.readBigUInt64BE(4) + seconds, 4);
  return moved;
});

const proofs: readonly (readonly [string, (proof: string[], draft: Draft, chance: Chance) => boolean])[] = [
  ["copy the proof of another entry", (proof, draft, chance) => proof.splice(0, proof.length, ...chance.pick(draft.content.entries).proof).length > 0],
  ["drop a hash of a proof", (proof, _, chance) => proof.length > 0 && proof.splice(chance.below(proof.length), 1).length > 0],
  ["add a hash to a proof", (proof, _, chance) => { proof.splice(chance.below(proof.length + 1), 0, chance.bytes(32).toString("base64")); return true; }],
  ["repeat a hash of a proof", (proof) => { proof.push(proof.at(-1) ?? ""); return proof.length > 1; }],
  ["reverse a proof", (proof) => proof.reverse().length > 1],
  ["change a hash of a proof", (proof, _, chance) => { if (proof.length > 0) proof[chance.below(proof.length)] = chance.bytes(32).toString("base64"); return proof.length > 0; }],
];

/** Changes a validity so that the key no longer covers what it signed; a fingerprint does not show that, the content digest does. */
const validity = (name: string, purpose: string, owner: string, change: (key: Draft["content"]["keys"][number]) => void): Tampering => refused(`validity ${name}`, (draft) => {
  const key = draft.content.keys.find((k) => k.purpose === purpose && k.owner === owner);
  if (key) change(key);
  return key !== undefined;
});

export const ledgerTamperings: readonly Tampering[] = [
  refused("change a column and recompute every hash after it", (draft, subject, chance) => { rewriteAndRegrow(draft, subject, chance); return true; }),
  refused("change a column, recompute and re-sign the head with a stranger's key", (draft, subject, chance) => {
    rewriteAndRegrow(draft, subject, chance);
    const last = draft.content.checkpoints.at(-1);
    const [, , root = ""] = last?.note.split("\n") ?? [];
    if (last) last.note = checkpointNote(subject.made.leaves, subject.stranger.basel, [subject.stranger.raleigh]).replace(toBase64(tree.rootOf(subject.made.leaves)), root);
    return true;
  }),
  refused("fork: a second head under the stranger's keys", (draft, subject) => { fork(draft, subject, subject.stranger.basel, [subject.stranger.raleigh]); return true; }),
  refused("fork: a second head the witness has not seen", (draft, subject) => { fork(draft, subject, subject.made.keys.basel, [subject.stranger.raleigh]); return true; }),
  refused("fork: a second head with no witness", (draft, subject) => { fork(draft, subject, subject.made.keys.basel, []); return true; }),
  refused("fork: a second head beside the first", (draft, subject) => { draft.content.checkpoints.push({ note: checkpointNote(subject.other.leaves, subject.stranger.basel, []) }); return true; }),
  refused("head of fewer leaves", (draft, { made }) => { const last = draft.content.checkpoints.at(-1); if (last) last.note = checkpointNote(made.leaves.slice(0, 5), made.keys.basel, [made.keys.raleigh]); return true; }),
  refused("move an entry", (draft, _, chance) => { const entry = chance.pick(draft.content.entries); entry.position += chance.below(2) === 0 ? 1 : 2; return true; }),
  ...proofs.map(([name, change]) => refused(name, (draft, _, chance) => change(chance.pick(draft.content.entries).proof, draft, chance))),
  refused("drop a hash of the consistency proof", ({ content }, _, chance) => content.consistency.splice(chance.below(content.consistency.length), 1).length > 0),
  refused("add a hash to the consistency proof", ({ content }, _, chance) => content.consistency.push(chance.bytes(32).toString("base64")) > 0),
  refused("reverse the consistency proof", ({ content }) => content.consistency.reverse().length > 1),
  refused("leave the consistency proof out", ({ content }) => content.consistency.splice(0).length > 0),
  lined("of another origin", 0, (text) => `${text}x`), lined("of another size", 1, (text, chance) => String(Number(text) + 1 + chance.below(9))), lined("size with a zero before it", 1, (text) => `0${text}`),
  lined("of another root", 2, (_, chance) => chance.bytes(32).toString("base64")), lined("with an extension line", 2, (text) => `${text}\nextension`), lined("with another signature", 4, resigned((bytes, chance) => Buffer.concat([bytes.subarray(0, 4), chance.bytes(64)]))),
  lined("signature written another way", 4, resigned((bytes) => Buffer.concat([bytes.subarray(0, 4), malleated(bytes.subarray(4))]))), lined("signed twice", 4, (text) => `${text}\n${text}`), lined("co-signed twice", 5, (text) => `${text}\n${text}`),
  lined("not signed by the log", 4, () => ""), lined("log's line with another name", 4, (text) => text.replace("basel", "raleigh")), lined("with a stranger's line", 5, (text, chance) => `${text}\n— stranger.example ${chance.bytes(68).toString("base64")}`),
  lined("co-signature back-dated", 5, movedTime(-86_400n)), lined("co-signature post-dated", 5, movedTime(40n * 86_400n)), lined("co-signature under another name", 5, (text) => text.replace("raleigh", "bangalore")),
  refused("head without its co-signature", ({ content }) => { const last = content.checkpoints.at(-1); if (last) last.note = `${last.note.split("\n").slice(0, 5).join("\n")}\n`; return last !== undefined; }),
  refused("checkpoint post-dated past the export", (draft, { made }) => { const last = draft.content.checkpoints.at(-1); if (last) last.note = checkpointNote(made.leaves, made.keys.basel, [made.keys.raleigh], Date.parse(made.facts.exportedAt) + 600_000); return true; }),
  validity("of the attestation key begins after the signatures", "attestation", "enterprise", (key) => { key.validFrom = "2026-03-02T12:00:00.000Z"; }),
  validity("of the attestation key ends before the export", "attestation", "enterprise", (key) => { key.validTo = "2026-03-02T12:00:00.000Z"; }),
  validity("of the witness' key ends before it co-signed", "ledger", "raleigh", (key) => { key.validTo = "2026-03-01T08:00:00.000Z"; }),
  validity("of the witness' key begins after it co-signed", "ledger", "raleigh", (key) => { key.validFrom = "2026-03-03T09:59:30.000Z"; }),
  refused("ledger key of another owner", ({ content }) => { const key = content.keys.find((k) => k.owner === "basel"); if (key) key.owner = "bangalore"; return key !== undefined; }),
  refused("attestation key of another purpose", ({ content }) => { const key = content.keys.find((k) => k.purpose === "attestation"); if (key) key.purpose = "ledger"; return key !== undefined; }),
  refused("replace the bytes of a key", ({ content }, { stranger }, chance) => { chance.pick(content.keys).publicKey = stranger.basel.row.publicKey; return true; }),
  refused("put a stranger's key in place of one", ({ content }, { stranger }, chance) => {
    const at = chance.below(content.keys.length);
    const old = content.keys[at];
    if (old) content.keys[at] = { ...old, id: stranger.basel.row.id, publicKey: stranger.basel.row.publicKey };
    content.keys.sort((a, b) => (a.id < b.id ? -1 : 1));
    return true;
  }),
  refused("add a stranger's key", ({ content }, { stranger }) => { content.keys.push({ ...stranger.basel.row }); content.keys.sort((a, b) => (a.id < b.id ? -1 : 1)); return true; }),
];
