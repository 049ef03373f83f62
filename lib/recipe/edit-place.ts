import { partKinds, partOf, type PartKind } from "./edit.ts";
import type { Gap } from "./gap.ts";
import { masterGaps } from "./gaps.ts";
import type { MasterRecord } from "./master-record.ts";

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

/** A gap with the part that closes it, as the address carries it; undefined where no part stands for it. */
export type GapView = Gap & { readonly part: string | undefined };

/** The gaps of a master, each with the part it leads to. */
export const gapViews = (master: MasterRecord): readonly GapView[] => masterGaps(master).map((gap) => ({ ...gap, part: gap.part }));
