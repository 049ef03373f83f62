/** Thin space: sets groups of three digits apart (ISO 80000-1, 7.3.1) and never ends a line. */
const thin = "\u2009";

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, thin);

/** A figure or several in running text, e.g. from `rangeText`: "1140 to 1260" with thin spaces and a true minus sign. */
export const numerals = (text: string): string =>
  text.replace(/(?<![\w.])(-?)(\d+)(\.\d+)?/g, (_, minus: string, whole: string, fraction: string | undefined) => `${minus === "" ? "" : "−"}${grouped(whole)}${fraction ?? ""}`);

const value = String.raw`-?\d+(?:\.\d+)?`;
const numeric = new RegExp(`^(?:[≤≥] ?)?${value}(?: to ${value})?$`);

/** A stored value as it is printed: numbers grouped, any other text (a lot, a date, a choice) as it was entered. */
export const valueText = (stored: string): string => (numeric.test(stored) ? numerals(stored) : stored);

/** pH is a number without a unit; its tag carries the word as if it were one. */
const unitless = new Set(["", "pH"]);

/** A stored value with its unit: "4.43 g/L", "1.0 × 10⁶/mL", "7.02". A unit the text ends with already is not said twice. */
export function quantityText(stored: string, unit: string | null): string {
  const value = valueText(stored);
  if (unit === null || unitless.has(unit) || value.endsWith(` ${unit}`)) return value;
  return `${value}${unit.startsWith("10") ? " × " : " "}${unit}`;
}

/** Digits after the point of a decimal string. */
export const digitsOf = (stored: string): number => /\.(\d+)/.exec(stored)?.[1]?.length ?? 0;
