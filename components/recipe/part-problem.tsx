import { at, type Draft } from "./draft.ts";
import { fieldId } from "./fields.ts";
import type { SaveForm } from "#lib/recipe/edit-actions.ts";

type Fault = NonNullable<SaveForm["faults"]>[number];

/** The control that a fault is about: the one of its path, or of the nearest path above it that has one. */
const anchorOf = ({ path }: Fault, draft: Draft): string => {
  const known = [path.length, 3, 2, 1].map((length) => path.slice(0, length).join(".")).find((text) => typeof at(draft, text) !== "object");
  return `#${fieldId(known ?? path[0] ?? "name")}`;
};

type Props = { readonly state: SaveForm; readonly draft: Draft; readonly address: string; readonly saveOnTop: () => void };

/** Why nothing was saved, with the way to each field, and what can be done when somebody else was faster. */
export function PartProblem({ state, draft, address, saveOnTop }: Props) {
  if (!state.problem) return null;
  return (
    <div className="problem" role="alert"><h3>Nothing was saved</h3><p>{state.problem}</p>
      {state.faults && state.faults.length > 0 ? <ul>{state.faults.map((fault) => <li key={`${fault.place}${fault.sentence}`}><a href={anchorOf(fault, draft)}>{fault.place}</a>: {fault.sentence}</li>)}</ul> : null}
      {state.conflict ? <p className="problem-acts"><a href={address} target="_blank" rel="noreferrer">Read the master as it is now</a> (opens beside this page), then <button type="button" className="button small" onClick={saveOnTop}>Save mine over this part</button> or open the page again.</p> : null}</div>
  );
}
