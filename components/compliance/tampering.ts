import { digestOf, keyIdOf, utf8 } from "#bin/verify/bytes.ts";
import { writeCanonical } from "#bin/verify/canonical.ts";
import type { Bundle, RegisterKey } from "#lib/evidence/shape.ts";
import { toBase64 } from "#lib/ledger/note.ts";

/** What somebody does to a copy before he hands it on. Each mends what he can without a key, so that the deeper checks are met. */
export const tamperings = {
  "flip-bit": { name: "Flip a bit", does: "one bit in the middle of the file" },
  "change-value": { name: "Change a value", does: "4.43 becomes 3.43 in the record; all digests are computed anew" },
  "move-signature": { name: "Move a signature", does: "the second signature is put in the place of the first" },
  "back-date": { name: "Back-date a signature", does: "the second signature is said to be a day older" },
  "drop-entry": { name: "Drop an entry", does: "the last audit entry is left out; counts and digests are mended" },
  "own-seal": { name: "Seal with a key of one's own", does: "a value is changed, a key of one's own put into the register, and everything sealed with it" },
} as const;
export type Tampering = keyof typeof tamperings;

/** A key pair the attacker made himself, Ed25519. */
export type AttackerKey = { readonly publicKey: Uint8Array; readonly sign: (message: Uint8Array) => Uint8Array };

const canonical = (value: unknown): string => writeCanonical(value) ?? "";

/** Counts and digests as they must be for this content; the seal stays as it was. */
function mended(bundle: Bundle, content: Bundle["content"]): Bundle {
  const { counts } = bundle.manifest;
  const manifest = {
    ...bundle.manifest, recordDigest: digestOf("EBRREC/1", content.record), contentDigest: digestOf("EBRBUN/1", canonical(content)),
    counts: { ...counts, entries: content.entries.length, proofs: content.entries.length, signatures: content.signatures.length, keys: content.keys.length },
  };
  return { ...bundle, manifest, content };
}

const otherValue = ({ content }: Bundle): Bundle["content"] => ({ ...content, record: content.record.replace('"4.43"', '"3.43"') });

function sealedBy(bundle: Bundle, { publicKey, sign }: AttackerKey): Bundle {
  const { validFrom } = bundle.content.keys[0] ?? { validFrom: bundle.manifest.exportedAt };
  const own: RegisterKey = { id: keyIdOf(publicKey), owner: "enterprise", purpose: "attestation", name: "specimen attestation", algorithm: "Ed25519", publicKey: toBase64(publicKey), validFrom, validTo: null };
  const changed = mended(bundle, { ...otherValue(bundle), keys: [...bundle.content.keys, own].sort((a, b) => (a.id < b.id ? -1 : 1)) });
  return { ...changed, seal: { keyId: own.id, signature: toBase64(sign(utf8(`EBRSEAL/1\n${canonical(changed.manifest)}`))) } };
}

/** The lowest bit of the byte in the middle: another character, and still text. */
function withFlippedBit(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + String.fromCharCode(text.charCodeAt(middle) ^ 1) + text.slice(middle + 1);
}

const daysEarlier = (time: string): string => new Date(Date.parse(time) - 86_400_000).toISOString();

/** The bundle's text after the tampering. `bundle` is what `text` holds. */
export function tamper(kind: Tampering, text: string, bundle: Bundle, attacker: AttackerKey): string {
  const { content } = bundle;
  const [first, second] = content.signatures;
  switch (kind) {
    case "flip-bit": return withFlippedBit(text);
    case "change-value": return canonical(mended(bundle, otherValue(bundle)));
    case "move-signature": return canonical(mended(bundle, { ...content, signatures: first && second ? [{ ...second, ordinal: 1 }, { ...first, ordinal: 2 }] : [] }));
    case "back-date": return canonical(mended(bundle, { ...content, signatures: content.signatures.map((s) => (s === second ? { ...s, signedAt: daysEarlier(s.signedAt) } : s)) }));
    case "drop-entry": return canonical(mended(bundle, { ...content, entries: content.entries.slice(0, -1) }));
    case "own-seal": return canonical(sealedBy(bundle, attacker));
  }
}

/** Where two texts part: the place and some characters around it in both; undefined when they are the same. */
export function firstDifference(before: string, after: string): { readonly at: number; readonly before: string; readonly after: string } | undefined {
  if (before === after) return undefined;
  const limit = Math.min(before.length, after.length);
  let at = 0;
  while (at < limit && before[at] === after[at]) at += 1;
  const around = (text: string) => text.slice(Math.max(0, at - 24), at + 24);
  return { at, before: around(before), after: around(after) };
}
