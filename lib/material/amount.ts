import { evaluateFormula } from "#lib/quantity/formula.ts";
import { unitOf } from "#lib/quantity/unit.ts";

/** Digits an amount of a lot is kept with: a milligram of a lot in kilograms. */
export const amountDigits = 6;
const scale = 10 ** amountDigits;

/** An amount as it is stored: six digits after the point, so that sums of amounts are exact to the last of them. */
export const storedAmount = (amount: number): number => Math.round(amount * scale) / scale;

/** Sum of stored amounts, without what adding binary fractions leaves behind. */
export const sumOf = (amounts: readonly number[]): number => storedAmount(amounts.reduce((sum, amount) => sum + Math.round(amount * scale), 0) / scale);

/**
 * A decimal text in `from` as an amount in `to`; undefined where the text is no decimal number or one unit does not lead to the other.
 * Pieces lead to pieces only: a number is no percentage of a lot.
 */
export function amountIn(quantity: string, from: string, to: string): number | undefined {
  const [given, wanted] = [unitOf(from), unitOf(to)];
  if (!given || !wanted || (given.base === "" && from !== to)) return undefined;
  const converted = evaluateFormula({ text: "q", inputs: { q: from }, unit: to, precision: amountDigits }, { q: quantity.trim() });
  return converted.ok ? Number(converted.value) : undefined;
}

/** An amount as people read it: thousands set apart by a thin space (ISO 80000), at most six digits after the point, none that are zero at its end. */
export function amountText(amount: number): string {
  const [whole = "0", fraction = ""] = Math.abs(storedAmount(amount)).toFixed(amountDigits).split(".");
  const digits = fraction.replace(/0+$/, "");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u2009");
  return `${storedAmount(amount) < 0 ? "−" : ""}${grouped}${digits ? `.${digits}` : ""}`;
}
