import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { people } from "#db/schema/access.ts";
import { batches } from "#db/schema/batch.ts";
import { withProgramme } from "#db/scope.ts";
import { antigen500 } from "#db/seed/masters/antigen-500.ts";
import { mab2000 } from "#db/seed/masters/mab-2000.ts";
import { makeBatch } from "#db/seed/records.ts";
import { plantSites } from "#db/seed/organisation.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { placedSteps } from "#lib/recipe/master-record.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

let db: TestDatabase;
const inStory = <T>(work: Parameters<typeof withProgramme<T>>[3]) => withProgramme(db.owner, "story", [...plantSites, "enterprise"], work, { reason: "batch for the test" });
beforeAll(async () => { db = await freshDatabase("story"); }, 300_000);
afterAll(() => db.close());

const recordOf = (siteId: string, batchId: string) => inStory((tx) => readRecord(tx, siteId, batchId));

describe("a shipped master executed as planned, through the commands of real use (REQ-18, REQ-36)", () => {
  it("of the antigen ends complete, every step performed, every critical one verified by another person, nothing outside its limits", async () => {
    const [batch] = await inStory((tx) => tx.select().from(batches).where(eq(batches.masterId, antigen500.id)).orderBy(asc(batches.id)));
    const record = await recordOf("basel", batch?.id ?? "");
    expect(record.batch.state).toBe("complete");
    const open = record.steps.filter((row) => row.state !== "done" && row.state !== "skipped");
    expect(open.map((row) => row.id)).toEqual([]);
    expect(record.steps.filter((row) => row.verification === "open" && row.state === "done")).toEqual([]);
    expect(record.steps.every((row) => row.verifiedBy === null || row.verifiedBy !== row.performedBy)).toBe(true);
    expect(record.exceptions.filter((x) => x.severity !== "minor").map((x) => [x.type, x.title])).toEqual([]);
  });
  it("of the mAb goes from the vial to the filled bulk", async () => {
    const everyone = new Map((await db.owner.select().from(people)).map((person) => [person.userName, person]));
    const named = (userName: string) => { const person = everyone.get(userName); if (!person) throw new Error(`the story has no ${userName}`); return person; };
    const now = new Date();
    // Equipment stands as it does today, so the batch runs from now on, on the clock of the test.
    const start = new Date(now.getTime() + 18 * 24 * 3_600_000);
    const batchId = await inStory((tx) => makeBatch(tx, { people: named, now, signingKey: inject("cluster").signingKey }, "raleigh", mab2000, { start }));
    const record = await recordOf("raleigh", batchId);
    expect([record.batch.state, record.steps.length]).toEqual(["complete", placedSteps(mab2000).length]);
    expect(record.entries.length).toBeGreaterThan(250);
    expect(record.exceptions.filter((x) => x.severity !== "minor").map((x) => [x.parameter, x.title, x.planned, x.actual])).toEqual([]);
  }, 600_000);
});
