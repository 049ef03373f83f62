import { createPrivateKey, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ed25519Public, nativeCrypto, nativeSha256 } from "./native.ts";
import {
  checkpointText, cosignatureBytes, cosignatureMessage, fromBase64, isNoteName, noteKeyId, readCheckpoint, readNote, signatureLine, signatureType, toBase64, verifyCosignature, verifyNoteSignature, writeNote, type NoteKey, type SignedNote,
} from "./note.ts";
import { readVerifierKey, writeVerifierKey } from "./verifier-key.ts";
import vectors from "./vectors/notes.json" with { type: "json" };

const keyOf = (line: string): NoteKey => {
  const key = readVerifierKey(line, nativeSha256);
  if (!key) throw new Error(`no key: ${line}`);
  return key;
};
const read = (note: string): SignedNote => {
  const signed = readNote(note);
  if (!signed) throw new Error("no note");
  return signed;
};
const signerOf = (seed: Uint8Array) => {
  const key = createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]), format: "der", type: "pkcs8" });
  const { x } = key.export({ format: "jwk" });
  return { publicKey: new Uint8Array(Buffer.from(x ?? "", "base64url")), sign: (message: Uint8Array): Uint8Array => sign(null, message, key) };
};
const utf8 = (text: string): Uint8Array => Buffer.from(text, "utf8");

describe("a published note", () => {
  it.each(vectors.signed)("REQ-1 verifies by its published keys, and no changed text does: $source", ({ keys, note, head }) => {
    const signed = read(note);
    for (const line of keys) {
      const key = keyOf(line);
      expect(verifyNoteSignature(signed, key, nativeCrypto)).toBe(true);
      expect(verifyNoteSignature({ ...signed, text: signed.text.replace(/[a-z]/, "X") }, key, nativeCrypto)).toBe(false);
      expect(verifyNoteSignature(signed, { ...key, name: `${key.name}x` }, nativeCrypto)).toBe(false);
      expect(verifyNoteSignature(signed, { ...key, publicKey: signerOf(new Uint8Array(32).fill(9)).publicKey }, nativeCrypto)).toBe(false);
      expect(verifyCosignature(signed, key, nativeCrypto)).toBeUndefined();
    }
    expect(writeNote(signed.text, note.slice(signed.text.length + 1, -1).split("\n"))).toBe(note);
    if (head) expect(readCheckpoint(signed.text)).toMatchObject(head);
  });

  it("REQ-1 is written byte for byte as published by its published private key", () => {
    const { note, seed } = vectors.signed[0] ?? {};
    const { publicKey, sign: signBytes } = signerOf(Buffer.from(seed?.base64 ?? "", "base64"));
    const { text } = read(note ?? "");
    expect(note).toContain(`\n${signatureLine({ name: seed?.of ?? "", publicKey }, signatureType.note, signBytes(utf8(text)), nativeSha256)}\n`);
  });

  it.each(vectors.cosigned)("REQ-1 carries co-signatures of real witnesses, at the published time: $source", ({ logKeys, witnesses, note, head }) => {
    const signed = read(note);
    expect(readCheckpoint(signed.text)).toMatchObject(head);
    for (const line of logKeys) expect(verifyNoteSignature(signed, keyOf(line), nativeCrypto)).toBe(true);
    for (const { vkey, time } of witnesses) {
      const key = keyOf(vkey);
      const seconds = verifyCosignature(signed, key, nativeCrypto);
      expect(seconds).toBeGreaterThan(1_700_000_000);
      if (time) expect(seconds).toBe(Date.parse(time) / 1000);
      expect(verifyNoteSignature(signed, key, nativeCrypto)).toBe(false);
      expect(verifyCosignature({ ...signed, text: checkpointText({ ...head, size: head.size + 1, root: new Uint8Array(32) }) }, key, nativeCrypto)).toBeUndefined();
      const later = signed.signatures.map((s) => (s.name === key.name ? { ...s, signature: new Uint8Array([...s.signature.slice(0, 7), (s.signature[7] ?? 0) ^ 1, ...s.signature.slice(8)]) } : s));
      expect(verifyCosignature({ ...signed, signatures: later }, key, nativeCrypto)).toBeUndefined();
    }
  });

  it("REQ-1 is co-signed over the message the specification prints, with the time its example line carries", () => {
    const signed = read(vectors.message.note);
    expect(Buffer.from(cosignatureMessage(signed.text, vectors.message.time)).toString("utf8")).toBe(vectors.message.signed);
    const line = signed.signatures[1];
    expect(line?.name).toBe("witness.example.com/w1");
    expect(line?.signature).toHaveLength(72);
    expect(Buffer.from(cosignatureBytes(vectors.message.time, line?.signature.slice(8) ?? new Uint8Array()))).toEqual(Buffer.from(line?.signature ?? []));
  });
});

describe("a verifier key", () => {
  const published = [...vectors.signed.flatMap((v) => v.keys), ...vectors.cosigned.flatMap((v) => [...v.logKeys, ...v.witnesses.map((w) => w.vkey)])];
  it.each(published)("REQ-1 is read and written as published: %s", (line) => {
    const key = readVerifierKey(line, nativeSha256);
    expect(key && writeVerifierKey(key, nativeSha256)).toBe(line);
    expect(line.split("+")[1]).toBe(Buffer.from(noteKeyId(keyOf(line), signatureType[key?.kind ?? "note"], nativeSha256)).toString("hex"));
  });

  it("REQ-1 is refused in every part of it, with every changed character, and as published wrong ones", () => {
    const line = published[0] ?? "";
    for (let from = 0; from <= line.length; from++) for (let to = from; to <= line.length; to++) if (to - from < line.length) expect(readVerifierKey(line.slice(from, to), nativeSha256)).toBeUndefined();
    for (let i = 0; i < line.length; i++) expect(readVerifierKey(line.slice(0, i) + String.fromCharCode(line.charCodeAt(i) + 1) + line.slice(i + 1), nativeSha256)).toBeUndefined();
    expect(vectors.verifierKeys.refused).toHaveLength(2);
    for (const wrong of vectors.verifierKeys.refused) expect(readVerifierKey(wrong, nativeSha256)).toBeUndefined();
  });
});

describe("the form of a note", () => {
  const [peter] = vectors.signed;
  const note = peter?.note ?? "";
  const key = keyOf(peter?.keys[0] ?? "");
  const { text } = read(note);
  const [first = "", second = ""] = note.slice(text.length + 1, -1).split("\n");
  const base64 = first.split(" ")[2] ?? "";
  const withLine = (line: string): string => `${text}\n${line}\n`;

  it.each([
    ["no signature", text], ["an empty list of signatures", `${text}\n`], ["no blank line", `${text}${first}\n`], ["no final line feed", note.slice(0, -1)], ["nothing at all", ""],
    ["a line that is no signature", `${note}Unexpected line.\n`], ["a blank line at the end", `${note}\n`],
    ["a hyphen for the dash", withLine(first.replace("—", "-"))], ["an en dash", withLine(first.replace("—", "–"))], ["two em dashes", withLine(first.replace("—", "——"))],
    ["a space before the dash", withLine(` ${first}`)], ["a space at the end", withLine(`${first} `)], ["two spaces before the name", withLine(first.replace(" ", "  "))],
    ["a no-break space before the name", withLine(first.replace(" ", "\u00a0"))], ["a tab before the name", withLine(first.replace(" ", "\t"))], ["a tab in the text", `\t${note}`],
    ["a space in the name", withLine(first.replace("PeterNeumann", "Peter Neumann"))], ["a plus in the name", withLine(first.replace("PeterNeumann", "Peter+Neumann"))],
    ["a next-line character in the name", withLine(first.replace("PeterNeumann", "Peter\u0085Neumann"))], ["no name", withLine(first.replace("PeterNeumann", ""))],
    ["a carriage return before each line feed", note.replaceAll("\n", "\r\n")], ["one carriage return", note.replace("\n", "\r\n")], ["a null character", `\u0000${note}`], ["a control character", `\u0001${note}`], ["half a surrogate pair", `\ud800${note}`],
    ["base64 without its padding", withLine(first.replace("=", ""))], ["base64 with more padding", withLine(`${first}===`)], ["base64 with spare bits set", withLine(first.replace("nAM=", "nAN="))],
    ["base64url letters", withLine(first.replace("go/ZJ", "go_ZJ"))], ["no base64", withLine(`— PeterNeumann`)], ["a key id and nothing after it", withLine(`— PeterNeumann ${base64.slice(0, 4)}ow==`)],
  ])("REQ-1 is refused with %s", (_what, changed) => {
    expect(readNote(changed)).toBeUndefined();
  });

  it("REQ-1 refuses two lines of one key, although both verify, and leaves other keys' lines alone", () => {
    expect(verifyNoteSignature(read(`${text}\n${first}\n${second}\n`), key, nativeCrypto)).toBe(true);
    expect(verifyNoteSignature(read(`${text}\n${first}\n${first}\n`), key, nativeCrypto)).toBe(false);
    expect(verifyNoteSignature(read(withLine(second)), key, nativeCrypto)).toBe(false);
    const [real] = vectors.cosigned;
    const witness = keyOf(real?.witnesses[0]?.vkey ?? "");
    const line = real?.note.split("\n").find((l) => l.startsWith(`— ${witness.name} `));
    expect(verifyCosignature(read(`${real?.note}${line}\n`), witness, nativeCrypto)).toBeUndefined();
  });

  it("REQ-1 splits at the last blank line, so that a text may hold blank lines and even signature lines", () => {
    const inner = `A text\n\n${first}\n\nand its end\n`;
    expect(read(`${inner}\n${first}\n`)).toMatchObject({ text: inner, signatures: [{ name: "PeterNeumann" }] });
    expect(readNote(note.repeat(2))).toBeDefined();
  });

  it("REQ-1 names of keys hold no white space of any kind and no plus", () => {
    for (const name of ["veribatch-3f2a91c0/basel", "Zürich", "a—b", "\ufeffname"]) expect(isNoteName(name)).toBe(true);
    for (const name of ["", "a b", "a+b", "a\tb", "a\u0085b", "a\u00a0b", "a\u2003b", "a\u2028b", "a\u3000b", "\ud800"]) expect(isNoteName(name)).toBe(false);
  });

  const char = fc.string({ unit: "grapheme", maxLength: 40 }).map((s) => s.replace(/[\u0000-\u001f\u007f]/g, "").replaceAll("\ud800", "")).filter((s) => s.isWellFormed());
  const texts = fc.array(char, { minLength: 1, maxLength: 5 }).map((lines) => `${lines.join("\n")}\n`);
  const names = fc.stringMatching(/^[a-z0-9./-]{1,30}$/);

  it("REQ-1 comes back from what it was written as, and verifies by its key until a byte of it changes", () => {
    fc.assert(fc.property(texts, names, fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 0, max: 2 ** 40 }), fc.nat(), (body, name, seed, time, where) => {
      const { publicKey, sign: signBytes } = signerOf(seed);
      const signer: NoteKey = { name, publicKey };
      const lines = [
        signatureLine(signer, signatureType.note, signBytes(utf8(body)), nativeSha256),
        signatureLine(signer, signatureType.cosignature, cosignatureBytes(time, signBytes(cosignatureMessage(body, time))), nativeSha256),
      ];
      const written = writeNote(body, lines);
      const signed = read(written);
      expect(signed.text).toBe(body);
      expect(verifyNoteSignature(signed, signer, nativeCrypto)).toBe(true);
      expect(verifyCosignature(signed, signer, nativeCrypto)).toBe(time);
      const all = Buffer.from(written, "utf8");
      const i = where % all.length;
      all[i] = (all[i] ?? 0) ^ (1 << (where % 7));
      const changed = readNote(new TextDecoder("utf-8", { ignoreBOM: true }).decode(all));
      expect(changed && verifyNoteSignature(changed, signer, nativeCrypto) && verifyCosignature(changed, signer, nativeCrypto) === time).not.toBe(true);
    }), { numRuns: 300 });
  });

  it("REQ-1 base64 is one text per byte string: what is not written so is not read", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      expect(Buffer.from(fromBase64(toBase64(bytes)) ?? [255])).toEqual(Buffer.from(bytes));
    }));
    for (const wrong of ["A", "AA", "AA=", "AAA", "AB==", "AAB=", "AA==AA==", "=AAA", "AAAA=", "AAA\n", " AAA", "AA-_"]) expect(fromBase64(wrong)).toBeUndefined();
  });
});

describe("a checkpoint", () => {
  const root = toBase64(new Uint8Array(32).fill(7));
  it("REQ-1 comes back from what it was written as", () => {
    fc.assert(fc.property(fc.nat(Number.MAX_SAFE_INTEGER), fc.uint8Array({ minLength: 32, maxLength: 32 }), (size, bytes) => {
      const head = { origin: "veribatch-3f2a91c0/basel", size, root: bytes };
      const back = readCheckpoint(checkpointText(head));
      expect([back?.origin, back?.size, Buffer.from(back?.root ?? []).toString("hex")]).toEqual([head.origin, size, Buffer.from(bytes).toString("hex")]);
    }));
  });

  it.each([
    ["no origin", `\n1\n${root}\n`], ["no size", `o\n\n${root}\n`], ["a leading zero", `o\n01\n${root}\n`], ["a sign", `o\n+1\n${root}\n`], ["a negative size", `o\n-1\n${root}\n`], ["a size in hex", `o\n0x1\n${root}\n`], ["an exponent", `o\n1e3\n${root}\n`],
    ["a size past 2^53", `o\n9007199254740993\n${root}\n`], ["a space after the size", `o\n1 \n${root}\n`], ["a short root", `o\n1\n${root.slice(4)}\n`], ["no root", "o\n1\n"], ["an extension line", `o\n1\n${root}\nmore\n`], ["a blank line at the end", `o\n1\n${root}\n\n`], ["no final line feed", `o\n1\n${root}`],
  ])("REQ-1 is refused with %s", (_what, text) => {
    expect(readCheckpoint(text)).toBeUndefined();
  });

  it("REQ-1 keys of another length or signatures of another length verify nothing, and do not throw", () => {
    const signature = new Uint8Array(64);
    expect(nativeCrypto.verifyEd25519(new Uint8Array(31), signature, signature)).toBe(false);
    expect(nativeCrypto.verifyEd25519(signerOf(new Uint8Array(32)).publicKey, signature, new Uint8Array(63))).toBe(false);
    expect(ed25519Public(signerOf(new Uint8Array(32)).publicKey).asymmetricKeyType).toBe("ed25519");
  });
});
