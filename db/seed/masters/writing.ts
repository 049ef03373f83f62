import type { Limits, Range } from "#lib/quantity/limit.ts";
import type { MasterParameter, MasterRecord, MasterStep, StepKind } from "#lib/recipe/master-record.ts";

/** Short forms in which the masters of the demo are written down. */
export const range = (low?: number, high?: number): Range => ({ ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) });
export const instant = { kind: "instant" } as const;
export const atEnd = { kind: "at_end" } as const;
export const lasting = (minutes: number) => ({ kind: "longer_than", minutes }) as const;
export const meanOver = (minutes: number) => ({ kind: "mean_over", minutes }) as const;

type Kind = Pick<MasterParameter, "class" | "source"> & { readonly evaluation?: MasterParameter["evaluation"]; readonly limits?: Limits; readonly tag?: string; readonly method?: string; readonly formula?: MasterParameter["formula"] };
export const parameter = (id: string, name: string, unit: string, precision: number, { limits = {}, evaluation = instant, class: of, source, ...rest }: Kind): MasterParameter => ({ id, name, unit, precision, class: of, source, limits, evaluation, ...rest });

type Class = MasterParameter["class"];
type Formula = NonNullable<MasterParameter["formula"]>;
/** What a person reads and types. */
export const manual = (id: string, name: string, unit: string, precision: number, of: Class, limits: Limits = {}): MasterParameter => parameter(id, name, unit, precision, { class: of, source: "manual", limits });
/** What a tag of the bound unit says over time. */
export const online = (id: string, name: string, unit: string, precision: number, of: Class, tag: string, evaluation: MasterParameter["evaluation"], limits: Limits): MasterParameter => parameter(id, name, unit, precision, { class: of, source: "automatic", tag, evaluation, limits });
/** What a person reads once from the display or report of the equipment, when its step is over: no tag carries it to the portal. */
export const reported = (id: string, name: string, unit: string, precision: number, of: Class, limits: Limits): MasterParameter => parameter(id, name, unit, precision, { class: of, source: "manual", evaluation: atEnd, limits });
export const tested = (id: string, name: string, unit: string, precision: number, of: Class, method: string, limits: Limits): MasterParameter => parameter(id, name, unit, precision, { class: of, source: "laboratory", method, limits });
export const calculated = (id: string, name: string, unit: string, precision: number, of: Class, formula: Formula, limits: Limits): MasterParameter => parameter(id, name, unit, precision, { class: of, source: "calculated", evaluation: atEnd, formula, limits });
/** One of these words; those of `wanted` are no exception, those of `unwanted` are. */
export const choice = (id: string, name: string, of: Class, wanted: readonly string[], unwanted: readonly string[]): MasterParameter => ({
  ...manual(id, name, "1", 0, of), form: "choice", options: [...wanted.map((value) => ({ value, fits: true })), ...unwanted.map((value) => ({ value, fits: false }))],
});
export const integrity = (id: string, name: string): MasterParameter => choice(id, name, "CPP", ["Passed"], ["Failed"]);
export const text = (id: string, name: string): MasterParameter => ({ ...manual(id, name, "1", 0, "info"), form: "text" });

type Rest = Partial<Omit<MasterStep, "id" | "kind" | "title" | "instruction">>;
const step = (kind: StepKind) => (id: string, title: string, instruction: string, rest: Rest = {}): MasterStep => ({ id, kind, title, instruction, parameters: [], verified: false, mayNotApply: false, attachment: "none", ...rest });
export const instruct = step("instruction");
export const enter = step("entry");
export const calculate = step("calculation");
export const charge = step("material");
export const bind = step("equipment");
export const clear = step("clearance");
export const sample = step("sample");
export const wait = step("timer");
export const capture = step("capture");
export const decide = step("decision");
export const sign = step("signoff");

type Phase = MasterRecord["procedure"][number]["operations"][number]["phases"][number];
type Operation = MasterRecord["procedure"][number]["operations"][number];
export const phase = (id: string, name: string, ...steps: MasterStep[]): Phase => ({ id, name, steps });
export const operation = (id: string, name: string, ...phases: Phase[]): Operation => ({ id, name, phases });
export const unitProcedure = (id: string, name: string, ...operations: Operation[]): MasterRecord["procedure"][number] => ({ id, name, operations });

/** What some unit procedures need: a master is put together from such parts. */
export type Part = Pick<MasterRecord, "materials" | "equipment" | "parameters" | "samples" | "procedure">;
