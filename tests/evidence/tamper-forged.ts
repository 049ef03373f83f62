import { createHash } from "node:crypto";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { leafBytes, nativeSha256, tree } from "#lib/ledger/native.ts";
import { cosignatureBytes, cosignatureMessage, signatureLine, signatureType, toBase64, writeNote } from "#lib/ledger/note.ts";
import { passkeyAnswer } from "./passkey.ts";
import { attested, checkpointNote, consistencyOf, proofOf, signed, type TestKey } from "./synthetic.ts";
import type { Case } from "./tamper-cases.ts";
import type { Chance } from "./tamper-chance.ts";
import { draftOf, fingerprintOf, recount, restate, seal, type Draft, type Subject } from "./tamper-subject.ts";

/**
 * Bundles by somebody who holds every key: one value anywhere is another, and all that follows from it is computed and signed anew. Whether such
 * a bundle verifies is the format's business; that both verifiers read the format alike shows here, where no signature gets in the way.
 */
type Part = { readonly name: string; readonly change: (draft: Draft, subject: Subject, chance: Chance) => void };

const texts = ["", "x", " ", "é", "😀", "a\u0000b", "\u2028", "0", "null", "basel", "raleigh", "enterprise", "withdrawn", "record.signed", "row.created", "signature.withdrawn", "segments.sealed", "EBRSIG/1", "EBRLEAF/1", "identity-provider", "passkey", "story", "good", "1e+5", "-0.5", ".5", "2026-03-01", "2026-02-30T00:00:00.000Z", "2026-03-01T23:59:59.999Z", "1969-12-31T23:59:59.999Z", "2026-03-01T00:00:00Z"];
const numbers = [0, 1, 2, 3, 1.5, 1e21, 1e-7, 2 ** 53, 9007199254740991, -1];
const anything = (chance: Chance): unknown => chance.pick<() => unknown>([() => null, () => chance.below(2) === 0, () => chance.pick(numbers), () => chance.pick(texts), () => chance.bytes(32).toString("hex"), () => [], () => ({}), () => [[1]], () => nested(chance.pick([3, 62, 63, 64, 65]))])();
const nested = (depth: number): unknown => (depth === 0 ? "x" : [nested(depth - 1)]);

type Place = { readonly holder: Record<string, unknown> | unknown[]; readonly name: string };
const placesOf = (value: unknown): readonly Place[] =>
  value !== null && typeof value === "object" ? Object.keys(value).flatMap((name) => [{ holder: value as Place["holder"], name }, ...placesOf((value as Record<string, unknown>)[name])]) : [];

/** Another JSON value: one member replaced, left out, added or moved to another name. */
function another(text: string, chance: Chance): string {
  const root = { value: JSON.parse(text) as unknown };
  const { holder, name } = chance.pick(placesOf(root));
  const held = holder as Record<string, unknown>;
  const how = chance.below(8);
  if (how === 0 && Array.isArray(holder)) holder.splice(Number(name), 1);
  else if (how === 0 && holder !== root) delete held[name];
  else if (how === 1 && !Array.isArray(holder) && holder !== root) held[chance.pick(["extra", "withdraws", "crit", ...Object.keys(held)])] = anything(chance);
  else held[name] = anything(chance);
  return canonical(root.value);
}

/** Puts a new digest wherever entries name the old one. */
function renamed(draft: Draft, old: string, digest: string): void {
  for (const entry of draft.content.entries) entry.canonical = entry.canonical.replaceAll(old, digest);
}

function segmentChanged(draft: Draft, chance: Chance): void {
  const listed = (): string => digestOf("EBRSEG/1", canonical(draft.content.segments.map(({ tag, day, digest }) => [tag, day, digest])));
  const [segment, old] = [chance.pick(draft.content.segments), listed()];
  segment.text = another(segment.text, chance);
  const readings = JSON.parse(segment.text) as unknown;
  if (Array.isArray(readings)) segment.readings = readings.length;
  segment.digest = digestOf("EBRSEG/1", segment.text);
  renamed(draft, old, listed());
}

function statementChanged(draft: Draft, chance: Chance): void {
  const signatures = draft.content.signatures;
  const at = chance.below(signatures.length);
  const old = signatures.map((s) => s.digest);
  const changed = signatures[at];
  if (!changed) return;
  changed.statement = another(changed.statement, chance);
  changed.digest = digestOf("EBRSIG/1", changed.statement);
  restate(draft, at + 1, {});
  const said = JSON.parse(changed.statement) as { withdraws?: unknown } | null;
  if (chance.below(2) === 0 && typeof said?.withdraws === "number" && said.withdraws >= 0 && Number.isInteger(said.withdraws)) changed.withdraws = said.withdraws;
  for (const [i, signature] of signatures.entries()) {
    renamed(draft, old[i] ?? "", signature.digest);
    if (signature.assertion && i >= at) signature.assertion = passkeyAnswer("EdDSA", signature.digest);
  }
}

const hosts = ["localhost", "LOCALHOST", "portal.example", "a_b", "xn--bcher-kva.example", "-", ".", "[::1]", "127.0.0.1", "user@localhost", ""];
/** The passkey answers anew, also as no browser would; the attestation names what it answered. */
function passkeyChanged(draft: Draft, chance: Chance): void {
  const signature = draft.content.signatures.find((s) => s.assertion);
  if (!signature) return;
  const host = chance.pick(hosts);
  const origin = chance.below(2) === 0 ? `${chance.pick(["https", "http", "HTTPS", "ftp", ""])}://${host}${chance.pick(["", "", ":3000", ":", ":123456", "/", "\n"])}` : "http://localhost:3000";
  const odd = chance.below(2) === 0;
  signature.assertion = passkeyAnswer(chance.pick(["ES256", "EdDSA"]), signature.digest, { origin, rpId: chance.below(4) > 0 ? host : "localhost", flags: odd ? chance.below(256) : 0x05, ...(chance.below(6) === 0 ? { type: chance.pick(texts) } : {}) });
  if (chance.below(4) === 0) {
    const [name, cose] = ["publicKey", Buffer.from(signature.assertion.publicKey, "base64url")] as const;
    const at = chance.below(cose.length);
    cose[at] = chance.below(256);
    signature.assertion[name] = cose.toString("base64url");
  }
}

/** The same JSON value, or nearly, as a writer other than RFC 8785 might put it. */
function respelled(text: string, chance: Chance): string {
  const spellings: readonly (() => string)[] = [
    () => text, () => text, () => ` ${text}\n`, () => text.replace(":", " : "), () => text.replace("{", '{"digest":"x",'), () => text.replace("{", '{"alg":"none",'), () => text.replace(/}$/, ',"alg":"EdDSA"}'), () => text.replace("{", '{"n":1.0,'), () => text.replace("{", '{"n":1e999,'),
    () => text.replace("{", '{"n":12345678901234567890,'), () => text.replace("{", '{"n":"\\ud800",'), () => `\ufeff${text}`, () => text.replace("{", '{"n":NaN,'), () => text.replace("digest", "d\\u0069gest"), () => text.replace("{", '{"__proto__":{},'), () => text.replace(/}$/, ",}"), () => text.replace("{", '{"n":"\t",'),
  ];
  return chance.pick(spellings)();
}

/** RFC 7638 thumbprint, base64url: how attestations named their key before there was a register. */
const thumbprint = ({ jwk }: TestKey): string => createHash("sha256").update(`{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`).digest("base64url");

/** Attests every signature as the portal does, naming the passkey that answered; one of the parts may be another. */
function attestAll(draft: Draft, key: TestKey, odd: Chance | undefined): void {
  const chosen = odd ? odd.below(draft.content.signatures.length) : -1;
  for (const [i, signature] of draft.content.signatures.entries()) {
    const passkey = signature.assertion;
    const origin = passkey ? (JSON.parse(Buffer.from(passkey.clientDataJson, "base64url").toString("utf8")) as { origin: string }).origin : "";
    const evidence = passkey ? { credentialId: passkey.credentialId, origin, publicKeyDigest: createHash("sha256").update(Buffer.from(passkey.publicKey, "base64url")).digest("hex") } : { acr: "password" };
    const claims = { digest: signature.digest, signedAt: signature.signedAt, method: signature.method, evidence };
    if (i !== chosen || !odd) { signature.attestation = attested(claims, key); continue; }
    const header = odd.below(2) === 0 ? another(canonical({ alg: "EdDSA", kid: odd.pick([thumbprint(key), key.row.id]) }), odd) : canonical({ alg: "EdDSA", kid: key.row.id });
    const input = `${Buffer.from(respelled(header, odd)).toString("base64url")}.${Buffer.from(respelled(another(canonical(claims), odd), odd)).toString("base64url")}`;
    signature.attestation = `${input}.${Buffer.from(signed(key, Buffer.from(input))).toString("base64url")}`;
  }
}

/** Grows the tree over the entries as they are now, and signs and co-signs both heads; `odd`: with another line in a note's text. */
function signHeads(draft: Draft, { made }: Subject, odd: Chance | undefined): void {
  const leaves = [...made.leaves];
  for (const entry of draft.content.entries) leaves[entry.position] = tree.leafHash(leafBytes(entry.canonical));
  const related = draft.content.related ?? [];
  const [about, enterprise] = ["basel", "enterprise"].map((owner) => related.find((group) => group.owner === owner));
  for (const entry of about?.entries ?? []) leaves[entry.position] = tree.leafHash(leafBytes(entry.canonical));
  for (const entry of [...draft.content.entries, ...(about?.entries ?? [])]) entry.proof = proofOf(leaves, entry.position);
  draft.content.consistency = consistencyOf(leaves, 3);
  const { basel, raleigh } = made.keys;
  if (enterprise) {
    const own = [...made.enterpriseLeaves];
    for (const entry of enterprise.entries) own[entry.position] = tree.leafHash(leafBytes(entry.canonical));
    for (const entry of enterprise.entries) entry.proof = proofOf(own, entry.position);
    enterprise.note = checkpointNote(own, made.keys.enterprise, [raleigh]);
  }
  const line = (key: TestKey, type: number, bytes: Uint8Array) => signatureLine({ name: key.row.name, publicKey: key.raw }, type, bytes, nativeSha256);
  draft.content.checkpoints = [3, leaves.length].map((size, i) => {
    const plain = [basel.row.name, String(size), toBase64(tree.rootOf(leaves.slice(0, size)))];
    if (odd && i === 1 && odd.below(2) === 0) plain[odd.below(3)] = odd.pick([...texts, `0${size}`, `${size}.0`, `+${size}`, `${plain[2]}\nextension`, `${plain[0]} x`, `${plain[0]}\r`, "18446744073709551616", toBase64(new Uint8Array(31))]);
    const text = `${plain.join("\n")}\n`;
    const seconds = Math.floor(Date.parse(made.facts.exportedAt) / 1000) + (odd && i === 1 ? odd.pick([-60, 300, 301, 0, -120, 1, 4_000_000_000]) : -60 - 86_400 * (1 - i));
    return { note: writeNote(text, [line(basel, signatureType.note, signed(basel, Buffer.from(text))), line(raleigh, signatureType.cosignature, cosignatureBytes(seconds, signed(raleigh, cosignatureMessage(text, seconds))))]) };
  });
  if (about) about.note = draft.content.checkpoints.at(-1)?.note ?? "";
}

function keyChanged({ content }: Draft, chance: Chance): void {
  const key = chance.pick(content.keys);
  const times = [key.validFrom, "2026-03-02T02:40:00.000Z", "2026-03-03T10:00:00.000Z", "2026-03-03T09:59:00.000Z", "2026-03-03T09:59:00.001Z", "2026-03-03T09:59:00.999Z", "2026-03-03T09:59:01.000Z"];
  const changes: readonly (() => void)[] = [() => { key.owner = chance.pick(texts); }, () => { key.name = chance.pick(texts); }, () => { key.purpose = chance.pick(["attestation", "ledger", "seal"]); }, () => { key.algorithm = "RSA-3072"; }, () => { key.validFrom = chance.pick(times); }, () => { key.validTo = chance.pick(times); }];
  chance.pick(changes)();
}

const parts: readonly Part[] = [
  { name: "record", change: (draft, _, chance) => { draft.content.record = another(draft.content.record, chance); } },
  { name: "segment", change: (draft, _, chance) => segmentChanged(draft, chance) },
  { name: "statement", change: (draft, _, chance) => statementChanged(draft, chance) },
  { name: "entry", change: (draft, _, chance) => { const entry = chance.pick(draft.content.entries); entry.canonical = another(entry.canonical, chance); } },
  { name: "row of an entry", change: (draft, _, chance) => { const entry = chance.pick(draft.content.entries); const columns = JSON.parse(entry.canonical) as { detail: { new?: unknown } }; if (typeof columns.detail.new === "string") columns.detail.new = respelled(another(columns.detail.new, chance), chance); entry.canonical = canonical(columns); } },
  { name: "passkey", change: (draft, _, chance) => passkeyChanged(draft, chance) },
  { name: "key", change: (draft, _, chance) => keyChanged(draft, chance) },
  { name: "manifest", change: (draft, _, chance) => { const { counts: _counts, ...manifest } = draft.manifest; draft.manifest = { ...(JSON.parse(another(canonical(manifest), chance)) as Draft["manifest"]), counts: draft.manifest.counts }; } },
  { name: "document", change: (draft, _, chance) => { for (const document of draft.content.documents ?? []) if (chance.below(2) === 0) { document.text = another(document.text, chance); document.digest = digestOf(chance.pick(["EBRMBR/2", "EBROVL/1", "EBREXC/1"]), document.text); } } },
  { name: "file", change: (draft, _, chance) => { for (const file of draft.content.files ?? []) { const bytes = chance.bytes(chance.below(20)); file.content = bytes.toString("base64"); file.digest = createHash("sha256").update(bytes).digest("hex"); file.size = chance.pick([bytes.length, 0, 1]); } } },
  { name: "entry about what was used", change: (draft, _, chance) => { const [group] = draft.content.related ?? []; const entry = group && chance.pick(group.entries); if (entry) entry.canonical = another(entry.canonical, chance); } },
  { name: "attestation", change: () => undefined }, { name: "checkpoint", change: () => undefined }, { name: "nothing", change: () => undefined },
];

/** A bundle with one part changed and everything signed anew by the true keys. */
export function forgedThroughout(subject: Subject, chance: Chance): Case {
  const draft = draftOf(subject.made);
  const { name, change } = chance.pick(parts);
  change(draft, subject, chance);
  if (name !== "attestation" || chance.below(4) > 0) attestAll(draft, subject.made.keys.attestation, name === "attestation" ? chance : undefined);
  signHeads(draft, subject, name === "checkpoint" ? chance : undefined);
  recount(draft);
  seal(draft, subject.made.keys.attestation);
  return { kind: `with every key: another ${name}`, by: "all keys", bytes: Buffer.from(canonical(draft)), trust: fingerprintOf(draft.content.keys), wanted: name === "nothing" ? "verified" : "either" };
}
