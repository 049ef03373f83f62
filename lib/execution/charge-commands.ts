import { signatures } from "#db/schema/signature.ts";
import { materialUses } from "#db/schema/execution.ts";
import { and, eq } from "drizzle-orm";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { chargeFaults, type ChargeFault } from "#lib/material/charge.ts";
import { chargeLot } from "#lib/material/charge-commands.ts";
import { lotForScan } from "#lib/material/queries.ts";
import type { ExceptionType } from "#lib/quality/configuration.ts";
import { raiseException } from "#lib/quality/raise-commands.ts";
import { unitOf } from "#lib/quantity/unit.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { SignedAbout } from "#lib/signature/statement.ts";
import { actorOf, stepOf, type Stamp } from "./entry-commands.ts";
import { readExecution } from "./queries.ts";
import { masterStepOf, type Execution } from "./standing.ts";

export type ChargeInput = { readonly siteId: string; readonly batchId: string; readonly stepId: string; /** What was scanned or typed: a lot or one of its containers. */ readonly scanned: string; readonly quantity: string; readonly unit: string };
/** `override`: what quality could sign to let it in all the same; undefined where nobody can. */
export type ChargeRefusal = { readonly sentence: string; readonly override?: SignedAbout };
export type Charged = { readonly number: number; readonly lotId: string; readonly percentOfPlan: number; readonly exceptions: readonly string[] };

/** What a signature of quality about this lot in this step says. */
export const overrideOfLot = (stepId: string, lotId: string, faults: readonly ChargeFault[]): SignedAbout => ({ type: "material", id: `${stepId}/${lotId}`, act: "allow", from: faults.map((fault) => fault.kind).join(", "), to: "use allowed" });

/** The ordinal of quality's signature that lets a lot or a unit in, if one was made for exactly these faults. */
export async function overrideFor(tx: SiteTx, siteId: string, batchId: string, wanted: SignedAbout): Promise<number | undefined> {
  const rows = await tx.select({ ordinal: signatures.ordinal, about: signatures.about }).from(signatures).where(and(eq(signatures.siteId, siteId), eq(signatures.batchId, batchId), eq(signatures.meaning, "override_approved")));
  return rows.find(({ about }) => about?.type === wanted.type && about.id === wanted.id && about.from === wanted.from)?.ordinal;
}

const exceptionOf = (faults: readonly ChargeFault[]): ExceptionType => (faults.some((fault) => fault.kind === "wrong_material") ? "wrong_material" : "material_not_approved");
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
  if (execution.record.batch.state !== "in_progress" || row.state !== "active" || !wanted) return refuse({ sentence: "Start the step first: only an active step takes material." });
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(quantity) || Number(quantity) === 0) return refuse({ sentence: "Write the quantity as a number above zero, with a point before the decimals." });
  const scanned = await lotForScan(tx, siteId, input.scanned, { lock: true });
  if (!scanned) return refuse({ sentence: `Nothing at this site has the number “${input.scanned.trim().slice(0, 60)}”. Scan the label again, or type the lot's number.` });
  const { lot, balance, container } = scanned;
  const containerId = container?.id ?? null;
  const faults = chargeFaults({ lot, wanted, balance, quantity, unit, now: stamp.now });
  const override = faults.length > 0 ? await overrideFor(tx, siteId, batchId, overrideOfLot(stepId, lot.id, faults)) : undefined;
  const actor = actorOf(by);
  if (faults.length > 0 && (override === undefined || faults.some((fault) => cannotBeOverridden.has(fault.kind)))) {
    const sentence = faults.map((fault) => fault.sentence).join(" ");
    await writeAudit(tx, { event: "material.refused", detail: { material: wanted.code, lot: lot.id, sentence }, siteId, subject: { type: "step", id: `${batchId}/${stepId}`, batchId }, actor, reason: `step ${stepId}` }, stamp.now, stamp.newId);
    return refuse({ sentence, ...(faults.some((fault) => cannotBeOverridden.has(fault.kind)) ? {} : { override: overrideOfLot(stepId, lot.id, faults) }) });
  }
  const percentOfPlan = percentAfter(execution, stepId, { quantity, unit }, wanted);
  const tooMuch = percentOfPlan > wanted.tolerance.high;
  const number = Math.max(0, ...execution.record.materials.map((use) => use.number)) + 1;
  await tx.insert(materialUses).values({
    siteId, batchId, stepId, number, material: wanted.id, lotId: lot.id, containerId, quantity, unit, lotState: lot.state, lotExpiresAt: lot.expiresAt, percentOfPlan, evaluation: tooMuch || override !== undefined ? "exception" : "within",
    overrideOrdinal: override ?? null, by: by.actor.id, at: stamp.now, reason: override === undefined ? null : faults.map((fault) => fault.sentence).join(" "),
  });
  await chargeLot(tx, { siteId, lotId: lot.id, containerId, quantity, unit, batchId, stepId, reason: `charged in step ${stepId}` }, by.actor.id, stamp);
  await writeAudit(tx, { event: "material.charged", detail: { material: wanted.code, lot: lot.id, quantity, unit }, siteId, subject: { type: "step", id: `${batchId}/${stepId}`, batchId }, actor, reason: `step ${stepId}` }, stamp.now, stamp.newId);
  const exceptions: string[] = [];
  if (override !== undefined) exceptions.push(await raiseException(tx, { siteId, batchId, stepId, parameter: null, type: exceptionOf(faults), title: `${wanted.name}: lot ${lot.id} let in by quality`, rule: "R-material", planned: "a released lot of it", actual: faults.map((fault) => fault.sentence).join(" "), unit: null, raisedBy: null }, actor, stamp));
  if (tooMuch) exceptions.push(await raiseException(tx, { siteId, batchId, stepId, parameter: null, type: "charge_outside_limits", title: `${wanted.name}: charge above its tolerance`, rule: "R-material", planned: `${wanted.tolerance.low} to ${wanted.tolerance.high}`, actual: percentOfPlan.toFixed(1), unit: "% of plan", raisedBy: null }, actor, stamp));
  return accept({ number, lotId: lot.id, percentOfPlan, exceptions });
}
