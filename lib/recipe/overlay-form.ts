import { rangeName, rangeNames, type Limits, type Range } from "#lib/quantity/limit.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { MasterParameter } from "./master-record.ts";
import { siteOverlay, type SiteOverlay } from "./overlay.ts";
import type { OverlayRow } from "./overlay-queries.ts";

export type OverlayContent = Pick<SiteOverlay, "limits" | "units">;
export type UnreadField = { readonly field: string; readonly sentence: string };

/** What the next writing of a site's overlay begins with: the newest version while it is a draft, else what is effective or approved, else nothing. */
export function overlayBase(rows: readonly OverlayRow[]): OverlayContent {
  const [newest] = rows;
  const base = newest?.state === "draft" ? newest : rows.find(({ state }) => state === "approved" || state === "effective");
  return base ? siteOverlay.parse(JSON.parse(base.canonical)) : { limits: [], units: [] };
}

const decimal = /^-?\d+(\.\d+)?$/;
type Typed = ReadonlyMap<string, string>;

function endOf(typed: Typed, field: string, label: string): Result<number | undefined, UnreadField> {
  const text = (typed.get(field) ?? "").trim();
  if (text === "") return accept(undefined);
  return decimal.test(text) ? accept(Number(text)) : refuse({ field, sentence: `${label}: write a number with a point, for example 7.10.` });
}

/** The limits a form says for a parameter: the ranges its master has, each end as a decimal in the parameter's unit, empty where it is open. */
export function limitsFromForm(typed: Typed, { limits: master }: Pick<MasterParameter, "limits">): Result<Limits, UnreadField> {
  const ranges: [string, Range][] = [];
  for (const name of rangeNames.filter((one) => master[one] !== undefined)) {
    const low = endOf(typed, `${name}.low`, `${rangeName[name]}, low`);
    if (!low.ok) return low;
    const high = endOf(typed, `${name}.high`, `${rangeName[name]}, high`);
    if (!high.ok) return high;
    ranges.push([name, { ...(low.value === undefined ? {} : { low: low.value }), ...(high.value === undefined ? {} : { high: high.value }) }]);
  }
  const target = endOf(typed, "target", "Target");
  if (!target.ok) return target;
  return accept({ ...(target.value === undefined ? {} : { target: target.value }), ...Object.fromEntries(ranges) });
}

/** The content with a parameter's own limits; without them where `limits` is undefined. */
export const withLimits = (content: OverlayContent, parameter: string, limits: Limits | undefined): OverlayContent => ({
  ...content, limits: [...content.limits.filter((one) => one.parameter !== parameter), ...(limits ? [{ parameter, limits }] : [])].toSorted((a, b) => a.parameter.localeCompare(b.parameter, "en")),
});

/** The content with the only unit the site uses for an equipment; any unit of its class where `unitId` is empty. */
export const withUnit = (content: OverlayContent, equipment: string, unitId: string): OverlayContent => ({
  ...content, units: [...content.units.filter((one) => one.equipment !== equipment), ...(unitId === "" ? [] : [{ equipment, unitId }])].toSorted((a, b) => a.equipment.localeCompare(b.equipment, "en")),
});
