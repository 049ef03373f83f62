import { randomUUID } from "node:crypto";
import { and, asc, eq } from "drizzle-orm";
import { providePortalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { entries, steps } from "#db/schema/batch.ts";
import { calibrations, equipmentStates, units } from "#db/schema/equipment.ts";
import { lotMovements, lots, materials, suppliers } from "#db/schema/material.ts";
import { exceptions } from "#db/schema/quality.ts";
import { masterBatchRecords, products } from "#db/schema/recipe.ts";
import { withOwnMeans, withProgramme } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { carryOut, type ExecutionAct } from "#lib/execution/act-commands.ts";
import { issueBatch } from "#lib/execution/issue-commands.ts";
import type { MasterRecord } from "#lib/recipe/master-record.ts";
import { storyActor } from "./actors.ts";
import { freshDatabase, type TestDatabase } from "./database.ts";
import { smallMaster } from "./small-master.ts";

/** A small master that is effective, a clean vessel, a released lot, and people of Basel who execute. Bound anew by `openExecution`. */
export let db: TestDatabase;
export let operator: Actor;
export let second: Actor;
export let supervisor: Actor;
export let quality: Actor;
export const site = "basel";
export const vessel = "MV-9001";
export const saltLot = "LOT-SALT-1";

const day = 86_400_000;
export const stamp = (now = new Date()) => ({ now, newId: randomUUID as () => string });
export const owner = <T>(work: Parameters<typeof withProgramme<T>>[3], reason = "rows for the test") => withProgramme(db.owner, "installation", ["basel", "raleigh", "enterprise"], work, { reason });

export async function addLot(id: string, change: Partial<typeof lots.$inferInsert> = {}, quantity = 100): Promise<void> {
  await owner(async (tx) => {
    await tx.insert(lots).values({ siteId: site, id, materialId: "RM-0042", origin: "received", supplierId: "SUP-TEST", supplierLot: id, state: "released", quantity, unit: "kg", receivedAt: new Date(Date.now() - 10 * day), expiresAt: new Date(Date.now() + 300 * day), ...change });
    await tx.insert(lotMovements).values({ siteId: site, id: randomUUID(), lotId: id, kind: "received", quantity, at: new Date(Date.now() - 10 * day), reason: "received for the test" });
  });
}

export async function addMaster(master: MasterRecord): Promise<void> {
  const text = canonical(master);
  await owner((tx) => tx.insert(masterBatchRecords).values({ id: master.id, version: master.version, productId: master.productId, title: master.title, state: "effective", effectiveAt: new Date(), canonical: text, digest: digestOf("EBRMBR/2", text) }).onConflictDoNothing());
}

export async function addVessel(id: string, state: "clean" | "dirty" | "in_use" | "hold" | "out_of_service" = "clean", { cleanedHoursAgo = 1, calibrationDueInDays = 100 } = {}): Promise<void> {
  const cleanedAt = new Date(Date.now() - cleanedHoursAgo * 3_600_000);
  await owner(async (tx) => {
    await tx.insert(units).values({ siteId: site, id, name: "Mixing vessel", equipmentClass: "mixing vessel 200 L", processCell: "Suite 1", scaleL: 200 });
    await tx.insert(equipmentStates).values({ siteId: site, unitId: id, state, cleanedAt: state === "clean" ? cleanedAt : null, changedAt: cleanedAt, revision: 1 });
    await tx.insert(calibrations).values({ siteId: site, id: randomUUID(), unitId: id, tag: null, performedAt: new Date(Date.now() - 10 * day), dueAt: new Date(Date.now() + calibrationDueInDays * day), asFound: "0.01", asLeft: "0.00", unit: "kg", reference: "REF-1", passed: "yes", by: supervisor.id, writtenAt: new Date() });
  });
}

export async function openExecution(): Promise<void> {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  [operator, supervisor, second, quality] = [await storyActor(db.portal, "operator.basel@demo"), await storyActor(db.portal, "supervisor.basel@demo"), await storyActor(db.portal, "lead.production.basel@demo"), await storyActor(db.portal, "qa.manager@demo")];
  await owner(async (tx) => {
    await tx.insert(products).values({ id: smallMaster.productId, name: "Phosphate buffer", strength: "1×" }).onConflictDoNothing();
    await tx.insert(suppliers).values({ id: "SUP-TEST", name: "Test supplier", state: "approved" });
    await tx.insert(materials).values([{ id: "RM-0042", name: "Sodium chloride", kind: "raw", unit: "kg", storage: "15 to 25 °C" }, { id: "RM-9999", name: "Glucose", kind: "raw", unit: "kg", storage: "15 to 25 °C" }]).onConflictDoNothing();
  });
  await addMaster(smallMaster);
  await addVessel(vessel);
  // Expires before every other lot of the material, so that nobody is asked why it is taken first.
  await addLot(saltLot, { expiresAt: new Date(Date.now() + 2 * day) }, 5_000);
}
export const closeExecution = () => db.close();

/** A batch of the small master, issued; started where nothing else is said. */
export async function issued({ started = true, master = smallMaster, unit = vessel }: { started?: boolean; master?: MasterRecord; unit?: string } = {}): Promise<string> {
  const by = requirePermission(supervisor, "batch.issue", site);
  const now = new Date();
  const outcome = await withOwnMeans(supervisor, (tx) => issueBatch(tx, by, { siteId: site, masterId: master.id, masterVersion: master.version, unitId: unit, plannedStartAt: now, dueAt: new Date(now.getTime() + day), priority: 2 }, stamp(now)), { reason: "issued for the test" }, by);
  if (!outcome.ok) throw new Error(outcome.refusal);
  if (started) await done(operator, outcome.value, { act: "start" });
  return outcome.value;
}

export const act = (who: Actor, batchId: string, what: ExecutionAct, now = new Date()) => carryOut({ actor: who, siteId: site, batchId }, what, stamp(now));
/** The same, which must be accepted. */
export async function done(who: Actor, batchId: string, what: ExecutionAct, now = new Date()) {
  const outcome = await act(who, batchId, what, now);
  if (!outcome.ok) throw new Error(`${JSON.stringify(what)}: ${outcome.refusal.sentence}`);
  return outcome.value;
}
/** Why it was refused; "accepted" when it was not. */
export async function refusal(who: Actor, batchId: string, what: ExecutionAct, now = new Date()): Promise<string> {
  const outcome = await act(who, batchId, what, now);
  return outcome.ok ? "accepted" : outcome.refusal.sentence;
}

export const value = (stepId: string, parameter: string, text: string, unit: string, change: Partial<Extract<ExecutionAct, { act: "record" }>> = {}): ExecutionAct => ({ act: "record", stepId, parameter, value: text, unit, eventAt: new Date().toISOString(), basedOn: 0, confirmed: false, ...change });
const own = (batchId: string) => ({ entries: and(eq(entries.siteId, site), eq(entries.batchId, batchId)), exceptions: and(eq(exceptions.siteId, site), eq(exceptions.batchId, batchId)), steps: and(eq(steps.siteId, site), eq(steps.batchId, batchId)) });
export const entriesOf = (batchId: string) => owner((tx) => tx.select().from(entries).where(own(batchId).entries).orderBy(asc(entries.enteredAt), asc(entries.version)));
export const exceptionsOf = (batchId: string) => owner((tx) => tx.select().from(exceptions).where(own(batchId).exceptions).orderBy(asc(exceptions.id)));
export const stepsOf = (batchId: string) => owner((tx) => tx.select().from(steps).where(own(batchId).steps).orderBy(asc(steps.position)));
export const trailOf = (batchId: string, event: string) => owner((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.siteId, site), eq(auditEntries.batchId, batchId), eq(auditEntries.event, event))).orderBy(asc(auditEntries.seq)));

/** Performs a step that asks for nothing and lets a second person verify it. */
export async function performed(batchId: string, stepId: string, verified = true): Promise<void> {
  await done(operator, batchId, { act: "start-step", stepId });
  await done(operator, batchId, { act: "finish-step", stepId });
  if (verified) await done(second, batchId, { act: "verify-step", stepId });
}

/** Goes up to the step that adjusts the pH, which is active then. The stirring time lies in the past. */
export async function upToPh(batchId: string, unitId = vessel): Promise<void> {
  await performed(batchId, "1.1.1.1");
  await done(operator, batchId, { act: "start-step", stepId: "1.1.1.2" });
  await done(operator, batchId, { act: "bind", stepId: "1.1.1.2", scanned: unitId });
  await done(operator, batchId, { act: "finish-step", stepId: "1.1.1.2" });
  await done(operator, batchId, { act: "start-step", stepId: "1.1.2.1" });
  await done(operator, batchId, { act: "charge", stepId: "1.1.2.1", scanned: saltLot, quantity: "8", unit: "kg" });
  await done(operator, batchId, { act: "finish-step", stepId: "1.1.2.1" });
  await done(second, batchId, { act: "verify-step", stepId: "1.1.2.1" });
  const later = new Date(Date.now() + 25 * 60_000);
  await done(operator, batchId, { act: "start-step", stepId: "1.1.2.2" }, later);
  await done(operator, batchId, { act: "finish-step", stepId: "1.1.2.2" }, later);
  await done(operator, batchId, { act: "start-step", stepId: "1.1.2.3" });
}
