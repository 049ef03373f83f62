import { linesOfContainers, linesOfEquipment, linesOfHead, linesOfMaterial, linesOfParameter, linesOfSample, linesOfStep, type Line, type NamedLines } from "./lines.ts";
import type { MasterRecord } from "./master-record.ts";

/** One thing that differs between two versions: what and where in words, before and after as they are read. */
export type MasterChange = { readonly kind: "added" | "removed" | "changed" | "moved"; readonly part: MasterPart; readonly what: string; readonly field: string; readonly before: string; readonly after: string };
export const masterParts = ["master", "material", "equipment", "parameter", "sample", "procedure", "step"] as const;
export type MasterPart = (typeof masterParts)[number];
export const masterPartName: Record<MasterPart, string> = { master: "Master", material: "Materials", equipment: "Equipment", parameter: "Parameters", sample: "Samples", procedure: "Procedure", step: "Steps" };

/** Those of a sequence that were moved: the fewest that have to be taken out for the others to stand in their old order. Both hold the same members. */
export function movedOf(before: readonly string[], after: readonly string[]): readonly string[] {
  const place = new Map(before.map((id, i) => [id, i]));
  // Longest rising run of old places, by the length it has and the member it goes on from.
  const best: { readonly id: string; readonly at: number; readonly length: number; readonly from: number }[] = [];
  for (const id of after) {
    const at = place.get(id) ?? -1;
    const from = best.reduce((longest, one, i) => (one.at < at && one.length > (best[longest]?.length ?? 0) ? i : longest), -1);
    best.push({ id, at, length: (best[from]?.length ?? 0) + 1, from });
  }
  const kept = new Set<string>();
  let last = best.reduce((longest, one, i) => (one.length > (best[longest]?.length ?? 0) ? i : longest), -1);
  for (let one = best[last]; one; one = best[last]) { kept.add(one.id); last = one.from; }
  return after.filter((id) => !kept.has(id));
}

type Difference = Pick<MasterChange, "field" | "before" | "after">;

function itemsBetween(before: Line | undefined, after: Line | undefined): readonly Difference[] {
  const [old, own] = [before?.items ?? [], after?.items ?? []];
  const { field } = after ?? before ?? { field: "" };
  const [was, is] = [new Map(old.map((item) => [item.id, item])), new Map(own.map((item) => [item.id, item]))];
  const gone = old.filter((item) => !is.has(item.id)).map((item) => ({ field, before: item.text, after: "" }));
  const rest = own.flatMap((item) => { const then = was.get(item.id); return then?.same === item.same ? [] : [{ field, before: then?.text ?? "", after: item.text }]; });
  const [oldOrder, newOrder] = [old.filter((item) => is.has(item.id)), own.filter((item) => was.has(item.id))];
  const turned = after?.ordered && oldOrder.map(({ id }) => id).join() !== newOrder.map(({ id }) => id).join();
  return [...gone, ...rest, ...(turned ? [{ field: `order: ${field}`, before: oldOrder.map(({ text }) => text).join(", then "), after: newOrder.map(({ text }) => text).join(", then ") }] : [])];
}

/** Lines that differ, in the order in which the later part is read; what it has no more comes where it stood. */
function linesBetween(before: readonly Line[], after: readonly Line[]): readonly Difference[] {
  const [was, is] = [new Map(before.map((line) => [line.key, line])), new Map(after.map((line) => [line.key, line]))];
  const keys = [...before.filter((line) => !is.has(line.key)), ...after].map((line) => line.key);
  return keys.flatMap((key) => {
    const [old, own] = [was.get(key), is.get(key)];
    if (old?.items ?? own?.items) return itemsBetween(old, own);
    return old?.same === own?.same ? [] : [{ field: (own ?? old)?.field ?? key, before: old?.text ?? "", after: own?.text ?? "" }];
  });
}

/** A whole part in one sentence, for where it is new or gone; its name stands beside it. */
const whole = ({ lines }: NamedLines): string => lines.filter(({ key }) => key !== "name" && key !== "title").flatMap(({ field, text, items }) => { const said = items ? items.map((item) => item.text).join(", ") : text; return said === "" ? [] : [`${field}: ${said}`]; }).join("; ");

/** Where a part stands among those that were there before as well. */
const placeIn = (order: readonly string[], id: string, nameOf: (id: string) => string): string => { const before = order[order.indexOf(id) - 1]; return before === undefined ? "first" : `after ${nameOf(before)}`; };

function partsBetween(part: MasterPart, before: readonly NamedLines[], after: readonly NamedLines[]): readonly MasterChange[] {
  const [was, is] = [new Map(before.map((one) => [one.id, one])), new Map(after.map((one) => [one.id, one]))];
  const removed = before.filter((one) => !is.has(one.id)).map((one): MasterChange => ({ kind: "removed", part, what: one.name, field: "", before: whole(one) || one.name, after: "" }));
  const rest = after.flatMap((one): readonly MasterChange[] => {
    const old = was.get(one.id);
    if (!old) return [{ kind: "added", part, what: one.name, field: "", before: "", after: whole(one) || one.name }];
    return linesBetween(old.lines, one.lines).map((difference) => ({ kind: "changed", part, what: one.name, ...difference }));
  });
  const [oldOrder, newOrder] = [before.filter((one) => is.has(one.id)).map((one) => one.id), after.filter((one) => was.has(one.id)).map((one) => one.id)];
  const moved = movedOf(oldOrder, newOrder).map((id): MasterChange => ({ kind: "moved", part, what: is.get(id)?.name ?? id, field: "order", before: placeIn(oldOrder, id, (other) => was.get(other)?.name ?? other), after: placeIn(newOrder, id, (other) => is.get(other)?.name ?? other) }));
  return [...removed, ...rest, ...moved];
}

/**
 * What changed from one version to the next, part by part in the order of the record and in words: what a reviewer reads before he signs. Things are the same when
 * their ids are; where things changed places, the fewest are named that had to move. Empty exactly when nothing but the version's number differs.
 */
export function masterChanges(before: MasterRecord, after: MasterRecord): readonly MasterChange[] {
  const between = (part: MasterPart, of: (master: MasterRecord) => readonly NamedLines[]) => partsBetween(part, of(before), of(after));
  return [
    ...linesBetween(linesOfHead(before), linesOfHead(after)).map((difference): MasterChange => ({ kind: "changed", part: "master", what: after.title, ...difference })),
    ...between("material", linesOfMaterial), ...between("equipment", linesOfEquipment), ...between("parameter", linesOfParameter), ...between("sample", linesOfSample), ...between("procedure", linesOfContainers), ...between("step", linesOfStep),
  ];
}
