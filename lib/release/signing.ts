import { sitesWith, type Actor } from "#lib/access/actor.ts";
import { roleFor, type Role } from "#lib/access/permission.ts";
import { advanceBatch, batchStateName, type BatchState } from "#lib/batch/state.ts";
import { checksBefore, type Check } from "./check.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { Ceremony, Standing } from "#lib/signature/ceremony.ts";
import { meaningName, type SignatureMeaning } from "#lib/signature/meaning.ts";
import { meansObstacles } from "#lib/signature/means.ts";
import type { Obstacle } from "#lib/signature/obstacle.ts";
import { meaningRule } from "./rule.ts";

export type Candidate = {
  readonly siteId: string;
  readonly state: BatchState;
  readonly executors: ReadonlySet<string>;
  readonly checks: readonly Check[];
  /** The signatures that count: neither withdrawn nor overtaken. */
  readonly alreadySigned: readonly { readonly meaning: SignatureMeaning; readonly signerId: string; readonly covers: boolean }[];
  readonly standing: Standing;
  /** The ceremony the person has chosen; undefined while he has not. */
  readonly ceremony?: Ceremony | undefined;
};

export type SigningPlan = { readonly role: Role; readonly nextState: BatchState };

/** The states in which a meaning without a command of its own may be signed. */
const statesFor: Partial<Record<SignatureMeaning, readonly BatchState[]>> = {
  audit_trail_reviewed: ["qa_review"],
  site_confirmed: ["qa_review"],
};

function stateObstacle(meaning: SignatureMeaning, state: BatchState): Result<BatchState, Obstacle> {
  const { command } = meaningRule[meaning];
  const next = command ? advanceBatch(state, command) : statesFor[meaning]?.includes(state) ? accept(state) : undefined;
  if (next?.ok) return accept(next.value);
  return refuse({ sentence: `The batch is in state "${batchStateName[state]}", in which nobody signs "${meaningName[meaning]}"`, anchor: "facts", holder: "Process" });
}

/**
 * May this person sign this meaning now? Asked when the intent is opened and again when the proof is back (21 CFR 11.10(g)).
 * Role at the site, segregation of duties (no performer or verifier reviews his own batch), the batch's state and the checks
 * the meaning needs. Every obstacle is named at once.
 */
export function planSigning(meaning: SignatureMeaning, actor: Actor, candidate: Candidate): Result<SigningPlan, readonly Obstacle[]> {
  const rule = meaningRule[meaning];
  const role = sitesWith(actor, rule.permission).includes(candidate.siteId) ? roleFor(actor.rolesBySite.get(candidate.siteId) ?? [], rule.permission) : undefined;
  const state = stateObstacle(meaning, candidate.state);
  const repeated = candidate.alreadySigned.some((s) => s.meaning === meaning && s.covers);
  const obstacles: Obstacle[] = [
    ...(role ? [] : [{ sentence: `Your roles at this site do not allow "${meaningName[meaning]}"`, anchor: "signatures", holder: "Administrator" }]),
    ...(candidate.executors.has(actor.id) ? [{ sentence: "You took part in making this batch, so somebody else must review it", anchor: "record", holder: "Segregation of duties" }] : []),
    ...(state.ok ? [] : [state.refusal]),
    ...meansObstacles(candidate.standing, candidate.ceremony, meaningName[meaning]),
    ...(repeated ? [{ sentence: `"${meaningName[meaning]}" is already signed for this record`, anchor: "signatures", holder: "Nobody" }] : []),
    ...candidate.checks.filter((c) => !c.done && checksBefore[meaning].includes(c.id)).map((c) => ({ sentence: `${c.name}: ${c.finding}`, anchor: `check-${c.id}`, holder: c.owner })),
  ];
  if (obstacles.length > 0 || !role || !state.ok) return refuse(obstacles);
  return accept({ role, nextState: state.value });
}

/** The one readable sentence that is signed. */
export function signingSentence(meaning: SignatureMeaning, facts: { readonly batchId: string; readonly product: string; readonly site: string; readonly master: string; readonly checks: readonly Check[]; readonly exceptions: number }): string {
  const done = facts.checks.filter((c) => c.done).length;
  return `${meaningRule[meaning].verb} batch ${facts.batchId}, ${facts.product}, made at ${facts.site} under ${facts.master}, with ${done} of ${facts.checks.length} checks complete and ${facts.exceptions} ${facts.exceptions === 1 ? "exception" : "exceptions"} in its record.`;
}
