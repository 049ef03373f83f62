import { createHash } from "node:crypto";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { passkeyAnswer, type Answering } from "./passkey.ts";
import type { Tampering } from "./tamper-lists.ts";
import { attestationOf, draftOf, placeIn, restate, rewrite, type Draft } from "./tamper-subject.ts";

const earlier = (time: string): string => new Date(Date.parse(time) - 86_400_000).toISOString();
const later = (time: string): string => new Date(Date.parse(time) + 40 * 86_400_000).toISOString();
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The other writing of an Ed25519 signature that a lax verifier takes: S + L in place of S. */
export function malleated(signature: Buffer): Buffer {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`) + order;
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse()]);
}

/** Changes the first signature by a passkey; `answer`: how a passkey of the forger's own answers to the same digest. */
const answered = (name: string, answer: Answering): Tampering => ({
  name: `passkey ${name}`, sealed: "refused",
  change: (draft, { made }) => {
    const signature = draft.content.signatures.find((s) => s.assertion);
    if (!signature) return false;
    signature.assertion = passkeyAnswer("ES256", signature.digest, answer);
    const said = JSON.parse(Buffer.from(signature.attestation.split(".")[1] ?? "", "base64url").toString("utf8")) as { evidence: object };
    const evidence = { ...said.evidence, credentialId: signature.assertion.credentialId, origin: answer.origin ?? "http://localhost:3000", publicKeyDigest: digestOfKey(signature.assertion.publicKey) };
    const payload = Buffer.from(JSON.stringify({ ...said, evidence })).toString("base64url");
    signature.attestation = attestationOf({ ...signature, attestation: `.${payload}.` }, made.keys.attestation);
    return true;
  },
});

const inRecord = (record: string, change: (value: Record<string, unknown>) => void): string => {
  const value = JSON.parse(record) as Record<string, unknown>;
  change(value);
  return canonical(value);
};

/** Changes a member of a signature's statement, digest and chain following; the entries still tell of the true one. */
const stated = (name: string, change: Readonly<Record<string, unknown>>): Tampering => ({
  name: `statement ${name}`, sealed: "refused",
  change: (draft, { made }, chance) => {
    const at = placeIn(draft.content.signatures, chance);
    if (at === undefined) return false;
    restate(draft, at, change);
    for (const signature of draft.content.signatures) signature.attestation = attestationOf(signature, made.keys.attestation);
    return true;
  },
});

/** Changes a member of the manifest. */
const manifested = (name: string, sealed: Tampering["sealed"], change: (manifest: Draft["manifest"]) => void): Tampering =>
  ({ name: `manifest ${name}`, sealed, change: (draft) => { change(draft.manifest); return true; } });

const columns: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ["at", (at) => earlier(String(at))], ["actorId", () => "22222222-2222-4222-8222-222222222222"], ["actorName", () => "Somebody Else"], ["role", () => "operator"], ["reason", () => "Other"], ["authorisedBy", () => "Somebody Else"],
  ["batchId", (id) => `${String(id)}x`], ["siteId", () => "raleigh"], ["critical", (critical) => !critical], ["zone", () => "UTC"], ["detail", (detail) => ({ ...(detail as object), from: "executing" })], ["event", () => "record.viewed"], ["id", () => "33333333-3333-4333-8333-333333333333"],
];

export const valueTamperings: readonly Tampering[] = [
  { name: "change one value of the record", sealed: "either", change: (draft, _, chance) => { draft.content.record = inRecord(draft.content.record, (value) => { value["entries"] = [chance.below(1000)]; }); return true; } },
  { name: "take the record of another batch", sealed: "refused", change: (draft, { other }) => { draft.content.record = other.content.record; return true; } },
  { name: "write the record with a space", sealed: "refused", change: (draft) => { draft.content.record = draft.content.record.replace(":", ": "); return true; } },
  {
    name: "change one reading and its segment's digest", sealed: "refused",
    change: (draft, _, chance) => {
      const segment = draft.content.segments[placeIn(draft.content.segments, chance) ?? -1];
      if (!segment) return false;
      const readings = JSON.parse(segment.text) as { value: string }[];
      chance.pick(readings).value = `${chance.below(1000) + 100}.5`;
      segment.text = canonical(readings);
      segment.digest = digestOf("EBRSEG/1", segment.text);
      return true;
    },
  },
  { name: "state another number of readings", sealed: "refused", change: (draft, _, chance) => { const segment = chance.pick(draft.content.segments); segment.readings += 1 + chance.below(5); return true; } },
  ...columns.map(([column, value]): Tampering => ({ name: `entry column ${column}`, sealed: "refused", change: (draft, _, chance) => { rewrite(chance.pick(draft.content.entries), (all) => ({ ...all, [column]: value(all[column]) })); return true; } })),
  { name: "entry column added", sealed: "refused", change: (draft, _, chance) => { rewrite(chance.pick(draft.content.entries), (all) => ({ ...all, seq: 1 })); return true; } },
  { name: "entry column left out", sealed: "refused", change: (draft, _, chance) => { rewrite(chance.pick(draft.content.entries), ({ client: _client, ...all }) => all); return true; } },
  stated("back-dated", { openedAt: "2020-01-01T00:00:00.000Z" }), stated("of another meaning", { meaning: "rejected" }), stated("by another person", { signerId: "22222222-2222-4222-8222-222222222222", printedName: "Somebody Else" }),
  stated("on another record", { recordId: "BAS-101-0001" }), stated("over another record digest", { recordDigest: "0".repeat(64) }), stated("of another site", { site: "raleigh" }), stated("that withdraws", { meaning: "withdrawn", withdraws: 1 }), stated("of another record type", { recordType: "report" }),
  { name: "back-date a signature", sealed: "refused", change: (draft, _, chance) => { const s = chance.pick(draft.content.signatures); s.signedAt = earlier(s.signedAt); return true; } },
  { name: "back-date a signature to before its key", sealed: "refused", change: (draft, { made }, chance) => { const s = chance.pick(draft.content.signatures); s.signedAt = "2020-01-01T00:00:00.000Z"; s.attestation = attestationOf(s, made.keys.attestation); return true; } },
  { name: "post-date a signature past the export", sealed: "refused", change: (draft, { made }, chance) => { const s = chance.pick(draft.content.signatures); s.signedAt = later(s.signedAt); s.attestation = attestationOf(s, made.keys.attestation); return true; } },
  { name: "state another method", sealed: "refused", change: (draft, { made }, chance) => { const s = chance.pick(draft.content.signatures); s.method = s.method === "story" ? "passkey" : "story"; s.attestation = attestationOf(s, made.keys.attestation); return true; } },
  { name: "move a signature of another bundle here", sealed: "refused", change: (draft, { other }, chance) => { const at = chance.below(draft.content.signatures.length); const foreign = draftOf(other).content.signatures[at]; if (foreign) draft.content.signatures[at] = foreign; return true; } },
  { name: "attest with a stranger's key", sealed: "refused", change: (draft, { stranger }, chance) => { const s = chance.pick(draft.content.signatures); s.attestation = attestationOf(s, stranger.attestation); return true; } },
  {
    name: "write an attestation's signature another way", sealed: "refused",
    change: (draft, _, chance) => { const s = chance.pick(draft.content.signatures); const [a, b, c = ""] = s.attestation.split("."); s.attestation = `${a}.${b}.${malleated(Buffer.from(c, "base64url")).toString("base64url")}`; return true; },
  },
  {
    name: "attest without a signature", sealed: "refused",
    change: (draft, _, chance) => { const s = chance.pick(draft.content.signatures); s.attestation = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${s.attestation.split(".")[1]}.`; return true; },
  },
  { name: "drop the last signature with its entries", sealed: "either", change: (draft) => dropLast(draft, () => true) },
  { name: "drop the last signature with its act but not its row", sealed: "refused", change: (draft) => dropLast(draft, (text) => text.includes("record.signed")) },
  { name: "drop the last signature with its row but not its act", sealed: "refused", change: (draft) => dropLast(draft, (text) => text.includes("row.created")) },
  answered("without its user verified", { flags: 0x01 }), answered("without its user present", { flags: 0x04 }), answered("of another site", { rpId: "veribatch.example" }), answered("to another challenge", { challenge: Buffer.alloc(32).toString("base64url") }),
  answered("at its creation", { type: "webauthn.create" }), answered("from an origin that is none", { origin: "app://localhost" }),
  manifested("of another batch", "refused", (m) => { m.batchId = `${m.batchId}x`; }), manifested("of another site", "refused", (m) => { m.siteId = "raleigh"; }), manifested("with another site name", "either", (m) => { m.siteName = "Raleigh"; }),
  manifested("back-dated export", "refused", (m) => { m.exportedAt = "2026-03-01T08:00:00.000Z"; }), manifested("export before the key", "refused", (m) => { m.exportedAt = "2020-01-01T00:00:00.000Z"; }), manifested("post-dated export", "either", (m) => { m.exportedAt = later(m.exportedAt); }),
  manifested("exported by another", "either", (m) => { m.exportedBy.name = "Somebody Else"; }), manifested("of another copy", "either", (m) => { m.copy += 1; }), manifested("for another reason", "either", (m) => { m.reason = "Other"; }), manifested("with another filter", "refused", (m) => { m.filter = m.filter.replace(/\d+$/, "9"); }),
];

function digestOfKey(publicKey: string): string {
  return createHash("sha256").update(Buffer.from(publicKey, "base64url")).digest("hex");
}

/** Removes the last signature and, of the entries that name its digest, those whose text is `gone`. */
function dropLast({ content }: Draft, gone: (text: string) => boolean): boolean {
  const last = content.signatures.pop();
  if (!last) return false;
  content.entries = content.entries.filter((entry) => !(entry.canonical.includes(last.digest) && gone(entry.canonical)));
  return true;
}
