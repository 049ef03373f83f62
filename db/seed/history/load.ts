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
import { placedSteps } from "#lib/recipe/master-record.ts";
import { BrokenPromise } from "#lib/result.ts";
import type { SignatureMeaning } from "#lib/signature/meaning.ts";
import { mulberry32 } from "#lib/simulator/random.ts";
import { antigen500 } from "../masters/antigen-500.ts";
import { mab2000 } from "../masters/mab-2000.ts";
import type { PlantSite } from "../organisation.ts";
import { signPast, signPerformed, type PastSigner } from "../past-signature.ts";
import { play, type PlayCrew, type Script } from "../play.ts";
import { idsFrom } from "../story-ids.ts";
import { bearing, drift, poorLot, poorValues } from "./cases.ts";
import { culture } from "./culture.ts";
import { fermentation } from "./fermentation.ts";
import { historyDays, issuedBeforeH, pastCulturesOf, pastOf, type PastBatch, type PastCulture } from "./plan.ts";
import { antigenSuite, buildSuite, calibrateDue, calibrateUnit, cultureSuite, exchangeBearing, fermenterOf, pastLots, restock, suiteUnits, unitsOf, type PastSite, type Suite } from "./stock.ts";

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

/** A complete batch of the past, as it is reviewed: what it became, how it ends, and a number its rationales are chosen by. */
type Complete = { readonly batchId: string; readonly product: string; readonly master: string; readonly fate: PastBatch["fate"]; readonly seed: number; readonly endedAt: Date };

/** Review and disposition of a complete batch, days after it: production, quality's decision about each exception that is not critical, the signatures. */
async function dispose(tx: SiteTx, { siteId, signingKey }: HistoryInput, cast: Cast, { batchId, product, master, fate, seed, endedAt }: Complete, newId: () => string): Promise<void> {
  const after = (hours: number) => new Date(endedAt.getTime() + hours * hour);
  const quality = actorOf(cast("qa.manager@demo"), siteId, "qa-manager");
  const sign = (meaning: SignatureMeaning, userName: string, role: PastSigner["role"], hours: number, [reason, comment]: readonly [string, string]) =>
    signPast(tx, { signingKey, newId }, { siteId, batchId, product, master, meaning, reason, comment, signer: signerOf(cast(userName), role), at: () => after(hours) });
  await sign("production_reviewed", `supervisor.${siteId}@demo`, "supervisor", 20, ["Review complete", "Record complete; every exception is explained."]);
  const decided = (command: BatchCommand, hours: number) => move(tx, { siteId, batchId, command, by: quality.id, at: after(hours) });
  await decided("review_production", 20);
  const taken = await takeIntoQaReview(tx, requirePermission(quality, "batch.take-into-qa-review", siteId), siteId, batchId, { now: after(30), newId });
  if (!taken.ok) throw new BrokenPromise("story-refused", `${batchId} was not taken into review`);
  const raised = await tx.select({ id: exceptions.id }).from(exceptions).where(and(eq(exceptions.siteId, siteId), eq(exceptions.batchId, batchId), ne(exceptions.severity, "critical"))).orderBy(asc(exceptions.id));
  for (const [i, { id }] of raised.entries()) {
    const accepted = await acceptException(tx, requirePermission(quality, "exception.decide", siteId), { siteId, batchId, exceptionId: id, rationale: rationales[(i + seed) % rationales.length] ?? "" }, { now: new Date(after(32).getTime() + i * 240_000), newId });
    if (!accepted.ok) throw new BrokenPromise("story-refused", `${id} of ${batchId}: ${accepted.refusal.reason}`);
  }
  await sign("audit_trail_reviewed", "qa.manager@demo", "qa-manager", 50, ["Review complete", "Changes of critical values reviewed, reasons given."]);
  if (fate === "rejected") {
    await sign("rejected", "qa.manager@demo", "qa-manager", 74, ["Yield outside its limits", "Where the product was lost could not be explained; batch is destroyed."]);
    return decided("reject", 74);
  }
  await sign("site_confirmed", `qp.${siteId}@demo`, "site-confirmer", 60, ["Review complete", "Made at this site under its authorisation."]);
  await sign("approved_for_release", "qa.manager@demo", "qa-manager", 80, ["Review complete", "All checks complete."]);
  return decided("release", 80);
}

/** What the lot of medium it will be charged from does to a batch: the poor lot gives less. */
async function stockEffect(tx: SiteTx, { siteId, start, seed }: PastBatch): Promise<Readonly<Record<string, string>>> {
  const own = await pastLots(tx, siteId);
  const [next] = (await fefoLots(tx, siteId, poorLot.material, start)).filter(({ id }) => own.has(id));
  return next && own.get(next.id) === poorLot.supplierLot ? poorValues(seed) : {};
}

type Stage = { readonly cast: Cast; readonly random: () => number; readonly site: PastSite & { readonly crew: PastSite["crew"] & PlayCrew } };

/** The people of a site and a batch's own stream of chance. */
async function stageOf(tx: SiteTx, siteId: PlantSite, seed: number): Promise<Stage> {
  const cast = await castOf(tx);
  const random = mulberry32(seed * 7919);
  const crew = {
    operator: actorOf(cast(`operator.${siteId}@demo`), siteId, "operator"), second: actorOf(cast(`lead.production.${siteId}@demo`), siteId, "supervisor"), supervisor: actorOf(cast(`supervisor.${siteId}@demo`), siteId, "supervisor"), analyst: actorOf(cast(`analyst.${siteId}@demo`), siteId, "analyst"),
    reviewer: actorOf(cast(`second.analyst.${siteId}@demo`), siteId, "analyst"), warehouse: actorOf(cast(`warehouse.${siteId}@demo`), siteId, "warehouse"), quality: actorOf(cast("qa.manager@demo"), siteId, "qa-manager"),
  };
  return { cast, random, site: { tx, siteId, crew, newId: idsFrom(random) } };
}

type Made = { readonly suite: Suite; readonly master: { readonly id: string; readonly version: number }; readonly plannedStartAt: Date; readonly startedAt: Date; readonly script: Omit<Script, "random" | "newId" | "sign" | "units" | "lots"> & { readonly random?: Script["random"] } };

/** Issues a batch in its suite and executes it by its script; what it is charged from was ordered before. */
async function make({ cast, random, site: { tx, siteId, crew, newId } }: Stage, { signingKey }: HistoryInput, { suite, master, plannedStartAt, startedAt, script }: Made) {
  const [units, own] = [unitsOf(siteId, suite), await pastLots(tx, siteId)];
  const issued = await issueBatch(tx, requirePermission(crew.supervisor, "batch.issue", siteId), { siteId, masterId: master.id, masterVersion: master.version, unitId: units[0] ?? "", plannedStartAt, dueAt: new Date(plannedStartAt.getTime() + 42 * day), priority: 2 }, { now: new Date(startedAt.getTime() - issuedBeforeH * hour), newId });
  if (!issued.ok) throw new BrokenPromise("story-refused", `a past batch of ${master.id} v${master.version} at ${siteId}: ${issued.refusal}`);
  const batchId = issued.value;
  const sign = (stepId: string, at: Date) => signPerformed(tx, { signingKey, newId }, { siteId, batchId, stepId, signer: signerOf(cast(`operator.${siteId}@demo`), "operator") }, at);
  const played = await play({ tx, siteId, batchId, crew, script: { random, ...script, newId, sign, units: (id) => units.includes(id), lots: (id) => own.has(id) } }, startedAt);
  return { batchId, ...played };
}

async function loadBatch(tx: SiteTx, input: HistoryInput, batch: PastBatch): Promise<string> {
  const { siteId, endsAt } = input;
  const stage = await stageOf(tx, siteId, batch.seed);
  const { site } = stage;
  const began = new Date(endsAt.getTime() - historyDays.from * day);
  const ready = new Date(batch.start.getTime() - issuedBeforeH * hour);
  if (batch.number === 1) await buildSuite(site, new Date(began.getTime() - 30 * day));
  await calibrateDue(site, antigenSuite, new Date(ready.getTime() - day));
  await restock(site, antigenSuite, ready, began);
  const process = fermentation(suiteUnits(siteId)[0] ?? "", batch.fermentation);
  const script = { ...batch.script, values: { ...batch.script.values, ...await stockEffect(tx, batch) }, process };
  const { batchId, endedAt, complete } = await make(stage, input, { suite: antigenSuite, master: { id: antigen500.id, version: batch.version }, plannedStartAt: batch.start, startedAt: batch.start, script });
  if (complete) await dispose(tx, input, stage.cast, { batchId, product: "VB-201 Recombinant antigen drug substance", master: `${antigen500.id} v${batch.version}`, fate: batch.fate, seed: batch.seed, endedAt }, site.newId);
  const fermenter = fermenterOf(siteId);
  if (batch.cases.includes("PROBE-DRIFT") && batch.number === drift.last && fermenter) await calibrateUnit(site, fermenter, new Date(endedAt.getTime() + day), { ph: { asFound: "0.15", passed: false } });
  if (siteId === bearing.site && batch.number === bearing.batch) await exchangeBearing(site, endedAt);
  return batchId;
}

/** Days from the thaw of the vials to the inoculation of the production bioreactor. */
const seedTrainDays = 18;

async function loadCulture(tx: SiteTx, input: HistoryInput, past: PastCulture): Promise<string> {
  const { siteId, endsAt } = input;
  const stage = await stageOf(tx, siteId, past.seed);
  const thawed = new Date(past.start.getTime() - seedTrainDays * day - 4 * hour);
  const ready = new Date(thawed.getTime() - issuedBeforeH * hour);
  await calibrateDue(stage.site, cultureSuite, new Date(ready.getTime() - day));
  await restock(stage.site, cultureSuite, ready, new Date(endsAt.getTime() - historyDays.from * day));
  const process = culture(unitsOf(siteId, cultureSuite)[0] ?? "", past.seed, siteId);
  const script = { ...past.script, choices: { "decide-harvest-12": "go-on", "decide-harvest-13": "go-on" }, process, found: process.found, random: () => 0.5 };
  const { batchId, endedAt } = await make(stage, input, { suite: cultureSuite, master: mab2000, plannedStartAt: past.start, startedAt: thawed, script });
  await dispose(tx, input, stage.cast, { batchId, product: "VB-102 mAb drug substance, from cell bank to bulk", master: `${mab2000.id} v${mab2000.version}`, fate: "released", seed: past.seed, endedAt }, stage.site.newId);
  return batchId;
}

type Planned = { readonly start: Date; readonly load: (tx: SiteTx, input: HistoryInput) => Promise<string> };
const steps = placedSteps(mab2000).map(({ step }) => step);
const ofCulture = { steps: steps.filter(({ kind }) => kind === "entry" || kind === "instruction").map(({ id }) => id), values: mab2000.parameters.filter((p) => p.source === "manual" && !p.form && steps.filter((step) => step.parameters.includes(p.id)).length === 1).map(({ id }) => id) };

/** Everything of a site's past in the order of time; the suites are built with the first of the antigen, which is the first of all. */
const planOf = (siteId: PlantSite, endsAt: Date): readonly Planned[] => [
  ...pastOf(siteId, endsAt).map((batch): Planned => ({ start: batch.start, load: (tx, input) => loadBatch(tx, input, batch) })),
  ...pastCulturesOf(siteId, endsAt, ofCulture).map((past): Planned => ({ start: past.start, load: (tx, input) => loadCulture(tx, input, past) })),
].sort((a, b) => a.start.getTime() - b.start.getTime());

const programme = { id: "programme:story", name: "story", role: "programme" } as const;
const reason = "past of the demo story";

/** Tells the site's trail how the loading stands. */
const tell = async ({ database, siteId }: HistoryInput, event: AuditEvent): Promise<void> => {
  await withProgramme(database, "story", [siteId], (tx) => writeAudit(tx, { ...event, siteId, subject: { type: "site", id: siteId }, actor: programme, reason }, new Date(), randomUUID), { reason });
};

/** Loads the past batches of a site that are not in yet, one transaction each, so that a kill loses at most the one it was at. Returns how many it loaded. */
export async function loadHistory(input: HistoryInput): Promise<number> {
  const { database, siteId, endsAt, atMost = Infinity, stop } = input;
  const plan = planOf(siteId, endsAt);
  let loaded = 0;
  for (;;) {
    if (stop?.aborted || loaded >= atMost) return loaded;
    const more = await withProgramme(database, "story", [siteId, "enterprise"], async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`history of ${siteId}`}))`);
      const before = await loadedOf(tx, siteId);
      const next = plan[before];
      if (!next) return false;
      const batchId = await next.load(tx, input);
      await writeAudit(tx, { event: "history.loaded", detail: { number: before + 1, of: plan.length }, siteId, subject: { type: "batch", id: batchId, batchId }, actor: programme, reason }, new Date(), randomUUID);
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
  const of = planOf(siteId, endsAt).length;
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
