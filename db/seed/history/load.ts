import { randomUUID } from "node:crypto";
import { and, asc, eq, ne, sql } from "drizzle-orm";
import type { JWK } from "jose";
import { people } from "#db/schema/access.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { batches } from "#db/schema/batch.ts";
import { exceptions } from "#db/schema/quality.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import type { Database } from "#db/client.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permission.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import type { AuditEvent } from "#lib/audit/event.ts";
import { takeIntoQaReview } from "#lib/batch/commands.ts";
import { advanceBatch, batchStateName, type BatchCommand } from "#lib/batch/state.ts";
import { issueBatch } from "#lib/execution/issue-commands.ts";
import { followBatch } from "#lib/material/disposition-commands.ts";
import { fefoLots } from "#lib/material/queries.ts";
import { acceptException } from "#lib/quality/commands.ts";
import { BrokenPromise } from "#lib/result.ts";
import type { SignatureMeaning } from "#lib/signature/meaning.ts";
import { mulberry32 } from "#lib/simulator/random.ts";
import { antigen500 } from "../masters/antigen-500.ts";
import type { PlantSite } from "../organisation.ts";
import { signPast, signPerformed, type PastSigner } from "../past-signature.ts";
import { play } from "../play.ts";
import { idsFrom } from "../story-ids.ts";
import { bearing, poorLot, poorValues } from "./cases.ts";
import { fermentation } from "./fermentation.ts";
import { historyDays, issuedBeforeH, pastOf, type PastBatch } from "./plan.ts";
import { buildSuite, calibrateDue, calibrateUnit, exchangeBearing, fermenterKind, pastLots, restock, suiteUnits, type PastSite } from "./stock.ts";

export type HistoryInput = { readonly database: Database; readonly siteId: PlantSite; readonly signingKey: JWK; /** The story's "now". */ readonly endsAt: Date; /** Stops after so many batches; all without it. */ readonly atMost?: number; readonly stop?: AbortSignal };
type Person = typeof people.$inferSelect;
type Cast = (userName: string) => Person;
const hour = 3_600_000;
const day = 24 * hour;

const actorOf = ({ id, printedName, userName, subject }: Person, siteId: string, role: Role): Actor => ({ id, printedName, userName, subject, rolesBySite: new Map([[siteId, [role]]]) });
const signerOf = ({ id, printedName, userName, subject }: Person, role: PastSigner["role"]): PastSigner => ({ id, printedName, userName, subject, role });

async function castOf(tx: SiteTx): Promise<Cast> {
  const byName = new Map((await tx.select().from(people)).map((person) => [person.userName, person]));
  return (userName) => {
    const found = byName.get(userName);
    if (!found) throw new BrokenPromise("story-refused", `the story has no ${userName}`);
    return found;
  };
}

/** How many past batches of the site are in. */
export async function loadedOf(tx: SiteTx, siteId: string): Promise<number> {
  const [row] = await tx.select({ n: sql<number>`count(*)::int` }).from(auditEntries).where(and(eq(auditEntries.siteId, siteId), eq(auditEntries.event, "history.loaded")));
  return row?.n ?? 0;
}

/** What a signature would bring: the batch's state, and its lot's with it. */
async function move(tx: SiteTx, { siteId, batchId, command, by, at }: { readonly siteId: string; readonly batchId: string; readonly command: BatchCommand; readonly by: string; readonly at: Date }): Promise<void> {
  const place = and(eq(batches.siteId, siteId), eq(batches.id, batchId));
  const [row] = await tx.select({ state: batches.state }).from(batches).where(place);
  const next = row && advanceBatch(row.state, command);
  if (!row || !next?.ok) throw new BrokenPromise("story-refused", `${command} of ${batchId} in state ${row?.state ?? "unknown"}`);
  await tx.update(batches).set({ state: next.value, revision: sql`${batches.revision} + 1` }).where(place);
  await followBatch(tx, { siteId, batchId, from: row.state, to: next.value, decision: `Batch ${batchId}: ${batchStateName[next.value].toLowerCase()}` }, by, { now: at });
}

const rationales = ["No effect on the product: the value lies within what is proven acceptable.", "Explained by the operator, values around it are as expected.", "Assessed with process development; trend is watched.", "Documentation only; the reading itself is supported by the log of the instrument."] as const;

/** Review and disposition of a complete batch, days after it: production, quality's decision about each exception that is not critical, the signatures. */
async function dispose(tx: SiteTx, { input, cast, batch, batchId, endedAt }: { readonly input: HistoryInput; readonly cast: Cast; readonly batch: PastBatch; readonly batchId: string; readonly endedAt: Date }, newId: () => string): Promise<void> {
  const { siteId, signingKey } = input;
  const after = (hours: number) => new Date(endedAt.getTime() + hours * hour);
  const quality = actorOf(cast("qa.manager@demo"), siteId, "qa-manager");
  const sign = (meaning: SignatureMeaning, userName: string, role: PastSigner["role"], hours: number, [reason, comment]: readonly [string, string]) =>
    signPast(tx, { signingKey, newId }, { siteId, batchId, product: "VB-201 Recombinant antigen drug substance", master: `${antigen500.id} v${batch.version}`, meaning, reason, comment, signer: signerOf(cast(userName), role), at: () => after(hours) });
  await sign("production_reviewed", `supervisor.${siteId}@demo`, "supervisor", 20, ["Review complete", "Record complete; every exception is explained."]);
  const decided = (command: BatchCommand, hours: number) => move(tx, { siteId, batchId, command, by: quality.id, at: after(hours) });
  await decided("review_production", 20);
  const taken = await takeIntoQaReview(tx, requirePermission(quality, "batch.take-into-qa-review", siteId), siteId, batchId, { now: after(30), newId });
  if (!taken.ok) throw new BrokenPromise("story-refused", `${batchId} was not taken into review`);
  const raised = await tx.select({ id: exceptions.id }).from(exceptions).where(and(eq(exceptions.siteId, siteId), eq(exceptions.batchId, batchId), ne(exceptions.severity, "critical"))).orderBy(asc(exceptions.id));
  for (const [i, { id }] of raised.entries()) {
    const accepted = await acceptException(tx, requirePermission(quality, "exception.decide", siteId), { siteId, batchId, exceptionId: id, rationale: rationales[(i + batch.seed) % rationales.length] ?? "" }, { now: new Date(after(32).getTime() + i * 240_000), newId });
    if (!accepted.ok) throw new BrokenPromise("story-refused", `${id} of ${batchId}: ${accepted.refusal.reason}`);
  }
  await sign("audit_trail_reviewed", "qa.manager@demo", "qa-manager", 50, ["Review complete", "Changes of critical values reviewed, reasons given."]);
  if (batch.fate === "rejected") {
    await sign("rejected", "qa.manager@demo", "qa-manager", 74, ["Yield outside its limits", "Where the product was lost could not be explained; batch is destroyed."]);
    return decided("reject", 74);
  }
  await sign("site_confirmed", `qp.${siteId}@demo`, "site-confirmer", 60, ["Review complete", "Made at this site under its authorisation."]);
  await sign("approved_for_release", "qa.manager@demo", "qa-manager", 80, ["Review complete", "All checks complete."]);
  return decided("release", 80);
}

/** The lots of the past the batch takes, and what they do to it: the poor lot of medium gives less. */
async function stockFor(tx: SiteTx, { siteId, start, seed }: PastBatch): Promise<{ readonly lots: (id: string) => boolean; readonly values: Readonly<Record<string, string>> }> {
  const own = await pastLots(tx, siteId);
  const [next] = (await fefoLots(tx, siteId, poorLot.material, start)).filter(({ id }) => own.has(id));
  return { lots: (id) => own.has(id), values: next && own.get(next.id) === poorLot.supplierLot ? poorValues(seed) : {} };
}

async function loadBatch(tx: SiteTx, input: HistoryInput, batch: PastBatch, of: number): Promise<void> {
  const { siteId, endsAt } = input;
  const cast = await castOf(tx);
  const random = mulberry32(batch.seed * 7919);
  const newId = idsFrom(random);
  const crew = {
    operator: actorOf(cast(`operator.${siteId}@demo`), siteId, "operator"), second: actorOf(cast(`lead.production.${siteId}@demo`), siteId, "supervisor"), supervisor: actorOf(cast(`supervisor.${siteId}@demo`), siteId, "supervisor"), analyst: actorOf(cast(`analyst.${siteId}@demo`), siteId, "analyst"),
    reviewer: actorOf(cast(`second.analyst.${siteId}@demo`), siteId, "analyst"), warehouse: actorOf(cast(`warehouse.${siteId}@demo`), siteId, "warehouse"), quality: actorOf(cast("qa.manager@demo"), siteId, "qa-manager"),
  };
  const site: PastSite = { tx, siteId, crew, newId };
  const began = new Date(endsAt.getTime() - historyDays.from * day);
  const ready = new Date(batch.start.getTime() - issuedBeforeH * hour);
  if (batch.number === 1) await buildSuite(site, new Date(began.getTime() - 30 * day));
  await calibrateDue(site, new Date(ready.getTime() - day));
  await restock(site, ready, began);
  const stock = await stockFor(tx, batch);
  const own = new Set(suiteUnits(siteId));
  const issued = await issueBatch(tx, requirePermission(crew.supervisor, "batch.issue", siteId), { siteId, masterId: antigen500.id, masterVersion: batch.version, unitId: suiteUnits(siteId)[0] ?? "", plannedStartAt: batch.start, dueAt: new Date(batch.start.getTime() + 21 * day), priority: 2 }, { now: ready, newId });
  if (!issued.ok) throw new BrokenPromise("story-refused", `past batch ${batch.number} of ${siteId}: ${issued.refusal}`);
  const batchId = issued.value;
  const sign = (stepId: string, at: Date) => signPerformed(tx, { signingKey: input.signingKey, newId }, { siteId, batchId, stepId, signer: signerOf(cast(`operator.${siteId}@demo`), "operator") }, at);
  const process = fermentation(suiteUnits(siteId)[0] ?? "", batch.fermentation);
  const { endedAt, complete } = await play({ tx, siteId, batchId, crew, script: { ...batch.script, values: { ...batch.script.values, ...stock.values }, random, newId, sign, process, units: (id) => own.has(id), lots: stock.lots } }, batch.start);
  if (complete) await dispose(tx, { input, cast, batch, batchId, endedAt }, newId);
  if (batch.cases.includes("PROBE-DRIFT") && !pastOf(siteId, endsAt)[batch.number]?.cases.includes("PROBE-DRIFT") && fermenterKind) await calibrateUnit(site, fermenterKind, new Date(endedAt.getTime() + day), { ph: { asFound: "0.15", passed: false } });
  if (siteId === bearing.site && batch.number === bearing.batch) await exchangeBearing(site, endedAt);
  await writeAudit(tx, { event: "history.loaded", detail: { number: batch.number, of }, siteId, subject: { type: "batch", id: batchId, batchId }, actor: programme, reason }, new Date(), newId);
}

const programme = { id: "programme:story", name: "story", role: "programme" } as const;
const reason = "past of the demo story";

/** Tells the site's trail how the loading stands. */
const tell = async ({ database, siteId }: HistoryInput, event: AuditEvent): Promise<void> => {
  await withProgramme(database, "story", [siteId], (tx) => writeAudit(tx, { ...event, siteId, subject: { type: "site", id: siteId }, actor: programme, reason }, new Date(), randomUUID), { reason });
};

/** Loads the past batches of a site that are not in yet, one transaction each, so that a kill loses at most the one it was at. Returns how many it loaded. */
export async function loadHistory(input: HistoryInput): Promise<number> {
  const { database, siteId, endsAt, atMost = Infinity, stop } = input;
  const plan = pastOf(siteId, endsAt);
  let loaded = 0;
  for (;;) {
    if (stop?.aborted || loaded >= atMost) return loaded;
    const more = await withProgramme(database, "story", [siteId, "enterprise"], async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`history of ${siteId}`}))`);
      const batch = plan[await loadedOf(tx, siteId)];
      if (!batch) return false;
      await loadBatch(tx, input, batch, plan.length);
      return true;
    }, { reason });
    if (!more) return loaded;
    loaded += 1;
  }
}

/** Milliseconds before a further try after a refusal; after the last one the loading stops until the next start. */
const retries = [2_000, 10_000, 30_000] as const;

const causeOf = (error: unknown): string => (error instanceof BrokenPromise ? error.message : `the program failed with ${error instanceof Error ? error.name : "an unknown error"}; its log says more`);

/**
 * Loads what is missing of a site's past and tells its trail when it begins. What fails is tried again after a pause; when the pauses are used up, the trail is told why it
 * stopped, so that pages can say so. Returns how many batches it loaded.
 */
export async function keepLoading(input: HistoryInput, pause: (ms: number) => Promise<void>): Promise<number> {
  const { database, siteId, endsAt } = input;
  const of = pastOf(siteId, endsAt).length;
  const count = () => withProgramme(database, "story", [siteId], (tx) => loadedOf(tx, siteId));
  const before = await count();
  if (before >= of) return 0;
  await tell(input, { event: "history.begun", detail: { of } });
  for (let failures = 0; ; failures += 1) {
    try {
      await loadHistory(input);
      return (await count()) - before;
    } catch (error) {
      console.error(`Loading of past batches at ${siteId}:`, error);
      const wait = retries[failures];
      const loaded = await count();
      if (wait === undefined) {
        await tell(input, { event: "history.stopped", detail: { loaded, of, cause: causeOf(error) } });
        return loaded - before;
      }
      await pause(wait);
    }
  }
}
