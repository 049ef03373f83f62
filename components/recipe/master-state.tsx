import { Icon, type IconName } from "../ui/icon.tsx";
import { masterStateName, type MasterState } from "#lib/recipe/state.ts";

const icons: Record<MasterState, IconName> = { draft: "document", in_review: "review", approved: "check", effective: "done", superseded: "right", withdrawn: "cross" };

/** Where a version of a master stands: a word with its icon, grey. */
export const MasterStateChip = ({ state }: { readonly state: MasterState }) => <span className="chip"><Icon name={icons[state]} />{masterStateName[state]}</span>;
