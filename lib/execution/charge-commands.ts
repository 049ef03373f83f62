import { signatures } from "#db/schema/signature.ts";
import { materialUses } from "#db/schema/execution.ts";
import { and, eq } from "drizzle-orm";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { chargeFaults, type ChargeFault } from "#lib/material/charge.ts";
import { chargeLot } from "#lib/material/charge-commands.ts";
import { earlierLot, earlierSentence } from "#lib/material/fefo.ts";
import { fefoLots, lotForScan } from "#lib/material/queries.ts";
import type { ExceptionType } from "#lib/quality/configuration.ts";
import { raiseException } from "#lib/quality/raise-commands.ts";
import { unitOf } from "#lib/quantity/unit.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { SignedAbout } from "#lib/signature/statement.ts";
import { actorOf, reopenVerification, stepOf, type Stamp } from "./entry-commands.ts";
import { readExecution } from "./queries.ts";
import { chargedPercent, masterStepOf, takenBackCharges, type Execution } from "./standing.ts";

export type ChargeInput = { readonly siteId: string; readonly batchId: string; readonly stepId: string; /** What was scanned or typed: a lot or one of its containers. */ readonly scanned: string; readonly quantity: string; readonly unit: string;
  /** He was asked about a strange amount, or about a lot that expires earlier, and stays with it. */ readonly confirmed?: boolean | undefined; /** The browser's number of this sending; the same one again is the same charge. */ readonly submission?: string | undefined };
/** `override`: what quality could sign to let it in all the same; undefined where nobody can. `confirm`: not refused for good, sent again as confirmed it is charged. */
export type ChargeRefusal = { readonly sentence: string; readonly override?: SignedAbout; readonly confirm?: true };
export type Charged = { readonly number: number; readonly lotId: string; readonly percentOfPlan: number; readonly exceptions: readonly string[] };

/** What a signature of quality about this lot in this step says. */
export const overrideOfLot = (stepId: string, lotId: string, faults: readonly ChargeFault[]): SignedAbout => ({ type: "material", id: `${stepId}/${lotId}`, act: "allow", from: faults.map((fault) => fault.kind).join(", "), to: "use allowed" });

/** The ordinal of quality's signature that lets a lot or a unit in, if one was made for exactly these faults. */
export async function overrideFor(tx: SiteTx, siteId: string, batchId: string, wanted: SignedAbout): Promise<number | undefined> {
  const rows = await tx.select({ ordinal: signatures.ordinal, about: signatures.about }).from(signatures).where(and(eq(signatures.siteId, siteId), eq(signatures.batchId, batchId), eq(signatures.meaning, "override_approved")));
  return rows.find(({ about }) => about?.type === wanted.type && about.id === wanted.id && about.from === wanted.from)?.ordinal;
}

/** What was prepared in the plant and has run out is work in progress; what was bought is a material. */
const prepared: ReadonlySet<string> = new Set(["buffer", "medium", "intermediate"]);
function exceptionOf(faults: readonly ChargeFault[], kind: string): ExceptionType {
  if (faults.some((fault) => fault.kind === "wrong_material")) return "wrong_material";
  return prepared.has(kind) && faults.some((fault) => fault.kind === "expired") ? "work_in_progress_expired" : "material_not_approved";
}
/** Faults that a signature cannot mend: what is not there cannot be charged, and a unit is not a matter of judgement. */
const cannotBeOverridden: ReadonlySet<ChargeFault["kind"]> = new Set(["not_enough", "wrong_unit"]);

/** Per cent of the planned quantity after this charge, all charges of the step together. */
function percentAfter({ record }: Execution, stepId: string, charge: { readonly quantity: string; readonly unit: string }, planned: { readonly quantity: number; readonly unit: string }): number {
  const based = (quantity: string, unit: string): number => Number(quantity) * Number(unitOf(unit)?.factor ?? Number.NaN);
  const sum = record.materials.filter((use) => use.stepId === stepId).reduce((total, use) => total + based(use.quantity, use.unit), 0) + based(charge.quantity, charge.unit);
  return Math.round((sum / based(String(planned.quantity), planned.unit)) * 1e6) / 1e4;
}

/**
 * Charges of a lot what was weighed (21 CFR 211.101, 211.84): scanned or typed, checked against material, status, expiry and what is left. A lot that does not fit is refused
 * and the refusal audited; a signature of quality about exactly this lot and these faults lets it in as an exception.
 */
export async function chargeMaterial(tx: SiteTx, by: Granted<"batch.execute">, input: ChargeInput, stamp: Stamp): Promise<Result<Charged, ChargeRefusal>> {
  const { siteId, batchId, stepId, quantity, unit } = input;
  const execution = await readExecution(tx, siteId, batchId, true);
  const row = stepOf(execution, stepId);
  const step = masterStepOf(execution, row);
  const wanted = execution.master.materials.find((m) => m.id === step?.material);
  const sent = input.submission && execution.record.materials.find((use) => use.submission === input.submission);
  if (sent) return accept({ number: sent.number, lotId: sent.lotId, percentOfPlan: sent.percentOfPlan, exceptions: [] });
  if (execution.record.batch.state !== "in_progress" || !(row.state === "active" || (row.state === "done" && isShort(execution, stepId))) || !wanted) return refuse({ sentence: "Start the step first: only an active step takes material, or one whose charge was taken back." });
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(quantity) || Number(quantity) === 0) return refuse({ sentence: "Write the quantity as a number above zero, with a point before the decimals." });
  const scanned = await lotForScan(tx, siteId, input.scanned, { lock: true });
  if (!scanned) return refuse({ sentence: `Nothing at this site has the number “${input.scanned.trim().slice(0, 60)}”. Scan the label again, or type the lot's number.` });
  const { lot, balance, container } = scanned;
  const containerId = container?.id ?? null;
  const faults = chargeFaults({ lot, wanted, balance, container, quantity, unit, now: stamp.now });
  const override = faults.length > 0 ? await overrideFor(tx, siteId, batchId, overrideOfLot(stepId, lot.id, faults)) : undefined;
  const actor = actorOf(by);
  if (faults.length > 0 && (override === undefined || faults.some((fault) => cannotBeOverridden.has(fault.kind)))) {
    const sentence = faults.map((fault) => fault.sentence).join(" ");
    await writeAudit(tx, { event: "material.refused", detail: { material: wanted.code, lot: lot.id, sentence, ...(faults.some((fault) => cannotBeOverridden.has(fault.kind)) ? {} : { faults: overrideOfLot(stepId, lot.id, faults).from }) }, siteId, subject: { type: "step", id: `${batchId}/${stepId}`, batchId }, actor, reason: `step ${stepId}` }, stamp.now, stamp.newId);
    return refuse({ sentence, ...(faults.some((fault) => cannotBeOverridden.has(fault.kind)) ? {} : { override: overrideOfLot(stepId, lot.id, faults) }) });
  }
  const percentOfPlan = percentAfter(execution, stepId, { quantity, unit }, wanted);
  const tooMuch = percentOfPlan > wanted.tolerance.high;
  const earlier = faults.length > 0 ? undefined : earlierLot(lot, await fefoLots(tx, siteId, wanted.code, stamp.now), execution.record.site.timeZone);
  // All doubts are asked about at once: one answer confirms nothing it was not asked.
  const doubts = [
    ...(tooMuch ? [`With it ${percentOfPlan.toFixed(1)} % of the plan are charged; ${wanted.quantity} ${wanted.unit} are planned, at most ${wanted.tolerance.high} % of it. Is ${quantity} ${unit} what was weighed?`] : []),
    ...(earlier ? [earlierSentence(lot, earlier, execution.record.site.timeZone)] : []),
  ];
  if (doubts.length > 0 && !input.confirmed) return refuse({ confirm: true, sentence: doubts.join(" ") });
  const number = Math.max(0, ...execution.record.materials.map((use) => use.number)) + 1;
  await tx.insert(materialUses).values({
    siteId, batchId, stepId, number, material: wanted.id, lotId: lot.id, containerId, quantity, unit, lotState: lot.state, lotExpiresAt: lot.expiresAt, percentOfPlan, evaluation: tooMuch || override !== undefined ? "exception" : "within",
    overrideOrdinal: override ?? null, by: by.actor.id, at: stamp.now, reason: override === undefined ? null : faults.map((fault) => fault.sentence).join(" "), submission: input.submission ?? null,
  });
  await chargeLot(tx, { siteId, lotId: lot.id, containerId, quantity, unit, batchId, stepId, reason: `charged in step ${stepId}` }, by.actor.id, stamp);
  await writeAudit(tx, { event: "material.charged", detail: { material: wanted.code, lot: lot.id, quantity, unit }, siteId, subject: { type: "step", id: `${batchId}/${stepId}`, batchId }, actor, reason: `step ${stepId}` }, stamp.now, stamp.newId);
  const exceptions: string[] = [];
  if (override !== undefined) exceptions.push(await raiseException(tx, { siteId, batchId, stepId, parameter: null, type: exceptionOf(faults, wanted.kind), title: `${wanted.name}: lot ${lot.id} let in by quality`, rule: "R-material", planned: "a released lot of it", actual: faults.map((fault) => fault.sentence).join(" "), unit: null, raisedBy: null }, actor, stamp));
  if (tooMuch) exceptions.push(await raiseException(tx, { siteId, batchId, stepId, parameter: null, type: "charge_outside_limits", title: `${wanted.name}: charge above its tolerance`, rule: "R-material", planned: `${wanted.tolerance.low} to ${wanted.tolerance.high}`, actual: percentOfPlan.toFixed(1), unit: "% of plan", raisedBy: null }, actor, stamp));
  await reopenVerification(tx, { execution, row });
  return accept({ number, lotId: lot.id, percentOfPlan, exceptions });
}

/** Was so much taken back in a step that had ended that it lacks material now? */
const isShort = (execution: Execution, stepId: string): boolean => execution.record.materials.some((use) => use.stepId === stepId && use.takesBack !== null) && chargedPercent(execution, stepId) < (execution.master.materials.find((m) => m.id === execution.record.materials.find((use) => use.stepId === stepId)?.material)?.tolerance.low ?? 0);

export type TakeBackInput = { readonly siteId: string; readonly batchId: string; readonly stepId: string; /** The charge, by its number within the batch. */ readonly number: number; readonly reason: string };

/**
 * Takes a charge back that was written down wrongly: a further line with the amount below zero, the lot gets it back, the first line stays readable. Leaves an exception, and the
 * second person looks again. Whether the amount really is in its container is counted by the warehouse, not claimed here.
 */
export async function takeBack(tx: SiteTx, by: Granted<"batch.execute">, { siteId, batchId, stepId, number: charge, reason }: TakeBackInput, stamp: Stamp): Promise<Result<Charged, ChargeRefusal>> {
  const execution = await readExecution(tx, siteId, batchId, true);
  const row = stepOf(execution, stepId);
  const use = execution.record.materials.find((one) => one.stepId === stepId && one.number === charge);
  const wanted = execution.master.materials.find((m) => m.id === use?.material);
  if (execution.record.batch.state !== "in_progress" || !(row.state === "active" || row.state === "done") || !use || !wanted) return refuse({ sentence: "This step does not take a charge back now. Look at it again." });
  const quantity = `-${use.quantity}`;
  if (use.takesBack !== null || takenBackCharges(execution.record.materials).has(charge)) return refuse({ sentence: `Charge ${charge} was taken back already.` });
  const actor = actorOf(by);
  const percentOfPlan = percentAfter(execution, stepId, { quantity, unit: use.unit }, wanted);
  const number = Math.max(...execution.record.materials.map((one) => one.number)) + 1;
  await tx.insert(materialUses).values({ siteId, batchId, stepId, number, material: use.material, lotId: use.lotId, containerId: use.containerId, quantity, unit: use.unit, lotState: use.lotState, lotExpiresAt: use.lotExpiresAt, percentOfPlan, evaluation: "exception", overrideOrdinal: null, by: by.actor.id, at: stamp.now, reason, takesBack: charge });
  await chargeLot(tx, { siteId, lotId: use.lotId, containerId: use.containerId, quantity, unit: use.unit, batchId, stepId, reason: `charge ${charge} of step ${stepId} taken back: ${reason}` }, by.actor.id, stamp);
  await writeAudit(tx, { event: "material.charged", detail: { material: wanted.code, lot: use.lotId, quantity, unit: use.unit }, siteId, subject: { type: "step", id: `${batchId}/${stepId}`, batchId }, actor, reason }, stamp.now, stamp.newId);
  const exception = await raiseException(tx, { siteId, batchId, stepId, parameter: null, type: "entry_corrected", title: `${wanted.name}: charge ${charge} taken back`, rule: "R-material", planned: `${use.quantity} ${use.unit} of lot ${use.lotId}`, actual: "taken back", unit: null, raisedBy: by.actor.id, comment: reason }, actor, stamp);
  await reopenVerification(tx, { execution, row });
  return accept({ number, lotId: use.lotId, percentOfPlan, exceptions: [exception] });
}
