import { describe, expect, it } from "vitest";
import { canonical, digestOf, sha256 } from "#lib/digest/digest.ts";
import type { ManifestFacts } from "#lib/evidence/bundle.ts";
import type { Bundle, Content, ExportedSignature } from "#lib/evidence/shape.ts";
import { leafBytes, tree } from "#lib/ledger/native.ts";
import { passkeyAnswer, type Answering } from "#tests/evidence/passkey.ts";
import { attested, checkpointNote, consistencyOf, proofOf, synthetic, testKey, type Made } from "#tests/evidence/synthetic.ts";
import { verifyBundle } from "./bundle.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const failing = (text: string, trust?: string): readonly string[] => verifyBundle(bytes(text), { trust }).checks.filter((check) => !check.holds).map((check) => check.name);
const made = synthetic();
const parsed = (): Bundle => JSON.parse(made.text) as Bundle;
const written = (change: (bundle: Bundle) => unknown): string => canonical(change(parsed()));

/** The bundle around changed content, counted, digested and sealed anew with the true key: only the changed rule can fail. */
const resealed = (content: Partial<Content>, facts?: Partial<ManifestFacts>): string => made.sealed({ ...made.content, ...content }, { ...made.facts, ...facts });
const [first, second] = made.content.signatures;
if (!first || !second) throw new Error("the synthetic bundle has two signatures");
const withSecond = (change: Partial<ExportedSignature>) => ({ signatures: [first, { ...second, ...change }] });

/** A log made anew of changed entries, so that their proofs hold. */
function relogged(texts: readonly string[], from: Made = made): Partial<Content> {
  const leaves = [...from.leaves];
  from.content.entries.forEach((entry, i) => { const text = texts[i]; if (text !== undefined) leaves[entry.position] = tree.leafHash(leafBytes(text)); });
  const shown = texts.map((canonicalText, i) => ({ text: canonicalText, position: from.content.entries[i]?.position ?? 0 }));
  return {
    entries: shown.map(({ text, position }) => ({ position, canonical: text, proof: proofOf(leaves, position) })),
    checkpoints: [{ note: checkpointNote(leaves.slice(0, 3), from.keys.basel, [from.keys.raleigh]) }, { note: checkpointNote(leaves, from.keys.basel, [from.keys.raleigh]) }],
    consistency: consistencyOf(leaves, 3),
  };
}
const texts = made.content.entries.map((entry) => entry.canonical);
const told = (i: number, change: (entry: Record<string, unknown>) => Record<string, unknown>): readonly string[] =>
  texts.map((text, n) => (n === i ? canonical(change(JSON.parse(text) as Record<string, unknown>)) : text));
const places = { sealing: 0, firstRow: 1, firstAct: 2, secondRow: 3, secondAct: 4 } as const;

describe("a whole bundle", () => {
  it("REQ-26 (EU Annex 11 17) is verified, with more than nothing looked at by every check", () => {
    const report = verifyBundle(bytes(made.text));
    expect(report.checks.map((check) => [check.name, check.count, check.holds])).toEqual([
      ["container", 1, true], ["seal", 1, true], ["record", 1, true], ["documents", 0, true], ["files", 0, true], ["segments", 2, true], ["signatures", 2, true], ["entries", 5, true], ["related", 0, true], ["checkpoints", 2, true], ["times", 11, true],
    ]);
    expect(report).toMatchObject({ verified: true, trusted: false });
    expect(bytes(made.text).length).toBeGreaterThan(7_000);
  });
  it("REQ-26 (EU Annex 11 17) raises no alarm in 50 clean exports under keys of their own, whatever passkey signed", () => {
    for (let i = 0; i < 50; i += 1) expect(failing(synthetic({ passkey: (["ES256", "EdDSA", "ES256", "EdDSA", "RS256"] as const)[i % 5] ?? "ES256", readings: 1 + (i % 9) }).text)).toEqual([]);
  });
  it("REQ-26 (EU Annex 11 17) is trusted with its fingerprint, and not verified with another", () => {
    const { fingerprint } = verifyBundle(bytes(made.text));
    expect(fingerprint).toBe(sha256(canonical(made.content.keys.map((key) => [key.id, key.publicKey]))));
    expect(verifyBundle(bytes(made.text), { trust: fingerprint })).toMatchObject({ verified: true, trusted: true });
    expect(failing(made.text, "0".repeat(64))).toEqual(["seal"]);
  });
  it("REQ-26 (EU Annex 11 17) may hold no signature and no sealed readings, and one checkpoint only", () => {
    const content = relogged([texts[places.sealing] ?? ""].map((text) => text.replace('"segments.sealed"', '"record.viewed"')));
    expect(failing(resealed({ ...content, signatures: [], segments: [], checkpoints: content.checkpoints?.slice(1) ?? [], consistency: [] }))).toEqual([]);
  });
});

describe("the container", () => {
  it.each<[string, string]>([
    ["white space", made.text.replace(",", ", ")], ["a line feed at the end", `${made.text}\n`], ["a byte order mark", `\ufeff${made.text}`], ["something after it", `${made.text}{}`], ["nothing", ""], ["another order of members", JSON.stringify(Object.fromEntries(Object.entries(parsed()).reverse()))],
    ["a member twice", made.text.replace('"format":"EBRBUNDLE/1"', '"format":"EBRBUNDLE/1","format":"EBRBUNDLE/1"')], ["another spelling of a character", made.text.replace("Basel", "\\u0042asel")], ["another spelling of a number", made.text.replace('"copy":1', '"copy":1.0')],
    ["an unknown member", written((b) => ({ ...b, more: 1 }))], ["an unknown member that JavaScript hides", made.text.replace('{"content"', '{"__proto__":1,"content"')], ["a missing member", written(({ seal: _seal, ...rest }) => rest)], ["a negative number", written((b) => ({ ...b, manifest: { ...b.manifest, copy: -1 } }))],
    ["a time that does not exist", written((b) => ({ ...b, manifest: { ...b.manifest, exportedAt: "2026-02-30T10:00:00.000Z" } }))]
  ])("is refused with %s, and nothing further is judged", (_name, text) => {
    expect(text).not.toBe(made.text);
    expect(verifyBundle(bytes(text)).checks.map((check) => [check.name, check.holds])).toEqual([["container", false]]);
  });
  it("is refused when it is not UTF-8", () => expect(verifyBundle(Uint8Array.from([...bytes(made.text), 0xff])).checks.map((check) => [check.name, check.holds])).toEqual([["container", false]]));
  it("is refused when the last character of a base64 is written in another way", () => {
    const spare = parsed().seal.signature.replace(/(.)==$/, (_all, last: string) => `${"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".indexOf(last) + 1]}==`);
    expect(failing(written((b) => ({ ...b, seal: { ...b.seal, signature: spare } })))).toEqual(["container"]);
  });
  it.each(["entries", "signatures", "segments", "readings", "checkpoints", "keys", "proofs"] as const)("is refused when it counts other %s than it holds", (kind) => {
    expect(failing(written((b) => ({ ...b, manifest: { ...b.manifest, counts: { ...b.manifest.counts, [kind]: b.manifest.counts[kind] + 1 } } })))).toEqual(["container", "seal"]);
  });
  it("is refused when it holds no entry, or no checkpoint", () => {
    expect(failing(resealed({ entries: [], signatures: [], segments: [] }))).toEqual(["container"]);
    expect(failing(written((b) => ({ ...b, content: { ...b.content, checkpoints: [], consistency: [] } })))).toContain("container");
  });
  it("is refused when its content is another than the sealed one", () => {
    const text = written((b) => ({ ...b, content: { ...b.content, keys: b.content.keys.map((key, i) => (i === 0 ? { ...key, name: `${key.name}x` } : key)) } }));
    expect(failing(text)).toContain("container");
  });
});

describe("the seal", () => {
  const other = testKey("enterprise", "attestation");
  const own = made.keys.attestation.row;
  const keysWith = (change: object) => made.content.keys.map((key) => (key.id === own.id ? { ...key, ...change } : key));
  it.each<[string, () => string]>([
    ["by a key that is not in the register", () => written((b) => ({ ...b, seal: { ...b.seal, keyId: other.row.id } }))],
    ["by a key of another purpose", () => resealed({ keys: keysWith({ purpose: "seal" }) })],
    ["over another manifest", () => written((b) => ({ ...b, manifest: { ...b.manifest, reason: "another" } }))],
    ["by a key that was not yet valid", () => resealed({ keys: keysWith({ validFrom: "2026-03-03T10:00:00.001Z" }) })],
  ])("does not hold %s", (_name, text) => expect(failing(text())).toContain("seal"));
  it("does not hold by a key whose validity had ended, though what it attested before still does", () => expect(failing(resealed({ keys: keysWith({ validTo: "2026-03-03T09:59:59.999Z" }) }))).toEqual(["seal"]));
  it("holds to the last instant of its key", () => expect(failing(resealed({ keys: keysWith({ validTo: made.facts.exportedAt }) }))).toEqual([]));
  it("does not hold beside a key whose id does not fit, or that is out of order", () => {
    expect(failing(resealed({ keys: [...made.content.keys, { ...other.row, id: "ffffffffffffffff" }] }))).toEqual(["seal"]);
    expect(failing(resealed({ keys: [...made.content.keys].reverse() }))).toEqual(["seal"]);
  });
});

describe("the record", () => {
  it.each<[string, string]>([["of another batch", '"id":"BAS'], ["of another site", '"siteId":"basel","productId"']])("does not hold %s", (_name, part) => {
    const [batch] = [JSON.parse(made.content.record) as { batch: Record<string, unknown> }];
    const record = canonical({ ...batch, batch: { ...batch.batch, ...(part.includes("siteId") ? { siteId: "raleigh" } : { id: "BAS-101-0000" }) } });
    expect(failing(resealed({ record }))).toEqual(["record"]);
  });
  it("does not hold when it is not canonical, or of another format", () => {
    expect(failing(resealed({ record: `${made.content.record} ` }))).toEqual(["record"]);
    expect(failing(resealed({ record: made.content.record.replace("EBRREC/1", "EBRREC/2") }))).toEqual(["record"]);
  });
  it("does not hold when the manifest names another digest", () => {
    expect(failing(written((b) => ({ ...b, manifest: { ...b.manifest, recordDigest: "0".repeat(64) } })))).toEqual(["seal", "record"]);
  });
});

describe("sealed segments", () => {
  const [oxygen, temperature] = made.content.segments;
  if (!oxygen || !temperature) throw new Error("the synthetic bundle has two segments");
  const rewritten = (change: (readings: Record<string, unknown>[]) => unknown) => { const text = canonical(change(JSON.parse(oxygen.text) as Record<string, unknown>[])); return { ...oxygen, text, digest: digestOf("EBRSEG/1", text) }; };
  /** Changed segments with the act that lists them as they are now. */
  function listed(segments: Content["segments"]): Partial<Content> {
    const listDigest = digestOf("EBRSEG/1", canonical(segments.map(({ tag, day, digest }) => [tag, day, digest])));
    return { ...relogged(told(places.sealing, (entry) => ({ ...entry, detail: { ...(entry["detail"] as object), listDigest } }))), segments };
  }
  it("are verified when they were listed so", () => expect(failing(resealed(listed([oxygen])))).toEqual([]));
  it.each<[string, () => Partial<Content>]>([
    ["with another digest", () => listed([{ ...oxygen, digest: "0".repeat(64) }, temperature])],
    ["with other readings than counted", () => listed([{ ...oxygen, readings: 3 }, temperature])],
    ["in another order", () => listed([temperature, oxygen])], ["of one tag and day twice", () => listed([oxygen, oxygen])],
    ["with a reading of another day", () => listed([{ ...oxygen, day: "2026-03-02" }, temperature])],
    ["with readings out of order", () => listed([rewritten((r) => [...r].reverse()), temperature])], ["with a reading twice", () => listed([{ ...rewritten((r) => [r[0], r[0], ...r.slice(2)]) }, temperature])],
    ["with a member more in a reading", () => listed([rewritten((r) => r.map((x) => ({ ...x, note: "" }))), temperature])], ["with a value that is no decimal", () => listed([rewritten((r) => r.map((x) => ({ ...x, value: "36,8" }))), temperature])],
    ["with a quality that is none", () => listed([rewritten((r) => r.map((x) => ({ ...x, quality: "fine" }))), temperature])], ["that are not a list", () => listed([rewritten(() => ({})), temperature])],
    ["that the audit trail lists otherwise", () => ({ segments: [oxygen] })], ["though the audit trail seals some", () => ({ segments: [] })],
    ["that no entry seals", () => relogged(told(places.sealing, (entry) => ({ ...entry, event: "record.viewed" })))],
  ])("do not hold %s", (_name, content) => expect(failing(resealed(content()))).toEqual(["segments"]));
});

describe("a bundle of EBRBUNDLE/2", () => {
  const full = synthetic({ full: true });
  const { documents = [], files = [], related = [] } = full.content;
  const changed = (content: Partial<Content>) => failing(full.sealed({ ...full.content, ...content }));
  const inRecord = (change: (record: Record<string, unknown> & { batch: Record<string, unknown> }) => object): Partial<Content> => ({ record: canonical(change(JSON.parse(full.content.record) as Parameters<typeof change>[0])) });

  it("REQ-02 (21 CFR 11.10(b)) is verified, each of its parts counted", () => {
    const report = verifyBundle(bytes(full.text));
    expect(report.checks.map((check) => [check.name, check.count, check.holds])).toEqual([
      ["container", 1, true], ["seal", 1, true], ["record", 1, true], ["documents", 3, true], ["files", 1, true], ["segments", 3, true], ["signatures", 2, true], ["entries", 5, true], ["related", 11, true], ["checkpoints", 2, true], ["times", 27, true],
    ]);
    expect(report.verified).toBe(true);
  });
  it("is refused with a part of the other form, or without one of its own", () => {
    const parsedFull = JSON.parse(full.text) as Bundle;
    const { files: _files, ...rest } = parsedFull.content;
    expect(failing(canonical({ ...parsedFull, content: rest }))).toEqual(["container"]);
    expect(failing(canonical({ ...parsedFull, format: "EBRBUNDLE/1" }))).toEqual(["container"]);
    expect(failing(written((b) => ({ ...b, format: "EBRBUNDLE/2" })))).toEqual(["container"]);
    expect(failing(written((b) => ({ ...b, content: { ...b.content, documents: [], files: [], related: [] } })))).toEqual(["container"]);
  });
  it.each<[string, () => Partial<Content>, readonly string[]]>([
    ["whose record froze another master", () => inRecord((r) => ({ ...r, batch: { ...r.batch, masterDigest: "0".repeat(64) } })), ["documents"]], ["whose record froze no master", () => inRecord((r) => ({ ...r, batch: { ...r.batch, masterDigest: null } })), ["documents"]],
    ["whose record froze another version", () => inRecord((r) => ({ ...r, batch: { ...r.batch, masterVersion: 4 } })), ["documents"]], ["whose record froze no overlay", () => inRecord(({ batch: { overlayDigest: _digest, ...batch }, ...r }) => ({ ...r, batch })), ["documents"]],
    ["whose exceptions another configuration weighed", () => inRecord((r) => ({ ...r, exceptions: [{ id: "EX-1", configurationVersion: 3 }] })), ["documents"]], ["whose exceptions no configuration weighed", () => inRecord((r) => ({ ...r, exceptions: [{ id: "EX-1" }] })), ["documents"]],
    ["whose master has another text", () => ({ documents: documents.map((d) => (d.kind === "master" ? { ...d, text: d.text.replace("6.9", "6.7") } : d)) }), ["documents"]], ["without its overlay", () => ({ documents: documents.filter((d) => d.kind !== "overlay") }), ["documents"]],
    ["whose master's signature is left out", () => ({ documents: documents.map((d) => ({ ...d, signatures: [] })) }), ["documents"]], ["whose documents are in another order", () => ({ documents: [...documents].reverse() }), ["documents"]],
    ["whose record names another file", () => inRecord((r) => ({ ...r, attachments: [{ name: "x", digest: "0".repeat(64), size: 1 }] })), ["files"]], ["whose file has other bytes", () => ({ files: files.map((f) => ({ ...f, content: Buffer.from("pH 7.12 at 10:15").toString("base64") })) }), ["files"]],
    ["whose file is left out", () => ({ files: [] }), ["files"]], ["whose record charged a lot nothing tells of", () => inRecord((r) => ({ ...r, materials: [{ lotId: "RM-2", containerId: null }] })), ["related"]], ["whose record bound a unit nothing tells of", () => inRecord((r) => ({ ...r, equipment: [{ unitId: "BR-109" }] })), ["related"]],
    ["whose container nothing tells of", () => ({ related: related.map((group) => ({ ...group, entries: group.entries.filter((e) => !e.canonical.includes('"containers"')) })) }), ["related"]],
    ["whose entries about what was used are of no owner's ledger", () => ({ related: related.map((group) => (group.owner === "basel" ? { ...group, owner: "raleigh" } : group)) }), ["documents", "related"]],
    ["whose segments are in the order of tag and day", () => ({ segments: [...full.content.segments].sort((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : a.unitId < b.unitId ? 1 : -1)) }), ["segments"]],
    ["whose segments are said to be of another unit", () => ({ segments: full.content.segments.map((s) => (s.unitId === "BR-102" ? { ...s, unitId: "BR-103" } : s)) }), ["segments"]],
  ])("does not hold %s", (_name, content, expected) => expect(changed(content())).toEqual(expected));
});

describe("signatures", () => {
  const statement = JSON.parse(second.statement) as Record<string, unknown>;
  const claims = JSON.parse(Buffer.from(second.attestation.split(".")[1] ?? "", "base64url").toString("utf8")) as { digest: string; signedAt: string; method: string; evidence: Record<string, string> };
  /** The second signature over a changed statement, with everything that follows from it made anew. */
  function restated(change: Record<string, unknown>, more: Partial<ExportedSignature> = {}, as: Answering = {}): Partial<Content> {
    const text = canonical({ ...statement, ...change });
    const digest = digestOf("EBRSIG/1", text);
    const assertion = passkeyAnswer("ES256", digest, as);
    const evidence = { credentialId: assertion.credentialId, publicKeyDigest: sha256(Buffer.from(assertion.publicKey, "base64url")), origin: as.origin ?? "http://localhost:3000" };
    const signature = { ...second, ...{ statement: text, digest, assertion }, attestation: attested({ ...claims, digest, evidence }, made.keys.attestation), ...more } as ExportedSignature;
    const meaning = (JSON.parse(text) as { meaning: string }).meaning;
    const acted = told(places.secondAct, (entry) => ({ ...entry, event: signature.withdraws === null ? "record.signed" : "signature.withdrawn", detail: { ...(entry["detail"] as object), signatureDigest: digest, meaning, withdraws: signature.withdraws ?? undefined } }));
    const all = acted.map((canonicalText, i) => (i === places.secondRow ? canonicalText.replace(second?.digest ?? "", digest) : canonicalText));
    return { ...relogged(all), signatures: [first as ExportedSignature, signature] };
  }
  it("hold when made so", () => expect(failing(resealed(restated({ comment: "Another" })))).toEqual([]));
  it("hold as a withdrawal of an earlier one", () => expect(failing(resealed(restated({ meaning: "withdrawn", withdraws: 1 }, { withdraws: 1 })))).toEqual([]));
  it.each<[string, () => Partial<Content>]>([
    ["of another record", () => restated({ recordId: "BAS-101-0000" })], ["of another site", () => restated({ site: "raleigh" })], ["of another format", () => restated({ format: "EBRSIG/2" })], ["of another type of record", () => restated({ recordType: "step" })], ["over no record's digest", () => restated({ recordDigest: "none" })],
    ["that follow another one", () => restated({ previousDigest: "0".repeat(64) })], ["that follow none", () => restated({ previousDigest: null })],
    ["that withdraw what their statement does not name", () => restated({}, { withdraws: 1 })], ["whose statement withdraws and they do not", () => restated({ meaning: "withdrawn", withdraws: 1 })], ["that withdraw themselves", () => restated({ meaning: "withdrawn", withdraws: 2 }, { withdraws: 2 })],
    ["whose statement is not canonical", () => withSecond({ statement: `${second.statement} ` })], ["with another digest", () => withSecond({ digest: "0".repeat(64) })],
    ["with another number", () => withSecond({ ordinal: 3 })], ["one of which was left out", () => ({ signatures: [first] })], ["in another order", () => ({ signatures: [second, first] })], ["one of which is there twice", () => ({ signatures: [first, second, second] })],
    ["attested at another time", () => withSecond({ signedAt: "2026-03-02T02:40:00.001Z" })], ["of another method", () => withSecond({ method: "story" })],
    ["attested by a key that is no attestation key", () => withSecond({ attestation: attested(claims, made.keys.basel) })], ["attested by a stranger", () => withSecond({ attestation: attested(claims, testKey("enterprise", "attestation")) })],
    ["attested for another digest", () => withSecond({ attestation: attested({ ...claims, digest: "0".repeat(64) }, made.keys.attestation) })], ["attested with another passkey", () => withSecond({ attestation: attested({ ...claims, evidence: { ...claims.evidence, credentialId: "AAAA" } }, made.keys.attestation) })],
    ["attested with another key of the passkey", () => withSecond({ attestation: attested({ ...claims, evidence: { ...claims.evidence, publicKeyDigest: "0".repeat(64) } }, made.keys.attestation) })],
    ["with the attestation of another one", () => withSecond({ attestation: first.attestation })], ["with an attestation in another spelling", () => withSecond({ attestation: `${second.attestation}=` })],
    ["without the passkey's answer", () => withSecond({ assertion: null })], ["with a passkey's answer beside a sign-in", () => ({ signatures: [{ ...first, assertion: second.assertion }, second] })],
  ])("do not hold %s", (_name, content) => expect(failing(resealed(content()))).toEqual(["signatures"]));
  it.each<[string, Answering]>([
    ["to another challenge", { challenge: Buffer.alloc(32).toString("base64url") }], ["to an enrolment", { type: "webauthn.create" }], ["without its user verified", { flags: 0x01 }], ["without anybody present", { flags: 0x04 }],
    ["for another party", { rpId: "example.com" }], ["from a page that is none", { origin: "file:///portal" }],
  ])("do not hold when the passkey answered %s", (_name, as) => expect(failing(resealed(restated({}, {}, as)))).toEqual(["signatures"]));
  it("do not hold when the passkey was asked from another page than the attested one, or signed otherwise", () => {
    const answer = passkeyAnswer("ES256", second.digest, { origin: "http://localhost:3001" });
    const evidence = { credentialId: answer.credentialId, publicKeyDigest: sha256(Buffer.from(answer.publicKey, "base64url")), origin: "http://localhost:3000" };
    expect(failing(resealed(withSecond({ assertion: answer, attestation: attested({ ...claims, evidence }, made.keys.attestation) })))).toEqual(["signatures"]);
    expect(failing(resealed(withSecond({ assertion: second.assertion && { ...second.assertion, signature: passkeyAnswer("ES256", second.digest).signature } })))).toEqual(["signatures"]);
  });
  it.each<[string, () => readonly string[]]>([
    ["without their row", () => told(places.secondRow, (entry) => ({ ...entry, subjectType: "batches" }))], ["whose row says another digest", () => texts.map((text, i) => (i === places.secondRow ? text.replace(second.digest, "0".repeat(64)) : text))],
    ["without their act", () => told(places.secondAct, (entry) => ({ ...entry, event: "record.viewed" }))], ["whose act says another meaning", () => told(places.secondAct, (entry) => ({ ...entry, detail: { ...(entry["detail"] as object), meaning: "rejected" } }))],
    ["whose act says another method", () => told(places.secondAct, (entry) => ({ ...entry, detail: { ...(entry["detail"] as object), method: "identity-provider" } }))],
  ])("do not hold %s", (_name, changed) => expect(failing(resealed(relogged(changed())))).toEqual(["signatures"]));
  it("do not hold when the trail tells of one that is not there", () => {
    expect(failing(resealed({ signatures: [] }))).toEqual(["signatures"]);
    expect(failing(resealed(relogged(told(places.sealing, () => ({ ...(JSON.parse(texts[places.secondAct] ?? "{}") as object), id: "00000000-0000-4000-8000-000000000000" })))))).toEqual(["segments", "signatures"]);
  });
  it("say how many cover the record as exported, and do not judge it", () => {
    const report = verifyBundle(bytes(resealed(restated({ recordDigest: "0".repeat(64) }))));
    expect(report.verified).toBe(true);
    expect(report.checks.find((check) => check.name === "signatures")?.finding).toContain("1 of 2 cover the record as exported");
  });
});

describe("entries", () => {
  const [entry] = made.content.entries;
  if (!entry) throw new Error("the synthetic bundle has entries");
  const rest = made.content.entries.slice(1);
  const withFirst = (change: object) => ({ entries: [{ ...entry, ...change }, ...rest] });
  it.each<[string, () => Partial<Content>, readonly string[]]>([
    ["with another text", () => withFirst({ canonical: entry.canonical.replace("complete", "complett") }), ["entries"]], ["at another position", () => withFirst({ position: 4 }), ["entries"]], ["beyond the checkpoint", () => ({ entries: [...made.content.entries.slice(0, 4), { ...(made.content.entries[4] ?? entry), position: 99 }] }), ["entries"]],
    ["with a shorter path", () => withFirst({ proof: entry.proof.slice(1) }), ["entries"]], ["with a longer path", () => withFirst({ proof: [...entry.proof, entry.proof[0]] }), ["entries"]], ["without a path", () => withFirst({ proof: [] }), ["entries"]],
    ["there twice", () => ({ entries: [entry, entry, ...rest] }), ["entries"]],
    ["of another batch", () => relogged(told(places.sealing, (e) => ({ ...e, batchId: "BAS-101-0000" }))), ["entries"]], ["of another site", () => relogged(told(places.sealing, (e) => ({ ...e, siteId: "raleigh" }))), ["entries"]],
    ["with one id for two", () => relogged(told(places.sealing, (e) => ({ ...e, id: (JSON.parse(texts[1] ?? "{}") as { id: string }).id }))), ["entries"]],
    ["that are not canonical", () => relogged(texts.map((text, i) => (i === places.sealing ? `${text} ` : text))), ["segments", "entries"]],
    ["with a member more", () => relogged(told(places.sealing, (e) => ({ ...e, more: "" }))), ["segments", "entries"]], ["without a member", () => relogged(told(places.sealing, ({ zone: _zone, ...e }) => e)), ["segments", "entries"]],
    ["of another format", () => relogged(told(places.sealing, (e) => ({ ...e, format: "EBRLEAF/2" }))), ["segments", "entries"]], ["with a time that is none", () => relogged(told(places.sealing, (e) => ({ ...e, at: "yesterday" }))), ["segments", "entries"]],
  ])("do not hold %s", (_name, content, expected) => expect(failing(resealed(content()))).toEqual(expected));
});

describe("checkpoints", () => {
  const { leaves, keys } = made;
  const [early, late] = made.content.checkpoints;
  if (!early || !late) throw new Error("the synthetic bundle has two checkpoints");
  const notes = (a: string, b: string): Partial<Content> => ({ checkpoints: [{ note: a }, { note: b }] });
  const stranger = testKey("raleigh", "ledger");
  const foreign = testKey("singapore", "ledger");
  const byOther = checkpointNote(leaves, { ...foreign, row: { ...foreign.row, name: keys.basel.row.name } }, [keys.raleigh]);
  it.each<[string, () => Partial<Content>, readonly string[]]>([
    ["signed by another key", () => notes(early.note, byOther), ["checkpoints"]], ["signed by another site's key", () => notes(early.note, checkpointNote(leaves, keys.raleigh, [])), ["checkpoints"]],
    ["co-signed by nobody", () => notes(early.note, checkpointNote(leaves, keys.basel, [])), ["checkpoints"]], ["co-signed by a stranger", () => notes(early.note, checkpointNote(leaves, keys.basel, [keys.raleigh, stranger])), ["checkpoints"]],
    ["co-signed by their own key", () => notes(early.note, checkpointNote(leaves, keys.basel, [keys.raleigh, keys.basel])), ["checkpoints"]], ["co-signed before the key was valid", () => notes(early.note, checkpointNote(leaves, keys.basel, [keys.raleigh], Date.parse("2026-02-01T00:00:00Z"))), ["checkpoints"]],
    ["with a line twice", () => notes(early.note, late.note + (late.note.split("\n").at(-2) ?? "") + "\n"), ["checkpoints"]], ["that are no notes", () => notes(early.note, late.note.trimEnd()), ["entries", "checkpoints"]],
    ["of a fork", () => { const fork = [...leaves]; fork[1] = leaves[0] ?? new Uint8Array(); return notes(checkpointNote(fork.slice(0, 3), keys.basel, [keys.raleigh]), late.note); }, ["checkpoints"]],
    ["the first of which is the larger", () => notes(late.note, early.note), ["entries", "checkpoints"]], ["of one size twice", () => notes(late.note, late.note), ["checkpoints"]],
    ["with another consistency proof", () => ({ consistency: made.content.consistency.slice(1) }), ["checkpoints"]], ["with a consistency proof to nothing", () => ({ checkpoints: [late] }), ["checkpoints"]], ["of which there are three", () => ({ checkpoints: [early, early, late] }), ["checkpoints"]],
    ["with a line changed", () => notes(early.note, late.note.replace(/^(\S+)\n(\d+)\n/, "$1\n0$2\n")), ["entries", "checkpoints"]],
  ])("do not hold %s", (_name, content, expected) => expect(failing(resealed(content()))).toEqual(expected));
  it("need no co-signature where the register has no other owner's ledger key", () => {
    const alone = made.content.keys.filter((key) => key.id !== keys.raleigh.row.id);
    expect(failing(resealed({ keys: alone, checkpoints: [{ note: checkpointNote(leaves.slice(0, 3), keys.basel, []) }, { note: checkpointNote(leaves, keys.basel, []) }] }))).toEqual([]);
  });
  it("do not hold beside another filter", () => expect(failing(written((b) => ({ ...b, manifest: { ...b.manifest, filter: b.manifest.filter.replace("0 to", "1 to") } })))).toEqual(["seal", "checkpoints"]));
});

describe("times", () => {
  it("do not hold when something is younger than the export", () => {
    const at = (exportedAt: string) => failing(resealed({}, { exportedAt }));
    expect(at("2026-03-03T09:54:00.000Z")).toEqual([]);
    expect(at("2026-03-03T09:53:59.000Z")).toEqual(["times"]);
    expect(at("2026-03-02T02:40:00.000Z")).toEqual(["times"]);
    expect(at("2026-02-28T23:59:59.999Z")).toContain("times");
  });
});
