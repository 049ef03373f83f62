import { rangeText } from "#lib/quantity/limit.ts";
import { placedSteps, type MasterParameter, type MasterRecord, type MasterStep } from "#lib/recipe/master-record.ts";
import { numerals, quantityText } from "./numeral.ts";

/** What the master says of a step beyond title and instruction: a term and words. `loud`: a precaution. */
export type PlannedLine = { readonly term: string; readonly text: string; readonly loud: boolean };
/** A field a person fills in, beyond the parameters: its unit and what may stand there. */
export type PlannedField = { readonly name: string; readonly unit: string; readonly limits: string };

const sourceWord: Record<MasterParameter["source"], string> = { manual: "entered by hand", automatic: "captured", laboratory: "result of the laboratory", calculated: "calculated" };

/** How a value is judged, in words. */
export function evaluationText(evaluation: MasterParameter["evaluation"]): string {
  switch (evaluation.kind) {
    case "instant": return "judged at once";
    case "longer_than": return `outside when longer than ${numerals(String(evaluation.minutes))} min`;
    case "mean_over": return `judged by its mean over ${numerals(String(evaluation.minutes))} min`;
    case "at_end": return "judged at the end of the step";
  }
}

/** What a value is asked for as: class, source, how it is judged, and where it comes from. */
export function parameterText(p: MasterParameter): string {
  const from = p.tag ? ` from tag ${p.tag} of the bound unit` : "";
  const options = p.options ? `, one of: ${p.options.map((option) => `${option.value}${option.fits ? "" : " (exception)"}`).join(", ")}` : "";
  return `${p.class}, ${sourceWord[p.source]}${from}, ${evaluationText(p.evaluation)}${p.method ? `, ${p.method}` : ""}${options}`;
}

/** Least and greatest charge in the material's own unit, e.g. "333.2 to 346.8 L". */
export function chargeRange({ quantity, unit, tolerance }: MasterRecord["materials"][number]): string {
  const of = (percent: number): string => String(Math.round(quantity * percent * 1e4) / 1e6);
  return tolerance.low === tolerance.high ? quantityText(of(tolerance.low), unit) : `${numerals(of(tolerance.low))} to ${quantityText(of(tolerance.high), unit)}`;
}

const minutesText = (minutes: number): string => (minutes >= 120 && minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`);
const line = (term: string, text: string, loud = false): PlannedLine => ({ term, text, loud });

/** What calculations of the master are made of: the formula and the name of every input with its unit. */
function formulaLines(step: MasterStep, { parameters }: MasterRecord): readonly PlannedLine[] {
  return step.parameters.flatMap((id) => parameters.find((p) => p.id === id) ?? []).flatMap((p) => {
    if (!p.formula) return [];
    const inputs = Object.entries(p.formula.inputs).map(([name, of]) => { const input = parameters.find((one) => one.id === of); return `${name}: ${input?.name ?? of}${input && input.unit !== "1" ? ` in ${input.unit}` : ""}`; });
    return [line("Formula", `${p.name} = ${p.formula.text}, in ${p.unit} with ${p.precision} digits after the point; ${inputs.join("; ")}`)];
  });
}

type Placed = ReturnType<typeof placedSteps>;
const numberOf = (placed: Placed, id: string): string => placed.find((one) => one.step.id === id)?.number ?? id;

function materialLine(master: MasterRecord, id: string): readonly PlannedLine[] {
  const material = master.materials.find((one) => one.id === id);
  if (!material) return [];
  const { code, name, kind, quantity, unit, tolerance } = material;
  return [line("Charge", `${code} ${name} (${kind}): ${quantityText(String(quantity), unit)}, ${tolerance.low} to ${tolerance.high} %, that is ${chargeRange(material)}`)];
}

/** What a unit must be to be bound, e.g. "fermenter 500 L, clean for at most 72 h, calibrated". */
export const equipmentText = ({ equipmentClass, clean, calibrated, cleanHoldH }: MasterRecord["equipment"][number]): string =>
  [`class ${equipmentClass}`, clean && (cleanHoldH === undefined ? "clean" : `clean for at most ${cleanHoldH} h`), calibrated && "calibrated"].filter(Boolean).join(", ");

function equipmentLine(master: MasterRecord, id: string): readonly PlannedLine[] {
  const equipment = master.equipment.find((one) => one.id === id);
  return equipment ? [line("Bind", `${equipment.name}: ${equipmentText(equipment)}`)] : [];
}

function sampleLine(master: MasterRecord, id: string): readonly PlannedLine[] {
  const sample = master.samples.find((one) => one.id === id);
  if (!sample) return [];
  const tests = sample.parameters.map((one) => master.parameters.find((p) => p.id === one)?.name ?? one).join(", ");
  return [line("Sample", `${sample.name}: ${quantityText(String(sample.quantity), sample.unit)} at ${sample.point}; keep ${sample.storage}; tests: ${tests}`)];
}

function timerLine({ timer }: MasterStep, placed: Placed): readonly PlannedLine[] {
  if (!timer) return [];
  const bounds = [timer.atLeastMin !== undefined && `at least ${minutesText(timer.atLeastMin)}`, timer.atMostMin !== undefined && `at most ${minutesText(timer.atMostMin)}`].filter(Boolean).join(" and ");
  return [line("Time", `begins ${bounds} after the end of step ${numberOf(placed, timer.since)}`)];
}

const attachmentText: Record<MasterStep["attachment"], string | undefined> = { none: undefined, allowed: "may be attached", required: "must be attached" };

/** Everything the master says of a step beyond title and instruction, precautions first. */
export function plannedLines(step: MasterStep, master: MasterRecord, placed: Placed = placedSteps(master)): readonly PlannedLine[] {
  const file = attachmentText[step.attachment];
  return [
    ...(step.precaution ? [line("Precaution", step.precaution, true)] : []),
    ...(step.after ? [line("Begins after", step.after.length === 0 ? "nothing: at any time" : `step ${step.after.map((id) => numberOf(placed, id)).join(", ")}`)] : []),
    ...timerLine(step, placed), ...(step.equipment ? equipmentLine(master, step.equipment) : []), ...(step.material ? materialLine(master, step.material) : []), ...(step.sample ? sampleLine(master, step.sample) : []), ...formulaLines(step, master),
    ...(step.choices ?? []).map((choice) => line("Choice", `${choice.label}${choice.leavesOut.length > 0 ? `, leaves out step ${choice.leavesOut.map((id) => numberOf(placed, id)).join(", ")}` : ""}`)),
    ...(step.mayNotApply ? [line("May not apply", "with a reason")] : []), ...(file ? [line("File", file)] : []), ...(step.dueH === undefined ? [] : [line("Planned", `${numerals(String(step.dueH))} h from the start of the batch`)]),
  ];
}

/** Parameters asked for in a step: its own, and those its sample is tested for. */
export function askedParameters(step: MasterStep, master: MasterRecord): readonly string[] {
  const tested = step.sample ? (master.samples.find((one) => one.id === step.sample)?.parameters ?? []) : [];
  return [...new Set([...step.parameters, ...tested])];
}

/** What else is written down in a step: the lot charged, the unit bound, the label of the sample, the choice, the file. */
export function plannedFields(step: MasterStep, master: MasterRecord): readonly PlannedField[] {
  const material = master.materials.find((one) => one.id === step.material);
  const field = (name: string, unit = "", limits = ""): PlannedField => ({ name, unit, limits });
  return [
    ...(step.equipment ? [field("Number of the unit")] : []),
    ...(material ? [field("Lot and container"), field("Expiry of the lot"), field("Quantity charged", material.unit, chargeRange(material))] : []),
    ...(step.sample ? [field("Number of the sample"), field("Drawn, date and time")] : []),
    ...(step.choices ? [field("Choice", "", step.choices.map((choice) => choice.label).join(" or "))] : []), ...(step.attachment === "required" ? [field("Name of the file")] : []),
  ];
}

/** How a theoretical yield is limited, e.g. "55.0 to 80.0 %, action 45.0 to 90.0 %". */
export function yieldLimits(master: MasterRecord): string | undefined {
  const parameter = master.theoreticalYield && master.parameters.find((p) => p.id === master.theoreticalYield?.parameter);
  if (!parameter) return undefined;
  const { normal, action } = parameter.limits;
  return [normal && `${numerals(rangeText(normal, parameter.precision))} %`, action && `action ${numerals(rangeText(action, parameter.precision))} %`].filter(Boolean).join(", ") || "no limits";
}
