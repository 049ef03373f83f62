import { siteDate } from "#lib/site/time.ts";

type Offered = { readonly id: string; readonly expiresAt: Date | null };

const until = ({ expiresAt }: Offered): number => expiresAt?.getTime() ?? Infinity;

/**
 * The lot to take before this one: first expired, first out (21 CFR 211.86, 211.150(a)). `usable`: the released lots of the material that have not expired and of which some is left.
 * Undefined where none of them expires earlier; on the same day none does.
 */
export function earlierLot<Lot extends Offered>(lot: Offered, usable: readonly Lot[], zone: string): Lot | undefined {
  const day = (one: Offered): string => (one.expiresAt ? siteDate(one.expiresAt, zone) : "never");
  return usable.filter((other) => other.id !== lot.id && until(other) < until(lot) && day(other) !== day(lot)).reduce<Lot | undefined>((first, other) => (first && until(first) <= until(other) ? first : other), undefined);
}

/** What a person is asked who takes another lot first. It is no refusal: there are reasons to, and the charge keeps what was taken. */
export const earlierSentence = (lot: Offered, earlier: Offered, zone: string): string =>
  `Lot ${earlier.id} of the same material expires ${earlier.expiresAt ? `on ${siteDate(earlier.expiresAt, zone)}` : "never"}, before lot ${lot.id}${lot.expiresAt ? `, which expires on ${siteDate(lot.expiresAt, zone)}` : ", which has no expiry"}. Take it first, or charge lot ${lot.id} all the same.`;
