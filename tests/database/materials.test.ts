import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { and, asc, eq, inArray } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { containers, lotMovements, lots, materials, suppliers } from "#db/schema/material.ts";
import { antigen500 } from "#db/seed/masters/antigen-500.ts";
import { mab2000 } from "#db/seed/masters/mab-2000.ts";
import { materialSeeds, plantMaterials } from "#db/seed/materials.ts";
import { withOwnMeans, withProgramme, withSites, type SiteTx } from "#db/scope.ts";
import { requirePermission, type Actor, type Granted } from "#lib/access/actor.ts";
import { configure } from "#lib/catalog/configuration-commands.ts";
import { configuration, looseEnds } from "#lib/catalog/configuration.ts";
import { chargeFaults } from "#lib/material/charge.ts";
import { chargeLot, closeBatchLot, openBatchLot } from "#lib/material/charge-commands.ts";
import { followBatch } from "#lib/material/disposition-commands.ts";
import { adjustLot, blendLots, decideLot, partContainer, receiveLot, retestLot, splitLot, type Receipt } from "#lib/material/lot-commands.ts";
import { containersOf, fefoLots, lotForScan } from "#lib/material/queries.ts";
import { listSuppliers } from "#lib/material/stock-queries.ts";
import type { LotDecision } from "#lib/material/stock.ts";
import { addMaterial, addSupplier, moveSupplier } from "#lib/material/supply-commands.ts";
import { traceLot } from "#lib/material/trace-queries.ts";
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
  const receipt: Receipt = { siteId, materialId: code, supplierId: "S-1", supplierLot: "SX-77", potencyPercent: 98.5, expiresAt: new Date(now.getTime() + 90 * day), place: "B-02", containers: [25, 25, 12.5], reason: "delivery 4711" };
  const receive = async (changed: Partial<Receipt> = {}) => { const done = await asWarehouse((tx, by) => receiveLot(tx, by, { ...receipt, ...changed }, stamp)); return done.ok ? (done.value.lotIds[0] ?? "") : done.refusal.reason; };
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
    expect((await read((tx) => containersOf(tx, siteId, id))).map((c) => c.balance)).toEqual([0, 0, 0]);
  });
  it("REQ-55 (ICH Q7) splits a lot into lots with its supplier's lot, and blends them again into one that knows all its parents", async () => {
    const id = await receive({ containers: [10] });
    await decide(id, "release");
    const split = await asWarehouse((tx, by) => splitLot(tx, by, { siteId, lotId: id, containerId: `${id}/1`, quantities: [4, 6], place: "C-01", reason: "two rooms" }, stamp));
    expect(split).toEqual({ ok: true, value: { lotIds: [`${id}-S1`, `${id}-S2`] } });
    expect(await stateOf(id)).toMatchObject({ state: "used_up", balance: 0 });
    expect(await stateOf(`${id}-S2`)).toMatchObject({ state: "released", balance: 6, supplierLot: "SX-77", potencyPercent: 98.5 });
    const blend = await asQuality((tx, by) => blendLots(tx, by, { siteId, parts: [{ lotId: `${id}-S1`, quantity: 4, containerId: null }, { lotId: `${id}-S2`, quantity: 1, containerId: `${id}-S2/1` }], place: "C-02", reason: "rest of two rooms" }, stamp));
    const blended = blend.ok ? (blend.value.lotIds[0] ?? "") : "";
    expect((await Promise.all([`${id}/1`, `${id}-S1/1`, `${id}-S2/1`, `${blended}/1`].map((at) => read((tx) => lotForScan(tx, siteId, at))))).map((found) => [found?.container?.place, found?.container?.balance])).toEqual([["B-02", 0], ["C-01", 0], ["C-01", 5], ["C-02", 5]]);
    expect(await stateOf(blended)).toMatchObject({ state: "quarantined", balance: 5, potencyPercent: 98.5 });
    expect((await asOwner((tx) => tx.select().from(lotMovements).where(eq(lotMovements.lotId, blended)))).map((m) => m.otherLotId).sort()).toEqual([`${id}-S1`, `${id}-S2`]);
    expect(await trail(blended)).toMatchObject([{ event: "lot.blended", detail: { from: [`${id}-S1`, `${id}-S2`], quantity: 5, unit: "kg" } }]);
  });
  it("writes samples and corrections down, never below nothing", async () => {
    const id = await receive({ containers: [10] });
    const adjust = (kind: "sampled" | "adjusted", quantity: number) => asQuality((tx, by) => adjustLot(tx, by, { siteId, lotId: id, containerId: null, kind, quantity, reason: "counted" }, stamp));
    await adjust("sampled", -0.25);
    await adjust("adjusted", 0.05);
    expect(await stateOf(id)).toMatchObject({ balance: 9.8 });
    expect(await adjust("adjusted", -9.9)).toMatchObject({ ok: false, refusal: { reason: "amount" } });
    expect(await stateOf(id)).toMatchObject({ balance: 9.8 });
  });
  it("keeps a balance of each container: none gives more than it holds, and one is parted into two of the same lot", async () => {
    const id = await receive({ containers: [6, 4] });
    const sample = (containerId: string | null, quantity: number) => asWarehouse((tx, by) => adjustLot(tx, by, { siteId, lotId: id, containerId, kind: "sampled", quantity, reason: "identity" }, stamp));
    expect(await sample(`${id}/2`, -4.5)).toMatchObject({ ok: false, refusal: { reason: "amount" } });
    expect(await sample("other/1", -1)).toMatchObject({ ok: false, refusal: { reason: "container" } });
    expect(await sample(`${id}/2`, -0.5)).toMatchObject({ ok: true });
    const part = () => asWarehouse((tx, by) => partContainer(tx, by, { siteId, lotId: id, containerId: `${id}/1`, quantity: 2, place: "D-01", reason: "to weighing" }, stamp));
    expect(await part()).toEqual({ ok: true, value: { lotIds: [`${id}/3`] } });
    expect((await read((tx) => containersOf(tx, siteId, id))).map((c) => [c.id, c.place, c.balance])).toEqual([[`${id}/1`, "B-02", 4], [`${id}/2`, "B-02", 3.5], [`${id}/3`, "D-01", 2]]);
    expect(await stateOf(id)).toMatchObject({ balance: 9.5, quantity: 10 });
    await decide(id, "release");
    await expect(charge(id, "4.5")).rejects.toThrow(expect.objectContaining({ code: "container-overdrawn" }) as Error);
    expect(await charge(id, "4")).toMatchObject({ balance: 5.5 });
    expect((await trail(id)).map((e) => e.event)).toContain("lot.parted");
  });
  it("a re-test by quality gives a later expiry and a potency, so that what had expired can be released; not for what is at its end", async () => {
    const id = await receive({ potencyPercent: null, expiresAt: new Date(now.getTime() + 1000) });
    const later = { now: new Date(now.getTime() + 5000), newId: randomUUID };
    const release = () => asQuality((tx, by) => decideLot(tx, by, { siteId, lotId: id, command: "release", reason: "complies" }, later));
    expect(await release()).toMatchObject({ ok: false, refusal: { reason: "expired" } });
    const retest = (expiresAt: Date | undefined, potencyPercent: number | undefined) => asQuality((tx, by) => retestLot(tx, by, { siteId, lotId: id, expiresAt, potencyPercent, reason: "assay 99.1 %" }, later));
    expect(await retest(now, undefined)).toMatchObject({ ok: false, refusal: { reason: "expired" } });
    expect(await retest(undefined, undefined)).toMatchObject({ ok: false });
    expect(await retest(new Date(now.getTime() + 50 * day), 99.1)).toMatchObject({ ok: true });
    expect(await stateOf(id)).toMatchObject({ potencyPercent: 99.1, expiresAt: new Date(now.getTime() + 50 * day) });
    expect(await release()).toMatchObject({ ok: true });
    expect((await trail(id)).map((e) => [e.event, e.actorId])).toContainEqual(["lot.retested", qa.id]);
    await decide(id, "reject");
    expect(await retest(undefined, 98)).toMatchObject({ ok: false, refusal: { reason: "state" } });
  });
  it("REQ-04 is closed to who may not, and to the lots of another site", async () => {
    expect(() => requirePermission(supervisor, "lot.decide", siteId)).toThrow();
    expect(() => requirePermission(warehouse, "lot.receive", "raleigh")).toThrow();
    const elsewhere = await given({ site: "raleigh" });
    await expect(asWarehouse((tx, by) => splitLot(tx, by, { siteId: "raleigh", lotId: elsewhere, containerId: null, quantities: [1], place: "x", reason: "x" }, stamp))).rejects.toThrow(expect.objectContaining({ code: "not-found" }) as Error);
  });
});

describe("materials and suppliers of the enterprise (REQ-46, 21 CFR 211.84)", () => {
  const manage = <T>(work: (tx: SiteTx, by: Granted<"material.manage">) => Promise<T>) => { const by = requirePermission(qa, "material.manage"); return withOwnMeans(qa, (tx) => work(tx, by), { reason: "qualification on file" }, by); };
  const told = (subjectType: string, id: string) => asOwner((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.kind, "act"), eq(auditEntries.subjectType, subjectType), eq(auditEntries.subjectId, id))).orderBy(asc(auditEntries.seq)));
  const receiveFrom = async (supplierId: string, materialId: string) => { const by = requirePermission(warehouse, "lot.receive", siteId); return withSites(by, (tx) => receiveLot(tx, by, { siteId, materialId, supplierId, supplierLot: "N-1", potencyPercent: null, expiresAt: null, place: "A", containers: [1], reason: "first delivery" }, stamp), { reason: "test" }); };

  it("are added by quality; a supplier delivers only once it is approved, and no longer when it is suspended, with a reason each time", async () => {
    expect(await manage((tx, by) => addMaterial(tx, by, { id: "RM-7001", name: "Sucrose", kind: "raw", unit: "kg", storage: "15 to 25 °C", reason: "new formulation" }, stamp))).toEqual({ ok: true, value: "RM-7001" });
    expect(await manage((tx, by) => addSupplier(tx, by, { id: "SUP-70", name: "Alpina Sugars", reason: "audited in May" }, stamp))).toEqual({ ok: true, value: "SUP-70" });
    expect(await receiveFrom("SUP-70", "RM-7001")).toMatchObject({ ok: false, refusal: { sentence: "Alpina Sugars is suspended as a supplier. Put the delivery aside and ask quality." } });
    const move = (command: "approve" | "suspend") => manage((tx, by) => moveSupplier(tx, by, { id: "SUP-70", command, reason: "qualification on file" }, stamp));
    expect(await move("approve")).toMatchObject({ ok: true });
    expect(await move("approve")).toMatchObject({ ok: false, refusal: { sentence: "Alpina Sugars is approved already." } });
    expect(await receiveFrom("SUP-70", "RM-7001")).toMatchObject({ ok: true });
    expect(await move("suspend")).toMatchObject({ ok: true });
    expect(await receiveFrom("SUP-70", "RM-7001")).toMatchObject({ ok: false, refusal: { reason: "state" } });
    expect((await told("supplier", "SUP-70")).map((e) => [e.event, e.siteId, e.actorId, e.reason])).toEqual([["supplier.added", "enterprise", qa.id, "audited in May"], ["supplier.moved", "enterprise", qa.id, "qualification on file"], ["supplier.moved", "enterprise", qa.id, "qualification on file"]]);
    expect((await read((tx) => listSuppliers(tx))).filter((one) => ["SUP-70", "S-2"].includes(one.id))).toEqual([{ id: "S-2", name: "Suspended supplier", state: "suspended", lots: 0 }, { id: "SUP-70", name: "Alpina Sugars", state: "suspended", lots: 1 }]);
    expect(await told("material", "RM-7001")).toMatchObject([{ event: "material.added", detail: { name: "Sucrose", unit: "kg" } }]);
  });
  it.each([["a code that is taken", { id: code }], ["what is no code", { id: "sugar" }], ["a unit nobody knows", { unit: "stone" }], ["the code of a product", { id: "VB-101" }]])("are refused with %s", async (_, changed) => {
    expect(await manage((tx, by) => addMaterial(tx, by, { id: "RM-7002", name: "Sucrose", kind: "raw", unit: "kg", storage: "dry", reason: "new formulation", ...changed }, stamp))).toMatchObject({ ok: false, refusal: { reason: "known" } });
  });
  it("are closed to who may not manage them", () => { for (const who of [supervisor, warehouse]) expect(() => requirePermission(who, "material.manage")).toThrow(); });
  it("come with the configuration of an installation without the demo, so that a delivery can be received; a second time changes nothing", async () => {
    const file = configuration.parse(JSON.parse(readFileSync("examples/organisation.json", "utf8")));
    expect(looseEnds(file)).toEqual([]);
    const bare = await freshDatabase();
    try {
      const at = <T>(work: (tx: SiteTx) => Promise<T>) => withProgramme(bare.owner, "installation", ["basel", "enterprise"], work, { reason: "configuration file" });
      for (let i = 0; i < 2; i++) await at((tx) => configure(tx, file, { now, newId: randomUUID, random: () => new Uint8Array(32) }));
      expect((await at((tx) => tx.select({ id: materials.id }).from(materials))).map((m) => m.id).sort()).toEqual(file.materials.map((m) => m.id).sort());
      expect(await at((tx) => tx.select().from(suppliers))).toEqual(file.suppliers);
      expect(file.groupRoles.map((g) => g.role)).toContain("warehouse");
    } finally {
      await bare.close();
    }
  });
});

describe("a batch that is a material of another (REQ-47)", () => {
  it("is charged by its product's code once it is released, and the trace goes from batch to batch", async () => {
    const [buffer, drug] = ["BAS-101-2601", "BAS-101-2602"];
    await change((tx) => openBatchLot(tx, { siteId, batchId: buffer, productId: "VB-101", unit: "L" }, supervisor.id, stamp));
    await change((tx) => openBatchLot(tx, { siteId, batchId: drug, productId: "VB-201", unit: "L" }, supervisor.id, stamp));
    await change((tx) => closeBatchLot(tx, { siteId, batchId: buffer, quantity: "400", unit: "L" }, supervisor.id, stamp));
    const faults = async () => { const found = await read((tx) => lotForScan(tx, siteId, buffer)); return found && chargeFaults({ lot: found.lot, wanted: { code: "VB-101", name: "Buffer" }, balance: found.balance, container: found.container, quantity: "100", unit: "L", now }).map((f) => f.kind); };
    expect(await faults()).toEqual(["not_released"]);
    await change((tx) => followBatch(tx, { siteId, batchId: buffer, from: "qa_review", to: "released", decision: "Batch released" }, supervisor.id, stamp));
    expect(await faults()).toEqual([]);
    expect((await read((tx) => fefoLots(tx, siteId, "VB-101", now))).map((l) => l.id)).toContain(buffer);
    const raw = await given();
    await change((tx) => chargeLot(tx, { siteId, lotId: raw, containerId: null, quantity: "2", unit: "kg", batchId: buffer, stepId: "1", reason: "charged" }, supervisor.id, stamp));
    await change((tx) => chargeLot(tx, { siteId, lotId: buffer, containerId: null, quantity: "100", unit: "L", batchId: drug, stepId: "2", reason: "charged" }, supervisor.id, stamp));
    const found = await read((tx) => traceLot(tx, siteId, raw, "forward"));
    expect(found.rows.map((r) => [r.id, r.distance, r.amount, r.product])).toEqual([[buffer, 1, 2, true], [drug, 2, 0.5, true]]);
    expect((await read((tx) => traceLot(tx, siteId, drug, "backward"))).rows.map((r) => [r.id, r.amount, r.of])).toEqual([[buffer, 100, "L"], [raw, 0.5, "kg"]]);
    await expect(change((tx) => chargeLot(tx, { siteId, lotId: buffer, containerId: null, quantity: "1", unit: "L", batchId: buffer, stepId: "2", reason: "charged" }, supervisor.id, stamp))).rejects.toThrow(expect.objectContaining({ code: "charged-into-itself" }) as Error);
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
