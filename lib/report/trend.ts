import { scaleLinear } from "d3-scale";
import { fine, mono, quiet, type Block, type Panel, type Tick } from "#lib/document/model.ts";
import type { Limits } from "#lib/quantity/limit.ts";
import { localParts } from "#lib/site/time.ts";
import { numerals } from "./numeral.ts";
import { printedDate, printedTime } from "./printed-time.ts";
import { drawable, segmentDigest, stretches, type Segment } from "./segment.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [15 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day] as const;

/** Milliseconds by which the site's clock is ahead of UTC at an instant. */
function offsetOf(at: Date, timeZone: string): number {
  const { date, time, seconds } = localParts(at, timeZone);
  return Date.parse(`${date}T${time}:${seconds}Z`) - Math.floor(at.getTime() / 1000) * 1000;
}

/** Ticks at round local times, about `count`; each label carries its zone. */
export function timeTicks(from: Date, to: Date, timeZone: string, count: number): readonly Tick[] {
  const span = to.getTime() - from.getTime();
  const step = steps.find((s) => span / s <= count) ?? 7 * day;
  const offset = offsetOf(from, timeZone);
  const ticks: Tick[] = [];
  for (let at = Math.ceil((from.getTime() + offset) / step) * step - offset; at <= to.getTime(); at += step) {
    const { time, zone } = localParts(new Date(at), timeZone);
    ticks.push({ at, label: step < day ? `${time} ${zone}` : printedDate(new Date(at), timeZone) });
  }
  return ticks;
}

/** The values' extent with those limits that lie near enough to be read beside them. */
function valueAxis(values: readonly number[], precision: number, limits: readonly Tick[]): { readonly axis: Panel["y"]; readonly shown: readonly Tick[] } {
  const [low, high] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const reach = Math.max((high - low) * 0.8, 10 ** -precision * 8);
  const shown = limits.filter(({ at }) => at >= low - reach && at <= high + reach);
  const ends = [low, high, ...shown.map((l) => l.at)];
  const least = 10 ** -precision;
  const margin = Math.max((Math.max(...ends) - Math.min(...ends)) * 0.08, 5 * least);
  const scale = scaleLinear([Math.min(...ends) - margin, Math.max(...ends) + margin], [0, 1]);
  const [from, to] = scale.domain();
  const ticks = scale.ticks(4);
  const digits = Math.max(0, ...ticks.map((t) => (String(t).split(".")[1] ?? "").length));
  return { axis: { from: from ?? 0, to: to ?? 1, ticks: ticks.map((at) => ({ at, label: numerals(at.toFixed(digits)) })) }, shown };
}

/** Every limit line of a parameter, innermost name first; equal values are drawn once. */
function limitTicks(limits: Limits | undefined, precision: number): readonly Tick[] {
  const found = new Map<number, string>();
  for (const name of ["normal", "alert", "action", "validated"] as const) {
    for (const value of [limits?.[name]?.low, limits?.[name]?.high]) if (value !== undefined && !found.has(value)) found.set(value, name);
  }
  return [...found].map(([at, name]) => ({ at, label: `${name} ${numerals(at.toFixed(precision))}` }));
}

type Drawn = {
  readonly title: string; readonly unit: string; readonly precision: number; readonly stretches: Panel["stretches"]; readonly limits: Limits | undefined; readonly aside: string; readonly dots: boolean;
  readonly from: Date; readonly to: Date; readonly ticks: readonly Tick[]; readonly window?: { readonly from: number; readonly to: number } | undefined;
};

/** A plot of stretches of values with the limits that lie near them. */
export function panelOf({ title, unit, precision, stretches: runs, limits, aside, dots, from, to, ticks, window }: Drawn): Panel {
  const { axis, shown } = valueAxis(runs.flatMap((run) => run.map((point) => point.value)), precision, limitTicks(limits, precision));
  return { title, unit: unit === title ? "" : unit, aside, x: { from: from.getTime(), to: to.getTime(), ticks }, y: axis, stretches: runs, dots, limits: shown, window };
}

type Shown = { readonly segment: Segment } & Pick<Drawn, "limits" | "aside" | "dots" | "ticks" | "window">;
const panel = ({ segment: { name: title, ...segment }, ...shown }: Shown): Panel => panelOf({ title, ...segment, ...shown, stretches: stretches(segment.readings) });

const counted = (segment: Segment): string => {
  const left = segment.readings.filter((r) => !drawable(r)).length;
  return `${numerals(String(segment.readings.length))} ${segment.readings.length === 1 ? "value" : "values"}${left > 0 ? `, ${numerals(String(left))} not good and not drawn` : ""}`;
};

export type TrendOf = { readonly id: string; readonly segment: Segment; readonly limits: Limits | undefined; readonly window: { readonly from: Date; readonly to: Date }; readonly aside: string; readonly timeZone: string };

/** The figure of one exception: the stored values around its window, its limits, and a digest of what is shown. */
export function trendFigure({ id, segment, limits, window, aside, timeZone }: TrendOf): Block {
  const wide = segment.to.getTime() - segment.from.getTime() > 2 * day;
  const shown = panel({ segment, limits, aside, dots: wide, window: { from: window.from.getTime(), to: window.to.getTime() }, ticks: timeTicks(segment.from, segment.to, timeZone, wide ? 8 : 10) });
  const caption = fine(
    `Figure ${id}. ${segment.unitId}, ${segment.name}${segment.unit === segment.name ? "" : ` in ${segment.unit}`}, ${printedTime(segment.from, timeZone)} to ${printedTime(segment.to, timeZone)}: ${counted(segment)}. Shaded: when it was outside. Segment digest, SHA-256 `,
    mono(segmentDigest(segment.readings)), quiet("."),
  );
  return { kind: "figure", panels: [shown], caption, withNext: true };
}

/** The whole batch in three small plots; day 0 is the inoculation. */
export function overviewFigure(segments: readonly Segment[], limitsOf: (tag: string) => Limits | undefined, inoculated: Date, timeZone: string): Block {
  const panels = segments.map((segment) => {
    const days = Math.floor((segment.to.getTime() - inoculated.getTime()) / day);
    const ticks = Array.from({ length: Math.floor(days / 2) + 1 }, (_, i) => ({ at: inoculated.getTime() + 2 * i * day, label: i === 0 ? "day 0" : String(2 * i) }));
    const last = segment.readings.filter(drawable).at(-1);
    const aside = last ? `last ${numerals(last.value.toFixed(segment.precision))}` : "";
    return panel({ segment, limits: limitsOf(segment.tag), aside, dots: true, window: undefined, ticks });
  });
  const digests = segments.flatMap((segment) => [quiet(`\n${segment.name}: ${counted(segment)}, `), mono(segmentDigest(segment.readings))]);
  return { kind: "figure", panels, caption: fine(`Figure 1. The batch over its culture days; day 0 is the inoculation, ${printedTime(inoculated, timeZone)}. Laboratory values of ${segments[0]?.unitId ?? "the unit"}. Segment digests, SHA-256:`, ...digests), withNext: false };
}
