import { accept, refuse, type Result } from "#lib/result.ts";
import { masterRecord, type MasterRecord } from "./master-record.ts";

type UnitProcedure = MasterRecord["procedure"][number];
type Operation = UnitProcedure["operations"][number];
type Phase = Operation["phases"][number];

/** What a master consists of, by the word it is addressed with. */
export type Parts = {
  material: MasterRecord["materials"][number]; equipment: MasterRecord["equipment"][number]; parameter: MasterRecord["parameters"][number]; sample: MasterRecord["samples"][number];
  "unit-procedure": UnitProcedure; operation: Operation; phase: Phase; step: Phase["steps"][number];
};
export type PartKind = keyof Parts;
export const partKinds = ["material", "equipment", "parameter", "sample", "unit-procedure", "operation", "phase", "step"] as const satisfies readonly PartKind[];
export const partKindName: Record<PartKind, string> = { material: "Material", equipment: "Equipment", parameter: "Parameter", sample: "Sample", "unit-procedure": "Unit procedure", operation: "Operation", phase: "Phase", step: "Step" };

/** Where a new part goes: behind a part of its kind, or at the end of what it belongs to (the whole master for lists that stand alone). */
export type PartPlace = { readonly after: string } | { readonly within: string };
export type EditRefusal = { readonly reason: "no-such-part" | "no-such-place" | "id-taken" | "at-the-end" };

export const editRefusalSentence: Record<EditRefusal["reason"], string> = {
  "no-such-part": "This part is no longer in the master. Open the page again to see what is.",
  "no-such-place": "The place for the new part is no longer in the master. Open the page again and choose another.",
  "id-taken": "This id is used already. Give the part one of its own.",
  "at-the-end": "It stands at the end already.",
};

/** The fields of the whole master that are edited together. */
export type Head = Omit<MasterRecord, "format" | "id" | "version" | "materials" | "equipment" | "parameters" | "samples" | "procedure">;
export const headShape = masterRecord.pick({ productId: true, title: true, purpose: true, batchSize: true, durationH: true, theoreticalYield: true, precautions: true });

type Change<K extends PartKind> = (list: readonly Parts[K][], within: string) => Parts[K][];
/** Every list of a kind in the order of the record, passed through `change` with the id of what it belongs to ("" for the master). */
const inLists: { readonly [K in PartKind]: (master: MasterRecord, change: Change<K>) => MasterRecord } = {
  material: (m, change) => ({ ...m, materials: change(m.materials, "") }),
  equipment: (m, change) => ({ ...m, equipment: change(m.equipment, "") }),
  parameter: (m, change) => ({ ...m, parameters: change(m.parameters, "") }),
  sample: (m, change) => ({ ...m, samples: change(m.samples, "") }),
  "unit-procedure": (m, change) => ({ ...m, procedure: change(m.procedure, "") }),
  operation: (m, change) => ({ ...m, procedure: m.procedure.map((up) => ({ ...up, operations: change(up.operations, up.id) })) }),
  phase: (m, change) => inLists.operation(m, (operations) => operations.map((op) => ({ ...op, phases: change(op.phases, op.id) }))),
  step: (m, change) => inLists.phase(m, (phases) => phases.map((ph) => ({ ...ph, steps: change(ph.steps, ph.id) }))),
};

type Lists<K extends PartKind> = readonly { readonly within: string; readonly list: readonly Parts[K][] }[];

/** The lists of a kind, in the order of the record. */
export function listsOf<K extends PartKind>(master: MasterRecord, kind: K): Lists<K> {
  const found: { readonly within: string; readonly list: readonly Parts[K][] }[] = [];
  inLists[kind](master, (list, within) => {
    found.push({ within, list });
    return [...list];
  });
  return found;
}

function putLists<K extends PartKind>(master: MasterRecord, kind: K, lists: Lists<K>): MasterRecord {
  let at = 0;
  return inLists[kind](master, () => [...(lists[at++]?.list ?? [])]);
}

/** The part with that id; the first, should an imported file hold it twice. */
export const partOf = <K extends PartKind>(master: MasterRecord, kind: K, id: string): Parts[K] | undefined => listsOf(master, kind).flatMap(({ list }) => list).find((part) => part.id === id);

/** Changes the head; everything else stays. */
export function changeHead(master: MasterRecord, head: Head): MasterRecord {
  const { format, id, version, materials, equipment, parameters, samples, procedure } = master;
  return { format, id, version, ...head, materials, equipment, parameters, samples, procedure };
}

/** Puts `changed` in the place of the part with its id; what stands beside it and its own id stay. */
export function changePart<K extends PartKind>(master: MasterRecord, kind: K, id: string, changed: (old: Parts[K]) => Parts[K]): Result<MasterRecord, EditRefusal> {
  const old = partOf(master, kind, id);
  if (!old) return refuse({ reason: "no-such-part" });
  const next = { ...changed(old), id };
  return accept(inLists[kind](master, (list) => list.map((part) => (part === old ? next : part))));
}

/** Adds a part with an id of its own at the place. */
export function addPart<K extends PartKind>(master: MasterRecord, kind: K, part: Parts[K], place: PartPlace): Result<MasterRecord, EditRefusal> {
  if (partOf(master, kind, part.id)) return refuse({ reason: "id-taken" });
  const lists = listsOf(master, kind);
  const at = lists.findIndex(({ list, within }) => ("after" in place ? list.some((one) => one.id === place.after) : within === place.within));
  const found = lists[at];
  if (!found) return refuse({ reason: "no-such-place" });
  const behind = "after" in place ? found.list.findIndex((one) => one.id === place.after) + 1 : found.list.length;
  return accept(putLists(master, kind, lists.map((one, i) => (i === at ? { ...one, list: [...one.list.slice(0, behind), part, ...one.list.slice(behind)] } : one))));
}

/** Takes a part out, with what belongs to it. What names it elsewhere stays and is said to be a gap. */
export function removePart<K extends PartKind>(master: MasterRecord, kind: K, id: string): Result<MasterRecord, EditRefusal> {
  const old = partOf(master, kind, id);
  if (!old) return refuse({ reason: "no-such-part" });
  return accept(inLists[kind](master, (list) => list.filter((part) => part !== old)));
}

/** Moves a part one place up or down; past the end of its list it goes into the next one of its kind, so that a step leaves its phase. */
export function movePart<K extends PartKind>(master: MasterRecord, kind: K, id: string, by: "up" | "down"): Result<MasterRecord, EditRefusal> {
  const lists = listsOf(master, kind);
  const from = lists.findIndex(({ list }) => list.some((part) => part.id === id));
  const own = lists[from]?.list;
  const part = own?.find((one) => one.id === id);
  if (!own || !part) return refuse({ reason: "no-such-part" });
  const [at, step] = [own.indexOf(part), by === "up" ? -1 : 1];
  const rest = own.filter((one) => one !== part);
  if (at + step >= 0 && at + step < own.length) return accept(putLists(master, kind, lists.map((one, i) => (i === from ? { ...one, list: [...rest.slice(0, at + step), part, ...rest.slice(at + step)] } : one))));
  if (!lists[from + step]) return refuse({ reason: "at-the-end" });
  const joined = (list: readonly Parts[K][]) => (by === "up" ? [...list, part] : [part, ...list]);
  return accept(putLists(master, kind, lists.map((one, i) => (i === from ? { ...one, list: rest } : i === from + step ? { ...one, list: joined(one.list) } : one))));
}
