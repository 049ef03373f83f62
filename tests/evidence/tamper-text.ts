import type { Chance } from "./tamper-chance.ts";

/** Damages the bytes of a file without knowing what they mean; may by chance leave them as they were. */
export type TextTampering = { readonly name: string; readonly change: (bytes: Buffer, chance: Chance) => Buffer };

const latin = (bytes: Buffer): string => bytes.toString("latin1");
const cut = (bytes: Buffer, chance: Chance): readonly [number, number] => {
  const a = chance.below(bytes.length);
  return [a, a + 1 + chance.below(Math.min(400, bytes.length - a))];
};

/** Replaces one occurrence of a pattern; what does not occur leaves the bytes as they are. */
const replaced = (name: string, pattern: RegExp, by: (found: string, chance: Chance) => string): TextTampering => ({
  name: `text: ${name}`,
  change: (bytes, chance) => {
    const text = latin(bytes);
    const all = [...text.matchAll(pattern)];
    if (all.length === 0) return bytes;
    const { index, 0: found } = chance.pick(all);
    return Buffer.from(text.slice(0, index) + by(found, chance) + text.slice(index + found.length), "latin1");
  },
});

const ofBytes = (name: string, change: TextTampering["change"]): TextTampering => ({ name: `text: ${name}`, change });

export const textTamperings: readonly TextTampering[] = [
  ofBytes("truncate", (bytes, chance) => bytes.subarray(0, chance.below(bytes.length))),
  ofBytes("cut the beginning off", (bytes, chance) => bytes.subarray(1 + chance.below(bytes.length - 1))),
  ofBytes("append", (bytes, chance) => Buffer.concat([bytes, chance.pick([Buffer.from("\n"), Buffer.from(" "), Buffer.from("\0"), Buffer.from("{}"), chance.bytes(8)])])),
  ofBytes("append the whole once more", (bytes) => Buffer.concat([bytes, bytes])),
  ofBytes("byte order mark", (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])),
  ofBytes("white space before", (bytes, chance) => Buffer.concat([Buffer.from(chance.pick([" ", "\n", "\t"])), bytes])),
  ofBytes("cut a piece out", (bytes, chance) => { const [a, b] = cut(bytes, chance); return Buffer.concat([bytes.subarray(0, a), bytes.subarray(b)]); }),
  ofBytes("repeat a piece", (bytes, chance) => { const [a, b] = cut(bytes, chance); return Buffer.concat([bytes.subarray(0, b), bytes.subarray(a)]); }),
  ofBytes("overwrite a piece with another", (bytes, chance) => { const [a, b] = cut(bytes, chance); const to = chance.below(bytes.length - (b - a)); const changed = Buffer.from(bytes); bytes.copy(changed, to, a, b); return changed; }),
  ofBytes("overwrite bytes at random", (bytes, chance) => { const changed = Buffer.from(bytes); chance.bytes(1 + chance.below(8)).copy(changed, chance.below(bytes.length)); return changed; }),
  ofBytes("swap two bytes", (bytes, chance) => { const changed = Buffer.from(bytes); const at = chance.below(bytes.length - 1); changed[at] = bytes[at + 1] ?? 0; changed[at + 1] = bytes[at] ?? 0; return changed; }),
  ofBytes("UTF-16", (bytes) => Buffer.from(bytes.toString("utf8"), "utf16le")),
  ofBytes("laid out for reading", (bytes) => Buffer.from(JSON.stringify(JSON.parse(bytes.toString("utf8")), null, 2))),
  replaced("space after a separator", /[:,]"/g, (found) => `${found[0]} "`),
  replaced("letter as an escape", /[a-z]/g, (found) => `\\u00${found.charCodeAt(0).toString(16)}`),
  replaced("slash as an escape", /\//g, () => "\\/"),
  replaced("number as a decimal", /(?<=":)\d+(?=[,}])/g, (found) => `${found}.0`),
  replaced("number with an exponent", /(?<=":)\d+(?=[,}])/g, (found) => `${found}e0`),
  replaced("number with a sign", /(?<=":)\d+(?=[,}])/g, (found) => `-${found}`),
  replaced("number as text", /(?<=":)\d+(?=[,}])/g, (found) => `"${found}"`),
  replaced("number past 2^53", /(?<=":)\d+(?=[,}])/g, () => "9007199254740993"),
  replaced("another number", /(?<=":)\d+(?=[,}])/g, (found, chance) => String(Number(found) + 1 + chance.below(9))),
  replaced("null for a value", /(?<=":)("(?:[^"\\]|\\.)*"|\d+)/g, () => "null"),
  replaced("empty text for a value", /(?<=":)"(?:[^"\\]|\\.)+"/g, () => '""'),
  replaced("capital digits of a digest", /(?<=")[0-9a-f]{64}(?=")/g, (found) => found.toUpperCase()),
  replaced("member twice", /"[a-zA-Z]+":"[^"\\]*"/g, (found) => `${found},${found}`),
  replaced("member added", /"[a-zA-Z]+":"[^"\\]*"/g, (found) => `"extra":"x",${found}`),
  replaced("member left out", /,"[a-zA-Z]+":"[^"\\]*"/g, () => ""),
  replaced("member renamed", /"[a-zA-Z]+":/g, (found) => `${found.slice(0, -2)}X":`),
  replaced("base64 without padding", /=+"/g, () => '"'),
  replaced("spare bits of base64", /[A-Za-z0-9+/]=+"/g, (found) => `${String.fromCharCode(found.charCodeAt(0) + 1)}${found.slice(1)}`),
  replaced("line feed of a note as CR LF", /\\n/g, () => "\\r\\n"),
  replaced("half a surrogate pair", /(?<=":")[^"\\]+/g, () => "\\ud800"),
  replaced("deep nesting", /(?<=":)"(?:[^"\\]|\\.)*"/g, (_, chance) => { const deep = chance.pick([70, 5_000, 200_000]); return "[".repeat(deep) + "]".repeat(deep); }),
];
