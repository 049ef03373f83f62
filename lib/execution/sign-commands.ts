import { and, eq } from "drizzle-orm";
import type { JWK } from "jose";
import { batches } from "#db/schema/batch.ts";
import { exceptions } from "#db/schema/quality.ts";
import type { SiteTx } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { roleFor, type Permission } from "#lib/access/permission.ts";
import type { AuditEvent } from "#lib/audit/event.ts";
import { executorsOf } from "#lib/batch/record.ts";
import type { BatchState } from "#lib/batch/state.ts";
import { planStep, stepRefusalSentence, type StepCommand } from "#lib/batch/step.ts";
import { isOpen, severities, type Severity } from "#lib/quality/exception.ts";
import { signableBatch } from "#lib/release/commands.ts";
import { readBatchFile, type BatchFile } from "#lib/release/file-queries.ts";
import { accept, BrokenPromise, refuse, type Result } from "#lib/result.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { executionMeanings, meaningName, type ExecutionMeaning } from "#lib/signature/meaning.ts";
import { meansObstacles } from "#lib/signature/means.ts";
import type { Obstacle } from "#lib/signature/obstacle.ts";
import type { MadeSignature, RecordReference, Signable, SigningDecision, SigningRequest } from "#lib/signature/signable.ts";
import type { SignedAbout } from "#lib/signature/statement.ts";
import type { SigningMeans } from "#lib/signature/standing-queries.ts";
import { executionOrNone } from "./queries.ts";
import { standingOf, type Execution } from "./standing.ts";
import { actOnStep } from "./step-commands.ts";

type Rule = { readonly permission: Permission; readonly about: SignedAbout["type"] | readonly SignedAbout["type"][]; readonly states: readonly BatchState[] };
/** Who signs which meaning while a batch is made, about what, and in which states of the batch. */
export const executionSigning: Record<ExecutionMeaning, Rule> = {
  performed: { permission: "batch.execute", about: "step", states: ["in_progress"] },
  severity_lowered: { permission: "exception.lower", about: "exception", states: ["in_progress", "held", "complete", "prod_reviewed", "qa_review"] },
  override_approved: { permission: "batch.override", about: ["material", "equipment"], states: ["in_progress"] },
  step_forced: { permission: "batch.override", about: "step", states: ["in_progress"] },
};

/** What the signature does to its step: quality lets the batch go past it, or declares void what was begun; its performer ends it. */
const commandOf = (meaning: ExecutionMeaning, about: SignedAbout): StepCommand => (meaning !== "step_forced" ? "finish" : about.act === "void" ? "void" : "force");

const rank = (severity: string): number => severities.findIndex((known) => known === severity);
const stands = (sentence: string, anchor = "record"): Obstacle => ({ sentence, anchor, holder: "Process" });

/** What stands against the part a signature decides about, as it is stored now. */
function partObstacles(meaning: ExecutionMeaning, about: SignedAbout, { record }: BatchFile, execution: Execution | undefined, actor: Actor, now: Date): readonly Obstacle[] {
  if (meaning === "severity_lowered") {
    const found = record.exceptions.find((x) => x.id === about.id);
    if (!found || !isOpen(found.state)) return [stands("There is no such open exception", "exceptions")];
    if (found.severity !== about.from) return [stands(`${found.id} is ${found.severity} by now. Look at it again`, "exceptions")];
    return rank(about.to) > rank(about.from) ? [] : [stands("Only a lower severity is signed; anyone may raise one", "exceptions")];
  }
  const row = record.steps.find((step) => step.id === about.id.split("/")[0]);
  if (!row || !execution) return [stands("There is no such step in this batch")];
  if (meaning === "override_approved") return row.state === "active" ? [] : [stands(`Step ${row.id} is not active, so nothing is let into it`)];
  const plan = planStep(standingOf(execution, row, now), { command: commandOf(meaning, about), by: actor.id, quality: meaning === "step_forced", signed: true, reason: "signed" });
  return plan.ok ? [] : [stands(stepRefusalSentence(plan.refusal))];
}

/** The readable sentence of a meaning over a part of the record, for showing it before it may be signed as well. */
export const executionSentence = (meaning: ExecutionMeaning, about: SignedAbout, batchId: string): string => sentences[meaning](about, batchId);

const sentences: Record<ExecutionMeaning, (about: SignedAbout, batch: string) => string> = {
  performed: ({ id }, batch) => `I performed step ${id} of batch ${batch} as written.`,
  severity_lowered: ({ id, from, to }, batch) => `I lower the severity of exception ${id} of batch ${batch} from ${from} to ${to}.`,
  override_approved: ({ id, from, type }, batch) => `I approve, as an exception, the use of ${type === "material" ? "lot" : "unit"} ${id.split("/").slice(1).join("/")} in step ${id.split("/")[0] ?? ""} of batch ${batch}, although: ${from.replaceAll("_", " ")}.`,
  step_forced: ({ id, act }, batch) => act === "void" ? `I declare void what was begun in step ${id} of batch ${batch}, and let the batch go on past it.` : `I let batch ${batch} go on past step ${id}, which was not performed as the master asks.`,
};

async function perform(tx: SiteTx, meaning: ExecutionMeaning, about: SignedAbout, { record: { batch } }: BatchFile, actor: Actor, made: MadeSignature, stamp: { readonly now: Date; readonly newId: () => string }): Promise<AuditEvent> {
  const { siteId, id: batchId } = batch;
  if (meaning === "severity_lowered") {
    await tx.update(exceptions).set({ severity: about.to as Severity }).where(and(eq(exceptions.siteId, siteId), eq(exceptions.batchId, batchId), eq(exceptions.id, about.id)));
    return { event: "exception.severity-lowered", detail: { from: about.from, to: about.to, rationale: made.comment, ordinal: made.ordinal } };
  }
  if (meaning !== "override_approved") {
    const forced = meaning === "step_forced";
    const done = await actOnStep(tx, requirePermission(actor, executionSigning[meaning].permission, siteId), { siteId, batchId, stepId: about.id, command: commandOf(meaning, about), ...(forced ? { reason: made.comment } : {}) }, { quality: forced, signed: true }, stamp);
    if (!done.ok) throw new BrokenPromise("step-moved", `${stepRefusalSentence(done.refusal)} (step ${about.id} of ${batchId})`);
  }
  return { event: "record.signed", detail: { from: batch.state, to: batch.state, method: made.method, ordinal: made.ordinal, signatureDigest: made.digest, meaning, recordDigest: made.recordDigest } };
}

/** Who made the batch with his hands; to have let it past a step does not bar quality from the next decision, only from the release. */
const makersOf = (record: BatchFile["record"]): ReadonlySet<string> => executorsOf({ ...record, steps: record.steps.map((step) => (step.state === "forced" || step.state === "voided" ? { ...step, performedBy: null } : step)) });

type Asked = { readonly file: BatchFile; readonly execution: Execution | undefined; readonly actor: Actor; readonly means: SigningMeans; readonly now: Date };

function decideExecution(meaning: ExecutionMeaning, { ceremony, about }: SigningRequest, { file, execution, actor, means, now }: Asked): Result<SigningDecision, readonly Obstacle[]> {
  const rule = executionSigning[meaning];
  const { site, batch } = file.record;
  const fits = about && [rule.about].flat().includes(about.type);
  const { policies, ...rest } = means;
  const role = roleFor(actor.rolesBySite.get(site.id) ?? [], rule.permission);
  const integrity = file.checks.find((check) => check.id === "integrity" && !check.done);
  const obstacles: Obstacle[] = [
    ...(role ? [] : [{ sentence: `Your roles at this site do not allow "${meaningName[meaning]}"`, anchor: "signatures", holder: "Administrator" }]),
    ...(rule.states.includes(batch.state) ? [] : [stands(`In the present state of the batch nobody signs "${meaningName[meaning]}"`, "facts")]),
    ...(meaning !== "performed" && makersOf(file.record).has(actor.id) ? [{ sentence: "You took part in making this batch, so somebody else of quality decides", anchor: "record", holder: "Segregation of duties" }] : []),
    ...(fits ? partObstacles(meaning, about, file, execution, actor, now) : [stands("It is not said what is decided about. Open the signing from the step or the exception")]),
    ...meansObstacles({ ...rest, policy: policies.get(meaning) ?? "either" }, ceremony, meaningName[meaning]),
    ...(integrity ? [{ sentence: `${integrity.name}: ${integrity.finding}`, anchor: `check-${integrity.id}`, holder: integrity.owner }] : []),
  ];
  if (obstacles.length > 0 || !role || !about) return refuse(obstacles);
  return accept({ role, sentence: executionSentence(meaning, about, batch.id), perform: (tx, made, stamp) => perform(tx, meaning, about, file, actor, made, stamp) });
}

/** Locks a batch and reads it for signing: the whole record, or while it is made one part of it. */
export async function readSignableExecution(tx: SiteTx, { siteId, recordId }: Pick<RecordReference, "siteId" | "recordId">, key: JWK, now: Date = new Date()): Promise<Signable> {
  await tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, siteId), eq(batches.id, recordId))).for("update");
  const file = await readBatchFile(tx, siteId, recordId, publicHalf(key));
  const execution = await executionOrNone(tx, siteId, recordId);
  return signableExecution(file, execution, now);
}

/** A batch as signing sees it while it is made. */
export function signableExecution(file: BatchFile, execution: Execution | undefined, now: Date): Signable {
  const whole = signableBatch(file);
  return {
    ...whole,
    decide: (actor, means, request) => {
      const meaning = executionMeanings.find((known) => known === request.meaning);
      return meaning ? decideExecution(meaning, request, { file, execution, actor, means, now }) : whole.decide(actor, means, request);
    },
  };
}
