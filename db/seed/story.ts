import { randomUUID } from "node:crypto";
import { inArray, sql } from "drizzle-orm";
import type { JWK } from "jose";
import { openDatabase, type Database } from "#db/client.ts";
import { groupRoles, people, roleAssignments } from "#db/schema/access.ts";
import { batches, entries, steps } from "#db/schema/batch.ts";
import { tags, units } from "#db/schema/equipment.ts";
import { exceptions } from "#db/schema/quality.ts";
import { masterBatchRecords, products } from "#db/schema/recipe.ts";
import { sites } from "#db/schema/site.ts";
import { sources } from "#db/schema/telemetry.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import type { SignatureMeaning } from "#lib/signature/meaning.ts";
import type { SignatureStatement } from "#lib/signature/statement.ts";
import type { BatchRun } from "#lib/simulator/run-batch.ts";
import { offlineResults } from "#lib/simulator/offline-results.ts";
import { readSensors } from "#lib/simulator/sensors.ts";
import { sourceKeyDigest } from "#lib/telemetry/source-key.ts";
import { execute, type Execution } from "./execution.ts";
import { signPast } from "./past-signature.ts";
import { idsOf } from "./story-ids.ts";
import { cultureH, master101, masterId, masterVersion } from "./master.ts";
import { plantRecords } from "./records.ts";
import { groupRoleSeeds, plantSites, siteSeeds, sourceIdOf, tagSeeds, unitSeeds, type PlantSite } from "./organisation.ts";
import { storyBatches, type StoryBatch } from "./timeline.ts";

/** A person of the story; `groups` as the identity provider names them. */
export type StoryPerson = { readonly userName: string; readonly name: string; readonly groups: readonly string[] };
export type StoryInput = {
  readonly ownerUrl: string; readonly people: readonly StoryPerson[]; readonly issuer: string; readonly signingKey: JWK;
  /** API keys of the simulated sources by source id. */
  readonly sourceKeys: Readonly<Record<string, string>>;
  readonly now: Date; readonly say: (line: string) => void;
};
type Cast = ReadonlyMap<string, typeof people.$inferSelect>;
const hour = 3_600_000;
const day = 24 * hour;
const everySite = siteSeeds.map((site) => site.id);
const year = 365 * day;

async function plantOrganisation(tx: SiteTx, input: StoryInput): Promise<Cast> {
  const { now } = input;
  await tx.insert(sites).values([...siteSeeds]).onConflictDoNothing();
  await tx.insert(groupRoles).values([...groupRoleSeeds]).onConflictDoNothing();
  await tx.insert(units).values([...unitSeeds]).onConflictDoNothing();
  await tx.insert(tags).values([...tagSeeds]).onConflictDoNothing();
  await tx.insert(sources).values(unitSeeds.map((unit) => {
    const id = sourceIdOf(unit.id);
    return { siteId: unit.siteId, id, unitId: unit.id, name: `Gateway of ${unit.id}, simulated`, keyDigest: sourceKeyDigest(input.sourceKeys[id] ?? randomUUID()), issuedAt: now, expiresAt: new Date(now.getTime() + year) };
  }));
  const cast = input.people.map((p) => ({ id: idsOf(`person ${p.userName}`)(), issuer: input.issuer, subject: p.userName, userName: p.userName, printedName: p.name, state: "active" as const, createdAt: new Date(now.getTime() - year) }));
  await tx.insert(people).values(cast);
  const held = input.people.flatMap((p, i) => groupRoleSeeds.filter((g) => p.groups.includes(g.group)).map(({ siteId, role }) => ({ siteId, role, personId: cast[i]?.id ?? "", grantedAt: now })));
  await tx.insert(roleAssignments).values(held).onConflictDoNothing();
  return new Map(cast.map((p) => [p.userName, p]));
}

async function plantMaster(tx: SiteTx, now: Date): Promise<string> {
  const text = canonical(master101);
  const digest = digestOf("EBRMBR/1", text);
  await tx.insert(products).values({ id: "VB-101", name: "mAb drug substance", strength: "50 mg/mL" });
  await tx.insert(masterBatchRecords).values({ id: masterId, version: masterVersion, productId: "VB-101", title: master101.title, state: "effective", effectiveAt: new Date(now.getTime() - 300 * day), canonical: text, digest });
  return digest;
}

const person = (cast: Cast, userName: string): typeof people.$inferSelect => {
  const found = cast.get(userName);
  if (!found) throw new Error(`the story has no ${userName}`);
  return found;
};
const crewOf = (cast: Cast, site: PlantSite) => ({ operator: person(cast, `operator.${site}@demo`).id, supervisor: person(cast, `supervisor.${site}@demo`).id, qa: person(cast, "qa.manager@demo").id });

type Telemetry = { readonly tag: string; readonly at: string; readonly value: number; readonly quality: string; readonly origin: string };

/** What the historian holds of a batch: online values every `stepH`, closer around exceptions, and the laboratory's results. */
function telemetryOf(run: BatchRun, inoculated: number, untilH: number, stepH: number, windows: readonly { from: number; to: number }[]): readonly Telemetry[] {
  const at = (h: number) => new Date(Math.round((inoculated + h * hour) / 1000) * 1000).toISOString();
  const ages = new Set<number>();
  for (let h = 0; h <= untilH; h += stepH) ages.add(Math.round(h * 3600));
  for (const w of windows) for (let t = w.from - 2 * hour; t <= w.to + 2 * hour; t += 60_000) ages.add(Math.round((t - inoculated) / 1000));
  const online = [...ages].filter((s) => s >= 0 && s <= untilH * 3600).sort((a, b) => a - b).flatMap((s) => readSensors(run, s / 3600).map((r): Telemetry => ({ tag: r.tag, at: at(s / 3600), value: r.value, quality: r.quality, origin: "online" })));
  const laboratory = offlineResults(run).filter((r) => r.reportedAtH <= untilH + 12).map((r): Telemetry => ({ tag: r.tag, at: at(r.sampledAtH), value: r.value, quality: "good", origin: "laboratory" }));
  return [...online, ...laboratory];
}

async function storeTelemetry(tx: SiteTx, batch: StoryBatch, values: readonly Telemetry[]): Promise<void> {
  for (let i = 0; i < values.length; i += 20_000) {
    await tx.execute(sql`insert into process_values (site_id, unit_id, tag, at, value, quality, origin, recorded_at)
      select ${batch.siteId}, ${batch.unitId}, tag, at, value, quality, origin, at from jsonb_to_recordset(${JSON.stringify(values.slice(i, i + 20_000))}::jsonb)
      as r(tag text, at timestamptz, value float8, quality text, origin text) on conflict do nothing`);
  }
}

const ago = (now: Date, hours: number | undefined): Date | null => (hours === undefined ? null : new Date(now.getTime() - hours * hour));

function batchRow(batch: StoryBatch, execution: Execution, masterDigest: string, now: Date): typeof batches.$inferInsert {
  return {
    siteId: batch.siteId, id: batch.id, productId: "VB-101", masterId, masterVersion, masterDigest, unitId: batch.unitId, scaleL: 2000, state: batch.state, origin: "executed", plannedDurationH: cultureH,
    issuedAt: ago(now, batch.inoculatedHoursAgo + 48), inoculatedAt: ago(now, batch.inoculatedHoursAgo), harvestedAt: ago(now, batch.harvestedHoursAgo), completedAt: ago(now, batch.completedHoursAgo),
    dueAt: batch.dueInDays === undefined ? null : new Date(now.getTime() + batch.dueInDays * day), priority: batch.priority,
    quantityL: batch.completedHoursAgo === undefined ? null : (execution.harvestL ?? null), titerGL: execution.titer ?? null, yieldPercent: execution.yieldPercent ?? null,
  };
}

const closingMeaning = (batch: StoryBatch): SignatureMeaning => (batch.state === "rejected" ? "rejected" : "approved_for_release");
const signerOf: Record<SignatureMeaning, (site: PlantSite) => { readonly userName: string; readonly role: SignatureStatement["role"] }> = {
  production_reviewed: (site) => ({ userName: `lead.production.${site}@demo`, role: "supervisor" }),
  audit_trail_reviewed: () => ({ userName: "qa.manager@demo", role: "qa-manager" }),
  site_confirmed: (site) => ({ userName: `qp.${site}@demo`, role: "site-confirmer" }),
  approved_for_release: () => ({ userName: "qa.manager@demo", role: "qa-manager" }),
  rejected: () => ({ userName: "qa.manager@demo", role: "qa-manager" }),
};
const comments: Record<SignatureMeaning, string> = {
  production_reviewed: "Record complete, executed as planned.", audit_trail_reviewed: "Changes of critical values reviewed, reasons given.", site_confirmed: "Made at this site under its authorisation.",
  approved_for_release: "All checks complete.", rejected: "Culture contaminated, batch discarded.",
};

/** The signatures of a batch's past, chained, 40 h apart. */
async function sign(tx: SiteTx, input: StoryInput, cast: Cast, batch: StoryBatch): Promise<void> {
  for (const kind of batch.signed) {
    const meaning = kind === "closing" ? closingMeaning(batch) : kind;
    const { userName, role } = signerOf[meaning](batch.siteId);
    await signPast(tx, { signingKey: input.signingKey, newId: idsOf(`${batch.id} ${meaning}`) }, {
      siteId: batch.siteId, batchId: batch.id, product: "VB-101 mAb drug substance", master: `${masterId} v${masterVersion}`, meaning, reason: meaning === "rejected" ? "Contamination" : "Review complete", comment: comments[meaning],
      signer: { ...person(cast, userName), role }, at: ({ ordinal, completedAt }) => new Date((completedAt?.getTime() ?? 0) + ordinal * 40 * hour),
    });
  }
}

async function plantBatch(tx: SiteTx, input: StoryInput, cast: Cast, batch: StoryBatch, masterDigest: string): Promise<void> {
  const execution = execute(batch, crewOf(cast, batch.siteId), master101, input.now.getTime());
  await tx.insert(batches).values(batchRow(batch, execution, masterDigest, input.now));
  await tx.insert(steps).values(execution.steps);
  await tx.insert(entries).values(execution.entries);
  if (execution.exceptions.length > 0) await tx.insert(exceptions).values(execution.exceptions);
  const windows = execution.exceptions.flatMap((x) => (x.windowFrom && x.windowTo ? [{ from: x.windowFrom.getTime(), to: x.windowTo.getTime() }] : []));
  const untilH = Math.min(batch.inoculatedHoursAgo - (batch.harvestedHoursAgo ?? batch.completedHoursAgo ?? 0), cultureH);
  await storeTelemetry(tx, batch, telemetryOf(execution.run, execution.inoculated, untilH, batch.completedHoursAgo === undefined ? 0.25 : 0.5, windows));
  await sign(tx, input, cast, batch);
}

/** Has the story been planted in this database? */
async function planted(database: Database): Promise<boolean> {
  return withProgramme(database, "story", everySite, async (tx) => (await tx.select({ id: batches.id }).from(batches).where(inArray(batches.siteId, [...plantSites])).limit(1)).length > 0);
}

/**
 * Plants the demo story once: three sites, their people, units and sources, one master record and its batches with records,
 * process values, exceptions and signatures, all from the simulated process. One transaction: a kill leaves nothing half done.
 */
export async function plantStory(input: StoryInput): Promise<boolean> {
  const database = openDatabase(input.ownerUrl, 2);
  try {
    if (await planted(database)) return false;
    input.say("Planting the demo story …");
    await withProgramme(database, "story", everySite, async (tx) => {
      const cast = await plantOrganisation(tx, input);
      const masterDigest = await plantMaster(tx, input.now);
      for (const batch of storyBatches) await plantBatch(tx, input, cast, batch, masterDigest);
      await plantRecords(tx, { people: (userName) => person(cast, userName), now: input.now, signingKey: input.signingKey });
      await writeAudit(tx, {
        event: "story.planted", detail: { batches: storyBatches.length, seed: 0 }, siteId: "enterprise", subject: { type: "site", id: "enterprise" },
        actor: { id: "programme:story", name: "story", role: "programme" }, reason: "demo story of a first start",
      }, input.now, idsOf("story planted"));
    }, { reason: "demo story of a first start" });
    return true;
  } finally {
    await database.$client.end();
  }
}
