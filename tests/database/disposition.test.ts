import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditEntries } from "#db/schema/audit.ts";
import { batches } from "#db/schema/batch.ts";
import { lotMovements, lots, materials } from "#db/schema/material.ts";
import { withProgramme, withSites, type SiteTx } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { chargeLot, closeBatchLot, openBatchLot } from "#lib/material/charge-commands.ts";
import { blendLots, decideLot, splitLot } from "#lib/material/lot-commands.ts";
import { lotAtHand } from "#lib/material/queries.ts";
import { traceLot } from "#lib/material/trace-queries.ts";
import { traceFigures } from "#lib/material/trace.ts";
import { storyActor } from "#tests/actors.ts";
import { everybodyUndertakes } from "#tests/signers.ts";
import { batchId, closeScene, complete, db, openScene, opened, qa } from "#tests/signing-scene.ts";

const siteId = "basel";
const stamp = () => ({ now: new Date(), newId: randomUUID as () => string });
const asOwner = <T>(work: (tx: SiteTx) => Promise<T>) => withProgramme(db.owner, "installation", [siteId, "enterprise"], work, { reason: "rows for the test" });
const stateOf = async (id: string) => (await asOwner((tx) => lotAtHand(tx, siteId, id)))?.state;
let [warehouse, second] = [] as unknown as [Actor, Actor];

/** The lot of a batch with a yield of 100 L. */
async function lotOf(id: string): Promise<void> {
  await asOwner(async (tx) => {
    await openBatchLot(tx, { siteId, batchId: id, productId: "VB-101", unit: "L" }, qa.id, stamp());
    await closeBatchLot(tx, { siteId, batchId: id, quantity: "100", unit: "L" }, qa.id, stamp());
  });
}
const quality = <T>(work: (tx: SiteTx, by: ReturnType<typeof requirePermission<"lot.decide">>) => Promise<T>, who: Actor = qa) => { const by = requirePermission(who, "lot.decide", siteId); return withSites(by, (tx) => work(tx, by), { reason: "test" }); };
const decide = (lotId: string, command: "release" | "reject" | "restrict", who: Actor = qa) => quality((tx, by) => decideLot(tx, by, { siteId, lotId, command, reason: "looked at it" }, stamp()), who);
const release = async () => complete(qa, await opened(qa));
const withdraw = async (withdraws: number) => complete(qa, await opened(qa, { meaning: "withdrawn", withdraws, reason: "Signed in error" }));
const reject = async () => complete(qa, await opened(qa, { meaning: "rejected", reason: "Contamination" }));

async function split(quantities: readonly number[]): Promise<readonly string[]> {
  const by = requirePermission(warehouse, "lot.receive", siteId);
  const done = await withSites(by, (tx) => splitLot(tx, by, { siteId, lotId: batchId, containerId: null, quantities, place: "F-02", reason: "two freezers" }, stamp()), { reason: "test" });
  return done.ok ? done.value.lotIds : [];
}

beforeEach(async () => {
  await openScene();
  await everybodyUndertakes(db.owner);
  [warehouse, second] = [await storyActor(db.portal, "warehouse.basel@demo"), await storyActor(db.portal, "qa.second@demo")];
});
afterEach(closeScene);

describe("the lot of a batch whose disposition is signed REQ-46 (21 CFR 211.22(a), 211.110(c))", () => {
  it("is released by the release, called back by its withdrawal, and rejected by the rejection, each in the signature's transaction", async () => {
    await lotOf(batchId);
    expect(await stateOf(batchId)).toBe("quarantined");
    expect(await release()).toMatchObject({ ok: true });
    expect(await asOwner((tx) => tx.select().from(lots).where(eq(lots.id, batchId)))).toMatchObject([{ state: "released", decision: `Batch ${batchId}: released, signature 4`, decidedBy: qa.id }]);
    expect(await withdraw(4)).toMatchObject({ ok: true });
    expect(await stateOf(batchId)).toBe("quarantined");
    expect(await reject()).toMatchObject({ ok: true });
    expect(await stateOf(batchId)).toBe("rejected");
    expect(await withdraw(6)).toMatchObject({ ok: true });
    expect(await stateOf(batchId)).toBe("quarantined");
    const changes = await asOwner((tx) => tx.select({ actor: auditEntries.actorId }).from(auditEntries).where(and(eq(auditEntries.subjectType, "lots"), eq(auditEntries.subjectId, batchId), eq(auditEntries.event, "row.changed"))));
    expect(changes.filter((entry) => entry.actor === qa.id)).toHaveLength(4);
  });

  it("takes what was split off it along, calls blends back, and leaves alone what quality decided about a part", async () => {
    await lotOf(batchId);
    await release();
    const [one = "", damaged = "", blended = ""] = await split([10, 10, 20]);
    expect(await decide(damaged, "reject")).toMatchObject({ ok: true });
    const other = await asOwner((tx) => tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, siteId), eq(batches.productId, "VB-101"), eq(batches.state, "released"))).limit(1));
    const otherId = other[0]?.id ?? "";
    await lotOf(otherId);
    await asOwner((tx) => tx.update(lots).set({ state: "released" }).where(eq(lots.id, otherId)));
    const blend = await quality((tx, by) => blendLots(tx, by, { siteId, parts: [{ lotId: blended, quantity: 20, containerId: null }, { lotId: otherId, quantity: 20, containerId: null }], place: "F-03", reason: "one delivery" }, stamp()));
    const pool = blend.ok ? (blend.value.lotIds[0] ?? "") : "";
    expect(await decide(pool, "release", second)).toMatchObject({ ok: true });
    await withdraw(4);
    expect(await Promise.all([batchId, one, damaged, blended, pool, otherId].map(stateOf))).toEqual(["quarantined", "quarantined", "rejected", "used_up", "quarantined", "released"]);
    expect(await decide(one, "release")).toMatchObject({ ok: false, refusal: { reason: "follows-batch" } });
    await complete(qa, await opened(qa));
    expect(await Promise.all([batchId, one, damaged, pool].map(stateOf))).toEqual(["released", "released", "rejected", "quarantined"]);
    expect(await decide(pool, "release", second)).toMatchObject({ ok: true });
  });

  it("is not decided about by itself, and a batch without a lot is released as before", async () => {
    expect(await release()).toMatchObject({ ok: true });
    expect(await stateOf(batchId)).toBeUndefined();
    await lotOf(batchId);
    expect(await decide(batchId, "reject")).toMatchObject({ ok: false, refusal: { reason: "follows-batch" } });
  });
});

describe("what a recall counts REQ-47 (21 CFR 211.150(b))", () => {
  it("is a batch by its disposition, as it stands when it is asked", async () => {
    await lotOf(batchId);
    const material = "RM-COUNT";
    await asOwner(async (tx) => {
      await tx.insert(materials).values({ id: material, name: "Salt", kind: "raw", unit: "kg", storage: "dry" });
      await tx.insert(lots).values({ siteId, id: "RAW", materialId: material, origin: "received", state: "released", quantity: 10, unit: "kg", receivedAt: new Date() });
      await tx.insert(lotMovements).values({ siteId, id: randomUUID(), lotId: "RAW", kind: "received", quantity: 10, at: new Date(), reason: "received" });
      await chargeLot(tx, { siteId, lotId: "RAW", containerId: null, quantity: "4", unit: "kg", batchId, stepId: "1", reason: "charged" }, qa.id, stamp());
    });
    const figures = async () => traceFigures(await asOwner((tx) => traceLot(tx, siteId, "RAW", "both")));
    expect(await figures()).toMatchObject({ batches: 1, released: 0, rejected: 0, undecided: 1 });
    await release();
    expect(await figures()).toMatchObject({ batches: 1, released: 1, rejected: 0, undecided: 0 });
    await withdraw(4);
    await reject();
    expect(await figures()).toMatchObject({ batches: 1, released: 0, rejected: 1, undecided: 0 });
  });
});
