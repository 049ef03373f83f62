import { asc, eq } from "drizzle-orm";
import type { JWK } from "jose";
import { exceptionConfigurations } from "#db/schema/quality.ts";
import { products } from "#db/schema/recipe.ts";
import { units } from "#db/schema/equipment.ts";
import type { SiteTx } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permission.ts";
import { issueBatch } from "#lib/execution/issue-commands.ts";
import { configurationText, shippedConfiguration } from "#lib/quality/configuration.ts";
import { editMaster, importMaster, makeMasterEffective, newVersion } from "#lib/recipe/commands.ts";
import type { MasterRecord } from "#lib/recipe/master-record.ts";
import { readMasterFile } from "#lib/recipe/queries.ts";
import { accept, BrokenPromise, type Result } from "#lib/result.ts";
import { mulberry32 } from "#lib/simulator/random.ts";
import { plantEquipment, plantEquipmentToday } from "./equipment.ts";
import { changedDaysAgo } from "./history/cases.ts";
import { antigen500 } from "./masters/antigen-500.ts";
import { antigen500Cooler, coolerExpression } from "./masters/antigen-500-v2.ts";
import { mab2000 } from "./masters/mab-2000.ts";
import { plantMaterials } from "./materials.ts";
import { plantSites, type PlantSite } from "./organisation.ts";
import { signMaster, signPerformed, type PastPen } from "./past-signature.ts";
import { play } from "./play.ts";
import { idsOf } from "./story-ids.ts";

type Person = { readonly id: string; readonly printedName: string; readonly userName: string; readonly subject: string };
type Input = { readonly people: (userName: string) => Person; readonly now: Date; readonly signingKey: JWK };

const day = 86_400_000;
const hour = 3_600_000;
const actorOf = ({ id, printedName, userName, subject }: Person, siteId: string, role: Role): Actor => ({ id, printedName, userName, subject, rolesBySite: new Map([[siteId, [role]]]) });

/** The configuration of exceptions the software ships with, as the first version. */
export async function plantConfiguration(tx: SiteTx, now: Date): Promise<void> {
  const { text, digest } = configurationText(shippedConfiguration);
  await tx.insert(exceptionConfigurations).values({ version: 1, state: "effective", canonical: text, digest, reason: "Shipped with the software", proposedAt: now, effectiveAt: now }).onConflictDoNothing();
}

function kept<T>(outcome: Result<T, unknown>, what: string): T {
  if (!outcome.ok) throw new BrokenPromise("story-refused", `${what}: ${JSON.stringify(outcome.refusal)}`);
  return outcome.value;
}

/** Three people, one after the other: the author submits, somebody else reviews, quality approves and makes effective. */
async function approve(tx: SiteTx, { people, now }: Input, pen: PastPen, of: { readonly id: string; readonly version: number; readonly effectiveDaysAgo: number; readonly reason: string }): Promise<void> {
  const by = (userName: string, role: Role): Actor => actorOf(people(userName), "enterprise", role);
  const at = (daysBefore: number) => new Date(now.getTime() - (of.effectiveDaysAgo + daysBefore) * day);
  await signMaster(tx, pen, of, "authored", { actor: by("process.engineer@demo", "process-engineer"), reason: "Ready for review", at: at(20) });
  await signMaster(tx, pen, of, "master_reviewed", { actor: by("process.reviewer@demo", "process-engineer"), reason: "Complete and technically correct", at: at(12) });
  await signMaster(tx, pen, of, "master_approved", { actor: by("qa.manager@demo", "qa-manager"), reason: "Approved for use", at: at(5) });
  const { row } = await readMasterFile(tx, of.id, of.version);
  kept(await makeMasterEffective(tx, requirePermission(by("qa.manager@demo", "qa-manager"), "master.approve"), { id: of.id, version: of.version, seen: row.digest, reason: of.reason }, { now: at(0), newId: pen.newId }), `${of.id} v${of.version} effective`);
}

/** A master by the commands of real use, in the past, with the signatures of three people. */
async function plantMaster(tx: SiteTx, input: Input, master: MasterRecord, { name, strength, effectiveDaysAgo }: { readonly name: string; readonly strength: string; readonly effectiveDaysAgo: number }): Promise<void> {
  const { people, now, signingKey } = input;
  const pen = { signingKey, newId: idsOf(`master ${master.id} v${master.version}`) };
  const author = requirePermission(actorOf(people("process.engineer@demo"), "enterprise", "process-engineer"), "master.author");
  await tx.insert(products).values({ id: master.productId, name, strength }).onConflictDoNothing();
  kept(await importMaster(tx, author, { record: master, fileName: `${master.id}.json`, reason: "First version" }, { now: new Date(now.getTime() - (effectiveDaysAgo + 40) * day), newId: pen.newId }), `import of ${master.id}`);
  await approve(tx, input, pen, { id: master.id, version: master.version, effectiveDaysAgo, reason: "First version" });
}

/** The change of recipe in mid-year: the next version of the antigen's master, cooler at expression, in force since then. */
async function changeRecipe(tx: SiteTx, input: Input): Promise<void> {
  const { people, now, signingKey } = input;
  const { id } = antigen500;
  const pen = { signingKey, newId: idsOf(`master ${id} v2`) };
  const reason = "Expression at 26 °C: fewer fragments, purity of the bulk";
  const author = requirePermission(actorOf(people("process.engineer@demo"), "enterprise", "process-engineer"), "master.author");
  const stamp = { now: new Date(now.getTime() - (changedDaysAgo + 35) * day), newId: pen.newId };
  const { version } = kept(await newVersion(tx, author, { id, reason }, stamp), `next version of ${id}`);
  const draft = await readMasterFile(tx, id, version);
  kept(await editMaster(tx, author, { id, version, seen: draft.row.digest, reason, change: (record) => accept(coolerExpression(record)) }, stamp), `change of ${id}`);
  await approve(tx, input, pen, { id, version, effectiveDaysAgo: changedDaysAgo, reason });
}

const crewOf = ({ people }: Input, siteId: PlantSite) => ({ operator: actorOf(people(`operator.${siteId}@demo`), siteId, "operator"), second: actorOf(people(`lead.production.${siteId}@demo`), siteId, "supervisor"), supervisor: actorOf(people(`supervisor.${siteId}@demo`), siteId, "supervisor"), analyst: actorOf(people(`analyst.${siteId}@demo`), siteId, "analyst"), reviewer: actorOf(people(`second.analyst.${siteId}@demo`), siteId, "analyst") });

/** Values without limits of their own that others are calculated from, as planned. */
const planned: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [antigen500.id]: { "inducer-stock": "1.00", "inducer-volume": "0.240", "working-volume": "480", "resin-volume": "30.0", "clarified-volume": "450", "clarified-concentration": "1.10", "bulk-volume": "71.0", "bulk-concentration": "5.00" },
};

/** Issues a batch and executes it as the script says, all by the commands of real use. */
export async function makeBatch(tx: SiteTx, input: Input, siteId: PlantSite, master: MasterRecord, { start, seed, until }: { readonly start: Date; /** Of the spread of its values; without it each is exactly as planned. */ readonly seed?: number; readonly until?: string }): Promise<string> {
  const crew = crewOf(input, siteId);
  const newId = idsOf(`${siteId} ${master.id} ${start.toISOString()}`);
  const classes = master.equipment.map((e) => e.equipmentClass);
  const own = await tx.select().from(units).where(eq(units.siteId, siteId)).orderBy(asc(units.id));
  const [unit] = own.filter((one) => classes.includes(one.equipmentClass)).sort((a, b) => (b.scaleL ?? 0) - (a.scaleL ?? 0));
  const issued = await issueBatch(tx, requirePermission(crew.supervisor, "batch.issue", siteId), { siteId, masterId: master.id, masterVersion: master.version, unitId: unit?.id ?? "", plannedStartAt: start, dueAt: new Date(start.getTime() + master.durationH * hour + 21 * day), priority: 2 }, { now: new Date(start.getTime() - 6 * hour), newId });
  if (!issued.ok) throw new BrokenPromise("story-refused", `batch of ${master.id} at ${siteId}: ${issued.refusal}`);
  const batchId = issued.value;
  const { id, printedName, userName, subject } = crew.operator;
  const sign = (stepId: string, at: Date) => signPerformed(tx, { signingKey: input.signingKey, newId }, { siteId, batchId, stepId, signer: { id, printedName, userName, subject, role: "operator" } }, at);
  await play({ tx, siteId, batchId, crew, script: { random: seed === undefined ? () => 0.5 : mulberry32(seed), newId, sign, values: planned[master.id] ?? {}, ...(until ? { until } : {}) } }, start);
  return batchId;
}

/** The full masters, the stock and equipment of each site, and batches of the antigen: one complete, one half way, each through the commands of real use. */
export async function plantRecords(tx: SiteTx, input: Input): Promise<void> {
  const { people, now } = input;
  await plantConfiguration(tx, new Date(now.getTime() - 250 * day));
  await plantMaster(tx, input, antigen500, { name: "Recombinant antigen drug substance", strength: "5 mg/mL", effectiveDaysAgo: 600 });
  await changeRecipe(tx, input);
  await plantMaster(tx, input, mab2000, { name: "mAb drug substance, from cell bank to bulk", strength: "100 mg/mL", effectiveDaysAgo: 600 });
  await tx.insert(products).values({ id: "BUF-PBS", name: "Phosphate buffer", strength: "1 ×" }).onConflictDoNothing();
  await plantMaterials(tx, { sites: plantSites.map((siteId) => ({ siteId, warehouse: actorOf(people(`warehouse.${siteId}@demo`), siteId, "warehouse"), quality: actorOf(people("qa.manager@demo"), siteId, "qa-manager") })), now, newId: idsOf("materials") });
  for (const siteId of plantSites) await plantEquipment(tx, { siteId, people: { operator: people(`operator.${siteId}@demo`), supervisor: people(`supervisor.${siteId}@demo`) }, now });
  await makeBatch(tx, input, "basel", antigen500Cooler, { start: new Date(now.getTime() - 9 * day), seed: 11 });
  for (const siteId of plantSites) await plantEquipmentToday(tx, { siteId, people: { operator: people(`operator.${siteId}@demo`), supervisor: people(`supervisor.${siteId}@demo`) }, now });
}
