import { createHash, sign, type KeyObject } from "node:crypto";
import type { JWK } from "jose";
import { canonical, digestOf, keyIdOfJwk } from "#lib/digest/digest.ts";
import { bundleText } from "#lib/evidence/bundle.ts";
import type { Content, ExportedSignature, RegisterKey, SealedSegment } from "#lib/evidence/shape.ts";
import { leafBytes, nativeSha256, tree } from "#lib/ledger/native.ts";
import { checkpointText, cosignatureBytes, cosignatureMessage, signatureLine, signatureType, toBase64, writeNote } from "#lib/ledger/note.ts";
import { auditPathRanges, consistencyRanges } from "#lib/ledger/tree.ts";

/** An Ed25519 pair made for one specimen and thrown away with it. */
export type SpecimenKey = { readonly publicJwk: JWK; readonly privateJwk: JWK; readonly privateKey: KeyObject };
/** What chance decides, given from outside. */
export type SpecimenChance = { readonly newKey: () => SpecimenKey; readonly newId: () => string; readonly now: Date };

const site = { id: "specimen-east", name: "Specimen site East", zone: "Europe/Zurich" };
const batchId = "SPECIMEN-0001";
const signer = { id: "00000000-0000-4000-8000-000000000001", name: "Nobody Specimen" };

type Key = SpecimenKey & { readonly raw: Uint8Array; readonly row: RegisterKey };

/** Minutes before the export, as the bundle writes times. */
const clock = (now: Date) => (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString();

function keyOf(made: SpecimenKey, owner: string, purpose: RegisterKey["purpose"], validFrom: string): Key {
  const raw = new Uint8Array(Buffer.from(made.publicJwk.x ?? "", "base64url"));
  const name = purpose === "ledger" ? `specimen/${owner}` : "specimen attestation";
  return { ...made, raw, row: { id: keyIdOfJwk(made.publicJwk), owner, purpose, name, algorithm: "Ed25519", publicKey: toBase64(raw), validFrom, validTo: null } };
}

const signed = (key: Key, text: string | Uint8Array): Uint8Array => new Uint8Array(sign(null, typeof text === "string" ? Buffer.from(text, "utf8") : text, key.privateKey));

function recordText(at: (minutes: number) => string): string {
  const counts = ["0.42", "1.87", "4.43"];
  const steps = counts.map((_, i) => ({ siteId: site.id, batchId, id: `1.1.${i + 1}`, position: i + 1, unitProcedure: "Culture", operation: "Expansion", phase: "Count", title: `Count viable cells, passage ${i + 1}`, kind: "entry", state: "done", automatic: false, performedBy: signer.id, performedAt: at(600 - i * 60) }));
  const entries = counts.map((value, i) => ({ siteId: site.id, batchId, stepId: `1.1.${i + 1}`, parameter: "viable cell density", version: 1, value, unit: "10⁶/mL", limits: { normal: { low: 0.4, high: 5 } }, evaluation: "within", source: "manual", eventAt: at(600 - i * 60), enteredAt: at(600 - i * 60), enteredBy: signer.id }));
  const batch = { id: batchId, siteId: site.id, productId: "SPECIMEN", unitId: "SP-1", issuedAt: at(700), inoculatedAt: at(690), completedAt: at(300) };
  return canonical({ format: "EBRREC/1", batch, product: { id: "SPECIMEN", name: "Specimen product" }, master: null, steps, entries, exceptions: [] });
}

function segmentOf(day: string): SealedSegment {
  const readings = Array.from({ length: 6 }, (_, i) => ({ at: new Date(Date.parse(`${day}T00:00:00.000Z`) + i * 900_000).toISOString(), outOfRange: false, quality: "good", value: String(36.8 + i / 10) }));
  const text = canonical(readings);
  return { tag: "temperature", unitId: "SP-1", day, readings: readings.length, digest: digestOf("EBRSEG/1", text), text };
}

type Signing = { readonly ordinal: number; readonly meaning: string; readonly minutes: number; readonly previous: ExportedSignature | undefined };
type Setting = { readonly at: (minutes: number) => string; readonly recordDigest: string; readonly attestation: Key };

/** The portal's attestation of a signature, a compact JWS. */
function attested(claims: Readonly<Record<string, unknown>>, { publicJwk, ...key }: Key): string {
  const thumbprint = createHash("sha256").update(`{"crv":"Ed25519","kty":"OKP","x":"${publicJwk.x}"}`).digest("base64url");
  const input = [{ alg: "EdDSA", kid: thumbprint }, claims].map((part) => Buffer.from(JSON.stringify(part), "utf8").toString("base64url")).join(".");
  return `${input}.${Buffer.from(signed({ publicJwk, ...key }, input)).toString("base64url")}`;
}

function signatureOf({ ordinal, meaning, minutes, previous }: Signing, { at, recordDigest, attestation }: Setting): ExportedSignature {
  const signedAt = at(minutes);
  const statement = canonical({
    format: "EBRSIG/1", recordType: "batch", recordId: batchId, recordDigest, previousDigest: previous?.digest ?? null, meaning, sentence: `I have reviewed batch ${batchId}.`, reason: "Specimen", comment: "A specimen, signed by nobody.",
    signerId: signer.id, subject: "specimen", userName: "specimen", printedName: signer.name, role: "qa-manager", site: site.id, openedAt: at(minutes + 1), nonce: `specimen-${ordinal}`,
  });
  const digest = digestOf("EBRSIG/1", statement);
  const evidence = { issuer: "urn:specimen", subject: "specimen", authTime: 0, acr: "none", amr: [], idTokenDigest: digestOf("EBRSIG/1", "specimen") };
  return { ordinal, statement, digest, method: "identity-provider", signedAt, attestation: attested({ digest, signedAt, method: "identity-provider", evidence }, attestation), assertion: null, withdraws: null };
}

type Told = { readonly event: string; readonly kind: string; readonly subjectType: string; readonly subjectId: string; readonly detail: unknown; readonly at: string };

const entryText = (told: Told, id: string): string => canonical({
  format: "EBRLEAF/1", siteId: site.id, id, zone: site.zone, actorId: signer.id, actorName: signer.name, role: "qa-manager", authorisedBy: null, request: "", client: "", batchId, reason: "Specimen", critical: told.event === "record.signed", ...told,
});

/** The act and the row entry of a signature. */
function toldOf(signature: ExportedSignature, meaning: string, recordDigest: string): readonly Told[] {
  const { ordinal, digest, signedAt: at, method } = signature;
  const row = { site_id: site.id, batch_id: batchId, ordinal, digest };
  return [
    { event: "row.created", kind: "creation", subjectType: "signatures", subjectId: `${batchId}/${ordinal}`, detail: { fields: Object.keys(row).sort().join(","), old: null, new: JSON.stringify(row) }, at },
    { event: "record.signed", kind: "act", subjectType: "batch", subjectId: batchId, detail: { meaning, recordDigest, signatureDigest: digest, ordinal, from: "qa_review", to: "qa_review", method }, at },
  ];
}

function noteOf(leaves: readonly Uint8Array[], own: Key, witness: Key, at: string): string {
  const text = checkpointText({ origin: own.row.name, size: leaves.length, root: tree.rootOf(leaves) });
  const seconds = Math.floor(Date.parse(at) / 1000);
  const line = (key: Key, type: number, signature: Uint8Array) => signatureLine({ name: key.row.name, publicKey: key.raw }, type, signature, nativeSha256);
  return writeNote(text, [line(own, signatureType.note, signed(own, text)), line(witness, signatureType.cosignature, cosignatureBytes(seconds, signed(witness, cosignatureMessage(text, seconds))))]);
}

/** Entries of the specimen among two of other batches, whose texts nobody needs: one first, one last. */
function provenOf(texts: readonly string[], keys: { readonly own: Key; readonly witness: Key }, { newId, at }: { readonly newId: () => string; readonly at: (minutes: number) => string }): Pick<Content, "entries" | "checkpoints" | "consistency"> {
  const leaves = [newId(), ...texts, newId()].map((text) => tree.leafHash(leafBytes(text)));
  const rootsOf = (ranges: readonly { readonly from: number; readonly to: number }[]) => ranges.map(({ from, to }) => toBase64(tree.rootOf(leaves.slice(from, to))));
  return {
    entries: texts.map((text, i) => ({ position: i + 1, canonical: text, proof: rootsOf(auditPathRanges(i + 1, { from: 0, to: leaves.length })) })),
    checkpoints: [{ note: noteOf(leaves.slice(0, 1), keys.own, keys.witness, at(290)) }, { note: noteOf(leaves, keys.own, keys.witness, at(5)) }],
    consistency: rootsOf(consistencyRanges(1, { from: 0, to: leaves.length })),
  };
}

/** A valid evidence bundle of a batch that never was, under keys made now: for the sandbox and its tests, never of GMP data. */
export function specimenBundle({ newKey, newId, now }: SpecimenChance): string {
  const at = clock(now);
  const [attestation, own, witness] = [keyOf(newKey(), "enterprise", "attestation", at(800)), keyOf(newKey(), site.id, "ledger", at(800)), keyOf(newKey(), "specimen-west", "ledger", at(800))];
  const record = recordText(at);
  const setting = { at, recordDigest: digestOf("EBRREC/1", record), attestation };
  const segments = [segmentOf(at(1440).slice(0, 10))];
  const first = signatureOf({ ordinal: 1, meaning: "production_reviewed", minutes: 120, previous: undefined }, setting);
  const second = signatureOf({ ordinal: 2, meaning: "audit_trail_reviewed", minutes: 60, previous: first }, setting);
  const sealing: Told = { event: "segments.sealed", kind: "act", subjectType: "batch", subjectId: batchId, at: at(200), detail: { segments: 1, readings: 6, listDigest: digestOf("EBRSEG/1", canonical(segments.map(({ tag, day, digest }) => [tag, day, digest]))) } };
  const told = [sealing, ...toldOf(first, "production_reviewed", setting.recordDigest), ...toldOf(second, "audit_trail_reviewed", setting.recordDigest)];
  const content: Content = {
    record, segments, signatures: [first, second], ...provenOf(told.map((t) => entryText(t, newId())), { own, witness }, { newId, at }),
    keys: [attestation, own, witness].map((key) => key.row).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
  const facts = { batchId, siteId: site.id, siteName: site.name, zone: site.zone, exportedAt: at(0), exportedBy: { id: signer.id, name: signer.name, role: "auditor" }, copy: 1, reason: "Specimen of the sandbox" };
  return bundleText(content, facts, attestation.privateJwk);
}
