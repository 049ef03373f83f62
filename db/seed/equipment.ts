import { and, asc, eq, inArray } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import { equipmentStates, tags, units } from "#db/schema/equipment.ts";
import type { SiteTx } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permission.ts";
import { moveEquipment, type EquipmentMove } from "#lib/equipment/commands.ts";
import { installPart, recordCalibration } from "#lib/equipment/maintenance-commands.ts";
import { BrokenPromise, type Result } from "#lib/result.ts";
import { idsOf } from "./story-ids.ts";
import { areaOf, incidents, kinds, overdue, unitIdOf, type SeedKind, type SeedReference } from "./equipment-list.ts";
import { unitSeeds, type PlantSite } from "./organisation.ts";

export type SeedPerson = { readonly id: string; readonly printedName: string; readonly userName: string; readonly subject: string };
export type EquipmentPeople = { readonly operator: SeedPerson; readonly supervisor: SeedPerson };
export type EquipmentSeed = { readonly siteId: PlantSite; readonly people: EquipmentPeople; readonly now: Date };

const hour = 3_600_000;
const day = 24 * hour;
/** Commissioning of the plant, before the first batch of the story. */
const commissioned = 760;
const ago = (now: Date, days: number): Date => new Date(now.getTime() - days * day);
const actorOf = (person: SeedPerson, siteId: string, role: Role): Actor => ({ id: person.id, printedName: person.printedName, userName: person.userName, subject: person.subject, rolesBySite: new Map([[siteId, [role]]]) });

function written<T>(outcome: Result<T, { readonly reason: string }>, what: string): T {
  if (!outcome.ok) throw new BrokenPromise("seed", `${what} was refused: ${outcome.refusal.reason}`);
  return outcome.value;
}

type Planted = { readonly id: string; readonly kind: SeedKind; readonly index: number; readonly number: number };
const plantedUnits = (siteId: PlantSite): readonly Planted[] =>
  kinds.flatMap((kind) => Array.from({ length: kind.count }, (_, index) => ({ kind, index, id: unitIdOf(siteId, kind, index) }))).map((unit, number) => ({ ...unit, number }));

const bioreactorKind: Pick<SeedKind, "cleaning" | "modules" | "part"> = {
  cleaning: "SOP-CL-012, cleaning in place", modules: [{ suffix: "GAS", name: "Gas module", equipmentClass: "gas module, mass flow controllers" }], part: { place: "Agitator, lower seal", part: "Mechanical seal, double" },
};
/** What of a production bioreactor is calibrated on its own; everything else it measures with the loop check of the whole. */
const bioreactorTags = [null, "ph", "dissolved-oxygen", "temperature"];
const onUnit: SeedReference = { unit: "% of range", reference: "Loop check with calibrator LC-3", digits: 2, error: 0.11 };

async function plantUnits(tx: SiteTx, siteId: PlantSite): Promise<void> {
  const all = plantedUnits(siteId);
  const serial = (id: string) => `${id.slice(0, 2)}${String([...id].reduce((n, c) => (n * 31 + (c.codePointAt(0) ?? 0)) % 90_000, 7) + 10_000)}`;
  const own = unitSeeds.filter((unit) => unit.siteId === siteId);
  const modules = [...all.map(({ id, kind }) => ({ id, cell: kind.cell, modules: kind.modules ?? [] })), ...own.map(({ id, processCell }) => ({ id, cell: processCell, modules: bioreactorKind.modules ?? [] }))];
  await tx.insert(units).values(all.map(({ id, kind }) => ({ siteId, id, name: kind.name, equipmentClass: kind.equipmentClass, area: areaOf(kind.cell), processCell: kind.cell, scaleL: kind.scaleL ?? null, serialNumber: serial(id) }))).onConflictDoNothing();
  await tx.insert(units).values(modules.flatMap(({ id, cell, modules: parts }) => parts.map((m) => ({ siteId, id: `${id}-${m.suffix}`, name: m.name, equipmentClass: m.equipmentClass, area: areaOf(cell), processCell: cell, parentId: id, serialNumber: serial(`${id}-${m.suffix}`) })))).onConflictDoNothing();
  await tx.insert(tags).values(all.flatMap(({ id, kind }) => (kind.tags ?? []).map((tag, position) => ({ siteId, unitId: id, ...tag, staleAfterS: 30, position })))).onConflictDoNothing();
}

type Scene = { readonly tx: SiteTx; readonly seed: EquipmentSeed; readonly newId: () => string };
const sceneOf = (tx: SiteTx, seed: EquipmentSeed, part: string): Scene => ({ tx, seed, newId: idsOf(`${part} of ${seed.siteId}`) });

async function calibrate({ tx, seed, newId }: Scene, unitId: string, tag: string | null, { unit, reference, digits, error }: SeedReference, days: number, number: number): Promise<void> {
  const { siteId, people, now } = seed;
  const by = requirePermission(actorOf(people.supervisor, siteId, "supervisor"), "equipment.maintain", siteId);
  const performedAt = ago(now, days);
  const found = (((number * 7) % 5) - 2) * 0.5 * error;
  const act = { siteId, unitId, tag, performedAt, dueAt: new Date(performedAt.getTime() + 365 * day), asFound: found.toFixed(digits), asLeft: (found / 4).toFixed(digits), unit, reference, passed: true };
  written(await recordCalibration(tx, by, act, { now: new Date(performedAt.getTime() + hour), newId }), `calibration of ${unitId}`);
}

/** Two yearly calibrations without a gap between them; only the earlier one where the last was missed. */
async function calibrations(scene: Scene, unitId: string, instruments: readonly (string | null)[], reference: SeedReference, number: number, missed: boolean): Promise<void> {
  for (const [i, tag] of (instruments.length > 0 ? instruments : [null]).entries()) {
    const last = 16 + ((number * 11 + i * 3) % 150);
    if (missed) await calibrate(scene, unitId, tag, reference, 371, number);
    else for (const days of [last + 355, last]) await calibrate(scene, unitId, tag, reference, days, number + i);
  }
}

async function parts({ tx, seed, newId }: Scene, unitId: string, { place, part }: NonNullable<SeedKind["part"]>, number: number): Promise<void> {
  const { siteId, people, now } = seed;
  const by = requirePermission(actorOf(people.supervisor, siteId, "supervisor"), "equipment.maintain", siteId);
  const put = async (days: number, serial: number, reason: string) => {
    const installedAt = ago(now, days);
    written(await installPart(tx, by, { siteId, unitId, place, part, serialNumber: `${String(serial).padStart(5, "0")}`, installedAt, reason }, { now: new Date(installedAt.getTime() + hour), newId }), `part of ${unitId}`);
  };
  await put(commissioned + 5, 4100 + number, "Commissioning.");
  await put(80 + ((number * 13) % 120), 7300 + number, "Yearly maintenance: replaced by plan.");
}

async function move({ tx, seed, newId }: Scene, change: Omit<EquipmentMove, "siteId">, role: "operator" | "supervisor" = "operator"): Promise<void> {
  const person = seed.people[role];
  written(await moveEquipment(tx, { ...change, siteId: seed.siteId }, person.id, { id: person.id, name: person.printedName, role }, { now: change.at, newId }), `${change.event} of ${change.unitId}`);
}

async function clean(scene: Scene, unitId: string, procedure: string, finished: Date, reason: string): Promise<void> {
  await move(scene, { unitId, event: "start_cleaning", at: new Date(finished.getTime() - 2 * hour), reason, detail: { procedure } });
  await move(scene, { unitId, event: "finish_cleaning", at: finished, reason: "Final rinse within limits, visually clean and dry.", detail: { procedure } });
}

async function commission(scene: Scene, unitId: string, procedure: string): Promise<void> {
  const finished = ago(scene.seed.now, commissioned);
  await clean(scene, unitId, procedure, finished, "Commissioning.");
  await move(scene, { unitId, event: "expire_clean_hold", at: new Date(finished.getTime() + 72 * hour), reason: "Not used within its clean hold time." });
}

/**
 * Plants the units of a site beside its production bioreactors, for every equipment class of the demo's masters and the laboratory, with modules, calibrations, parts and
 * their commissioning about two years before `now`. Everything is dirty afterwards: a batch of the past cleans what it binds.
 */
export async function plantEquipment(tx: SiteTx, seed: EquipmentSeed): Promise<void> {
  const scene = sceneOf(tx, seed, "equipment");
  await plantUnits(tx, seed.siteId);
  for (const { id, kind, index, number } of plantedUnits(seed.siteId)) {
    const missed = overdue[seed.siteId].prefix === kind.prefix && overdue[seed.siteId].index === index;
    if (kind.calibrated || kind.tags) await calibrations(scene, id, (kind.tags ?? []).map(({ tag }) => tag), kind.calibrated ?? onUnit, number, missed);
    if (kind.part) await parts(scene, id, kind.part, number);
    await commission(scene, id, kind.cleaning);
  }
  for (const [number, { id }] of unitSeeds.filter((unit) => unit.siteId === seed.siteId).entries()) {
    await calibrations(scene, id, bioreactorTags, onUnit, 40 + number, false);
    if (bioreactorKind.part) await parts(scene, id, bioreactorKind.part, 40 + number);
    await commission(scene, id, bioreactorKind.cleaning);
  }
}

/** Units that hold a running batch whose record does not tell of their binding. */
async function bindRunning(scene: Scene): Promise<void> {
  const { tx, seed: { siteId, now } } = scene;
  const running = await tx.select().from(batches).where(and(eq(batches.siteId, siteId), inArray(batches.state, ["in_progress", "held"]), eq(batches.origin, "executed"))).orderBy(asc(batches.id));
  for (const { id: batchId, unitId, productId, inoculatedAt } of running) {
    const [row] = await tx.select().from(equipmentStates).where(and(eq(equipmentStates.siteId, siteId), eq(equipmentStates.unitId, unitId)));
    const bound = new Date((inoculatedAt ?? now).getTime() - 30 * hour);
    if (!row || row.state !== "dirty" || row.changedAt.getTime() > bound.getTime() - 20 * hour) continue;
    await clean(scene, unitId, bioreactorKind.cleaning, new Date(bound.getTime() - 12 * hour), `Before ${batchId}.`);
    await move(scene, { unitId, event: "bind", at: bound, batchId, productId, reason: `Bound to ${batchId}.` }, "supervisor");
  }
}

/** How the units of a site stand at `now`: running batches hold theirs, most of the others are clean, one has an incident. Called when every batch of the story is planted. */
export async function plantEquipmentToday(tx: SiteTx, seed: EquipmentSeed): Promise<void> {
  const scene = sceneOf(tx, seed, "equipment today");
  const { siteId, now } = seed;
  await bindRunning(scene);
  for (const { unit, index, event, daysAgo, reason } of incidents[siteId]) await move(scene, { unitId: unitIdOf(siteId, unit, index), event, at: ago(now, daysAgo), reason }, "supervisor");
  const standing = await tx.select().from(equipmentStates).where(and(eq(equipmentStates.siteId, siteId), eq(equipmentStates.state, "dirty"))).orderBy(asc(equipmentStates.unitId));
  const procedures = new Map(plantedUnits(siteId).map(({ id, kind }) => [id, kind.cleaning]));
  for (const [i, { unitId, changedAt }] of standing.entries()) {
    const finished = new Date(now.getTime() - (3 + ((i * 5) % 41)) * hour);
    if (i % 6 === 5 || changedAt.getTime() > finished.getTime() - 2 * hour) continue;
    await clean(scene, unitId, procedures.get(unitId) ?? bioreactorKind.cleaning, finished, "After use.");
  }
}
