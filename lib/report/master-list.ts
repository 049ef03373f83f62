import type { BatchRecord, MaterialUseRow } from "#lib/batch/record.ts";
import { body, contentWidth, fine, medium, plain, quiet, small, strong, type Block, type Column, type Paragraph, type Row } from "#lib/document/model.ts";
import { rangeText } from "#lib/quantity/limit.ts";
import { placedSteps, type MasterRecord } from "#lib/recipe/master-record.ts";
import { blankPlace } from "./blank.ts";
import { numerals, quantityText } from "./numeral.ts";
import { chargeRange, equipmentText, yieldLimits } from "./planned.ts";
import { printedTime } from "./printed-time.ts";

/** The lists of a master, and what was done of each when the batch was executed; `record` undefined: to be filled in. */
export type ListSource = { readonly master: MasterRecord; readonly record: BatchRecord | undefined; readonly timeZone: string };

const column = (title: string, width: number, align: Column["align"] = "left"): Column => ({ title, width, align });
const row = (cells: readonly (readonly Paragraph[])[], marked = false): Row => ({ kind: "cells", cells, notes: [], marked, withNext: false });
const section = (text: string, note: string): Block => ({ kind: "heading", level: "section", text, note });
const table = (columns: readonly Column[], rows: readonly Row[], continued: string): Block => ({ kind: "table", columns, rows, continued, resumed: false });

/** No line ends within it. */
const held = (text: string): string => text.replaceAll(" ", "\u00a0");

/** Numbers of the steps that name something of the master. */
const stepsWith = (master: MasterRecord, key: "material" | "equipment" | "sample", id: string): string => placedSteps(master).filter(({ step }) => step[key] === id).map(({ number }) => number).join(", ") || "none";

/** Decimals added up; at most six digits after the point, as amounts of lots have. */
const sum = (values: readonly string[]): string => String(Math.round(values.reduce((total, value) => total + Number(value), 0) * 1e6) / 1e6);

/** What was charged, by unit as it was entered. */
function chargedText(uses: readonly MaterialUseRow[]): string {
  return [...Map.groupBy(uses, (use) => use.unit)].map(([unit, own]) => quantityText(sum(own.map((use) => use.quantity)), unit)).join(" + ");
}

/** Per cent of the plan: of each step the share all its charges make together. */
function shareOf(uses: readonly MaterialUseRow[]): number {
  const last = new Map(uses.map((use) => [use.stepId, use.percentOfPlan]));
  return [...last.values()].reduce((total, percent) => total + percent, 0);
}

function charged(uses: readonly MaterialUseRow[], tolerance: { readonly low: number; readonly high: number }): { readonly cells: readonly (readonly Paragraph[])[]; readonly outside: boolean } {
  if (uses.length === 0) return { cells: [[body(quiet("not charged"))], [], []], outside: false };
  const share = shareOf(uses);
  const outside = share < tolerance.low || share > tolerance.high || uses.some((use) => use.evaluation === "exception");
  return { cells: [[body((outside ? strong : plain)(chargedText(uses)))], [body((outside ? strong : plain)(`${numerals(share.toFixed(1))} %`))], [small(plain([...new Set(uses.map((use) => use.lotId))].join(", ")))]], outside };
}

/** Components with planned quantity and tolerance, beside what was charged of which lots (21 CFR 211.186(b)(2) to (4), 211.188(b)(4)). */
export function billOfMaterials({ master, record }: ListSource): readonly Block[] {
  if (master.materials.length === 0) return [section("Bill of materials", "the master names none")];
  const columns = [column("Material", 126), column("Step", 44), column("Planned", 58, "right"), column("Tolerance", 80), column("Charged", 76, "right"), column("Of plan", 50, "right"), column("Lots", contentWidth - 434)];
  const rows = master.materials.map((material) => {
    const done = record ? charged(record.materials.filter((use) => use.material === material.id), material.tolerance) : { cells: [blankPlace(material.unit), blankPlace("%", 4), blankPlace("", 16)], outside: false };
    return row([
      [body(medium(material.name)), small(`${material.code}, ${material.kind}`)], [small(stepsWith(master, "material", material.id))], [body(quantityText(String(material.quantity), material.unit))],
      [body(`${material.tolerance.low} to ${material.tolerance.high} %`), fine(chargeRange(material))], ...done.cells,
    ], done.outside);
  });
  return [section("Bill of materials", record ? "planned and charged" : "planned; what is charged is written beside it"), table(columns, rows, "Bill of materials")];
}

function boundCells({ record, timeZone }: ListSource, id: string): readonly (readonly Paragraph[])[] {
  if (!record) return [blankPlace("", 16), blankPlace("", 28)];
  const uses = record.equipment.filter((use) => use.equipment === id);
  if (uses.length === 0) return [[body(quiet("not bound"))], []];
  return [
    uses.flatMap((use) => [body(medium(use.unitId)), small(`step ${use.stepId}`)]),
    uses.map((use) => fine(`${printedTime(use.boundAt, timeZone)} to ${use.releasedAt ? printedTime(use.releasedAt, timeZone) : "now: still bound"}; ${use.calibrationDueAt ? `calibration due ${printedTime(use.calibrationDueAt, timeZone)}` : "no calibration recorded"}`)),
  ];
}

/** Equipment by class, beside the units that were bound (21 CFR 211.188(b)(2)). */
export function equipmentList(source: ListSource): readonly Block[] {
  const { master, record } = source;
  if (master.equipment.length === 0) return [section("Equipment", "the master names none")];
  const columns = [column("Equipment", 96), column("Required", 124), column("Step", 44), column("Unit bound", 84), column(record ? "Bound, released, calibration" : "Bound and released, date and time", contentWidth - 348)];
  const rows = master.equipment.map((one) => row([[body(medium(one.name))], [small(equipmentText(one))], [small(stepsWith(master, "equipment", one.id))], ...boundCells(source, one.id)]));
  return [section("Equipment", record ? "required classes and the units bound" : "required classes; the unit bound is written beside it"), table(columns, rows, "Equipment")];
}

/** Samples with what they are tested for, its method and its limits (21 CFR 211.186(b)(9), 211.188(b)(9)). */
export function samplingPlan({ master, record }: ListSource): readonly Block[] {
  if (master.samples.length === 0) return [];
  const columns = [column("Sample", 124), column("Step", 44), column("Drawn at, kept", 126), column("Tests, method and limits", contentWidth - 294)];
  const rows = master.samples.map((sample) => {
    const tests = sample.parameters.flatMap((id) => master.parameters.find((p) => p.id === id) ?? []);
    const drawn = record?.samples.filter((one) => one.sample === sample.id).map((one) => small(plain(one.id))) ?? [];
    return row([
      [body(medium(sample.name)), ...drawn], [small(stepsWith(master, "sample", sample.id))], [small(`${quantityText(String(sample.quantity), sample.unit)}, ${sample.point}`), small(sample.storage)],
      tests.map((p) => small(plain(p.name), `${p.method ? `, ${p.method}` : ""}: ${p.limits.normal ? held(quantityText(rangeText(p.limits.normal, p.precision), p.unit)) : "no limits"}`)),
    ]);
  });
  return [section("Sampling plan", ""), table(columns, rows, "Sampling plan")];
}

/** Theoretical yield with its limits, beside the actual one and its percentage (21 CFR 211.186(b)(7), 211.188(b)(7)). */
export function yieldList({ master, record }: ListSource): readonly Block[] {
  const planned = master.theoreticalYield;
  if (!planned) return [];
  const entry = record?.entries.filter((one) => one.parameter === planned.parameter).at(-1);
  const percent = entry && Number.isFinite(Number(entry.value)) ? Number(entry.value) : undefined;
  const actual = percent === undefined ? undefined : quantityText(String(Math.round(planned.quantity * percent * 1e4) / 1e6), planned.unit);
  const columns = [column("Yield of", 170), column("Theoretical", 86, "right"), column("Limits", 140), column("Actual", 66, "right"), column("Of theoretical", contentWidth - 462, "right")];
  const outside = entry?.evaluation === "exception";
  const tone = outside ? strong : plain;
  const done = record ? [[body(actual ? tone(actual) : quiet("not recorded"))], [body(percent === undefined ? quiet("–") : tone(quantityText(entry?.value ?? "", "%")))]] : [blankPlace(planned.unit), blankPlace("%")];
  return [section("Yield", "theoretical and actual"), table(columns, [row([[body(medium(planned.name))], [body(quantityText(String(planned.quantity), planned.unit))], [body(yieldLimits(master) ?? "no limits")], ...done], outside)], "Yield")];
}
