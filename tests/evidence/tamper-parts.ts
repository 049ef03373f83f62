import { createHash } from "node:crypto";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import type { Chance } from "./tamper-chance.ts";
import type { Tampering } from "./tamper-lists.ts";
import { attestationOf, rewrite, type Draft, type DraftEntry } from "./tamper-subject.ts";

type Document = NonNullable<Draft["content"]["documents"]>[number];
type File = NonNullable<Draft["content"]["files"]>[number];
/** Answers false where there is nothing to damage. */
type Change<Part> = (part: Part, draft: Draft, chance: Chance) => unknown;

const refused = (name: string, change: Tampering["change"], sealed: Tampering["sealed"] = "refused"): Tampering => ({ name, sealed, change });

/** Damages the document of a kind; none is there in EBRBUNDLE/1. */
const ofDocument = (kind: Document["kind"], name: string, change: Change<Document>): Tampering => refused(`${kind} ${name}`, (draft, _, chance) => {
  const document = draft.content.documents?.find((one) => one.kind === kind);
  return document !== undefined && change(document, draft, chance) !== false;
});

const tags = { master: "EBRMBR/2", overlay: "EBROVL/1", "exception-configuration": "EBREXC/1" } as const;

function retext(document: Document, change: (said: Record<string, unknown>) => Record<string, unknown>): void {
  const said = change(JSON.parse(document.text) as Record<string, unknown>);
  document.text = canonical(said);
  document.digest = digestOf(tags[document.kind], document.text);
}

const kinds = ["master", "overlay", "exception-configuration"] as const;
const leaveOut = (draft: Draft, document: Document): void => { draft.content.documents = draft.content.documents?.filter((one) => one !== document); };

const documents: readonly Tampering[] = [
  ...kinds.flatMap((kind) => [
    ofDocument(kind, "with another limit, digest recomputed", (document, _, chance) => retext(document, (said) => ({ ...said, parameters: [{ id: "ph", limits: { normal: { low: chance.below(7), high: 9 } } }] }))),
    ofDocument(kind, "with another limit under its digest", (document) => { document.text = document.text.replace("}", ',"zz":1}'); }),
    ofDocument(kind, "left out", (document, draft) => leaveOut(draft, document)), ofDocument(kind, "there twice", (document, draft) => { draft.content.documents?.push(structuredClone(document)); }),
    ofDocument(kind, "under another name", (document) => { document.id = document.id.replace(/\d+$/, (n) => String(Number(n) + 1)); }), ofDocument(kind, "written with a space", (document) => { document.text = document.text.replace(":", ": "); document.digest = digestOf(tags[document.kind], document.text); }),
    ofDocument(kind, "as of another kind", (document, _, chance) => { document.kind = chance.pick(kinds.filter((other) => other !== kind)); }),
  ]),
  ofDocument("master", "of another version", (document) => { retext(document, (said) => ({ ...said, version: 4 })); document.id = "MBR-101 v4"; }),
  ofDocument("overlay", "of another site", (document) => { retext(document, (said) => ({ ...said, siteId: "raleigh" })); document.id = document.id.replace("basel", "raleigh"); }),
  ...(["master", "overlay"] as const).flatMap((kind) => [
    ofDocument(kind, "without its signature", (document) => document.signatures.splice(0).length > 0),
    ofDocument(kind, "signed twice", (document) => { document.signatures.push(structuredClone(document.signatures[0] as Document["signatures"][number])); }),
    ofDocument(kind, "with the signature of the batch", (document, draft) => { document.signatures = [structuredClone(draft.content.signatures[0] as Document["signatures"][number])]; }),
    refused(`${kind} attested by a stranger`, (draft, { stranger }) => {
      const [signature] = draft.content.documents?.find((one) => one.kind === kind)?.signatures ?? [];
      if (signature) signature.attestation = attestationOf(signature, stranger.attestation);
      return signature !== undefined;
    }),
  ]),
];

const ofFile = (name: string, change: Change<File>): Tampering => refused(`file ${name}`, (draft, _, chance) => {
  const file = draft.content.files?.[0];
  return file !== undefined && change(file, draft, chance) !== false;
});

const redigest = (file: File, bytes: Buffer): void => { file.content = bytes.toString("base64"); file.digest = createHash("sha256").update(bytes).digest("hex"); file.size = bytes.length; };

const files: readonly Tampering[] = [
  ofFile("with another byte", (file, _, chance) => { const bytes = Buffer.from(file.content, "base64"); const at = chance.below(bytes.length); bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8)); file.content = bytes.toString("base64"); }),
  ofFile("with another byte, digest recomputed", (file, _, chance) => { const bytes = Buffer.from(file.content, "base64"); bytes[chance.below(bytes.length)] = 0; redigest(file, bytes); }),
  ofFile("shortened", (file) => redigest(file, Buffer.from(file.content, "base64").subarray(1))), ofFile("of no bytes", (file) => { file.content = ""; }), ofFile("of another size", (file, _, chance) => { file.size += 1 + chance.below(9); }),
  ofFile("left out", (_, { content }) => { content.files = []; }), ofFile("nobody attached", (_, { content }, chance) => { const file = { digest: "", size: 0, content: "" }; redigest(file, chance.bytes(12)); content.files?.push(file); content.files?.sort((a, b) => (a.digest < b.digest ? -1 : 1)); }),
];

/** Damages the entries about what was used, of the site (first) or the enterprise. */
const ofRelated = (name: string, sealed: Tampering["sealed"], change: (entries: DraftEntry[], draft: Draft, chance: Chance) => unknown): readonly Tampering[] => ["basel", "enterprise"].map((owner) => refused(`entries of ${owner} ${name}`, (draft, _, chance) => {
  const group = draft.content.related?.find((one) => one.owner === owner);
  return group !== undefined && change(group.entries, draft, chance) !== false;
}, sealed));

/** Takes out the entries about rows of a table. */
const untold = (table: string, sealed: Tampering["sealed"]): Tampering => refused(`nothing told of ${table}`, ({ content }) => {
  let gone = false;
  for (const group of content.related ?? []) {
    const kept = group.entries.filter((entry) => !entry.canonical.includes(`"subjectType":"${table}"`));
    gone ||= kept.length < group.entries.length;
    group.entries = kept;
  }
  return gone;
}, sealed);

const related: readonly Tampering[] = [
  ...["units", "lots", "containers", "site_overlays", "master_batch_records", "exception_configurations"].map((table) => untold(table, "refused")),
  // Only the attestation key stands behind the rest: a bundle without such an entry is a smaller one, not a false one.
  ...["lot_movements", "calibrations"].map((table) => untold(table, "either")),
  ...ofRelated("with another column", "refused", (entries, _, chance) => rewrite(chance.pick(entries), (all) => ({ ...all, reason: `Other ${chance.below(1000)}` }))),
  ...ofRelated("moved", "refused", (entries, _, chance) => { chance.pick(entries).position += 1; }),
  ...ofRelated("with a shorter path", "refused", (entries, _, chance) => { const entry = chance.pick(entries); entry.proof = entry.proof.slice(1); }),
  ...ofRelated("there twice", "refused", (entries) => { entries.push(structuredClone(entries[0] as DraftEntry)); }),
  ...ofRelated("put among those of the batch", "refused", (entries, { content }) => { content.entries.push(structuredClone(entries.at(-1) as DraftEntry)); content.entries.sort((a, b) => a.position - b.position); }),
  refused("an entry of the batch put among those of what was used", ({ content }) => { const [group] = content.related ?? []; group?.entries.unshift(structuredClone(content.entries[0] as DraftEntry)); return group !== undefined; }),
  refused("entries about what was used under an earlier head", ({ content }) => { const [group] = content.related ?? []; if (group) group.note = content.checkpoints[0]?.note ?? ""; return group !== undefined; }),
  refused("entries of the enterprise under the site's head", ({ content }) => { const group = content.related?.[1]; if (group) group.note = content.checkpoints.at(-1)?.note ?? ""; return group !== undefined; }),
  refused("head of the enterprise without its co-signature", ({ content }) => { const group = content.related?.[1]; if (group) group.note = `${group.note.split("\n").slice(0, 5).join("\n")}\n`; return group !== undefined; }),
  refused("entries of another site", ({ content }) => { const group = content.related?.[0]; if (group) group.owner = "raleigh"; return group !== undefined; }),
];

/** Every part EBRBUNDLE/2 has beyond EBRBUNDLE/1: documents, files, and entries about what was used. */
export const partTamperings: readonly Tampering[] = [...documents, ...files, ...related, refused("as EBRBUNDLE/1 with the members of the next", (draft) => { const full = draft.format === "EBRBUNDLE/2"; draft.format = "EBRBUNDLE/1"; return full; })];
