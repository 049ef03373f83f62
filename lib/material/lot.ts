import { accept, refuse, type Result } from "#lib/result.ts";

/** States of a lot (docs/vocabulary.md). Expired is not one of them: it is computed from the date at the moment of use. */
export const lotStates = ["quarantined", "released", "restricted", "rejected", "used_up", "destroyed"] as const;
export type LotState = (typeof lotStates)[number];
/**
 * `use_up` and `take_back` follow from a balance that reaches 0 or leaves it again, `reopen` from a withdrawn rejection of the lot's batch; the others are
 * decided by quality.
 */
export const lotCommands = ["release", "restrict", "reject", "quarantine", "destroy", "use_up", "take_back", "reopen"] as const;
export type LotCommand = (typeof lotCommands)[number];

const transitions: Record<LotState, Partial<Record<LotCommand, LotState>>> = {
  quarantined: { release: "released", restrict: "restricted", reject: "rejected", use_up: "used_up" },
  released: { quarantine: "quarantined", restrict: "restricted", reject: "rejected", use_up: "used_up" },
  restricted: { quarantine: "quarantined", release: "released", reject: "rejected", use_up: "used_up" },
  rejected: { destroy: "destroyed", reopen: "quarantined" },
  used_up: { take_back: "quarantined" },
  destroyed: {},
};

export const lotStateName: Record<LotState, string> = { quarantined: "Quarantined", released: "Released", restricted: "Restricted", rejected: "Rejected", used_up: "Used up", destroyed: "Destroyed" };

export type LotRefused = { readonly reason: "command-not-allowed"; readonly state: LotState; readonly command: LotCommand };

/** The state `command` leads to, or why the lot must refuse it. What the table does not list is refused. */
export function advanceLot(state: LotState, command: LotCommand): Result<LotState, LotRefused> {
  const next = transitions[state][command];
  return next ? accept(next) : refuse({ reason: "command-not-allowed", state, command });
}

/** Has the lot passed its expiry? It may be used up to that moment, not at it or after (21 CFR 211.87, 211.137). */
export const isExpired = (lot: { readonly expiresAt: Date | null }, now: Date): boolean => lot.expiresAt !== null && lot.expiresAt.getTime() <= now.getTime();
