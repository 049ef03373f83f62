import type { AskedValue } from "#lib/batch/entry.ts";
import { judgeValue } from "#lib/quality/judgement.ts";
import { evaluateFormula } from "#lib/quantity/formula.ts";
import { rangeText, zoneOf, type Range } from "#lib/quantity/limit.ts";

/** A test as the master's sample asks for it. */
export type AskedTest = AskedValue & { readonly method: string };
/** A number that lies beyond what the method can say: "<1" is anything below 1, ">300" anything above 300, in the test's unit. */
export type Censored = { readonly side: "below" | "above"; readonly bound: number };

const decimal = /^-?\d{1,12}(\.\d{1,12})?$/;
const beyond = /^([<>])\s*(-?\d{1,12}(?:\.\d{1,12})?)$/;

/** A reading at the digits of its parameter, half away from zero (USP General Notices 7.20); undefined when it is no decimal number. */
export function roundedReading(rawValue: string, digits: number): string | undefined {
  if (!decimal.test(rawValue)) return undefined;
  const result = evaluateFormula({ text: "reading", inputs: { reading: "1" }, unit: "1", precision: digits }, { reading: rawValue });
  return result.ok ? result.value : undefined;
}

/** What a value says that is written with "<" or ">"; undefined for everything else. */
export function censoredOf(value: string): Censored | undefined {
  const found = beyond.exec(value.trim());
  return found?.[2] ? { side: found[1] === "<" ? "below" : "above", bound: Number(found[2]) } : undefined;
}

/**
 * The value that is reported for what was read: a number rounded once, a censored one with its bound as it was read (rounding it would say more than was measured), one of the
 * options of a choice, words as they are. Undefined when it is none of these.
 */
export function reportedValue({ form, options, precision }: Pick<AskedTest, "form" | "options" | "precision">, rawValue: string): string | undefined {
  const text = rawValue.trim();
  if (form === "choice") return options?.some(({ value }) => value === text) ? text : undefined;
  if (form === "text") return text.length > 0 && text.length <= 500 ? text : undefined;
  return censoredOf(text) ? text.replaceAll(/\s/g, "") : roundedReading(text, precision);
}

/** The reported value as a number; undefined where it is none. */
export const numberOf = (value: string): number | undefined => (decimal.test(value) ? Number(value) : undefined);

/** The range a result must lie in: action, else proven acceptable; for a critical quality attribute that has neither its normal range. Undefined: nothing is specified. */
export const specificationOf = ({ limits, class: of }: Pick<AskedTest, "limits" | "class">): Range | undefined => limits.action ?? limits.validated ?? (of === "CQA" ? limits.normal : undefined);

/** What a test wants, in words: its range, or the options that fit. */
export function wantedText(asked: AskedTest): string {
  if (asked.form === "choice") return asked.options?.filter(({ fits }) => fits).map(({ value }) => value).join(" or ") ?? "";
  return asked.form === "text" ? "" : rangeText(specificationOf(asked) ?? asked.limits.absolute, asked.precision);
}

/** Is a number out of specification? What lies beyond the absolute range is, whatever else is specified. */
export function isOutOfSpecification(value: number, asked: Pick<AskedTest, "limits" | "class">): boolean {
  const zone = zoneOf(value, asked.limits);
  return zone === "action" || zone === "outside" || zone === "beyond" || (zone === "alert" && specificationOf(asked) === asked.limits.normal);
}

/** What a result means. `notEvaluated`: why a censored value cannot be judged, as a sentence; it stands there as not evaluated, and that is counted and shown. */
export type ReadingJudgement = { readonly evaluation: "within" | "exception" | "not_evaluated" | "no_limits"; readonly outOfSpecification: boolean; readonly notEvaluated?: string };

/** Where everything a censored value may be lies: all of it inside a range, all of it outside, or both are possible. `absolute`: what is possible at all. */
export function censoredLies({ side, bound }: Censored, range: Range, absolute: Range): "inside" | "outside" | "either" {
  const [near, far, most] = side === "below" ? [range.high, range.low, absolute.low] : [range.low, range.high, absolute.high];
  const sign = side === "below" ? 1 : -1;
  if (far !== undefined && bound * sign <= far * sign) return "outside";
  const insideNear = near === undefined || bound * sign <= near * sign;
  const insideFar = far === undefined || (most !== undefined && most * sign >= far * sign);
  return insideNear && insideFar ? "inside" : "either";
}

function judgeCensored(value: string, censored: Censored, asked: AskedTest): ReadingJudgement {
  const { absolute = {}, validated, action, alert, normal } = asked.limits;
  const lies = (range: Range) => censoredLies(censored, range, absolute);
  if (lies(absolute) === "outside") return { evaluation: "exception", outOfSpecification: true };
  const ranges = [validated, action, alert ?? normal].filter((range) => range !== undefined);
  const specified = specificationOf(asked);
  const outOfSpecification = specified !== undefined && lies(specified) === "outside";
  if (ranges.some((range) => lies(range) === "outside")) return { evaluation: "exception", outOfSpecification };
  const open = ranges.find((range) => lies(range) === "either");
  if (open) return { evaluation: "not_evaluated", outOfSpecification, notEvaluated: `${value} ${asked.unit} may lie inside or outside ${rangeText(open, asked.precision)} ${asked.unit}: it cannot be judged.` };
  return { evaluation: ranges.length > 0 ? "within" : "no_limits", outOfSpecification };
}

/**
 * Judges a reported value against the limits of its test. A censored one is judged by all it may be: within when all of that is, an exception when none of it is, and not
 * evaluated when both are possible. A choice fits or not; words are not judged.
 */
export function judgeReading(value: string, asked: AskedTest): ReadingJudgement {
  if (asked.form === "text") return { evaluation: "no_limits", outOfSpecification: false };
  if (asked.form === "choice") {
    const fits = asked.options?.some((option) => option.value === value && option.fits) ?? false;
    return { evaluation: fits ? "within" : "exception", outOfSpecification: !fits };
  }
  const censored = censoredOf(value);
  if (censored) return judgeCensored(value, censored, asked);
  const number = Number(value);
  const judged = judgeValue(number, asked.limits);
  return { evaluation: judged.result === "not_evaluated" ? "no_limits" : judged.result, outOfSpecification: isOutOfSpecification(number, asked) };
}
