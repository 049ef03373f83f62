import { evaluateFormula } from "#lib/quantity/formula.ts";
import { decimalSlip, hasLimits, rangeText, zoneOf, type Limits, type Zone } from "#lib/quantity/limit.ts";
import { alikeUnits } from "#lib/quantity/unit.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { BatchState, StepState } from "./state.ts";

/** What a master says of a value that is typed or read. */
export type AskedValue = { readonly id: string; readonly name: string; readonly unit: string; readonly precision: number; readonly class: "CPP" | "KPP" | "CQA" | "IPC" | "info"; readonly source: "manual" | "automatic" | "laboratory" | "calculated"; readonly limits: Limits;
  /** Not a number: one of the options, or words. */ readonly form?: "choice" | "text" | undefined; readonly options?: readonly { readonly value: string; readonly fits: boolean }[] | undefined };
/** The version that stands now. */
export type StandingValue = { readonly version: number; readonly value: string; readonly by: string };
export type EntryStanding = { readonly batch: BatchState; readonly step: StepState; readonly asked: AskedValue; readonly latest: StandingValue | undefined; /** Minutes after the event from which an entry is late. */ readonly lateAfterMin: number;
  /** When the batch began; nothing of it happened before. */ readonly startedAt?: Date | undefined;
  /** A decision whose step has ended: what it left out is left out. */ readonly carriedOut?: boolean };

/** A value as it is handed in. `basedOn`: the version its author had before him, 0 for none. `confirmed`: he was asked about a strange value and stays with it. `kept`: it waited in
 * the browser because the portal could not be reached. */
export type EntryAct = { readonly value: string; readonly unit: string; readonly eventAt: Date; readonly now: Date; readonly basedOn: number; readonly reason?: string; readonly confirmed: boolean; readonly kept?: boolean };

export type EntryException = "entry_corrected" | "late_entry" | "manual_for_automatic" | "cpp_outside_limits" | "parameter_outside_limits" | "beyond_absolute" | "unexpected_value";
/** `value`: in the unit that is asked for. `evaluation`: a value that nothing judges is neither within nor outside. `givenAs`: what was typed, where it was typed in another unit. `late`: past the time of the rule, or kept in a browser. */
export type EntryPlan = { readonly version: number; readonly value: string; readonly zone: Zone; readonly evaluation: "within" | "exception" | "no_limits"; readonly late: boolean; readonly exceptions: readonly EntryException[]; readonly givenAs?: string };

export type EntryRefusal =
  | { readonly reason: "batch-not-running" } | { readonly reason: "step-not-open"; readonly state: StepState } | { readonly reason: "no-number" } | { readonly reason: "no-option"; readonly options: readonly string[] } | { readonly reason: "no-words" } | { readonly reason: "too-many-digits"; readonly precision: number }
  | { readonly reason: "wrong-unit"; readonly unit: string } | { readonly reason: "in-the-future" } | { readonly reason: "before-the-batch" } | { readonly reason: "late-reason"; readonly lateAfterMin: number } | { readonly reason: "carried-out" } | { readonly reason: "conflict"; readonly latest: StandingValue | undefined } | { readonly reason: "unchanged" } | { readonly reason: "reason-missing" }
  /** Not refused for good: the person is asked, and sends it again as confirmed. */
  | { readonly reason: "confirm"; readonly why: "beyond" | "decimal-slip" | "other-unit"; readonly sentence: string };

export function entryRefusalSentence(refusal: EntryRefusal): string {
  switch (refusal.reason) {
    case "batch-not-running": return "The batch is not in progress. Nothing can be recorded in it now.";
    case "step-not-open": return refusal.state === "waiting" || refusal.state === "ready" ? "Start the step first." : "This step takes no values any more.";
    case "no-number": return "Write a number, with a point before the decimals.";
    case "no-option": return `Choose one of: ${refusal.options.join(", ")}.`;
    case "no-words": return "Write something, at most 500 characters.";
    case "too-many-digits": return refusal.precision === 0 ? "Write a whole number: more cannot be read here." : `Write at most ${refusal.precision} ${refusal.precision === 1 ? "digit" : "digits"} after the point: more cannot be read here.`;
    case "wrong-unit": return `The value is asked for in ${refusal.unit}.`;
    case "before-the-batch": return "The batch had not begun then. Write when it was read.";
    case "late-reason": return `It was read more than ${refusal.lateAfterMin} min ago. Say why it is written down only now; the reason stands in the record.`;
    case "carried-out": return "The decision has been carried out. Tell quality, who can force or void what follows from it.";
    case "in-the-future": return "The time lies in the future. Write when it was read.";
    case "conflict": return refusal.latest ? `Somebody recorded ${refusal.latest.value} meanwhile. Your value was not stored: look at both, then correct if it must be.` : "This value was not there before. Open the step again.";
    case "unchanged": return "This is the value that stands already.";
    case "reason-missing": return "Say why the value is corrected. The first one stays readable beside it.";
    case "confirm": return refusal.sentence;
  }
}

const decimal = /^-?\d{1,12}(\.\d{1,9})?$/;
/** A clock that is a little fast is no lie. */
const clockSkewMs = 60_000;
const same = (a: string, b: string): boolean => a === b || (decimal.test(a) && decimal.test(b) && Number(a) === Number(b));

/** A number in another unit, in the one that is asked for and with its digits; undefined where the one does not lead to the other. */
function inAskedUnit({ unit: to, precision }: AskedValue, { value, unit: from }: EntryAct): string | undefined {
  if (!alikeUnits(to).includes(from)) return undefined;
  const converted = evaluateFormula({ text: "q", inputs: { q: from }, unit: to, precision }, { q: value });
  return converted.ok ? converted.value : undefined;
}

function valueRefusal(asked: AskedValue, act: EntryAct): EntryRefusal | undefined {
  const { value, unit } = act;
  if (asked.form === "choice") return asked.options?.some((option) => option.value === value) ? undefined : { reason: "no-option", options: asked.options?.map((option) => option.value) ?? [] };
  if (asked.form === "text") return value.trim().length > 0 && value.length <= 500 ? undefined : { reason: "no-words" };
  if (!decimal.test(value)) return { reason: "no-number" };
  if (unit !== asked.unit) return inAskedUnit(asked, act) === undefined ? { reason: "wrong-unit", unit: asked.unit } : undefined;
  return (value.split(".")[1]?.length ?? 0) > asked.precision ? { reason: "too-many-digits", precision: asked.precision } : undefined;
}

const overdue = ({ lateAfterMin }: EntryStanding, { eventAt, now }: EntryAct): boolean => now.getTime() - eventAt.getTime() > lateAfterMin * 60_000;

function timeRefusal(standing: EntryStanding, act: EntryAct): EntryRefusal | undefined {
  const { eventAt, now } = act;
  if (eventAt.getTime() > now.getTime() + clockSkewMs) return { reason: "in-the-future" };
  if (standing.startedAt && eventAt.getTime() < standing.startedAt.getTime() - clockSkewMs) return { reason: "before-the-batch" };
  return overdue(standing, act) && !act.kept && !act.reason?.trim() ? { reason: "late-reason", lateAfterMin: standing.lateAfterMin } : undefined;
}

function versionRefusal({ latest }: EntryStanding, { basedOn, value, reason }: EntryAct): EntryRefusal | undefined {
  if (basedOn !== (latest?.version ?? 0)) return { reason: "conflict", latest };
  if (latest && same(latest.value, value)) return { reason: "unchanged" };
  return latest && !reason?.trim() ? { reason: "reason-missing" } : undefined;
}

/** What makes a value strange enough to ask about before it is kept. */
function strangeness({ name, unit, precision, limits }: AskedValue, value: number): Extract<EntryRefusal, { reason: "confirm" }> | undefined {
  const expected = limits.normal ?? limits.action ?? limits.validated;
  if (expected && decimalSlip(value, expected)) return { reason: "confirm", why: "decimal-slip", sentence: `${name} is expected at ${rangeText(expected, precision)} ${unit}. Is the point where it belongs?` };
  return zoneOf(value, limits) === "beyond" ? { reason: "confirm", why: "beyond", sentence: `${name} cannot lie outside ${rangeText(limits.absolute, precision)} ${unit}. Read it again; if it says so, confirm.` } : undefined;
}

/** A value in another unit is turned into the asked one and said so before it is kept. */
function otherUnit(asked: AskedValue, act: EntryAct, value: string): Extract<EntryRefusal, { reason: "confirm" }> | undefined {
  return asked.form || act.unit === asked.unit ? undefined : { reason: "confirm", why: "other-unit", sentence: `${act.value} ${act.unit} is ${value} ${asked.unit}. ${asked.name} is asked for in ${asked.unit}: is ${act.unit} what the instrument says?` };
}

/** Does anything judge it? Limits a number, an option that does not fit a choice; words are judged by nobody. */
const isJudged = ({ form, options, limits }: AskedValue): boolean => (form === "choice" ? (options ?? []).some((option) => !option.fits) : form === undefined && hasLimits(limits));

/** A choice that is not the wanted one is outside; words are not judged. */
const wordZone = ({ options }: AskedValue, value: string): Zone => (options?.some((option) => option.value === value && !option.fits) ? "outside" : "normal");

/**
 * Decides about a value (ALCOA+, Part 11 §11.10(e)): the first one is permanent, a correction is a further version with its reason, based on the version its author saw. A
 * strange value is asked about once and then kept as it is, with its exception; it is never turned away for being bad news.
 */
export function planEntry(standing: EntryStanding, act: EntryAct): Result<EntryPlan, EntryRefusal> {
  const { asked, latest, step, batch, carriedOut } = standing;
  if (batch !== "in_progress") return refuse({ reason: "batch-not-running" });
  if (step !== "active" && !(step === "done" && latest)) return refuse({ reason: "step-not-open", state: step });
  if (carriedOut) return refuse({ reason: "carried-out" });
  const unfit = valueRefusal(asked, act);
  if (unfit) return refuse(unfit);
  const text = asked.form || act.unit === asked.unit ? act.value : (inAskedUnit(asked, act) ?? act.value);
  const refusal = versionRefusal(standing, { ...act, value: text }) ?? timeRefusal(standing, act);
  if (refusal) return refuse(refusal);
  const value = Number(text);
  const other = otherUnit(asked, act, text);
  const strange = asked.form ? undefined : strangeness(asked, value);
  // Both doubts are asked about at once: one answer confirms nothing it was not asked.
  const question = other && strange ? { ...other, sentence: `${other.sentence} ${strange.sentence}` } : (other ?? strange);
  if (question && !act.confirmed) return refuse(question);
  const zone = asked.form ? wordZone(asked, text) : zoneOf(value, asked.limits);
  const late = overdue(standing, act);
  const outside = zone === "normal" || zone === "beyond" ? [] : [asked.class === "CPP" ? "cpp_outside_limits" : "parameter_outside_limits"] as const;
  const exceptions: readonly EntryException[] = [
    ...outside, ...(zone === "beyond" ? ["beyond_absolute"] as const : []), ...(other || (strange?.why === "decimal-slip" && zone === "normal") ? ["unexpected_value"] as const : []),
    ...(latest ? ["entry_corrected"] as const : []), ...(late ? ["late_entry"] as const : []), ...(asked.source === "automatic" ? ["manual_for_automatic"] as const : []),
  ];
  const evaluation = zone !== "normal" ? "exception" : isJudged(asked) ? "within" : "no_limits";
  return accept({ version: (latest?.version ?? 0) + 1, value: text, zone, evaluation, late: late || act.kept === true, exceptions, ...(other ? { givenAs: `${act.value} ${act.unit}` } : {}) });
}
