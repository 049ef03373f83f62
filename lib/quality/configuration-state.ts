import { accept, refuse, type Result } from "#lib/result.ts";

export const configurationStates = ["proposed", "effective", "superseded", "withdrawn"] as const;
export type ConfigurationState = (typeof configurationStates)[number];
export type ConfigurationCommand = "approve" | "supersede" | "withdraw";

/** Its content never changes: who wants another one withdraws it and proposes again. */
const transitions: Record<ConfigurationState, Partial<Record<ConfigurationCommand, ConfigurationState>>> = {
  proposed: { approve: "effective", withdraw: "withdrawn" },
  effective: { supersede: "superseded" },
  superseded: {},
  withdrawn: {},
};

export const configurationStateName: Record<ConfigurationState, string> = { proposed: "Draft", effective: "In force", superseded: "Superseded", withdrawn: "Withdrawn" };

export type ConfigurationRefusal = { readonly reason: "command-not-allowed"; readonly state: ConfigurationState } | { readonly reason: "own-work" } | { readonly reason: "not-the-author" };

/** What a refusal says to the person. */
export function configurationRefusalSentence(refusal: ConfigurationRefusal): string {
  switch (refusal.reason) {
    case "command-not-allowed": return `This version is ${configurationStateName[refusal.state].toLowerCase()}, so nothing is decided about it any more. Open the version in force.`;
    case "own-work": return "You wrote this version. Another person of quality approves it.";
    case "not-the-author": return "Only its author withdraws a draft.";
  }
}

type Standing = { readonly state: ConfigurationState; readonly proposedBy: string | null };

/** Decides what an act makes of a version. Author and approver are two people of quality; a draft is withdrawn by its author alone. */
export function planConfiguration({ state, proposedBy }: Standing, { command, by }: { readonly command: ConfigurationCommand; readonly by: string }): Result<ConfigurationState, ConfigurationRefusal> {
  const next = transitions[state][command];
  if (!next) return refuse({ reason: "command-not-allowed", state });
  if (command === "approve" && proposedBy === by) return refuse({ reason: "own-work" });
  if (command === "withdraw" && proposedBy !== by) return refuse({ reason: "not-the-author" });
  return accept(next);
}
