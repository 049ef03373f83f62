import { decimalSlip, rangeText, zoneOf, type Limits, type Zone } from "#lib/quantity/limit.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { BatchState, StepState } from "./state.ts";

/** What a master says of a value that is typed or read. */
export type AskedValue = { readonly id: string; readonly name: string; readonly unit: string; readonly precision: number; readonly class: "CPP" | "KPP" | "CQA" | "IPC" | "info"; readonly source: "manual" | "automatic" | "laboratory" | "calculated"; readonly limits: Limits;
  /** Not a number: one of the options, or words. */ readonly form?: "choice" | "text" | undefined; readonly options?: readonly { readonly value: string; readonly fits: boolean }[] | undefined };
/** The version that stands now. */
export type StandingValue = { readonly version: number; readonly value: string; readonly by: string };
export type EntryStanding = { readonly batch: BatchState; readonly step: StepState; readonly asked: AskedValue; readonly latest: StandingValue | undefined; /** Minutes after the event from which an entry is late. */ readonly lateAfterMin: number };

/** A value as it is handed in. `basedOn`: the version its author had before him, 0 for none. `confirmed`: he was asked about a strange value and stays with it. */
export type EntryAct = { readonly value: string; readonly unit: string; readonly eventAt: Date; readonly now: Date; readonly basedOn: number; readonly reason?: string; readonly confirmed: boolean };

export type EntryException = "entry_corrected" | "late_entry" | "manual_for_automatic" | "cpp_outside_limits" | "parameter_outside_limits" | "beyond_absolute" | "unexpected_value";
export type EntryPlan = { readonly version: number; readonly value: string; readonly zone: Zone; readonly late: boolean; readonly exceptions: readonly EntryException[] };

export type EntryRefusal =
  | { readonly reason: "batch-not-running" } | { readonly reason: "step-not-open"; readonly state: StepState } | { readonly reason: "no-number" } | { readonly reason: "no-option"; readonly options: readonly string[] } | { readonly reason: "no-words" } | { readonly reason: "too-many-digits"; readonly precision: number }
  | { readonly reason: "wrong-unit"; readonly unit: string } | { readonly reason: "in-the-future" } | { readonly reason: "conflict"; readonly latest: StandingValue | undefined } | { readonly reason: "unchanged" } | { readonly reason: "reason-missing" }
  /** Not refused for good: the person is asked, and sends it again as confirmed. */
  | { readonly reason: "confirm"; readonly why: "beyond" | "decimal-slip"; readonly sentence: string };

export function entryRefusalSentence(refusal: EntryRefusal): string {
  switch (refusal.reason) {
    case "batch-not-running": return "The batch is not in progress. Nothing can be recorded in it now.";
    case "step-not-open": return refusal.state === "waiting" || refusal.state === "ready" ? "Start the step first." : "This step takes no values any more.";
    case "no-number": return "Write a number, with a point before the decimals.";
    case "no-option": return `Choose one of: ${refusal.options.join(", ")}.`;
    case "no-words": return "Write something, at most 500 characters.";
    case "too-many-digits": return refusal.precision === 0 ? "Write a whole number: more cannot be read here." : `Write at most ${refusal.precision} ${refusal.precision === 1 ? "digit" : "digits"} after the point: more cannot be read here.`;
    case "wrong-unit": return `The value is asked for in ${refusal.unit}.`;
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

function valueRefusal(asked: AskedValue, { value, unit }: EntryAct): EntryRefusal | undefined {
  if (asked.form === "choice") return asked.options?.some((option) => option.value === value) ? undefined : { reason: "no-option", options: asked.options?.map((option) => option.value) ?? [] };
  if (asked.form === "text") return value.trim().length > 0 && value.length <= 500 ? undefined : { reason: "no-words" };
  if (!decimal.test(value)) return { reason: "no-number" };
  if ((value.split(".")[1]?.length ?? 0) > asked.precision) return { reason: "too-many-digits", precision: asked.precision };
  return unit === asked.unit ? undefined : { reason: "wrong-unit", unit: asked.unit };
}

function formRefusal({ asked }: EntryStanding, act: EntryAct): EntryRefusal | undefined {
  const refusal = valueRefusal(asked, act);
  if (refusal) return refusal;
  const { eventAt, now } = act;
  return eventAt.getTime() > now.getTime() + clockSkewMs ? { reason: "in-the-future" } : undefined;
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

/** A choice that is not the wanted one is outside; words are not judged. */
const wordZone = ({ options }: AskedValue, value: string): Zone => (options?.some((option) => option.value === value && !option.fits) ? "outside" : "normal");

/**
 * Decides about a value (ALCOA+, Part 11 §11.10(e)): the first one is permanent, a correction is a further version with its reason, based on the version its author saw. A
 * strange value is asked about once and then kept as it is, with its exception; it is never turned away for being bad news.
 */
export function planEntry(standing: EntryStanding, act: EntryAct): Result<EntryPlan, EntryRefusal> {
  const { asked, latest, step, batch } = standing;
  if (batch !== "in_progress") return refuse({ reason: "batch-not-running" });
  if (step !== "active" && !(step === "done" && latest)) return refuse({ reason: "step-not-open", state: step });
  const refusal = formRefusal(standing, act) ?? versionRefusal(standing, act);
  if (refusal) return refuse(refusal);
  const value = Number(act.value);
  const strange = asked.form ? undefined : strangeness(asked, value);
  if (strange && !act.confirmed) return refuse(strange);
  const zone = asked.form ? wordZone(asked, act.value) : zoneOf(value, asked.limits);
  const late = act.now.getTime() - act.eventAt.getTime() > standing.lateAfterMin * 60_000;
  const outside = zone === "normal" || zone === "beyond" ? [] : [asked.class === "CPP" ? "cpp_outside_limits" : "parameter_outside_limits"] as const;
  const exceptions: readonly EntryException[] = [
    ...outside, ...(zone === "beyond" ? ["beyond_absolute"] as const : []), ...(strange?.why === "decimal-slip" && zone === "normal" ? ["unexpected_value"] as const : []),
    ...(latest ? ["entry_corrected"] as const : []), ...(late ? ["late_entry"] as const : []), ...(asked.source === "automatic" ? ["manual_for_automatic"] as const : []),
  ];
  return accept({ version: (latest?.version ?? 0) + 1, value: act.value, zone, late, exceptions });
}
