import { accept, refuse, type Result } from "#lib/result.ts";
import type { BatchState, StepState } from "./state.ts";

export type StepCommand = "start" | "finish" | "verify" | "leave_out" | "skip" | "force" | "void";

/** Which command leads where. `waiting` becomes `ready` by itself, when everything before the step has ended (`readySteps`). */
const transitions: Record<StepState, Partial<Record<StepCommand, StepState>>> = {
  waiting: { leave_out: "skipped", force: "forced" },
  ready: { start: "active", leave_out: "skipped", skip: "skipped", force: "forced" },
  // A step that was begun cannot be called not applicable any more: what was done stands, and the step is voided.
  active: { finish: "done", void: "voided", force: "forced" },
  done: { verify: "done" },
  skipped: {},
  voided: {},
  forced: {},
};

/** A step as the order sees it. `verified`: does it need a second person, and has it had one? */
export type OrderedStep = { readonly id: string; readonly state: StepState; readonly after: readonly string[]; readonly verified: "not-needed" | "open" | "given" };

/** Has the step ended, so that what waits for it may begin? A step to be verified ends with its verification (21 CFR 211.101(d)). */
export const hasEnded = ({ state, verified }: Pick<OrderedStep, "state" | "verified">): boolean =>
  state === "skipped" || state === "voided" || state === "forced" || (state === "done" && verified !== "open");

/** What a step still waits for, in the order of its list. A step the record does not have holds it for ever: a broken record must not run. */
export const waitsFor = (step: OrderedStep, all: ReadonlyMap<string, OrderedStep>): readonly string[] =>
  step.after.filter((id) => { const before = all.get(id); return !before || !hasEnded(before); });

/** Waiting steps whose turn has come. */
export function readySteps(all: readonly OrderedStep[]): readonly string[] {
  const byId = new Map(all.map((step) => [step.id, step]));
  return all.filter((step) => step.state === "waiting" && waitsFor(step, byId).length === 0).map((step) => step.id);
}

/** What stands in a step's way. `performers`: everybody who started it, entered a value or finished it. */
export type StepStanding = OrderedStep & {
  readonly batch: BatchState; readonly waitingFor: readonly string[]; readonly performers: ReadonlySet<string>; readonly mayNotApply: boolean;
  /** Names of what the step asks for and does not have yet. */
  readonly missing: readonly string[];
  /** Sentences about equipment, material or time that forbid it now. */
  readonly obstacles: readonly string[];
  /** Its end is a signature: nobody finishes it without one. */
  readonly signed?: boolean;
};
/** `quality`: carried out by quality's signature; `signed`: by the performer's. */
export type StepAct = { readonly command: StepCommand; readonly by: string; readonly quality: boolean; readonly signed?: boolean; readonly reason?: string };

export type StepRefusal =
  | { readonly reason: "batch-not-running"; readonly state: BatchState } | { readonly reason: "command-not-allowed"; readonly state: StepState; readonly command: StepCommand }
  | { readonly reason: "out-of-order"; readonly waitingFor: readonly string[] } | { readonly reason: "incomplete"; readonly missing: readonly string[] } | { readonly reason: "blocked"; readonly sentences: readonly string[] }
  | { readonly reason: "own-work" } | { readonly reason: "not-to-be-verified" } | { readonly reason: "already-verified" } | { readonly reason: "must-apply" } | { readonly reason: "quality-only" } | { readonly reason: "to-be-signed" } | { readonly reason: "reason-missing" };

/** What the step becomes. `exception`: type of the taxonomy (C.3) that this leaves in the record. */
export type StepPlan = { readonly state: StepState; readonly verified: OrderedStep["verified"]; readonly exception: "step_not_applicable" | "step_forced" | "step_voided" | undefined };

const list = (words: readonly string[]): string => (words.length <= 1 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`);

export function stepRefusalSentence(refusal: StepRefusal): string {
  switch (refusal.reason) {
    case "batch-not-running": return "The batch is not in progress. Nothing can be recorded in it now.";
    case "command-not-allowed": return "The step does not stand where this can be done to it. Somebody may have been faster: look at it again.";
    case "out-of-order": return `This step follows ${list(refusal.waitingFor)}. Finish that first.`;
    case "incomplete": return `${list(refusal.missing)} ${refusal.missing.length === 1 ? "is" : "are"} still missing.`;
    case "blocked": return refusal.sentences.join(" ");
    case "own-work": return "You took part in this step. Somebody else verifies it.";
    case "not-to-be-verified": return "This step needs no verification.";
    case "already-verified": return "This step has been verified already.";
    case "must-apply": return "The master does not let this step be left out. Quality can force it, with a reason and a signature.";
    case "quality-only": return "Only quality may do this, with a signature.";
    case "to-be-signed": return "This step ends with a signature: sign it as performed.";
    case "reason-missing": return "Say why. The reason stands in the record.";
  }
}

const withReason: ReadonlySet<StepCommand> = new Set(["skip", "force", "void"]);
const exceptionOf: Partial<Record<StepCommand, NonNullable<StepPlan["exception"]>>> = { skip: "step_not_applicable", force: "step_forced", void: "step_voided" };

function verificationRefusal({ verified, performers }: StepStanding, by: string): StepRefusal | undefined {
  if (verified === "not-needed") return { reason: "not-to-be-verified" };
  if (verified === "given") return { reason: "already-verified" };
  return performers.has(by) ? { reason: "own-work" } : undefined;
}

function refusalOf(standing: StepStanding, { command, by, quality, signed, reason }: StepAct): StepRefusal | undefined {
  if (withReason.has(command) && !reason?.trim()) return { reason: "reason-missing" };
  if ((command === "force" || command === "void") && !quality) return { reason: "quality-only" };
  if (command === "skip" && !standing.mayNotApply) return { reason: "must-apply" };
  if ((command === "start" || command === "skip") && standing.waitingFor.length > 0) return { reason: "out-of-order", waitingFor: standing.waitingFor };
  if (command === "start" && standing.obstacles.length > 0) return { reason: "blocked", sentences: standing.obstacles };
  if (command === "finish" && standing.signed && !signed) return { reason: "to-be-signed" };
  if (command === "finish" && standing.missing.length > 0) return { reason: "incomplete", missing: standing.missing };
  return command === "verify" ? verificationRefusal(standing, by) : undefined;
}

/**
 * Decides what an act makes of a step (Part 11 §11.10(f), 21 CFR 211.188(b)(11)). Order is enforced, whoever asks; who took part does not verify; nothing is finished
 * while something is missing. `leave_out` is the consequence of a decision of the master and leaves no exception; skipping, forcing and voiding do.
 */
export function planStep(standing: StepStanding, act: StepAct): Result<StepPlan, StepRefusal> {
  if (standing.batch !== "in_progress") return refuse({ reason: "batch-not-running", state: standing.batch });
  const next = transitions[standing.state][act.command];
  if (!next) return refuse({ reason: "command-not-allowed", state: standing.state, command: act.command });
  const refusal = refusalOf(standing, act);
  if (refusal) return refuse(refusal);
  return accept({ state: next, verified: act.command === "verify" ? "given" : standing.verified, exception: exceptionOf[act.command] });
}
