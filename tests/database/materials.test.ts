import { randomUUID } from "node:crypto";
import { and, asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { containers, lotMovements, lots, materials } from "#db/schema/material.ts";
import { withProgramme, withSites, type SiteTx } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { chargeLot, closeBatchLot, followBatch, openBatchLot } from "#lib/material/charge-commands.ts";
import { fefoLots, lotForScan } from "#lib/material/queries.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

const now = new Date();
const day = 86_400_000;
const stamp = { now, newId: randomUUID };
let db: TestDatabase;
let supervisor: Actor;
const siteId = "basel";
const code = "RM-TEST";
const asOwner = <T>(work: (tx: SiteTx) => Promise<T>) => withProgramme(db.owner, "installation", ["basel", "raleigh", "enterprise"], work, { reason: "rows for the test" });
beforeAll(async () => {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  supervisor = await storyActor(db.portal, "supervisor.basel@demo");
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
    expect(await change((tx) => followBatch(tx, { ...batch, command: "release", decision: "Batch released" }, supervisor.id, stamp))).toBe("released");
    expect(await asOwner((tx) => tx.select().from(lots).where(eq(lots.id, batch.batchId)).orderBy(asc(lots.id)))).toMatchObject([{ decision: "Batch released", decidedBy: supervisor.id, decidedAt: now }]);
  });
});
