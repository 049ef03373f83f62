import { and, eq } from "drizzle-orm";
import { entries, steps } from "#db/schema/batch.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { writeAudit, type AuditActor } from "#lib/audit/commands.ts";
import type { EntryBasis } from "#lib/batch/basis.ts";
import { planEntry, type AskedValue, type EntryPlan, type EntryRefusal } from "#lib/batch/entry.ts";
import type { EntryRow, StepRow } from "#lib/batch/record.ts";
import { effectiveConfiguration, raiseException, type EffectiveConfiguration } from "#lib/quality/raise-commands.ts";
import { evaluateFormula } from "#lib/quantity/formula.ts";
import { hasLimits, zoneOf } from "#lib/quantity/limit.ts";
import { ruleOf } from "#lib/recipe/master.ts";
import type { MasterParameter } from "#lib/recipe/master-record.ts";
import { accept, type Result } from "#lib/result.ts";
import { outsideTitle, valueException, zoneSeverity, type ValueException } from "./entry.ts";
import { readExecution } from "./queries.ts";
import { askedBy, askedDecision, askedValue, decisionParameter, entriesOf, latestValue, masterStepOf, type Execution } from "./standing.ts";

export type Stamp = { readonly now: Date; readonly newId: () => string };
export type EntryInput = {
  readonly siteId: string; readonly batchId: string; readonly stepId: string; readonly parameter: string; readonly value: string; readonly unit: string; readonly eventAt: Date; readonly basedOn: number; readonly reason?: string | undefined;
  readonly confirmed: boolean; /** The browser's number of this sending; the same one again is the same entry. */ readonly submission?: string | undefined; readonly instrument?: string | undefined;
  /** It waited in the browser because the portal could not be reached. */ readonly kept?: boolean | undefined;
};
export type Recorded = { readonly version: number; readonly evaluation: EntryRow["evaluation"]; readonly late: boolean; /** Ids of the exceptions it brought. */ readonly exceptions: readonly string[] };

export const actorOf = (by: Granted<Permission>): AuditActor => ({ id: by.actor.id, name: by.actor.printedName, role: by.role });
/** The step of that number. Throws `NotFound`. */
export function stepOf({ record }: Execution, stepId: string): StepRow {
  const row = record.steps.find((step) => step.id === stepId);
  if (!row) throw new NotFound(`step ${stepId}`);
  return row;
}

function askedIn(execution: Execution, row: StepRow, parameter: string): AskedValue {
  const step = masterStepOf(execution, row);
  if (step?.kind === "decision" && parameter === decisionParameter) return askedDecision(step);
  const asked = step && askedBy(execution, step).find((p) => p.id === parameter);
  if (!asked || asked.source === "calculated" || asked.source === "laboratory") throw new NotFound(`parameter ${parameter} of step ${row.id}`);
  return askedValue(asked);
}

type New = Pick<EntryRow, "value" | "evaluation" | "source" | "instrument" | "eventAt" | "enteredBy" | "reason" | "basis" | "submission" | "late">;
type Place = { readonly execution: Execution; readonly row: StepRow; readonly asked: AskedValue; readonly rules: EffectiveConfiguration };

/** Writes one version of an entry with its audit entry. */
export async function writeEntry(tx: SiteTx, { execution, row, asked, rules }: Place, version: number, entry: New, actor: AuditActor, stamp: Stamp): Promise<void> {
  const { siteId, id: batchId } = execution.record.batch;
  await tx.insert(entries).values({ ...entry, siteId, batchId, stepId: row.id, parameter: asked.id, version, unit: asked.form ? null : asked.unit, limits: asked.limits, parameterClass: asked.class, ruleId: `${ruleOf(asked.id)} v${rules.version}`, enteredAt: stamp.now });
  await writeAudit(tx, {
    event: "entry.recorded", detail: { parameter: asked.id, version, value: entry.value, unit: asked.form ? "" : asked.unit, source: entry.source, evaluation: entry.evaluation }, siteId, subject: { type: "entry", id: `${batchId}/${row.id}/${asked.id}/${version}`, batchId },
    actor, reason: entry.reason ?? `step ${row.id}`,
  }, stamp.now, stamp.newId);
}

/** Raises what a value brought. */
export const raiseOver = (tx: SiteTx, { execution, row, asked }: Place, found: ValueException, person: { readonly id: string | null; readonly comment?: string | undefined; readonly tag?: string | null; readonly window?: { from: Date; to: Date }; readonly outsideMinutes?: number }, actor: AuditActor, stamp: Stamp): Promise<string> => {
  const { siteId, id: batchId } = execution.record.batch;
  const { id, comment, ...rest } = person;
  return raiseException(tx, { siteId, batchId, stepId: row.id, parameter: asked.id, ...found, rule: ruleOf(asked.id), raisedBy: id, ...(comment ? { comment } : {}), ...rest }, actor, stamp);
};

/** What changes after the second person looked asks him, or another, to look again. */
export async function reopenVerification(tx: SiteTx, { execution, row }: Pick<Place, "execution" | "row">): Promise<void> {
  if (row.verification !== "given") return;
  const { siteId, id: batchId } = execution.record.batch;
  await tx.update(steps).set({ verification: "open", verifiedBy: null, verifiedAt: null }).where(and(eq(steps.siteId, siteId), eq(steps.batchId, batchId), eq(steps.id, row.id)));
}

async function keep(tx: SiteTx, place: Place, plan: EntryPlan, input: EntryInput, person: { readonly id: string; readonly actor: AuditActor }, stamp: Stamp): Promise<Recorded> {
  const { execution, row, asked, rules } = place;
  const before = entriesOf(execution, row.id).get(asked.id);
  const { evaluation } = plan;
  await writeEntry(tx, place, plan.version, {
    value: plan.value, evaluation, source: "manual", instrument: input.instrument ?? null, eventAt: input.eventAt, enteredBy: person.id, reason: input.reason?.trim() ? input.reason.trim() : null, basis: null, submission: input.submission ?? null, late: plan.late,
  }, person.actor, stamp);
  const exceptions: string[] = [];
  for (const type of plan.exceptions) {
    const found = valueException(type, asked, plan, { before, eventAt: input.eventAt, now: stamp.now, lateAfterMin: rules.configuration.lateAfterMin });
    exceptions.push(await raiseOver(tx, place, found, { id: person.id, comment: type === "late_entry" || type === "entry_corrected" ? input.reason : undefined }, person.actor, stamp));
  }
  if (before) await reopenVerification(tx, place);
  return { version: plan.version, evaluation, late: plan.late, exceptions };
}

/**
 * Records a value somebody typed (ALCOA+; 21 CFR 211.188). The first one is permanent, a correction is a further version; every exception it brings is written in
 * the same transaction, and calculations that used a corrected value are done again. Throws `NotFound` for a parameter the step does not ask for.
 */
export async function recordEntry(tx: SiteTx, by: Granted<"batch.execute">, input: EntryInput, stamp: Stamp): Promise<Result<Recorded, EntryRefusal>> {
  const execution = await readExecution(tx, input.siteId, input.batchId, true);
  const sent = input.submission && execution.record.entries.find((e) => e.submission === input.submission);
  if (sent) return accept({ version: sent.version, evaluation: sent.evaluation, late: sent.late ?? false, exceptions: [] });
  const row = stepOf(execution, input.stepId);
  const asked = askedIn(execution, row, input.parameter);
  const latest = entriesOf(execution, row.id).get(asked.id);
  const rules = await effectiveConfiguration(tx);
  const plan = planEntry(
    { batch: execution.record.batch.state, startedAt: execution.record.batch.startedAt ?? undefined, carriedOut: asked.id === decisionParameter && row.state === "done", step: row.state, asked, latest: latest && { version: latest.version, value: latest.value, by: execution.record.names.get(latest.enteredBy ?? "") ?? "" }, lateAfterMin: rules.configuration.lateAfterMin },
    { ...input, now: stamp.now, reason: input.reason ?? "", kept: input.kept ?? false },
  );
  if (!plan.ok) return plan;
  const recorded = await keep(tx, { execution, row, asked, rules }, plan.value, input, { id: by.actor.id, actor: actorOf(by) }, stamp);
  if (latest) await calculateAgain(tx, input, asked.id, by, stamp);
  return accept(recorded);
}

/** What stands where a calculation cannot be done any more. */
export const notCalculable = "not calculable";

type Input = Extract<EntryBasis, { kind: "calculated" }>["inputs"][number];

/** The values a calculated parameter is made from, as they stand now; undefined names what is missing. */
export function inputsOf(execution: Execution, p: MasterParameter): Result<readonly Input[], readonly string[]> {
  const found = Object.entries(p.formula?.inputs ?? {}).map(([name, parameter]) => ({ name, parameter, entry: latestValue(execution, parameter), unit: execution.master.parameters.find((one) => one.id === parameter)?.unit ?? "" }));
  const missing = found.filter(({ entry }) => !entry || entry.value === notCalculable).map(({ parameter }) => execution.master.parameters.find((one) => one.id === parameter)?.name ?? parameter);
  if (missing.length > 0) return { ok: false, refusal: missing };
  return accept(found.flatMap(({ name, parameter, entry, unit }) => (entry ? [{ name, parameter, stepId: entry.stepId, version: entry.version, value: entry.value, unit }] : [])));
}

/** Calculates one parameter from what is recorded and keeps it with its basis. `why`: reason of a further version. Returns what keeps it from being calculated. */
export async function calculate(tx: SiteTx, execution: Execution, row: StepRow, p: MasterParameter, why: string | null, by: Granted<Permission>, stamp: Stamp): Promise<readonly string[]> {
  const inputs = inputsOf(execution, p);
  if (!inputs.ok) return inputs.refusal.map((name) => `${name}, which ${p.name} is calculated from,`);
  const text = p.formula?.text ?? "";
  const result = evaluateFormula({ text, inputs: Object.fromEntries(inputs.value.map((i) => [i.name, i.unit])), unit: p.unit, precision: p.precision }, Object.fromEntries(inputs.value.map((i) => [i.name, i.value])));
  if (!result.ok) return [`${p.name} (${result.refusal.sentence})`];
  const asked = askedValue(p);
  const latest = entriesOf(execution, row.id).get(p.id);
  const place = { execution, row, asked, rules: await effectiveConfiguration(tx) };
  const zone = zoneOf(Number(result.value), p.limits);
  await writeEntry(tx, place, (latest?.version ?? 0) + 1, {
    value: result.value, evaluation: zone !== "normal" ? "exception" : hasLimits(p.limits) ? "within" : "no_limits", source: "calculated", instrument: null, eventAt: stamp.now, enteredBy: by.actor.id, reason: latest ? why : null, basis: { kind: "calculated", formula: text, inputs: [...inputs.value] }, submission: null, late: false,
  }, actorOf(by), stamp);
  if (zone !== "normal") {
    const isYield = execution.master.theoreticalYield?.parameter === p.id;
    const severity = zoneSeverity(zone, p.class);
    const found = valueException(p.class === "CPP" ? "cpp_outside_limits" : "parameter_outside_limits", asked, { version: 1, value: result.value, zone, evaluation: "exception", late: false, exceptions: [] }, { before: undefined, eventAt: stamp.now, now: stamp.now, lateAfterMin: 0 });
    await raiseOver(tx, place, { ...found, ...(isYield ? { type: "yield_outside_limits" as const, title: outsideTitle(asked, zone, Number(result.value)) } : {}), ...(severity ? { severity } : {}) }, { id: null }, actorOf(by), stamp);
  }
  return [];
}

/** Parameters that rest on a corrected value, directly or by way of others, each after those it rests on. */
export function restingOn(parameters: readonly MasterParameter[], corrected: string): readonly MasterParameter[] {
  const inputs = (p: MasterParameter) => Object.values(p.formula?.inputs ?? {});
  const affected = new Set([corrected]);
  for (let grew = true; grew;) {
    const more = parameters.filter((p) => !affected.has(p.id) && inputs(p).some((id) => affected.has(id)));
    grew = more.length > 0;
    for (const p of more) affected.add(p.id);
  }
  const done = new Set([corrected]);
  const inOrder: MasterParameter[] = [];
  for (;;) {
    const next = parameters.find((p) => affected.has(p.id) && !done.has(p.id) && inputs(p).every((id) => !affected.has(id) || done.has(id)));
    if (!next) return inOrder;
    done.add(next.id);
    inOrder.push(next);
  }
}

/** A calculation that cannot be done any more with what it rests on: the old result no longer stands, and nothing is put in its place. */
async function withdrawResult(tx: SiteTx, execution: Execution, row: StepRow, p: MasterParameter, version: number, { why, missing }: { readonly why: string; readonly missing: readonly string[] }, by: Granted<Permission>, stamp: Stamp): Promise<void> {
  const place = { execution, row, asked: askedValue(p), rules: await effectiveConfiguration(tx) };
  await writeEntry(tx, place, version, { value: notCalculable, evaluation: "not_evaluated", source: "calculated", instrument: null, eventAt: stamp.now, enteredBy: by.actor.id, reason: `${why}; missing: ${missing.join(" ")}`.slice(0, 2_000), basis: null, submission: null, late: false }, actorOf(by), stamp);
  await raiseOver(tx, place, { type: "data_gap", title: `${p.name} cannot be calculated any more`, planned: "calculated", actual: missing.join(" "), unit: null }, { id: null }, actorOf(by), stamp);
}

/**
 * Does the calculations again that rest on a corrected value, each after those it rests on; a step that was verified is verified anew, because what the second
 * person saw is not what stands now. What cannot be calculated any more says so.
 */
export async function calculateAgain(tx: SiteTx, { siteId, batchId }: { readonly siteId: string; readonly batchId: string }, corrected: string, by: Granted<Permission>, stamp: Stamp): Promise<void> {
  const { master } = await readExecution(tx, siteId, batchId);
  const name = master.parameters.find((p) => p.id === corrected)?.name ?? corrected;
  for (const p of restingOn(master.parameters, corrected)) {
    const execution = await readExecution(tx, siteId, batchId);
    const latest = latestValue(execution, p.id);
    if (!latest) continue;
    const row = stepOf(execution, latest.stepId);
    const why = `calculated again: ${name} was corrected`;
    const missing = await calculate(tx, execution, row, p, why, by, stamp);
    if (missing.length > 0) await withdrawResult(tx, execution, row, p, latest.version + 1, { why, missing }, by, stamp);
    await reopenVerification(tx, { execution, row });
  }
}
