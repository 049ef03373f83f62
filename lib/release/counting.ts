import type { SignatureMeaning, SignedMeaning } from "#lib/signature/meaning.ts";

export type Placed = { readonly ordinal: number; readonly meaning: SignedMeaning; readonly withdraws: number | null };

/** Ordinal of the withdrawal by ordinal of the signature it takes back. */
export const withdrawals = (all: readonly Placed[]): ReadonlyMap<number, number> => new Map(all.flatMap((s) => (s.withdraws === null ? [] : [[s.withdraws, s.ordinal] as const])));

/** Reviews that stand on the production review: given before it was signed anew, they count no more. */
const onProductionReview: readonly SignedMeaning[] = ["audit_trail_reviewed", "site_confirmed"];

type Counting<T extends Placed> = T & { readonly meaning: SignatureMeaning };

/**
 * The signatures of a record that count: neither withdrawn nor withdrawals themselves, and no review that is older than the
 * production review it stands on. All of them stay in the record and are shown.
 */
export function countingSignatures<T extends Placed>(all: readonly T[]): readonly Counting<T>[] {
  const gone = withdrawals(all);
  const kept = all.filter((s): s is Counting<T> => s.meaning !== "withdrawn" && !gone.has(s.ordinal));
  const reviewed = Math.max(0, ...kept.filter((s) => s.meaning === "production_reviewed").map((s) => s.ordinal));
  return kept.filter((s) => !onProductionReview.includes(s.meaning) || s.ordinal > reviewed);
}
