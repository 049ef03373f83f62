import { randomUUID } from "node:crypto";
import { and, asc, eq, inArray } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { containers, lotMovements, lots, materials, suppliers } from "#db/schema/material.ts";
import { antigen500 } from "#db/seed/masters/antigen-500.ts";
import { mab2000 } from "#db/seed/masters/mab-2000.ts";
import { materialSeeds, plantMaterials } from "#db/seed/materials.ts";
import { withProgramme, withSites, type SiteTx } from "#db/scope.ts";
import { requirePermission, type Actor, type Granted } from "#lib/access/actor.ts";
import { chargeLot, closeBatchLot, openBatchLot } from "#lib/material/charge-commands.ts";
import { followBatch } from "#lib/material/disposition-commands.ts";
import { adjustLot, blendLots, decideLot, receiveLot, splitLot } from "#lib/material/lot-commands.ts";
import { fefoLots, lotForScan } from "#lib/material/queries.ts";
import type { LotDecision } from "#lib/material/stock.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { smallMaster } from "#tests/small-master.ts";

const now = new Date();
const day = 86_400_000;
const stamp = { now, newId: randomUUID };
let db: TestDatabase;
let supervisor: Actor;
let warehouse: Actor;
let qa: Actor;
const siteId = "basel";
const code = "RM-TEST";
const asOwner = <T>(work: (tx: SiteTx) => Promise<T>) => withProgramme(db.owner, "installation", ["basel", "raleigh", "enterprise"], work, { reason: "rows for the test" });
beforeAll(async () => {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  supervisor = await storyActor(db.portal, "supervisor.basel@demo");
  warehouse = await storyActor(db.portal, "warehouse.basel@demo");
  qa = await storyActor(db.portal, "qa.manager@demo");
  await asOwner((tx) => tx.insert(suppliers).values([{ id: "S-1", name: "Supplier", state: "approved" }, { id: "S-2", name: "Suspended supplier", state: "suspended" }]));
  await asOwner((tx) => tx.insert(materials).values({ id: code, name: "Sodium chloride, for the test", kind: "raw", unit: "kg", storage: "15 to 25 °C" }));
});
afterAll(() => db.close());

const change = <T>(work: (tx: SiteTx) => Promise<T>) => withSites(requirePermission(supervisor, "batch.execute", siteId), work, { reason: "charged" });
const read = <T>(work: (tx: SiteTx) => Promise<T>) => withSites(requirePermission(supervisor, "material.read", siteId), work);
let count = 0;
type Given = { readonly state?: "released" | "quarantined"; readonly quantity?: number; readonly expiresInDays?: number | null; readonly site?: string; readonly of?: string };
/** A lot with one container, as it stands after its receipt. */
async function given({ state = "released", quantity = 10, expiresInDays = 100, site = siteId, of = code }: Given = {}): Promise<string> {
  const id = `Lot-${++count}`;
  await asOwner(async (tx) => {
    await tx.insert(lots).values({ siteId: site, id, materialId: of, origin: "received", state, quantity, unit: "kg", receivedAt: now, expiresAt: expiresInDays === null ? null : new Date(now.getTime() + expiresInDays * day) });
    await tx.insert(containers).values({ siteId: site, id: `${id}/1`, lotId: id, quantity, unit: "kg", place: "A-01" });
    await tx.insert(lotMovements).values({ siteId: site, id: randomUUID(), lotId: id, containerId: `${id}/1`, kind: "received", quantity, at: now, reason: "received" });
  });
  return id;
}
const charge = (lotId: string, quantity: string, unit = "kg") => change((tx) => chargeLot(tx, { siteId, lotId, containerId: `${lotId}/1`, quantity, unit, batchId: "BAS-101-2610", stepId: "1.1.1", reason: "charged" }, supervisor.id, stamp));
const stateOf = (id: string) => read(async (tx) => (await lotForScan(tx, siteId, id))?.lot);

describe("a scanned text", () => {
  let id: string;
  beforeEach(async () => { id = await given(); });
  it("names a lot by its id in whatever case, with or without the label's prefix", async () => {
    for (const text of [id, id.toUpperCase(), ` lot:${id} `, `LOT: ${id.toLowerCase()}`]) expect((await read((tx) => lotForScan(tx, siteId, text)))?.lot, text).toMatchObject({ id, name: "Sodium chloride, for the test", balance: 10, unit: "kg" });
  });
  it("names the lot of a container, and the container with what is left in it", async () => {
    await charge(id, "2.5");
    expect(await read((tx) => lotForScan(tx, siteId, `${id}/1`))).toMatchObject({ lot: { id }, container: { id: `${id}/1`, place: "A-01", balance: 7.5 }, balance: 7.5 });
  });
  it("names nothing that is not there, of another site, or no text", async () => {
    const elsewhere = await given({ site: "raleigh" });
    for (const text of ["", "LOT:", "nothing", elsewhere, "a\u0000b", "\ud800", "%"]) expect(await read((tx) => lotForScan(tx, siteId, text)), text).toBeUndefined();
  });
});

describe("what expires first (REQ-46, 21 CFR 211.86, 211.150(a))", () => {
  it("stands first; what is not released, expired or empty does not stand there", async () => {
    const material = "RM-FEFO";
    await asOwner((tx) => tx.insert(materials).values({ id: material, name: "Glucose", kind: "raw", unit: "kg", storage: "15 to 25 °C" }));
    const of = material;
    const [never, late, soon] = [await given({ of, expiresInDays: null }), await given({ of, expiresInDays: 90 }), await given({ of, expiresInDays: 3 })];
    const empty = await given({ of, expiresInDays: 1 });
    await given({ of, expiresInDays: 0 });
    await given({ of, expiresInDays: -1 });
    await given({ of, state: "quarantined", expiresInDays: 2 });
    await given({ of, site: "raleigh", expiresInDays: 2 });
    await charge(empty, "10");
    expect((await read((tx) => fefoLots(tx, siteId, of, now))).map((l) => l.id)).toEqual([soon, late, never]);
  });
});

describe("a charge", () => {
  it("REQ-46 takes the amount out of the lot in the lot's unit, with its batch and step", async () => {
    const id = await given();
    expect(await charge(id, "2500", "g")).toMatchObject({ quantity: -2.5, balance: 7.5, state: "released" });
    expect(await asOwner((tx) => tx.select().from(lotMovements).where(and(eq(lotMovements.lotId, id), eq(lotMovements.kind, "charged"))))).toMatchObject([{ quantity: -2.5, otherLotId: "BAS-101-2610", batchId: "BAS-101-2610", stepId: "1.1.1", by: supervisor.id, containerId: `${id}/1` }]);
  });
  it("uses the lot up when nothing is left, to the last milligram, and lets it into quarantine when some comes back", async () => {
    const id = await given({ quantity: 0.3 });
    for (const part of ["0.1", "0.2"]) await charge(id, part);
    expect(await stateOf(id)).toMatchObject({ state: "used_up", balance: 0 });
    expect(await charge(id, "-0.05")).toMatchObject({ quantity: 0.05, balance: 0.05, state: "quarantined" });
  });
  it("cannot take more than there is, and nothing of it is written", async () => {
    const id = await given();
    await expect(charge(id, "10.000001")).rejects.toThrow(expect.objectContaining({ code: "lot-overdrawn" }) as Error);
    await expect(charge(id, "1", "L")).rejects.toThrow(expect.objectContaining({ code: "charge-without-amount" }) as Error);
    expect(await stateOf(id)).toMatchObject({ state: "released", balance: 10 });
  });
  it("of ten that are made at once takes no more than there is", async () => {
    const id = await given();
    const done = await Promise.allSettled(Array.from({ length: 10 }, () => charge(id, "1.5")));
    expect(done.filter((d) => d.status === "fulfilled").length).toBe(6);
    expect(await stateOf(id)).toMatchObject({ balance: 1 });
  });
});

describe("the lot of a batch", () => {
  const batch = { siteId, batchId: "BAS-101-2610" };
  it("has the batch's number, waits in quarantine without a quantity, and gets its yield once", async () => {
    await change((tx) => openBatchLot(tx, { ...batch, productId: "VB-101", unit: "L" }, supervisor.id, stamp));
    expect(await stateOf(batch.batchId)).toMatchObject({ productId: "VB-101", name: "mAb drug substance", state: "quarantined", quantity: null, balance: 0 });
    const close = () => change((tx) => closeBatchLot(tx, { ...batch, quantity: "1850000", unit: "mL" }, supervisor.id, stamp));
    await close();
    expect(await stateOf(batch.batchId)).toMatchObject({ quantity: 1850, balance: 1850 });
    await expect(close()).rejects.toThrow(expect.objectContaining({ code: "yield-written" }) as Error);
  });
  it("follows the decision about its batch", async () => {
    expect(await change((tx) => followBatch(tx, { ...batch, from: "qa_review", to: "released", decision: "Batch released" }, supervisor.id, stamp))).toEqual([{ lotId: batch.batchId, from: "quarantined", to: "released" }]);
    expect(await asOwner((tx) => tx.select().from(lots).where(eq(lots.id, batch.batchId)).orderBy(asc(lots.id)))).toMatchObject([{ decision: "Batch released", decidedBy: supervisor.id, decidedAt: now }]);
  });
});

describe("an act of the warehouse or of quality", () => {
  const acts = { receive: "lot.receive", decide: "lot.decide" } as const;
  const trail = (lotId: string) => asOwner((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.kind, "act"), eq(auditEntries.subjectId, lotId))).orderBy(asc(auditEntries.seq)));
  const asWarehouse = <T>(work: (tx: SiteTx, by: Granted<"lot.receive">) => Promise<T>, who = warehouse) => { const by = requirePermission(who, acts.receive, siteId); return withSites(by, (tx) => work(tx, by), { reason: "test" }); };
  const asQuality = <T>(work: (tx: SiteTx, by: Granted<"lot.decide">) => Promise<T>) => { const by = requirePermission(qa, acts.decide, siteId); return withSites(by, (tx) => work(tx, by), { reason: "test" }); };
  const receipt = { siteId, materialId: code, supplierId: "S-1", supplierLot: "SX-77", potencyPercent: 98.5, expiresAt: new Date(now.getTime() + 90 * day), place: "B-02", containers: [25, 25, 12.5], reason: "delivery 4711" };
  const receive = async (changed: Partial<typeof receipt> = {}) => { const done = await asWarehouse((tx, by) => receiveLot(tx, by, { ...receipt, ...changed }, stamp)); return done.ok ? (done.value.lotIds[0] ?? "") : done.refusal.reason; };
  const decide = (lotId: string, command: LotDecision["command"], reason = "certificate complies") => asQuality((tx, by) => decideLot(tx, by, { siteId, lotId, command, reason }, stamp));

  it("REQ-46 takes a delivery in: quarantined, numbered by the plant, with its containers and its audit entry", async () => {
    const [first, second] = [await receive(), await receive()];
    expect([first, second]).toEqual(["RM-TEST-BAS-0001", "RM-TEST-BAS-0002"]);
    expect(await stateOf(first)).toMatchObject({ state: "quarantined", quantity: 62.5, balance: 62.5, supplierLot: "SX-77", potencyPercent: 98.5 });
    expect((await read((tx) => lotForScan(tx, siteId, `${first}/3`)))?.container).toEqual({ id: `${first}/3`, place: "B-02", unit: "kg", balance: 12.5 });
    expect(await trail(first)).toMatchObject([{ event: "lot.received", actorId: warehouse.id, role: "warehouse", reason: "delivery 4711", detail: { material: code, quantity: 62.5, unit: "kg" } }]);
  });
  it("gives ten deliveries that come at once ten numbers", async () => {
    const numbers = await Promise.all(Array.from({ length: 10 }, () => receive()));
    expect(new Set(numbers).size).toBe(10);
    expect(numbers.every((n) => /^RM-TEST-BAS-00\d\d$/.test(n))).toBe(true);
  });
  it.each([["of a suspended supplier", { supplierId: "S-2" }, "state"], ["that has expired", { expiresAt: now }, "expired"], ["with an empty container", { containers: [1, 0] }, "amount"]])("refuses a delivery %s", async (_, changed, reason) => expect(await receive(changed)).toBe(reason));
  it("REQ-46 (21 CFR 211.22, 211.84) is decided by quality with a reason, once, with its audit entry", async () => {
    const id = await receive();
    expect(await decide(id, "release")).toMatchObject({ ok: true });
    expect(await stateOf(id)).toMatchObject({ state: "released" });
    expect(await asOwner((tx) => tx.select().from(lots).where(eq(lots.id, id)))).toMatchObject([{ decision: "certificate complies", decidedBy: qa.id, decidedAt: now }]);
    expect(await decide(id, "release")).toMatchObject({ ok: false, refusal: { reason: "state" } });
    expect((await trail(id)).slice(1)).toMatchObject([{ event: "lot.decided", actorId: qa.id, role: "qa-manager", critical: true, detail: { command: "release", from: "quarantined", to: "released" } }]);
  });
  it("destroys a rejected lot: what was left is written off", async () => {
    const id = await receive();
    await decide(id, "reject", "wrong identity");
    await decide(id, "destroy", "incinerated, protocol 12");
    expect(await stateOf(id)).toMatchObject({ state: "destroyed", balance: 0 });
  });
  it("splits a lot into lots with its supplier's lot, and blends them again into one that knows all its parents", async () => {
    const id = await receive({ containers: [10] });
    await decide(id, "release");
    const split = await asWarehouse((tx, by) => splitLot(tx, by, { siteId, lotId: id, quantities: [4, 6], reason: "two rooms" }, stamp));
    expect(split).toEqual({ ok: true, value: { lotIds: [`${id}-S1`, `${id}-S2`] } });
    expect(await stateOf(id)).toMatchObject({ state: "used_up", balance: 0 });
    expect(await stateOf(`${id}-S2`)).toMatchObject({ state: "released", balance: 6, supplierLot: "SX-77", potencyPercent: 98.5 });
    const blend = await asQuality((tx, by) => blendLots(tx, by, { siteId, parts: [{ lotId: `${id}-S1`, quantity: 4 }, { lotId: `${id}-S2`, quantity: 1 }], reason: "rest of two rooms" }, stamp));
    const blended = blend.ok ? (blend.value.lotIds[0] ?? "") : "";
    expect(await stateOf(blended)).toMatchObject({ state: "quarantined", balance: 5, potencyPercent: 98.5 });
    expect((await asOwner((tx) => tx.select().from(lotMovements).where(eq(lotMovements.lotId, blended)))).map((m) => m.otherLotId).sort()).toEqual([`${id}-S1`, `${id}-S2`]);
    expect(await trail(blended)).toMatchObject([{ event: "lot.blended", detail: { from: [`${id}-S1`, `${id}-S2`], quantity: 5, unit: "kg" } }]);
  });
  it("writes samples and corrections down, never below nothing", async () => {
    const id = await receive({ containers: [10] });
    const adjust = (kind: "sampled" | "adjusted", quantity: number) => asQuality((tx, by) => adjustLot(tx, by, { siteId, lotId: id, kind, quantity, reason: "counted" }, stamp));
    await adjust("sampled", -0.25);
    await adjust("adjusted", 0.05);
    expect(await stateOf(id)).toMatchObject({ balance: 9.8 });
    expect(await adjust("adjusted", -9.9)).toMatchObject({ ok: false, refusal: { reason: "amount" } });
    expect(await stateOf(id)).toMatchObject({ balance: 9.8 });
  });
  it("REQ-04 is closed to who may not, and to the lots of another site", async () => {
    expect(() => requirePermission(supervisor, "lot.decide", siteId)).toThrow();
    expect(() => requirePermission(warehouse, "lot.receive", "raleigh")).toThrow();
    const elsewhere = await given({ site: "raleigh" });
    await expect(asWarehouse((tx, by) => splitLot(tx, by, { siteId: "raleigh", lotId: elsewhere, quantities: [1], reason: "x" }, stamp))).rejects.toThrow(expect.objectContaining({ code: "not-found" }) as Error);
  });
});

describe("the materials of the story", () => {
  it("are those the masters name, with stock at every site of different states, and every balance is the sum of its movements", async () => {
    const started = performance.now();
    const sites = ["basel", "raleigh"].map(async (site) => ({ siteId: site, warehouse: await storyActor(db.portal, `warehouse.${site}@demo`), quality: qa }));
    await asOwner(async (tx) => plantMaterials(tx, { sites: await Promise.all(sites), now }));
    const needed = [smallMaster, antigen500, mab2000].flatMap((m) => m.materials);
    for (const { code: wanted, unit } of needed) {
      expect(materialSeeds.find((m) => m.id === wanted)?.unit, wanted).toBe(unit);
      expect((await read((tx) => fefoLots(tx, siteId, wanted, now))).length, wanted).toBeGreaterThanOrEqual(2);
    }
    const planted = await asOwner((tx) => tx.select().from(lots).where(inArray(lots.materialId, materialSeeds.map((m) => m.id))));
    expect(new Set(planted.map((l) => l.state))).toEqual(new Set(["quarantined", "released", "restricted", "rejected", "destroyed"]));
    expect(planted.some((l) => l.state === "released" && (l.expiresAt?.getTime() ?? 0) < now.getTime())).toBe(true);
    expect(performance.now() - started).toBeLessThan(60_000);
  });
});
