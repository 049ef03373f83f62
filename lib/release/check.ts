import type { BatchState, StepState } from "#lib/batch/state.ts";
import { hasEnded } from "#lib/batch/step.ts";
import type { SignatureMeaning } from "#lib/signature/meaning.ts";
import { isOpen, type ExceptionState, type Severity } from "#lib/quality/exception.ts";

/** What the checks look at; every figure is counted from stored rows. */
export type Evidence = {
  readonly state: BatchState;
  readonly steps: readonly { readonly id: string; readonly state: StepState; readonly performedBy: string | null; readonly automatic: boolean; readonly verifiedBy: string | null; /** Of a step of a full master; null or absent in batches of the thin one. */ readonly verification?: "not-needed" | "open" | "given" | null }[];
  readonly evaluations: readonly ("within" | "exception" | "not_evaluated" | "no_limits")[];
  /** Entries that no rule could judge and that somebody of quality looked at: the exception that says so is decided about. */
  readonly judgedByHand?: number;
  readonly exceptions: readonly { readonly id: string; readonly state: ExceptionState; readonly severity: Severity }[];
  /** Signatures that cover the record as it is now, and those that covered an earlier one. */
  readonly signed: readonly { readonly meaning: SignatureMeaning; readonly covers: boolean }[];
  /** What the laboratory still has to do, as phrases; absent in a batch of which no sample is asked for. */
  readonly laboratory?: readonly string[];
  /** Items of 21 CFR 211.188(b) the record lacks, as phrases; absent in a batch of the thin master. */
  readonly contentMissing?: readonly string[];
  /** Signatures and master record recomputed: false when one does not fit its stored digest. */
  readonly integrity: boolean;
  /** Differences between the stored record and what was recorded of it, as the integrity check found them. */
  readonly findings?: readonly IntegrityFinding[];
};
export type IntegrityFinding = { readonly table: string; readonly recordId: string; readonly field: string; readonly recorded: string; readonly found: string };

export type CheckId = "completeness" | "evaluation" | "laboratory" | "exceptions" | "production_review" | "audit_trail_review" | "site_confirmation" | "integrity";
export type Check = { readonly id: CheckId; readonly name: string; readonly done: boolean; readonly finding: string; readonly owner: string };

const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

function signatureCheck(id: CheckId, name: string, owner: string, meaning: SignatureMeaning, evidence: Evidence, everyVersion: boolean): Check {
  const made = evidence.signed.filter((s) => s.meaning === meaning);
  const good = made.some((s) => s.covers || everyVersion);
  const finding = good ? "Signed" : made.length > 0 ? "Signed for an earlier record; it changed since" : "Not signed";
  return { id, name, owner, done: good, finding };
}

const place = ({ table, recordId, field }: IntegrityFinding): string => `${table} ${recordId}, ${field}`;

function integrityCheck({ integrity, findings = [] }: Evidence): Check {
  const [first, ...more] = findings;
  const said = [...(first ? [`Integrity failed: ${place(first)}${more.length > 0 ? ` and ${count(more.length, "more difference")}` : ""}`] : []), ...(integrity ? [] : ["A stored digest or signature does not fit its content"])];
  return { id: "integrity", name: "Record integrity", owner: "Automatic", done: said.length === 0, finding: said.length === 0 ? "Digests and signatures hold" : said.join(". ") };
}

/** Most findings a check names; the rest is counted. */
const namedMost = 3;

function laboratoryCheck(findings: readonly string[] | undefined): readonly Check[] {
  if (findings === undefined) return [];
  const more = findings.length - namedMost;
  const finding = findings.length === 0 ? "Every sample is tested and reviewed" : `${findings.slice(0, namedMost).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  return [{ id: "laboratory", name: "Laboratory", owner: "Laboratory", done: findings.length === 0, finding }];
}

/**
 * Is a step complete? Of a full master: when it has ended with its verification, also forced or voided, which left an exception that somebody decides about. Of the thin
 * master: done with performer and verifier.
 */
function isComplete(step: Evidence["steps"][number]): boolean {
  if (step.verification) return step.performedBy !== null && hasEnded({ state: step.state, verified: step.verification });
  return ["done", "skipped"].includes(step.state) && (step.automatic || (step.performedBy !== null && step.verifiedBy !== null));
}

/** Every step has ended as it must, and the record holds each item the rule lists or says why it does not apply (21 CFR 211.188(b)). */
function completenessCheck({ steps, contentMissing = [] }: Evidence): Check {
  const undone = steps.filter((s) => !isComplete(s));
  const finding = steps.length === 0 ? "The record has no steps" : undone.length > 0 ? `${count(undone.length, "step")} not complete` : contentMissing.length > 0 ? contentMissing.join("; ") : `${steps.length} of ${steps.length} steps`;
  return { id: "completeness", name: "Record completeness", owner: "Automatic", done: steps.length > 0 && undone.length === 0 && contentMissing.length === 0, finding };
}

/** Every entry was judged by a rule, or by a person where no rule could: "not evaluated" forces a manual review of those (domain model C.3). */
function evaluationCheck({ evaluations, judgedByHand = 0 }: Evidence): Check {
  const of = (wanted: Evidence["evaluations"][number]): number => evaluations.filter((e) => e === wanted).length;
  const left = Math.max(0, of("not_evaluated") - judgedByHand);
  const free = of("no_limits");
  const words = [`${count(evaluations.length, "entry", "entries")}, ${left} not evaluated`, ...(judgedByHand > 0 ? [`${judgedByHand} judged by hand`] : []), ...(free > 0 ? [`${free} without limits`] : [])].join(", ");
  return { id: "evaluation", name: "Rules evaluated", owner: "Automatic", done: evaluations.length > 0 && left === 0, finding: evaluations.length === 0 ? "No entry was evaluated" : left === 0 ? words : `${count(left, "entry", "entries")} not evaluated` };
}

/**
 * The release checks of a batch in the order of the plan. Each closes itself when its evidence is complete; none is ticked by
 * hand. Production review comes before QA decides about exceptions, so its signature may cover an earlier record; the
 * audit-trail review and the site's confirmation must cover the record that is released.
 */
export function checksOf(evidence: Evidence): readonly Check[] {
  const open = evidence.exceptions.filter((x) => isOpen(x.state));
  return [
    completenessCheck(evidence),
    evaluationCheck(evidence),
    ...laboratoryCheck(evidence.laboratory),
    {
      id: "exceptions", name: "Exceptions", owner: "QA manager", done: open.length === 0,
      finding: open.length === 0 ? `${evidence.exceptions.length} of ${evidence.exceptions.length} decided` : `${open.length} of ${evidence.exceptions.length} open`,
    },
    signatureCheck("production_review", "Production review", "Supervisor", "production_reviewed", evidence, true),
    signatureCheck("audit_trail_review", "Audit-trail review", "QA manager", "audit_trail_reviewed", evidence, false),
    signatureCheck("site_confirmation", "Site confirmation", "Site confirmer", "site_confirmed", evidence, false),
    integrityCheck(evidence),
  ];
}

/** Checks that must be closed before a meaning may be signed. */
export const checksBefore: Record<SignatureMeaning, readonly CheckId[]> = {
  production_reviewed: ["completeness", "integrity"],
  audit_trail_reviewed: ["completeness", "production_review", "integrity"],
  site_confirmed: ["completeness", "evaluation", "laboratory", "exceptions", "production_review", "integrity"],
  approved_for_release: ["completeness", "evaluation", "laboratory", "exceptions", "production_review", "audit_trail_review", "site_confirmation", "integrity"],
  rejected: ["integrity"],
};
