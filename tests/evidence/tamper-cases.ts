import { canonical } from "#lib/digest/digest.ts";
import type { Chance } from "./tamper-chance.ts";
import { ledgerTamperings } from "./tamper-ledger.ts";
import { listTamperings, type Tampering } from "./tamper-lists.ts";
import { partTamperings } from "./tamper-parts.ts";
import { attestAnew, draftOf, recount, seal, type Draft, type Subject } from "./tamper-subject.ts";
import { textTamperings } from "./tamper-text.ts";
import { valueTamperings } from "./tamper-values.ts";

/** What both verifiers are asked. `wanted`: "either" asks only that they agree. */
export type Case = { readonly kind: string; readonly by: string; readonly bytes: Buffer; readonly trust: string; readonly wanted: "verified" | "refused" | "either" };

export const tamperings: readonly Tampering[] = [...listTamperings, ...valueTamperings, ...ledgerTamperings, ...partTamperings];

/** How a damaged bundle is put together again, by whom; true where the attestation key itself was used. */
type Finish = { readonly by: string; readonly trueSeal: boolean; readonly finish: (draft: Draft, subject: Subject) => void };

/** The last stands there twice: it is what looks into every check, since all others are stopped by digest, seal or fingerprint. */
const finishes: readonly Finish[] = [
  { by: "as it is", trueSeal: false, finish: () => undefined },
  { by: "counts and digests recomputed", trueSeal: false, finish: recount },
  { by: "sealed by a stranger in the key's name", trueSeal: false, finish: (draft, { stranger, made }) => { recount(draft); seal(draft, stranger.attestation, made.keys.attestation.row.id); } },
  { by: "sealed by a stranger added to the register", trueSeal: false, finish: (draft, { stranger }) => { register(draft, stranger.attestation.row); recount(draft); seal(draft, stranger.attestation); } },
  { by: "attested and sealed by a stranger in place of the key", trueSeal: false, finish: replaceAttestationKey },
  { by: "sealed with the true key", trueSeal: true, finish: (draft, { made }) => { recount(draft); seal(draft, made.keys.attestation); } },
  { by: "sealed with the true key", trueSeal: true, finish: (draft, { made }) => { recount(draft); seal(draft, made.keys.attestation); } },
];

function register({ content }: Draft, key: Draft["content"]["keys"][number]): void {
  content.keys = [...content.keys, { ...key }].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function replaceAttestationKey(draft: Draft, { stranger }: Subject): void {
  draft.content.keys = draft.content.keys.filter((key) => key.purpose !== "attestation");
  register(draft, stranger.attestation.row);
  try {
    attestAnew(draft, stranger.attestation);
  } catch {
    // An attestation that was damaged before cannot be made anew; the case is sealed as it stands.
  }
  recount(draft);
  seal(draft, stranger.attestation);
}

/** Whole forgeries, beside the tamperings of parts. */
function forged(subject: Subject): Case {
  return { kind: "forge a whole bundle under keys of one's own", by: "a stranger", bytes: Buffer.from(subject.other.text), trust: subject.trust, wanted: "refused" };
}

function ofText(subject: Subject, chance: Chance): Case {
  const { name, change } = chance.pick(textTamperings);
  const bytes = change(subject.bytes, chance);
  return { kind: name, by: "as it is", bytes, trust: subject.trust, wanted: "refused" };
}

function ofParts(subject: Subject, chance: Chance): Case | undefined {
  const { name, sealed, change } = chance.pick(tamperings);
  const { by, trueSeal, finish } = chance.pick(finishes);
  const draft = draftOf(subject.made);
  if (!change(draft, subject, chance)) return undefined;
  finish(draft, subject);
  return { kind: name, by, bytes: Buffer.from(canonical(draft)), trust: subject.trust, wanted: trueSeal ? sealed : "refused" };
}

/** One structural tampering. Of bytes that came out as they were, nothing else can be asked than that they verify. */
export function structural(subject: Subject, chance: Chance): Case {
  for (;;) {
    const kind = chance.below(100);
    const made = kind === 0 ? forged(subject) : kind < 25 ? ofText(subject, chance) : ofParts(subject, chance);
    if (made) return made.bytes.equals(subject.bytes) ? { ...made, by: "identical bytes", wanted: "verified" } : made;
  }
}

/** The bundle with one bit flipped; `bit` counts from 0, the lowest of the first byte. */
export function flipped(bytes: Buffer, bit: number, trust: string): Case {
  const changed = Buffer.from(bytes);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return { kind: "flip one bit", by: "as it is", bytes: changed, trust, wanted: "refused" };
}
