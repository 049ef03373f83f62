/** A thin space that does not break. */
const thin = "\u202f";

/** Digits as the parameter's precision says, thousands set apart by a thin space (ISO 80000). */
export function figureText(value: number, digits: number): string {
  const [whole = "0", fraction] = Math.abs(value).toFixed(digits).split(".");
  const sign = value < 0 && Number(value.toFixed(digits)) !== 0 ? "−" : "";
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, thin);
  return `${sign}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** A value with its unit in secondary ink; a dash when there is none. */
export function Figure({ value, digits, unit }: { value: number | null | undefined; digits: number; unit?: string }) {
  if (value === null || value === undefined) return <span className="quiet">–</span>;
  return <>{figureText(value, digits)}{unit ? <span className="quiet"> {unit}</span> : null}</>;
}
