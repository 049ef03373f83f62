import { sitesWith, type Actor } from "#lib/access/actor.ts";
import { roleFor, type Permission } from "#lib/access/permission.ts";
import { advanceBatch, batchStateName, type BatchCommand, type BatchState } from "#lib/batch/state.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { meaningName, signatureMeanings, type SignatureMeaning, type SignedMeaning } from "#lib/signature/meaning.ts";
import { meansObstacles } from "#lib/signature/means.ts";
import type { Obstacle } from "#lib/signature/obstacle.ts";
import { meaningRule } from "./rule.ts";
import type { Candidate, SigningPlan } from "./signing.ts";

type Rule = {
  readonly permission: Permission;
  /** Only who signed, or whoever holds the permission. */
  readonly who: "signer" | "holder";
  /** What the withdrawal does to the batch; without one the batch stays in the states listed. */
  readonly command?: BatchCommand;
  readonly states?: readonly BatchState[];
};

/** Who takes back which signature, while the batch is where, and what follows. Nothing else can be withdrawn, a withdrawal least of all. */
export const withdrawalRule: Record<SignatureMeaning, Rule> = {
  production_reviewed: { permission: "batch.review-production", who: "signer", command: "withdraw_production_review" },
  audit_trail_reviewed: { permission: "batch.review-audit-trail", who: "signer", states: ["qa_review"] },
  site_confirmed: { permission: "batch.confirm", who: "signer", states: ["qa_review"] },
  approved_for_release: { permission: "batch.release", who: "holder", command: "withdraw_release" },
  rejected: { permission: "batch.reject", who: "holder", command: "withdraw_rejection" },
};

/** The signature that is to be withdrawn. */
export type Target = { readonly ordinal: number; readonly meaning: SignedMeaning; readonly signerId: string; readonly printedName: string; readonly withdrawnBy: number | null; readonly counts: boolean };

function nextState(rule: Rule, meaning: SignatureMeaning, state: BatchState): Result<BatchState, Obstacle> {
  const next = rule.command ? advanceBatch(state, rule.command) : rule.states?.includes(state) ? accept(state) : undefined;
  if (next?.ok) return accept(next.value);
  return refuse({ sentence: `The batch is in state "${batchStateName[state]}", in which nobody withdraws "${meaningName[meaning]}"`, anchor: "facts", holder: "Process" });
}

const stands = (sentence: string): Obstacle => ({ sentence, anchor: "signatures", holder: "Nobody" });

/** May this person take this signature back now? Every obstacle is named at once; the record's integrity stands before it as before every signature. */
export function planWithdrawal(target: Target | undefined, actor: Actor, candidate: Candidate): Result<SigningPlan, readonly Obstacle[]> {
  if (!target) return refuse([stands("There is no such signature on this record")]);
  if (target.meaning === "withdrawn") return refuse([stands("A withdrawal is not withdrawn: sign the record anew instead")]);
  const meaning = signatureMeanings.find((m) => m === target.meaning);
  if (!meaning) return refuse([stands(`"${meaningName[target.meaning]}" was carried out when it was signed and is not withdrawn`)]);
  const rule = withdrawalRule[meaning];
  const role = sitesWith(actor, rule.permission).includes(candidate.siteId) ? roleFor(actor.rolesBySite.get(candidate.siteId) ?? [], rule.permission) : undefined;
  const state = nextState(rule, meaning, candidate.state);
  const obstacles: Obstacle[] = [
    ...(role ? [] : [{ sentence: `Your roles at this site do not allow withdrawing "${meaningName[target.meaning]}"`, anchor: "signatures", holder: "Administrator" }]),
    ...(rule.who === "signer" && target.signerId !== actor.id ? [{ sentence: `Only ${target.printedName}, who signed it, withdraws it`, anchor: "signatures", holder: target.printedName }] : []),
    ...(target.withdrawnBy !== null ? [stands(`Signature ${target.ordinal} is withdrawn already`)] : target.counts ? [] : [stands(`Signature ${target.ordinal} does not count any more`)]),
    ...(state.ok ? [] : [state.refusal]),
    ...meansObstacles(candidate.standing, candidate.ceremony, meaningName.withdrawn),
    ...candidate.checks.filter((c) => c.id === "integrity" && !c.done).map((c) => ({ sentence: `${c.name}: ${c.finding}`, anchor: `check-${c.id}`, holder: c.owner })),
  ];
  if (obstacles.length > 0 || !role || !state.ok) return refuse(obstacles);
  return accept({ role, nextState: state.value });
}

/** The one readable sentence of a withdrawal. */
export const withdrawalSentence = (target: Pick<Target, "ordinal" | "meaning" | "printedName">, batchId: string): string =>
  `I withdraw signature ${target.ordinal}, "${meaningName[target.meaning]}" by ${target.printedName}, on batch ${batchId}. It stays in the record and counts no more.`;

/** The permission behind a meaning; a withdrawal needs the one of what it takes back, so it is asked for that meaning. */
export function permissionFor(meaning: SignedMeaning): Permission {
  const signed = signatureMeanings.find((m) => m === meaning);
  return signed ? meaningRule[signed].permission : "batch.read";
}
