import type { EntryException, EntryPlan } from "#lib/batch/entry.ts";
import type { AskedValue } from "#lib/batch/entry.ts";
import type { EntryRow } from "#lib/batch/record.ts";
import type { ExceptionType } from "#lib/quality/configuration.ts";
import type { Severity } from "#lib/quality/exception.ts";
import { rangeText, type Range, type Zone } from "#lib/quantity/limit.ts";

/** An exception as a value brings it: type, least severity, title, planned and actual as they are printed. */
export type ValueException = { readonly type: ExceptionType; readonly severity?: Severity; readonly title: string; readonly planned: string; readonly actual: string; readonly unit: string | null };

/** The range a value has left, the narrowest that judges it. */
const expected = ({ limits }: AskedValue): Range | undefined => limits.normal ?? limits.alert ?? limits.action ?? limits.validated;
const left = (asked: AskedValue, zone: Zone): Range | undefined => (zone === "outside" ? (asked.limits.validated ?? asked.limits.action) : zone === "action" ? asked.limits.action : expected(asked));
const zoneName: Record<Zone, string> = { normal: "normal", alert: "normal", action: "action", outside: "proven acceptable", beyond: "absolute" };

/** How much a value outside its limits weighs at least: past what is proven acceptable a critical parameter or attribute is critical, past action it is major. */
export function zoneSeverity(zone: Zone, of: AskedValue["class"]): Severity | undefined {
  if (zone === "outside") return of === "CPP" || of === "CQA" ? "critical" : "major";
  return zone === "action" || zone === "beyond" ? "major" : undefined;
}

/** Title of a value outside its limits. */
export function outsideTitle(asked: AskedValue, zone: Zone, value: number): string {
  const range = left(asked, zone);
  const side = range?.low !== undefined && value < range.low ? "below" : "above";
  return `${asked.name} ${side} the ${zoneName[zone]} range`;
}

const minutesBetween = (from: Date, to: Date): string => String(Math.round((to.getTime() - from.getTime()) / 60_000));

/** What is said of each exception a value brings. `before`: the version it corrects. */
export function valueException(type: EntryException, asked: AskedValue, plan: EntryPlan, facts: { readonly before: EntryRow | undefined; readonly eventAt: Date; readonly now: Date; readonly lateAfterMin: number }): ValueException {
  const unit = asked.form ? null : asked.unit;
  const range = rangeText(left(asked, plan.zone), asked.precision);
  const severity = zoneSeverity(plan.zone, asked.class);
  switch (type) {
    case "cpp_outside_limits": case "parameter_outside_limits":
      return { type, ...(severity ? { severity } : {}), title: asked.form ? `${asked.name}: not what is wanted` : outsideTitle(asked, plan.zone, Number(plan.value)), planned: asked.form ? (asked.options ?? []).filter((o) => o.fits).map((o) => o.value).join(" or ") : range, actual: plan.value, unit };
    case "beyond_absolute": return { type, title: `${asked.name} beyond what is possible`, planned: rangeText(asked.limits.absolute, asked.precision), actual: plan.value, unit };
    case "unexpected_value": if (plan.givenAs) return { type, title: `${asked.name} given in another unit`, planned: `in ${asked.unit}`, actual: plan.givenAs, unit: null };
      return { type, title: `${asked.name} far from what is expected`, planned: rangeText(expected(asked), asked.precision), actual: plan.value, unit };
    case "entry_corrected": return { type, title: `${asked.name} corrected`, planned: facts.before?.value ?? "", actual: plan.value, unit };
    case "late_entry": return { type, title: `${asked.name} entered late`, planned: `≤ ${facts.lateAfterMin}`, actual: minutesBetween(facts.eventAt, facts.now), unit: "min" };
    case "manual_for_automatic": return { type, title: `${asked.name} entered by hand`, planned: "captured", actual: "typed", unit: null };
  }
}
