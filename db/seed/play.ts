import { processValues } from "#db/schema/telemetry.ts";
import type { SiteTx } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import type { StepRow } from "#lib/batch/record.ts";
import { moveEquipment } from "#lib/equipment/commands.ts";
import { bindUnit, releaseUnit } from "#lib/execution/bind-commands.ts";
import { unitWith } from "#lib/execution/capture-commands.ts";
import { chargeMaterial } from "#lib/execution/charge-commands.ts";
import { recordEntry } from "#lib/execution/entry-commands.ts";
import { readExecution } from "#lib/execution/queries.ts";
import { drawStepSample } from "#lib/execution/sample-commands.ts";
import { receiveSample } from "#lib/laboratory/commands.ts";
import { askedTests } from "#lib/laboratory/queries.ts";
import { enterResult, reviewResult } from "#lib/laboratory/result-commands.ts";
import { unitsOfClass, unitsOfSite } from "#lib/equipment/queries.ts";
import { askedBy, decisionParameter, entriesOf, masterStepOf, type Execution } from "#lib/execution/standing.ts";
import { actOnBatch, actOnStep } from "#lib/execution/step-commands.ts";
import { attachFile } from "#lib/execution/attachment-commands.ts";
import { fefoLots } from "#lib/material/queries.ts";
import type { Severity } from "#lib/quality/exception.ts";
import { sayException, type PersonType } from "#lib/quality/person-commands.ts";
import type { MasterParameter, MasterRecord, MasterStep } from "#lib/recipe/master-record.ts";
import { BrokenPromise, type Result } from "#lib/result.ts";
import { storeProcess, type Process } from "./history/process.ts";

/** Who executes and who verifies a batch of the story. */
export type PlayCrew = { readonly operator: Actor; readonly second: Actor; readonly supervisor: Actor; readonly analyst: Actor; readonly reviewer: Actor };
/** What a batch of the story does otherwise than planned; everything is named by the master's ids. */
export type Script = {
  readonly random: () => number; readonly newId: () => string;
  /** Signs a step as performed, just before it ends. */
  readonly sign: (stepId: string, at: Date) => Promise<void>;
  readonly values?: Readonly<Record<string, string>>; readonly choices?: Readonly<Record<string, string>>;
  /** Ends before this step. */
  readonly until?: string;
  /** Ends before this step because the batch is aborted, `at` where that was later than the end of the step before it; what is said of it first, about the step. */
  readonly abort?: { readonly before: string; readonly reason: string; readonly at?: Date; readonly said?: Remark };
  /** Values written down so many minutes after they were read, with the reason. */
  readonly late?: Readonly<Record<string, { readonly minutes: number; readonly reason: string }>>;
  /** Values that were mistyped by two of their last digit and then corrected, with the reason. */
  readonly corrected?: Readonly<Record<string, string>>;
  /** What the operator says about a step. */
  readonly remarks?: Readonly<Record<string, Remark>>;
  /** Before a step the supervisor stops the batch, says why, and lets it go on after so many minutes with the second person at the step. */
  readonly stopped?: Readonly<Record<string, Remark & { readonly minutes: number }>>;
  /** What the laboratory or a reading finds at a time, where it is known. */
  readonly found?: (parameter: string, at: Date) => number | undefined;
  /** Steps of one shift that were done in their time and written down only from `from` on, with the reason. */
  readonly afterwards?: { readonly steps: readonly string[]; readonly from: Date; readonly reason: string };
  /** What the instruments of the batch's unit measure meanwhile; without it values are made for the time of the steps that capture them. */
  readonly process?: Process;
  /** Measured values that leave for so many minutes. */
  readonly excursions?: Readonly<Record<string, { readonly to: number; readonly minutes: number }>>;
  /** Share of the planned quantity that is charged. */
  readonly shares?: Readonly<Record<string, number>>;
  /** Units and lots the batch may take; all, where nothing is said. */
  readonly units?: (unitId: string) => boolean;
  readonly lots?: (lotId: string) => boolean;
};
type Remark = { readonly type: PersonType; readonly severity: Severity; readonly comment: string };
type Place = { readonly tx: SiteTx; readonly siteId: string; readonly batchId: string; readonly crew: PlayCrew; readonly script: Script };
/** `done`: when the steps that are written down afterwards were really done, by their number. */
type Scene = Place & { readonly done: Map<string, Date> };

const minute = 60_000;

function kept<T>(outcome: Result<T, unknown>, what: string): T {
  if (!outcome.ok) throw new BrokenPromise("story-refused", `${what}: ${JSON.stringify(outcome.refusal)}`);
  return outcome.value;
}

/** A value as planned: the target, the middle of the normal range, or a little inside its only end; spread a little around it. */
export function plannedValue(p: MasterParameter, random: () => number): string {
  if (p.form === "choice") return p.options?.find((option) => option.fits)?.value ?? "";
  if (p.form === "text") return "As written";
  const range = p.limits.normal ?? p.limits.alert ?? p.limits.action ?? p.limits.validated ?? {};
  const { low, high } = range;
  const width = low !== undefined && high !== undefined ? high - low : Math.abs(low ?? high ?? 1) * 0.05;
  const middle = p.limits.target ?? (low !== undefined && high !== undefined ? (low + high) / 2 : low !== undefined ? low + width / 2 : high === undefined ? 1 : high - width / 2);
  const value = middle + (random() - 0.5) * width * 0.3;
  const held = Math.min(high ?? Infinity, Math.max(low ?? -Infinity, value));
  return held.toFixed(p.precision).replace(/^-(0(\.0+)?)$/, "$1");
}

/** What is found of a parameter at a time, else a value as planned. */
function foundValue(script: Script, p: MasterParameter, at: Date): string {
  const found = script.found?.(p.id, at);
  return found === undefined ? plannedValue(p, script.random) : found.toFixed(p.precision);
}

/** A value of the process leaves for some minutes while a step captures it, at a moment of chance. */
function excurse({ script }: Scene, p: MasterParameter, from: Date, to: Date): void {
  const away = script.excursions?.[p.id];
  if (!away || !script.process) return;
  const room = Math.max(0, (to.getTime() - from.getTime()) / minute - away.minutes - 4);
  script.process.leaves(p.tag ?? "", new Date(from.getTime() + Math.floor(2 + script.random() * room) * minute), away.minutes, away.to);
}

/** History of a tag at one minute while a step ran, around the value it is to have. */
async function measure({ tx, siteId, script }: Scene, execution: Execution, p: MasterParameter, from: Date, to: Date): Promise<boolean> {
  const unitId = await unitWith(tx, execution, p.tag ?? "");
  if (unitId === undefined) return false;
  const rows: (typeof processValues.$inferInsert)[] = [];
  const away = script.excursions?.[p.id];
  const gone = (at: number): boolean => away !== undefined && at >= from.getTime() + 2 * minute && at <= from.getTime() + (2 + away.minutes) * minute;
  const valueAt = (at: number): number => (away && gone(at) ? away.to : Number(script.values?.[p.id] ?? plannedValue(p, script.random)));
  for (let at = from.getTime(); at <= to.getTime(); at += minute) rows.push({ siteId, unitId, tag: p.tag ?? "", at: new Date(at), value: valueAt(at), quality: "good", origin: "online", recordedAt: new Date(at) });
  for (let i = 0; i < rows.length; i += 5_000) await tx.insert(processValues).values(rows.slice(i, i + 5_000)).onConflictDoNothing();
  return true;
}

/** A unit of the class that is free, cleaned for this batch; where none is, one the batch has used before gives way. */
async function unitFor(scene: Scene, wanted: MasterRecord["equipment"][number], now: Date): Promise<string> {
  const { tx, siteId, batchId, crew, script } = scene;
  const units = (await unitsOfClass(tx, siteId, wanted.equipmentClass)).filter(({ unit }) => script.units?.(unit.id) ?? true);
  const calibrated = ({ standing }: (typeof units)[number]): boolean => !wanted.calibrated || (standing.calibrationDueAt !== null && standing.calibrationDueAt > now && standing.instruments.every((one) => one.passed));
  const free = units.filter((one) => calibrated(one) && (one.standing.state === "clean" || one.standing.state === "dirty"));
  const chosen = free.find((one) => one.standing.state === "dirty") ?? free[0];
  const own = chosen ? undefined : (await readExecution(tx, siteId, batchId)).record.equipment.find((use) => use.releasedAt === null && units.some((one) => one.unit.id === use.unitId && calibrated(one)));
  if (own) {
    kept(await releaseUnit(tx, requirePermission(crew.operator, "batch.execute", siteId), { siteId, batchId, unitId: own.unitId }, { now: new Date(now.getTime() - 90 * minute), newId: script.newId }), `release of ${own.unitId}`);
    return unitFor(scene, wanted, now);
  }
  if (!chosen) throw new BrokenPromise("story-refused", `no unit of class ${wanted.equipmentClass} at ${siteId} can be bound`);
  const { id: unitId } = chosen.unit;
  const actor = { id: crew.operator.id, name: crew.operator.printedName, role: "operator" };
  const before = new Date(now.getTime() - 5 * minute);
  for (const event of ["start_cleaning", "finish_cleaning"] as const) kept(await moveEquipment(tx, { siteId, unitId, event, at: event === "start_cleaning" ? new Date(before.getTime() - 60 * minute) : before, reason: "Cleaned before use" }, crew.operator.id, actor, { now, newId: script.newId }), `cleaning of ${unitId}`);
  return unitId;
}

async function charge(scene: Scene, master: MasterRecord, row: StepRow, step: MasterStep, now: Date): Promise<void> {
  const material = master.materials.find((m) => m.id === step.material);
  if (!material) return;
  let left = material.quantity * (scene.script.shares?.[material.id] ?? 1);
  const by = requirePermission(scene.crew.operator, "batch.execute", scene.siteId);
  const stock = await fefoLots(scene.tx, scene.siteId, material.code, now);
  for (const lot of stock.filter(({ id }) => scene.script.lots?.(id) ?? true)) {
    const part = Math.min(left, lot.balance);
    if (part <= 0) break;
    const quantity = String(Math.round(part * 1e6) / 1e6);
    kept(await chargeMaterial(scene.tx, by, { siteId: scene.siteId, batchId: scene.batchId, stepId: row.id, scanned: lot.id, quantity, unit: lot.unit === material.unit ? material.unit : lot.unit, confirmed: true }, { now, newId: scene.script.newId }), `charge of ${material.code}`);
    left -= part;
  }
  if (left > 1e-6) throw new BrokenPromise("story-refused", `${left} ${material.unit} of ${material.code} are missing at ${scene.siteId}`);
}

type Written = { readonly parameter: string; readonly value: string; readonly unit: string; readonly eventAt: Date; readonly basedOn?: number; readonly reason?: string };
async function record(scene: Scene, row: StepRow, { basedOn = 0, ...entry }: Written, now: Date): Promise<void> {
  const by = requirePermission(scene.crew.operator, "batch.execute", scene.siteId);
  kept(await recordEntry(scene.tx, by, { siteId: scene.siteId, batchId: scene.batchId, stepId: row.id, ...entry, basedOn, confirmed: true, submission: scene.script.newId() }, { now, newId: scene.script.newId }), `${entry.parameter} of step ${row.id}`);
}

/** What the operator types for a parameter: in time or late, at once right or corrected. */
async function type(scene: Scene, row: StepRow, p: MasterParameter, from: Date, now: Date): Promise<void> {
  const { script } = scene;
  const value = script.values?.[p.id] ?? plannedValue(p, script.random);
  const [late, wrong] = [script.late?.[p.id], script.corrected?.[p.id]];
  const happened = scene.done.get(row.id);
  const written = { parameter: p.id, unit: p.unit, eventAt: happened ?? (late ? new Date(from.getTime() + minute) : now), ...(happened ? { reason: script.afterwards?.reason ?? "" } : late ? { reason: late.reason } : {}) };
  if (wrong === undefined || p.form) return record(scene, row, { ...written, value }, now);
  const before = new Date(now.getTime() - 2 * minute);
  await record(scene, row, { ...written, eventAt: late || happened ? written.eventAt : before, value: (Number(value) + 2 * 10 ** -p.precision).toFixed(p.precision) }, before);
  await record(scene, row, { ...written, eventAt: now, value, basedOn: 1, reason: wrong }, now);
}

/** Does the step take values that the process measures anyway? */
const capturedByProcess = ({ script }: Scene, execution: Execution, step: MasterStep): boolean => askedBy(execution, step).some((p) => p.source === "automatic" && p.tag !== undefined && script.process?.measures(p.tag) === true);

async function fill(scene: Scene, execution: Execution, row: StepRow, step: MasterStep, from: Date, now: Date): Promise<void> {
  const { tx, siteId, batchId, crew, script } = scene;
  const by = requirePermission(crew.operator, "batch.execute", siteId);
  const stamp = { now, newId: script.newId };
  if (script.process && capturedByProcess(scene, execution, step)) {
    for (const p of askedBy(execution, step)) excurse(scene, p, from, now);
    await storeProcess(tx, siteId, script.process, now);
  }
  for (const p of askedBy(execution, step)) {
    if (entriesOf(execution, row.id).has(p.id) || p.source === "calculated" || p.source === "laboratory") continue;
    const captured = p.source === "automatic" && p.tag !== undefined && (script.process?.measures(p.tag) || await measure(scene, execution, p, from, now));
    if (!captured) await type(scene, row, p, from, now);
  }
  if (step.kind === "decision") await record(scene, row, { parameter: decisionParameter, value: script.choices?.[step.id] ?? step.choices?.[0]?.value ?? "", unit: "1", eventAt: now }, now);
  if (step.kind === "material") await charge(scene, execution.master, row, step, now);
  if (step.kind === "equipment") {
    const wanted = execution.master.equipment.find((e) => e.id === step.equipment);
    if (wanted) kept(await bindUnit(tx, by, { siteId, batchId, stepId: row.id, scanned: await unitFor(scene, wanted, now) }, stamp), `unit of step ${row.id}`);
  }
  if (step.kind === "sample") kept(await drawStepSample(tx, by, { siteId, batchId, stepId: row.id }, stamp), `sample of step ${row.id}`);
  if (step.attachment === "required") kept(await attachFile(tx, by, { siteId, batchId, stepId: row.id, name: `step-${row.id}.txt`, content: new TextEncoder().encode(`Print-out of step ${row.id}, ${batchId}\n`) }, stamp), `file of step ${row.id}`);
  const remark = script.remarks?.[step.id];
  if (remark) kept(await sayException(tx, requirePermission(crew.operator, "exception.raise", siteId), { siteId, batchId, stepId: row.id, ...remark }, stamp), `remark on step ${row.id}`);
}

/** The laboratory receives the sample, measures what the master asks of it and has each result reviewed by a second analyst. Returns when the last one was. */
async function analyse(scene: Scene, stepId: string, from: Date): Promise<Date> {
  const { tx, siteId, batchId, crew, script } = scene;
  const execution = await readExecution(tx, siteId, batchId);
  const sample = execution.record.samples.find((one) => one.stepId === stepId);
  if (!sample) return from;
  const instrument = (await unitsOfSite(tx, siteId)).find(({ unit, standing }) => unit.processCell === "Quality control" && (script.units?.(unit.id) ?? true) && standing.state !== "out_of_service" && standing.state !== "hold" && standing.calibrationDueAt !== null && standing.calibrationDueAt > from && standing.instruments.every((one) => one.passed));
  const [by, second] = [requirePermission(crew.analyst, "result.enter", siteId), requirePermission(crew.reviewer, "result.review", siteId)];
  const at = (minutes: number) => ({ now: new Date(from.getTime() + minutes * minute), newId: script.newId });
  kept(await receiveSample(tx, by, { siteId, sampleId: sample.id }, at(5)), `receipt of ${sample.id}`);
  for (const [i, test] of askedTests(execution, sample).entries()) {
    const place = { siteId, sampleId: sample.id, parameter: test.id };
    const p = execution.master.parameters.find((one) => one.id === test.id);
    const number = kept(await enterResult(tx, by, { ...place, rawValue: script.values?.[test.id] ?? (p ? foundValue(script, p, from) : "0"), instrument: instrument?.unit.id ?? "", analysedAt: at(8 + i).now }, at(9 + i)), `${test.id} of ${sample.id}`);
    kept(await reviewResult(tx, second, { ...place, number }, at(10 + i)), `review of ${test.id} of ${sample.id}`);
  }
  return at(12 + askedTests(execution, sample).length).now;
}

/** Executes one step that is ready: starts it when its time has come, fills it, ends it and has it verified. Returns when it ended. */
async function playStep(scene: Scene, execution: Execution, row: StepRow, from: Date): Promise<Date> {
  const { tx, siteId, batchId, crew, script } = scene;
  const step = masterStepOf(execution, row);
  if (!step) return from;
  const since = step.timer && execution.record.steps.find((one) => one.masterStep === step.timer?.since);
  const earliest = (since?.verifiedAt ?? since?.performedAt)?.getTime() ?? 0;
  const started = new Date(Math.max(from.getTime(), earliest + (step.timer?.atLeastMin ?? 0) * minute + (step.timer ? minute : 0)));
  const lasting = Math.max(0, ...askedBy(execution, step).map((p) => ("minutes" in p.evaluation ? p.evaluation.minutes * 2 : 0)));
  const waiting = scene.done.has(row.id) ? 0 : Math.max(0, ...askedBy(execution, step).map((p) => script.late?.[p.id]?.minutes ?? 0));
  const work = 4 + Math.floor(script.random() * 8);
  const due = script.process?.early && capturedByProcess(scene, execution, step) ? (row.dueAt?.getTime() ?? 0) : 0;
  const ended = new Date(Math.max(started.getTime() + (work + lasting + waiting) * minute, due + work * minute));
  const place = { siteId, batchId, stepId: row.id };
  const by = requirePermission(crew.operator, "batch.execute", siteId);
  kept(await actOnStep(tx, by, { ...place, command: "start" }, { quality: false }, { now: started, newId: script.newId }), `start of ${row.id}`);
  await fill(scene, execution, row, step, started, ended);
  script.process?.did(step.id, scene.done.get(row.id) ?? ended);
  if (step.kind === "signoff") await script.sign(row.id, ended);
  kept(await actOnStep(tx, by, { ...place, command: "finish" }, { quality: false, signed: step.kind === "signoff" }, { now: ended, newId: script.newId }), `end of ${row.id}`);
  const after = step.kind === "sample" ? await analyse(scene, row.id, ended) : ended;
  if (row.verification !== "open") return after;
  const verified = new Date(after.getTime() + 2 * minute);
  kept(await actOnStep(tx, requirePermission(crew.second, "batch.execute", siteId), { ...place, command: "verify" }, { quality: false }, { now: verified, newId: script.newId }), `verification of ${row.id}`);
  return verified;
}

/** Releases every unit the batch holds. */
async function releaseAll({ tx, siteId, batchId, crew, script }: Scene, at: Date): Promise<void> {
  const by = requirePermission(crew.operator, "batch.execute", siteId);
  const { record: { equipment } } = await readExecution(tx, siteId, batchId);
  for (const { unitId } of equipment.filter((use) => use.releasedAt === null)) kept(await releaseUnit(tx, by, { siteId, batchId, unitId }, { now: at, newId: script.newId }), `release of ${unitId}`);
}

async function abort(scene: Scene, row: StepRow, { reason, said }: NonNullable<Script["abort"]>, at: Date): Promise<void> {
  const { tx, siteId, batchId, crew, script } = scene;
  const stamp = { now: at, newId: script.newId };
  if (script.process) await storeProcess(tx, siteId, script.process, at);
  if (said) kept(await sayException(tx, requirePermission(crew.operator, "exception.raise", siteId), { siteId, batchId, stepId: row.id, ...said }, stamp), "what was said before the abort");
  await releaseAll(scene, at);
  kept(await actOnBatch(tx, requirePermission(crew.operator, "batch.execute", siteId), { siteId, batchId, command: "abort", reason }, stamp), "abort");
}

/** The supervisor stops the batch before a step and says why; somebody else does it then. Returns who, and when the batch went on. */
async function stopBefore(scene: Scene, row: StepRow, { minutes, ...said }: NonNullable<Script["stopped"]>[string], at: Date): Promise<{ readonly scene: Scene; readonly at: Date }> {
  const { tx, siteId, batchId, crew, script } = scene;
  const after = new Date(at.getTime() + minutes * minute);
  const by = requirePermission(crew.supervisor, "batch.execute", siteId);
  kept(await sayException(tx, requirePermission(crew.supervisor, "exception.raise", siteId), { siteId, batchId, stepId: row.id, ...said }, { now: at, newId: script.newId }), `stop before ${row.id}`);
  kept(await actOnBatch(tx, by, { siteId, batchId, command: "hold", reason: said.comment }, { now: at, newId: script.newId }), `hold before ${row.id}`);
  kept(await actOnBatch(tx, by, { siteId, batchId, command: "restart", reason: "Somebody else takes the step over" }, { now: after, newId: script.newId }), `restart before ${row.id}`);
  return { scene: { ...scene, crew: { ...crew, operator: crew.second, second: crew.supervisor } }, at: after };
}

/** Steps done one after the other from `since` on, written down when the shift is over. Returns when the one was done. */
function doneInTime({ script, done }: Scene, row: StepRow, since: Date): Date {
  const last = [...done.values()].at(-1) ?? since;
  const at = new Date(last.getTime() + (9 + Math.floor(script.random() * 9)) * minute);
  done.set(row.id, at);
  return at;
}

/**
 * Executes an issued batch through the commands of real use, step by step in the order of the record, each when it is planned or right after the one before; then releases its units and
 * completes it. Stops where its script says. Returns when it ended, and whether the record is complete.
 */
export async function play(place: Place, startedAt: Date): Promise<{ readonly endedAt: Date; readonly complete: boolean }> {
  const scene: Scene = { ...place, done: new Map() };
  const { tx, siteId, batchId, crew, script } = scene;
  const by = requirePermission(crew.operator, "batch.execute", siteId);
  kept(await actOnBatch(tx, by, { siteId, batchId, command: "start" }, { now: startedAt, newId: script.newId }), "start");
  let at = startedAt;
  for (;;) {
    const execution = await readExecution(tx, siteId, batchId);
    const row = execution.record.steps.find((one) => one.state === "ready");
    if (!row) break;
    const step = masterStepOf(execution, row);
    const id = row.masterStep ?? "";
    if (script.until !== undefined && id === script.until) return { endedAt: at, complete: false };
    if (script.abort && id === script.abort.before) {
      const ended = new Date(Math.max(at.getTime(), script.abort.at?.getTime() ?? 0));
      await abort(scene, row, script.abort, ended);
      return { endedAt: ended, complete: false };
    }
    const stop = script.stopped?.[id];
    const next = stop ? await stopBefore(scene, row, stop, at) : { scene, at };
    const written = script.afterwards?.steps.includes(id) ? script.afterwards.from.getTime() : 0;
    if (written > 0) doneInTime(scene, row, startedAt);
    const due = step && script.process?.early && capturedByProcess(scene, execution, step) ? 0 : (row.dueAt?.getTime() ?? 0);
    const waited = script.process?.notBefore(id)?.getTime() ?? 0;
    at = await playStep(next.scene, execution, row, new Date(Math.max(next.at.getTime(), due, written, waited)));
  }
  await releaseAll(scene, at);
  kept(await actOnBatch(tx, by, { siteId, batchId, command: "complete" }, { now: at, newId: script.newId }), "completion");
  return { endedAt: at, complete: true };
}
