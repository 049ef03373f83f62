import { fine, type Block, type Panel } from "#lib/document/model.ts";
import type { Limits } from "#lib/quantity/limit.ts";
import type { MasterRecord } from "#lib/recipe/master-record.ts";
import type { TrendPoint } from "#lib/telemetry/queries.ts";
import { numerals } from "./numeral.ts";
import { printedTime } from "./printed-time.ts";
import { panelOf, timeTicks } from "./trend.ts";

/** What a tag said while its unit was the batch's: means of the good values over equal stretches, with how many there were. */
export type TagTrend = { readonly tag: string; readonly name: string; readonly unit: string; readonly precision: number; /** Length of a stretch, milliseconds. */ readonly binMs: number; readonly points: readonly TrendPoint[] };
/** A unit over one time it was bound. */
export type UnitTrend = { readonly unitId: string; readonly from: Date; readonly to: Date; readonly tags: readonly TagTrend[] };

const abreast = 3;

/** Limits of a tag, where one parameter alone is captured from it: several have limits by phase, which stand in their steps. */
function limitsOfTag(master: MasterRecord, tag: string): Limits | undefined {
  const captured = master.parameters.filter((p) => p.tag === tag);
  return captured.length === 1 ? captured[0]?.limits : undefined;
}

/** Points in runs without a gap: neighbouring stretches of time, or rare values as they come. */
function runsOf({ points, binMs }: TagTrend): readonly (readonly TrendPoint[])[] {
  const pauses = points.slice(1).map((point, i) => point.at - (points[i]?.at ?? point.at)).sort((a, b) => a - b);
  const longest = Math.max(binMs, 3 * (pauses[Math.floor(pauses.length / 2)] ?? 0));
  const runs: TrendPoint[][] = [];
  for (const [i, point] of points.entries()) {
    const before = points[i - 1];
    const last = runs.at(-1);
    if (last && before && point.at - before.at <= longest) last.push(point);
    else runs.push([point]);
  }
  return runs;
}

function panel(unit: UnitTrend, tag: TagTrend, master: MasterRecord, timeZone: string): Panel {
  const n = tag.points.reduce((sum, point) => sum + point.n, 0);
  return panelOf({ title: tag.name, unit: tag.unit, precision: tag.precision, stretches: runsOf(tag), limits: limitsOfTag(master, tag.tag), aside: `${numerals(String(n))} values`, from: unit.from, to: unit.to, ticks: timeTicks(unit.from, unit.to, timeZone, 3), dots: tag.points.length <= 24 });
}

/** Every unit the batch was bound to with what was measured on it meanwhile. The readings themselves are sealed in the evidence, by unit, tag and day. */
export function unitFigures(units: readonly UnitTrend[], master: MasterRecord | undefined, timeZone: string): readonly Block[] {
  if (!master || units.length === 0) return [];
  const blocks = units.flatMap((unit): readonly Block[] => {
    const bound = `${printedTime(unit.from, timeZone)} to ${printedTime(unit.to, timeZone)}`;
    const heading: Block = { kind: "heading", level: "section", text: unit.unitId, note: bound };
    if (unit.tags.length === 0) return [heading, { kind: "text", paragraphs: [fine("Nothing was measured on this unit while it was bound.")] }];
    const rows = Array.from({ length: Math.ceil(unit.tags.length / abreast) }, (_, i) => unit.tags.slice(i * abreast, (i + 1) * abreast));
    return [heading, ...rows.map((tags): Block => ({
      kind: "figure", panels: tags.map((tag) => panel(unit, tag, master, timeZone)), withNext: false,
      caption: fine(`${unit.unitId}, ${tags.map((tag) => tag.name).join(", ")}: means of the good values over ${numerals(String(Math.max(...tags.map((tag) => tag.binMs)) / 1000))} s each, while the unit was the batch's.`),
    }))];
  });
  return [{ kind: "heading", level: "chapter", text: "Measured on the equipment", note: "every unit while it was bound; the readings are sealed in evidence.json" }, ...blocks];
}
