import { unitOf } from "#lib/quantity/unit.ts";
import type { MasterParameter, MasterRecord, PlacedStep } from "./master-record.ts";

/** Something a master lacks before it may be approved (21 CFR 211.186(b), 211.103): where, and what to do. `part`: the part that closes it, as the authoring page addresses it (`parameter:ph`, `material` for a new one); nothing where no part stands for it. */
export type Gap = { readonly place: string; readonly sentence: string; readonly part?: string };
/** Where gaps are: words and address of a part. */
export type GapPlace = Pick<Gap, "place" | "part">;

/** A master as its gaps are looked for: its steps placed, its parameters by id, and what must have ended before a step. */
export type Whole = {
  readonly master: MasterRecord; readonly steps: readonly PlacedStep[]; readonly parameters: ReadonlyMap<string, MasterParameter>;
  readonly before: (step: string, without?: ReadonlySet<string>) => ReadonlySet<string>;
};

export const gap = ({ place, part }: GapPlace, sentence: string): Gap => ({ place, sentence, ...(part === undefined ? {} : { part }) });
/** The gap where `missing` holds; none else. */
export const when = (missing: boolean, at: GapPlace, sentence: string): readonly Gap[] => (missing ? [gap(at, sentence)] : []);

/** Ids that stand in a list more than once. */
export const repeated = (ids: readonly string[]): readonly string[] => [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))];
export const unitGap = (at: GapPlace, unit: string): readonly Gap[] => when(!unitOf(unit), at, `“${unit}” is not a unit of this portal.`);

export const parameterPlace = ({ id, name }: Pick<MasterParameter, "id" | "name">): GapPlace => ({ place: `Parameter ${name}`, part: `parameter:${id}` });
export const stepPlace = ({ number, step }: PlacedStep): GapPlace => ({ place: `Step ${number} ${step.title}`, part: `step:${step.id}` });
/** “1.1.2.1 Charge salt”, as a sentence names another step. */
export const stepWords = ({ number, step }: PlacedStep): string => `${number} ${step.title}`;
