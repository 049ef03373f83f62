import { and, eq, like, sql } from "drizzle-orm";
import { calibrations, tags, units } from "#db/schema/equipment.ts";
import { lots } from "#db/schema/material.ts";
import type { SiteTx } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { moveEquipment } from "#lib/equipment/commands.ts";
import { installPart, maintainEquipment, recordCalibration } from "#lib/equipment/maintenance-commands.ts";
import { standingUnit } from "#lib/equipment/queries.ts";
import { decideLot, receiveLot } from "#lib/material/lot-commands.ts";
import { fefoLots } from "#lib/material/queries.ts";
import { BrokenPromise, type Result } from "#lib/result.ts";
import { areaOf, kinds, laboratoryKinds, unitIdOf, type SeedKind, type SeedTag } from "../equipment-list.ts";
import { antigen500 } from "../masters/antigen-500.ts";
import { mab2000 } from "../masters/mab-2000.ts";
import { materialSeeds } from "../materials.ts";
import { instruments, type PlantSite } from "../organisation.ts";
import { poorLot } from "./cases.ts";

type Crew = { readonly operator: Actor; readonly supervisor: Actor; readonly warehouse: Actor; readonly quality: Actor };
export type PastSite = { readonly tx: SiteTx; readonly siteId: PlantSite; readonly crew: Crew; readonly newId: () => string };
const day = 86_400_000;
const hour = 3_600_000;

function kept<T>(outcome: Result<T, unknown>, what: string): T {
  if (!outcome.ok) throw new BrokenPromise("story-refused", `${what}: ${JSON.stringify(outcome.refusal)}`);
  return outcome.value;
}

/** The suite the past batches were made in, beside today's: one unit of each class the antigen's master names, and an instrument of the laboratory. */
const suite = "Microbial suite 2";
/** What the fermenter of the past measures beside what every fermenter does. */
const further: readonly SeedTag[] = [
  { tag: "agitation", name: "Agitation", unit: "rpm", precision: 0, rangeLow: 0, rangeHigh: 1200 }, { tag: "oxygen-flow", name: "O₂ flow", unit: "L/min", precision: 1, rangeLow: 0, rangeHigh: 300 }, { tag: "feed-rate", name: "Feed", unit: "L/h", precision: 2, rangeLow: 0, rangeHigh: 40 },
  { tag: "base-added", name: "Base added", unit: "L", precision: 2, rangeLow: 0, rangeHigh: 60 }, { tag: "vibration", name: "Vibration of the agitator drive", unit: "mm/s", precision: 2, rangeLow: 0, rangeHigh: 30 },
];
const named = kinds.filter((kind) => antigen500.equipment.some((e) => e.equipmentClass === kind.equipmentClass)).map((kind): SeedKind => ({ ...kind, first: 51, count: 1, cell: suite, ...(kind.equipmentClass === "fermenter 500 L" ? { tags: [...kind.tags ?? [], ...further] } : {}) }));
/** A bioreactor and everything else the antibody's master names, for its past cultures. */
const bioreactor: SeedKind = { prefix: "BR", first: 51, count: 1, name: "Production bioreactor", equipmentClass: "Bioreactor, stirred, 2,000 L", cell: "Cell culture suite 2", scaleL: 2000, cleaning: "SOP-CL-012, cleaning in place", tags: instruments.map(({ staleAfterS: _, ...tag }) => tag) };
const cultureKinds: readonly SeedKind[] = [bioreactor, ...kinds.filter((kind) => mab2000.equipment.some((e) => e.equipmentClass === kind.equipmentClass)).map((kind): SeedKind => ({ ...kind, first: kind.first + 60, cell: bioreactor.cell }))];
const analysed = laboratoryKinds.slice(1, 2).map((kind): SeedKind => ({ ...kind, first: 51, count: 1 }));
const suiteKinds: readonly SeedKind[] = [...new Map([...named, ...analysed].map((kind) => [kind.equipmentClass, kind])).values()];
/** The suites of the past: which units they hold, and what a batch in them asks of the stock. `horizonDays`: how long what is charged must be good for. */
export type Suite = { readonly kinds: readonly SeedKind[]; readonly needs: readonly { readonly code: string; readonly quantity: number }[]; readonly batches: number; readonly horizonDays: number };
export const antigenSuite: Suite = { kinds: suiteKinds, needs: antigen500.materials, batches: 9, horizonDays: 6 };
const perBatch = (code: string): number => materialSeeds.find(({ id }) => id === code)?.perBatch ?? 0;
export const cultureSuite: Suite = { kinds: [...cultureKinds, ...analysed], needs: [...new Set(mab2000.materials.map(({ code }) => code))].map((code) => ({ code, quantity: perBatch(code) })), batches: 1.6, horizonDays: 48 };
const membersOf = (siteId: PlantSite, of: readonly SeedKind[]) => of.flatMap((kind) => Array.from({ length: kind.count }, (_, index) => ({ kind, id: unitIdOf(siteId, kind, index) })));
/** Units of a suite, the one a batch is made in first. */
export const unitsOf = (siteId: PlantSite, { kinds: of }: Suite): readonly string[] => membersOf(siteId, of).map(({ id }) => id);
export const suiteUnits = (siteId: PlantSite): readonly string[] => unitsOf(siteId, antigenSuite);

const drive = { place: "Agitator drive, lower bearing", part: "Spherical roller bearing 22211" } as const;
const installed = ({ tx, siteId, crew, newId }: PastSite, serialNumber: string, at: Date, reason: string) =>
  installPart(tx, requirePermission(crew.supervisor, "equipment.maintain", siteId), { siteId, unitId: suiteUnits(siteId)[0] ?? "", ...drive, serialNumber, installedAt: at, reason }, { now: new Date(at.getTime() + hour), newId });

/** The bearing has failed: the fermenter is taken out of service, gets a new one and comes back. */
export async function exchangeBearing(site: PastSite, at: Date): Promise<void> {
  const { tx, siteId, crew, newId } = site;
  const unitId = suiteUnits(siteId)[0] ?? "";
  const by = requirePermission(crew.supervisor, "equipment.maintain", siteId);
  const act = async (event: "take_out_of_service" | "return_to_service", now: Date, reason: string) => {
    const { standing } = await standingUnit(tx, siteId, unitId);
    kept(await maintainEquipment(tx, by, { siteId, unitId, event, basedOn: standing.revision, reason }, { now, newId }), `${event} of ${unitId}`);
  };
  await act("take_out_of_service", new Date(at.getTime() + 2 * hour), "Agitator drive: lower bearing seized, vibration 12 mm/s before it tripped.");
  kept(await installed(site, "BRG-20734", new Date(at.getTime() + 50 * hour), "Lower bearing exchanged after its failure; vibration had been above the alert for nine days."), `bearing of ${unitId}`);
  await act("return_to_service", new Date(at.getTime() + 54 * hour), "Bearing exchanged, test run 2 h, vibration 1.8 mm/s.");
}

/** Builds the suites and commissions them at `at`. */
export async function buildSuite(site: PastSite, at: Date): Promise<void> {
  const { tx, siteId, crew, newId } = site;
  const actor = { id: crew.operator.id, name: crew.operator.printedName, role: "operator" };
  for (const { kind, id } of membersOf(siteId, [...suiteKinds, ...cultureKinds])) {
    await tx.insert(units).values({ siteId, id, name: kind.name, equipmentClass: kind.equipmentClass, area: areaOf(kind.cell), processCell: kind.cell, scaleL: kind.scaleL ?? null, serialNumber: `${kind.prefix}8${id.slice(-4)}` }).onConflictDoNothing();
    if (kind.tags) await tx.insert(tags).values(kind.tags.map((tag, position) => ({ siteId, unitId: id, ...tag, staleAfterS: 30, position }))).onConflictDoNothing();
    for (const [event, hours] of [["start_cleaning", 0], ["finish_cleaning", 2], ["expire_clean_hold", 74]] as const) {
      const moved = new Date(at.getTime() + hours * hour);
      kept(await moveEquipment(tx, { siteId, unitId: id, event, at: moved, reason: "Commissioning." }, crew.operator.id, actor, { now: moved, newId }), `commissioning of ${id}`);
    }
  }
  kept(await installed(site, "BRG-18120", at, "Commissioning."), `bearing of ${suiteUnits(siteId)[0] ?? ""}`);
}

type Found = { readonly asFound: string; readonly passed: boolean };
/** One calibration of every instrument of a unit, due again after a year; `found`: what is found of one of them otherwise than well. */
export async function calibrateUnit({ tx, siteId, crew, newId }: PastSite, { kind, unitId }: { readonly kind: SeedKind; readonly unitId: string }, at: Date, found: Readonly<Record<string, Found>> = {}): Promise<void> {
  const by = requirePermission(crew.supervisor, "equipment.maintain", siteId);
  const { unit, reference, digits } = kind.calibrated ?? { unit: "% of range", reference: "Loop check with calibrator LC-3", digits: 2 };
  const instruments = kind.tags ? kind.tags.map(({ tag }) => tag) : [null];
  for (const tag of instruments) {
    const { asFound = (0.02).toFixed(digits), passed = true } = found[tag ?? ""] ?? {};
    const performed = { siteId, unitId, tag, performedAt: at, asFound, asLeft: (0.01).toFixed(digits), unit: found[tag ?? ""] ? "pH" : unit, reference: found[tag ?? ""] ? "Buffers pH 4.01 and 7.00" : reference };
    kept(await recordCalibration(tx, by, { ...performed, passed, dueAt: new Date(at.getTime() + 365 * day) }, { now: new Date(at.getTime() + hour), newId }), `calibration of ${unitId}`);
    if (passed) continue;
    const adjusted = new Date(at.getTime() + 3 * hour);
    kept(await recordCalibration(tx, by, { ...performed, performedAt: adjusted, asFound: "0.01", asLeft: "0.01", passed: true, dueAt: new Date(adjusted.getTime() + 365 * day) }, { now: new Date(adjusted.getTime() + hour), newId }), `calibration of ${unitId} after its probe was changed`);
  }
}
/** The fermenter of the past at a site. */
export const fermenterOf = (siteId: PlantSite) => membersOf(siteId, suiteKinds).map(({ kind, id }) => ({ kind, unitId: id })).find(({ kind }) => kind.equipmentClass === "fermenter 500 L");

/** Calibrates what is due within the next two months, so that no batch is stopped by it. */
export async function calibrateDue(site: PastSite, { kinds: of }: Suite, at: Date): Promise<void> {
  for (const { kind, id } of membersOf(site.siteId, of)) {
    const [last] = await site.tx.select({ due: sql<string | null>`max(due_at)` }).from(calibrations).where(and(eq(calibrations.siteId, site.siteId), eq(calibrations.unitId, id)));
    if (!last?.due || new Date(last.due).getTime() < at.getTime() + 60 * day) await calibrateUnit(site, { kind, unitId: id }, at);
  }
}

/** Supplier's lots of the past say so by their number, counted in periods of 60 days from the beginning. */
const period = 60 * day;
const mark = "-H";
function supplierLotOf(code: string, supplier: string, siteId: PlantSite, of: number): string {
  if (code === poorLot.material && of === poorLot.period && poorLot.sites.some((site) => site === siteId)) return poorLot.supplierLot;
  return `${supplier.slice(-2)}${mark}${String(of).padStart(2, "0")}${code.slice(-2)}${siteId.slice(0, 1).toUpperCase()}`;
}

/** Lots of the past batches at a site: nothing of today's stock is used up. */
export async function pastLots(tx: SiteTx, siteId: PlantSite): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.select({ id: lots.id, supplierLot: lots.supplierLot }).from(lots).where(and(eq(lots.siteId, siteId), like(lots.supplierLot, `%${mark}%`)));
  return new Map(rows.map(({ id, supplierLot }) => [id, supplierLot ?? ""]));
}

/** Orders what the next batch would lack: the lot comes and is released before `start`, and expires after its period. */
export async function restock({ tx, siteId, crew, newId }: PastSite, { needs, batches, horizonDays }: Suite, start: Date, began: Date): Promise<void> {
  const own = await pastLots(tx, siteId);
  for (const { code, quantity } of needs) {
    const seed = materialSeeds.find((one) => one.id === code);
    if (!seed) throw new BrokenPromise("story-refused", `material ${code} is not planted`);
    const good = (await fefoLots(tx, siteId, code, new Date(start.getTime() + horizonDays * day))).filter(({ id, receivedAt }) => own.has(id) && receivedAt < start);
    if (good.reduce((sum, lot) => sum + lot.balance, 0) >= quantity * 1.3) continue;
    const came = new Date(start.getTime() - 5 * day);
    const amount = Math.ceil(quantity * batches * 1000) / 1000;
    const supplierLot = supplierLotOf(code, seed.supplier, siteId, Math.floor((start.getTime() - began.getTime()) / period));
    const received = await receiveLot(tx, requirePermission(crew.warehouse, "lot.receive", siteId), { siteId, materialId: code, supplierId: seed.supplier, supplierLot, potencyPercent: null, expiresAt: new Date(start.getTime() + 75 * day), place: `H-${code.slice(-2)}`, containers: [seed.unit === "pcs" ? Math.ceil(amount) : amount], reason: `Delivery of ${seed.name}` }, { now: came, newId });
    if (!received.ok) throw new BrokenPromise("story-refused", received.refusal.sentence);
    kept(await decideLot(tx, requirePermission(crew.quality, "lot.decide", siteId), { siteId, lotId: received.value.lotIds[0] ?? "", command: "release", reason: "Certificate of analysis and identity test comply" }, { now: new Date(came.getTime() + 2 * day), newId }), `release of ${code}`);
  }
}
