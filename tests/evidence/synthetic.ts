import { generateKeyPairSync, randomUUID, sign, type KeyObject } from "node:crypto";
import type { JWK } from "jose";
import { canonical, digestOf, keyIdOfJwk, sha256 } from "#lib/digest/digest.ts";
import { bundleText, type ManifestFacts } from "#lib/evidence/bundle.ts";
import type { Content, ExportedDocument, ExportedSignature, RegisterKey, RelatedEntries, SealedSegment } from "#lib/evidence/shape.ts";
import { leafBytes, nativeSha256, tree } from "#lib/ledger/native.ts";
import { checkpointText, cosignatureBytes, cosignatureMessage, signatureLine, signatureType, toBase64, writeNote } from "#lib/ledger/note.ts";
import { auditPathRanges, consistencyRanges } from "#lib/ledger/tree.ts";
import { passkeyAnswer, type PasskeyAlgorithm } from "./passkey.ts";

/** A key pair of a register made up for a test. */
export type TestKey = { readonly jwk: JWK; readonly privateKey: KeyObject; readonly raw: Uint8Array; readonly row: RegisterKey };

const installationName = "veribatch-5e7a11c0";
const began = Date.parse("2026-03-01T08:00:00.000Z");
const at = (minutes: number): string => new Date(began + minutes * 60_000).toISOString();
const exportedAt = at(3000);

export function testKey(owner: string, purpose: "attestation" | "ledger"): TestKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  const jwk: JWK = { ...privateKey.export({ format: "jwk" }) };
  const raw = new Uint8Array(Buffer.from(jwk.x ?? "", "base64url"));
  const name = purpose === "ledger" ? `${installationName}/${owner}` : `${installationName} attestation`;
  return { jwk, privateKey, raw, row: { id: keyIdOfJwk(jwk), owner, purpose, name, algorithm: "Ed25519", publicKey: toBase64(raw), validFrom: at(-60), validTo: null } };
}

export const signed = (key: TestKey, bytes: Uint8Array): Uint8Array => new Uint8Array(sign(null, bytes, key.privateKey));

const base64url = (text: string): string => Buffer.from(text, "utf8").toString("base64url");

/** Compact JWS as the portal makes it. */
export function attested(claims: Readonly<Record<string, unknown>>, key: TestKey): string {
  const input = `${base64url(JSON.stringify({ alg: "EdDSA", kid: key.row.id }))}.${base64url(JSON.stringify(claims))}`;
  return `${input}.${Buffer.from(signed(key, Buffer.from(input))).toString("base64url")}`;
}

/** A checkpoint's note over these leaves, co-signed a minute later than `time`. */
export function checkpointNote(leaves: readonly Uint8Array[], own: TestKey, witnesses: readonly TestKey[], time = Date.parse(exportedAt) - 120_000): string {
  const text = checkpointText({ origin: own.row.name, size: leaves.length, root: tree.rootOf(leaves) });
  const seconds = Math.floor(time / 1000) + 60;
  const line = (key: TestKey, type: number, signature: Uint8Array) => signatureLine({ name: key.row.name, publicKey: key.raw }, type, signature, nativeSha256);
  return writeNote(text, [
    line(own, signatureType.note, signed(own, Buffer.from(text, "utf8"))),
    ...witnesses.map((key) => line(key, signatureType.cosignature, cosignatureBytes(seconds, signed(key, cosignatureMessage(text, seconds))))),
  ]);
}

export const proofOf = (leaves: readonly Uint8Array[], position: number): string[] =>
  auditPathRanges(position, { from: 0, to: leaves.length }).map(({ from, to }) => toBase64(tree.rootOf(leaves.slice(from, to))));
export const consistencyOf = (leaves: readonly Uint8Array[], first: number): string[] =>
  consistencyRanges(first, { from: 0, to: leaves.length }).map(({ from, to }) => toBase64(tree.rootOf(leaves.slice(from, to))));

export type Made = {
  readonly content: Content; readonly facts: ManifestFacts;
  readonly keys: { readonly attestation: TestKey; readonly basel: TestKey; readonly raleigh: TestKey; /** The enterprise's ledger. */ readonly enterprise: TestKey };
  /** Leaf hashes of the whole log, others' entries between them; and of the enterprise's. */
  readonly leaves: readonly Uint8Array[]; readonly enterpriseLeaves: readonly Uint8Array[];
  readonly text: string;
  /** The bundle's text around another content or other facts, sealed with the true key. */
  readonly sealed: (content: Content, facts?: ManifestFacts) => string;
};
export type Wanted = { readonly passkey?: PasskeyAlgorithm; /** Readings of each of the two segments. */ readonly readings?: number; /** EBRBUNDLE/2: a batch of a master with its overlay, that used a lot and a unit and has a file. */ readonly full?: boolean };

const person = { id: "11111111-1111-4111-8111-111111111111", name: "Miriam Keller" };

/** What a batch was made by and what it used, in a bundle of EBRBUNDLE/2. */
type Parts = { readonly documents: readonly ExportedDocument[]; readonly file: Buffer };

function recordText(batchId: string, parts: Parts | undefined): string {
  const step = (n: number) => ({ siteId: "basel", batchId, id: `1.1.${n}`, position: n, unitProcedure: "Seed train", operation: "Thaw", phase: "Expansion", title: `Record the viable cell density of passage ${n}`, kind: "entry", state: "done", automatic: false, performedBy: person.id, performedAt: at(n) });
  const entry = (n: number) => ({ siteId: "basel", batchId, stepId: `1.1.${n}`, parameter: "viable cell density", version: 1, value: `${n}.25`, unit: "10⁶/mL", limits: { normal: { low: 0.5, high: 8.25 } }, evaluation: "within", source: "manual", eventAt: at(n), enteredAt: at(n), enteredBy: person.id });
  const digest = (kind: string) => parts?.documents.find((document) => document.kind === kind)?.digest;
  const frozen = parts ? { masterId: "MBR-101", masterVersion: 3, masterDigest: digest("master"), overlayVersion: 1, overlayDigest: digest("overlay") } : {};
  const used = parts ? {
    materials: [{ batchId, stepId: "1.1.1", number: 1, material: "medium", lotId: "RM-1-01", containerId: "RM-1-01-1", quantity: "2.5", unit: "L" }, { batchId, stepId: "1.1.1", number: 2, material: "medium", lotId: "RM-1-01", containerId: null, quantity: "0.5", unit: "L" }],
    equipment: [{ batchId, stepId: "1.1.1", number: 1, equipment: "bioreactor", unitId: "BR-102", boundAt: at(1), releasedAt: at(900) }],
    attachments: [{ batchId, stepId: "1.1.2", id: "22222222-0000-4000-8000-000000000000", name: "print.txt", mediaType: "text/plain", size: parts.file.length, digest: sha256(parts.file) }],
  } : {};
  const exceptions = parts ? [{ batchId, id: "EX-1", stepId: "1.1.2", severity: "minor", configurationVersion: 2 }] : [];
  return canonical({ format: "EBRREC/1", batch: { id: batchId, siteId: "basel", productId: "VB-101", unitId: "BR-101", issuedAt: at(0), inoculatedAt: at(10), completedAt: at(1000), ...frozen }, product: { id: "VB-101", name: "Anti-X µ" }, master: null, steps: [1, 2, 3].map(step), entries: [1, 2, 3].map(entry), exceptions, ...used });
}

function segmentOf(tag: string, day: string, readings: number, unitId = "BR-101"): SealedSegment {
  const text = canonical(Array.from({ length: readings }, (_, i) => ({ at: new Date(Date.parse(`${day}T00:00:00.000Z`) + i * 900_000).toISOString(), outOfRange: false, quality: "good", value: String(36.8 + (i % 5) / 10) })));
  return { tag, unitId, day, readings, digest: digestOf("EBRSEG/1", text), text };
}

type Signing = { readonly ordinal: number; readonly meaning: string; readonly method: "identity-provider" | "passkey"; readonly previous: ExportedSignature | undefined; /** A record that is no batch, and whose it is. */ readonly of?: { readonly type: string; readonly id: string; readonly owner: string } };

function signatureOf({ ordinal, meaning, method, previous, of }: Signing, batchId: string, recordDigest: string, key: TestKey, passkey: PasskeyAlgorithm): ExportedSignature {
  const signedAt = at(1100 + ordinal * 10);
  const statement = canonical({
    format: "EBRSIG/1", recordType: of?.type ?? "batch", recordId: of?.id ?? batchId, recordDigest, previousDigest: previous?.digest ?? null, meaning, sentence: `I have reviewed batch ${batchId}.`, reason: "Record complete and correct", comment: "Reviewed, ä.",
    signerId: person.id, subject: "qa", userName: "qa@demo", printedName: person.name, role: "qa-manager", site: of?.owner ?? "basel", openedAt: at(1099 + ordinal * 10), nonce: `nonce-${ordinal}`,
  });
  const digest = digestOf("EBRSIG/1", statement);
  const assertion = method === "passkey" ? passkeyAnswer(passkey, digest) : null;
  const evidence = assertion ? { credentialId: assertion.credentialId, publicKeyDigest: sha256(Buffer.from(assertion.publicKey, "base64url")), origin: "http://localhost:3000" } : { issuer: "http://localhost:3000/oidc", subject: "qa", authTime: 1772355600, acr: "password", amr: ["pwd"], idTokenDigest: digestOf("EBRSIG/1", "token") };
  return { ordinal, statement, digest, method, signedAt, attestation: attested({ digest, signedAt, method, evidence }, key), assertion, withdraws: null };
}

type Told = { readonly siteId?: string; readonly event: string; readonly kind: "act" | "creation"; readonly subjectType: string; readonly subjectId: string; readonly detail: unknown; readonly minutes: number };

const entryText = (batchId: string | null, { minutes, ...told }: Told): string => canonical({
  format: "EBRLEAF/1", siteId: "basel", id: randomUUID(), at: at(minutes), zone: "Europe/Zurich", actorId: person.id, actorName: person.name, role: "qa-manager", authorisedBy: null, request: "", client: "",
  batchId, reason: "Record complete and correct", critical: told.subjectType === "signatures" || told.event === "record.signed", ...told,
});

const rowCreated = (subjectType: string, subjectId: string, row: Readonly<Record<string, unknown>>, minutes: number): Told =>
  ({ event: "row.created", kind: "creation", subjectType, subjectId, detail: { fields: Object.keys(row).sort().join(","), old: null, new: JSON.stringify(row) }, minutes });

/** The acts and rows of the trail that belong to a signature. */
export const toldOf = (batchId: string, s: ExportedSignature, meaning: string, recordDigest: string): readonly Told[] => [
  rowCreated("signatures", `${batchId}/${s.ordinal}`, { site_id: "basel", batch_id: batchId, ordinal: s.ordinal, digest: s.digest }, 1100 + s.ordinal * 10),
  { event: "record.signed", kind: "act", subjectType: "batch", subjectId: batchId, detail: { meaning, recordDigest, signatureDigest: s.digest, ordinal: s.ordinal, from: "qa_review", to: "qa_review", method: s.method }, minutes: 1100 + s.ordinal * 10 },
];

/** Entries of the batch among those of others: three foreign leaves first, one between each two, two at the end. */
export function logOf(texts: readonly string[]): { readonly leaves: readonly Uint8Array[]; readonly positions: readonly number[] } {
  const foreign = () => tree.leafHash(leafBytes(randomUUID()));
  const leaves = [foreign(), foreign(), foreign(), ...texts.flatMap((text) => [tree.leafHash(leafBytes(text)), foreign()]), foreign()];
  return { leaves, positions: texts.map((_, i) => 3 + 2 * i) };
}

type Keys = Made["keys"];
const documentOf = (kind: ExportedDocument["kind"], id: string, content: { readonly format: "EBREXC/1" | "EBRMBR/2" | "EBROVL/1" }, keys: Keys, owner: string): ExportedDocument => {
  const text = canonical(content);
  const digest = digestOf(content.format, text);
  const signed = kind === "exception-configuration" ? [] : [signatureOf({ ordinal: 1, meaning: "master_approved", method: "identity-provider", previous: undefined, of: { type: kind, id, owner } }, "", digest, keys.attestation, "ES256")];
  return { kind, id, digest, text, signatures: signed };
};

function partsOf(keys: Keys): Parts {
  return {
    documents: [
      documentOf("exception-configuration", "exceptions v2", { format: "EBREXC/1" }, keys, "enterprise"),
      documentOf("master", "MBR-101 v3", Object.assign({ format: "EBRMBR/2" } as const, { id: "MBR-101", version: 3, title: "Anti-X µ", parameters: [{ id: "ph", limits: { normal: { low: 6.9, high: 7.1 } } }] }), keys, "enterprise"),
      documentOf("overlay", "basel MBR-101 v3 overlay 1", Object.assign({ format: "EBROVL/1" } as const, { siteId: "basel", masterId: "MBR-101", masterVersion: 3, version: 1, limits: [] }), keys, "basel"),
    ],
    file: Buffer.from("pH 7.02 at 10:15", "utf8"),
  };
}

const rowTables: Record<ExportedDocument["kind"], readonly [table: string, id: string]> = { "exception-configuration": ["exception_configurations", "2"], master: ["master_batch_records", "MBR-101/3"], overlay: ["site_overlays", "MBR-101/3/1"] };

/** Entries about what was used: the site's, in its log, and the enterprise's. */
function usesOf({ documents }: Parts): { readonly site: readonly Told[]; readonly enterprise: readonly Told[] } {
  const told = documents.flatMap((document): readonly (Told & { readonly siteId: string })[] => {
    const siteId = document.kind === "overlay" ? "basel" : "enterprise";
    const [table, id] = rowTables[document.kind];
    return [rowCreated(table, id, { digest: document.digest }, 1), ...document.signatures.map((s) => rowCreated("signatures", `${document.id}/${s.ordinal}`, { ordinal: s.ordinal, digest: s.digest }, 2))].map((one) => ({ ...one, siteId }));
  });
  const used = [["units", "BR-101"], ["units", "BR-102"], ["lots", "RM-1-01"], ["containers", "RM-1-01-1"], ["lot_movements", "33333333-0000-4000-8000-000000000000"], ["calibrations", "44444444-0000-4000-8000-000000000000"]].map(([table = "", id = ""]) => rowCreated(table, id, { id }, 3));
  return { site: [...told.filter((one) => one.siteId === "basel"), ...used], enterprise: told.filter((one) => one.siteId === "enterprise") };
}

const proved = (texts: readonly string[], positions: readonly number[], leaves: readonly Uint8Array[]) => texts.map((text, i) => ({ position: positions[i] ?? 0, canonical: text, proof: proofOf(leaves, positions[i] ?? 0) }));

/** A valid bundle of about 13 KB under keys made now, needing no database; of EBRBUNDLE/1 unless it is to be full. */
export function synthetic(wanted: Wanted = {}): Made {
  const batchId = `BAS-101-${Math.floor(Math.random() * 9000) + 1000}`;
  const keys = { attestation: testKey("enterprise", "attestation"), basel: testKey("basel", "ledger"), raleigh: testKey("raleigh", "ledger"), enterprise: testKey("enterprise", "ledger") };
  const parts = wanted.full ? partsOf(keys) : undefined;
  const record = recordText(batchId, parts);
  const recordDigest = digestOf("EBRREC/1", record);
  const segments = [...["dissolved-oxygen", "temperature"].map((tag) => segmentOf(tag, "2026-03-01", wanted.readings ?? 4)), ...(parts ? [segmentOf("temperature", "2026-03-01", wanted.readings ?? 4, "BR-102")] : [])];
  const make = (signing: Signing) => signatureOf(signing, batchId, recordDigest, keys.attestation, wanted.passkey ?? "ES256");
  const first = make({ ordinal: 1, meaning: "production_reviewed", method: "identity-provider", previous: undefined });
  const second = make({ ordinal: 2, meaning: "audit_trail_reviewed", method: "passkey", previous: first });
  const listDigest = digestOf("EBRSEG/1", canonical(segments.map(({ unitId, tag, day, digest }) => (parts ? [unitId, tag, day, digest] : [tag, day, digest]))));
  const sealing: Told = { event: "segments.sealed", kind: "act", subjectType: "batch", subjectId: batchId, detail: { segments: segments.length, readings: segments.reduce((n, s) => n + s.readings, 0), listDigest }, minutes: 1050 };
  const texts = [sealing, ...toldOf(batchId, first, "production_reviewed", recordDigest), ...toldOf(batchId, second, "audit_trail_reviewed", recordDigest)].map((told) => entryText(batchId, told));
  const used = parts ? usesOf(parts) : { site: [], enterprise: [] };
  const [about, enterprise] = [used.site.map((told) => entryText(null, told)), used.enterprise.map((told) => entryText(null, told))];
  const { leaves, positions } = logOf([...texts, ...about]);
  const own = logOf(enterprise);
  const note = checkpointNote(leaves, keys.basel, [keys.raleigh]);
  const related: RelatedEntries[] = [
    { owner: "basel", note, entries: proved(about, positions.slice(texts.length), leaves) },
    { owner: "enterprise", note: checkpointNote(own.leaves, keys.enterprise, [keys.raleigh]), entries: proved(enterprise, own.positions, own.leaves) },
  ];
  const { enterprise: enterpriseKey, ...others } = keys;
  const content: Content = {
    record, segments, signatures: [first, second],
    entries: proved(texts, positions, leaves),
    checkpoints: [{ note: checkpointNote(leaves.slice(0, 3), keys.basel, [keys.raleigh], Date.parse(at(30))) }, { note }],
    consistency: consistencyOf(leaves, 3),
    keys: [...Object.values(others), ...(parts ? [enterpriseKey] : [])].map((key) => key.row).sort((a, b) => (a.id < b.id ? -1 : 1)),
    ...(parts ? { documents: [...parts.documents], files: [{ digest: sha256(parts.file), size: parts.file.length, content: toBase64(parts.file) }], related } : {}),
  };
  const facts: ManifestFacts = { batchId, siteId: "basel", siteName: "Basel", zone: "Europe/Zurich", exportedAt, exportedBy: { id: person.id, name: person.name, role: "auditor" }, copy: 1, reason: "Inspection of 2 March" };
  const sealed = (changed: Content, changedFacts: ManifestFacts = facts) => bundleText(changed, changedFacts, keys.attestation.jwk);
  return { content, facts, keys, leaves, enterpriseLeaves: own.leaves, text: sealed(content), sealed };
}
