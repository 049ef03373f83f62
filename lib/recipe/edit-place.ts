import { partKinds, partOf, type PartKind } from "./edit.ts";
import { masterGaps, type Gap } from "./gaps.ts";
import { placedSteps, type MasterRecord } from "./master-record.ts";

/** What the authoring page shows: the head, a part, or the form for a new part of a kind. */
export type Selection = { readonly kind: "head" } | { readonly kind: PartKind; readonly id: string | undefined };

/** The selection as the address carries it: `head`, `parameter:ph`, `parameter` for a new one. */
export const selectionText = (selection: Selection): string => (selection.kind === "head" || selection.id === undefined ? selection.kind : `${selection.kind}:${selection.id}`);

/** The selection of an address; the head where it names nothing of this master. */
export function selectionOf(text: string | undefined, master: MasterRecord): Selection {
  const [word, id] = (text ?? "").split(":");
  const kind = partKinds.find((known) => known === word);
  if (!kind || (id !== undefined && !partOf(master, kind, id))) return { kind: "head" };
  return { kind, id };
}

/** Words with which the gaps name lists of the master, and what is opened to close them. */
const listPlaces: Readonly<Record<string, Selection>> = {
  Yield: { kind: "head" }, Precautions: { kind: "head" }, "Batch size": { kind: "head" }, Materials: { kind: "material", id: undefined }, Equipment: { kind: "equipment", id: undefined },
  Sampling: { kind: "sample", id: undefined }, Specifications: { kind: "parameter", id: undefined },
};
const words: Readonly<Record<string, "material" | "equipment" | "parameter" | "sample">> = { Material: "material", Equipment: "equipment", Parameter: "parameter", Sample: "sample" };

/** The part that a gap is about; undefined where no part stands for it. */
export function selectionOfGap(place: string, master: MasterRecord): Selection | undefined {
  const known = listPlaces[place];
  if (known) return known;
  const [word = "", ...rest] = place.split(" ");
  const name = rest.join(" ");
  if (word === "Step") {
    const found = placedSteps(master).find(({ number, step }) => number === rest[0] || step.id === name);
    return found && { kind: "step", id: found.step.id };
  }
  const kind = words[word];
  if (!kind) return undefined;
  const list: readonly { readonly id: string; readonly name: string }[] = { material: master.materials, equipment: master.equipment, parameter: master.parameters, sample: master.samples }[kind];
  const found = list.find((one) => one.name === name || one.id === name);
  return found && { kind, id: found.id };
}

/** A gap with the part that closes it, as the address carries it. */
export type GapView = Gap & { readonly part: string | undefined };

/** The gaps of a master, each with the part it leads to. */
export const gapViews = (master: MasterRecord): readonly GapView[] =>
  masterGaps(master).map((gap) => {
    const selection = selectionOfGap(gap.place, master);
    return { ...gap, part: selection && selectionText(selection) };
  });
