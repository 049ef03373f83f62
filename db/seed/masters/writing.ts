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
