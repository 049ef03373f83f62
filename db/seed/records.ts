import { randomUUID } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import { exceptionConfigurations } from "#db/schema/quality.ts";
import { masterBatchRecords, products } from "#db/schema/recipe.ts";
import { units } from "#db/schema/equipment.ts";
import type { SiteTx } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permission.ts";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { issueBatch } from "#lib/execution/issue-commands.ts";
import { configurationText, shippedConfiguration } from "#lib/quality/configuration.ts";
import type { MasterRecord } from "#lib/recipe/master-record.ts";
import { BrokenPromise } from "#lib/result.ts";
import { mulberry32 } from "#lib/simulator/random.ts";
import { plantEquipment, plantEquipmentToday } from "./equipment.ts";
import { antigen500 } from "./masters/antigen-500.ts";
import { mab2000 } from "./masters/mab-2000.ts";
import { plantMaterials } from "./materials.ts";
import { plantSites, type PlantSite } from "./organisation.ts";
import { play } from "./play.ts";

type Person = { readonly id: string; readonly printedName: string; readonly userName: string; readonly subject: string };
type Input = { readonly people: (userName: string) => Person; readonly now: Date };

const day = 86_400_000;
const hour = 3_600_000;
const actorOf = ({ id, printedName, userName, subject }: Person, siteId: string, role: Role): Actor => ({ id, printedName, userName, subject, rolesBySite: new Map([[siteId, [role]]]) });

/** The configuration of exceptions the software ships with, as the first version. */
export async function plantConfiguration(tx: SiteTx, now: Date): Promise<void> {
  const { text, digest } = configurationText(shippedConfiguration);
  await tx.insert(exceptionConfigurations).values({ version: 1, state: "effective", canonical: text, digest, reason: "Shipped with the software", proposedAt: now, effectiveAt: now }).onConflictDoNothing();
}

async function plantMaster(tx: SiteTx, { people, now }: Input, master: MasterRecord, name: string, strength: string): Promise<void> {
  const text = canonical(master);
  const [author, reviewer, quality] = [people("process.engineer@demo"), people("process.reviewer@demo"), people("qa.manager@demo")];
  await tx.insert(products).values({ id: master.productId, name, strength }).onConflictDoNothing();
  await tx.insert(masterBatchRecords).values({
    id: master.id, version: master.version, productId: master.productId, title: master.title, state: "effective", effectiveAt: new Date(now.getTime() - 200 * day), canonical: text, digest: digestOf("EBRMBR/2", text),
    authors: [author.id], submittedBy: author.id, reviewedBy: reviewer.id, approvedBy: quality.id, createdAt: new Date(now.getTime() - 240 * day), reason: "First version",
  });
}

const crewOf = ({ people }: Input, siteId: PlantSite) => ({ operator: actorOf(people(`operator.${siteId}@demo`), siteId, "operator"), second: actorOf(people(`lead.production.${siteId}@demo`), siteId, "supervisor"), supervisor: actorOf(people(`supervisor.${siteId}@demo`), siteId, "supervisor"), analyst: actorOf(people(`analyst.${siteId}@demo`), siteId, "analyst"), reviewer: actorOf(people(`second.analyst.${siteId}@demo`), siteId, "analyst") });

/** Values without limits of their own that others are calculated from, as planned. */
const planned: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [antigen500.id]: { "inducer-stock": "1.00", "inducer-volume": "0.240", "working-volume": "480", "resin-volume": "30.0", "clarified-volume": "450", "clarified-concentration": "1.10", "bulk-volume": "71.0", "bulk-concentration": "5.00" },
};

/** Issues a batch and executes it as the script says, all by the commands of real use. */
export async function makeBatch(tx: SiteTx, input: Input, siteId: PlantSite, master: MasterRecord, { start, seed, until }: { readonly start: Date; /** Of the spread of its values; without it each is exactly as planned. */ readonly seed?: number; readonly until?: string }): Promise<string> {
  const crew = crewOf(input, siteId);
  const classes = master.equipment.map((e) => e.equipmentClass);
  const own = await tx.select().from(units).where(eq(units.siteId, siteId)).orderBy(asc(units.id));
  const [unit] = own.filter((one) => classes.includes(one.equipmentClass)).sort((a, b) => (b.scaleL ?? 0) - (a.scaleL ?? 0));
  const issued = await issueBatch(tx, requirePermission(crew.supervisor, "batch.issue", siteId), { siteId, masterId: master.id, masterVersion: master.version, unitId: unit?.id ?? "", plannedStartAt: start, dueAt: new Date(start.getTime() + master.durationH * hour + 21 * day), priority: 2 }, { now: new Date(start.getTime() - 6 * hour), newId: randomUUID });
  if (!issued.ok) throw new BrokenPromise("story-refused", `batch of ${master.id} at ${siteId}: ${issued.refusal}`);
  await play({ tx, siteId, batchId: issued.value, crew, script: { random: seed === undefined ? () => 0.5 : mulberry32(seed), newId: randomUUID, values: planned[master.id] ?? {}, ...(until ? { until } : {}) } }, start);
  return issued.value;
}

/** The full masters, the stock and equipment of each site, and batches of the antigen: one complete, one half way, each through the commands of real use. */
export async function plantRecords(tx: SiteTx, input: Input): Promise<void> {
  const { people, now } = input;
  await plantConfiguration(tx, new Date(now.getTime() - 250 * day));
  await plantMaster(tx, input, antigen500, "Recombinant antigen drug substance", "5 mg/mL");
  await plantMaster(tx, input, mab2000, "mAb drug substance, from cell bank to bulk", "100 mg/mL");
  await tx.insert(products).values({ id: "BUF-PBS", name: "Phosphate buffer", strength: "1 ×" }).onConflictDoNothing();
  await plantMaterials(tx, { sites: plantSites.map((siteId) => ({ siteId, warehouse: actorOf(people(`warehouse.${siteId}@demo`), siteId, "warehouse"), quality: actorOf(people("qa.manager@demo"), siteId, "qa-manager") })), now });
  for (const siteId of plantSites) await plantEquipment(tx, { siteId, people: { operator: people(`operator.${siteId}@demo`), supervisor: people(`supervisor.${siteId}@demo`) }, now });
  await makeBatch(tx, input, "basel", antigen500, { start: new Date(now.getTime() - 9 * day), seed: 11 });
  for (const siteId of plantSites) await plantEquipmentToday(tx, { siteId, people: { operator: people(`operator.${siteId}@demo`), supervisor: people(`supervisor.${siteId}@demo`) }, now });
}
