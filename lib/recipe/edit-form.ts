import type { z } from "zod";
import { accept, refuse, type Result } from "#lib/result.ts";
import { addPart, changeHead, changePart, headShape, type EditRefusal, type Parts, type PartKind, type PartPlace } from "./edit.ts";
import type { Selection } from "./edit-place.ts";
import { faultsOf, type Fault } from "./file.ts";
import { masterRecord, type MasterRecord } from "./master-record.ts";

const { materials, equipment, parameters, samples, procedure } = masterRecord.shape;
const unitProcedure = procedure.element;
const operation = unitProcedure.shape.operations.element;
const phase = operation.shape.phases.element;

/** The shape of each part: the one it has in the document. */
const shapes: { readonly [K in PartKind]: z.ZodType<Parts[K]> } = {
  material: materials.element, equipment: equipment.element, parameter: parameters.element, sample: samples.element, "unit-procedure": unitProcedure, operation, phase, step: phase.shape.steps.element,
};

/** What belongs to a container comes from the record, never from its form: the form holds the name only. */
const children: { readonly [K in PartKind]: (part: Parts[K] | undefined) => Partial<Parts[K]> } = {
  material: () => ({}), equipment: () => ({}), parameter: () => ({}), sample: () => ({}), step: () => ({}),
  "unit-procedure": (part) => ({ operations: part?.operations ?? [] }), operation: (part) => ({ phases: part?.phases ?? [] }), phase: (part) => ({ steps: part?.steps ?? [] }),
};

export type SaveRefusal = { readonly reason: "shape"; readonly faults: readonly Fault[] } | EditRefusal;
/** What a form sends: the part as typed, and where it goes when it is new. */
export type TypedPart = { readonly selection: Selection; readonly typed: Readonly<Record<string, unknown>>; readonly place: PartPlace };

function savePart<K extends PartKind>(master: MasterRecord, kind: K, id: string | undefined, { typed, place }: TypedPart): Result<MasterRecord, SaveRefusal> {
  const whole = (old: Parts[K] | undefined) => ({ ...typed, ...children[kind](old), ...(id === undefined ? {} : { id }) });
  const parsed = shapes[kind].safeParse(whole(undefined));
  if (!parsed.success) return refuse({ reason: "shape", faults: faultsOf(parsed.error, typed) });
  return id === undefined ? addPart(master, kind, parsed.data, place) : changePart(master, kind, id, (old) => ({ ...parsed.data, ...children[kind](old) }));
}

/** The master with what a form says put into it. Refused with a sentence at each field that has not its shape. */
export function saveTyped(master: MasterRecord, asked: TypedPart): Result<MasterRecord, SaveRefusal> {
  const { selection, typed } = asked;
  if (selection.kind !== "head") return savePart(master, selection.kind, selection.id, asked);
  const parsed = headShape.safeParse(typed);
  return parsed.success ? accept(changeHead(master, parsed.data)) : refuse({ reason: "shape", faults: faultsOf(parsed.error, typed) });
}
