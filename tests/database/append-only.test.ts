import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

let db: TestDatabase;
beforeAll(async () => void (db = await freshDatabase()));
afterAll(() => db.close());

describe("a migrated database", () => {
  it("lets the portal read its sites", async () => {
    expect(await db.portal.execute(sql`select count(*)::int as n from sites`)).toEqual([{ n: 0 }]);
  });
});
