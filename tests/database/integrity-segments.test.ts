import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withProgramme } from "#db/scope.ts";
import { compareSegmentLists, compareSegments } from "#lib/integrity/segment-queries.ts";
import { sealSegments } from "#lib/telemetry/seal-commands.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

let db: TestDatabase;
let superuser: postgres.Sql;
beforeAll(async () => {
  db = await freshDatabase("story");
  superuser = postgres(db.superuserUrl, { max: 1, onnotice: () => {} });
  await superuser`set session_replication_role = replica`;
});
afterAll(async () => {
  await superuser.end();
  await db.close();
});

describe("sealed time series", () => {
  const sealed = "BAS-101-2601";
  let unitId = "";
  /** The days of pH alone, where the changes are, or everything. */
  const examine = async (everything = false) => {
    const found = await withProgramme(db.sequencer, "integrity", ["basel"], async (tx) => ({ ...(await compareSegments(tx, "basel", everything ? undefined : { batchId: sealed, unitId, tag: "ph", day: "" }, everything ? 10_000 : 10)), lists: await compareSegmentLists(tx, "basel") }));
    return { examined: found.examined, named: [...found.findings, ...found.lists].map((f) => [f.table, f.recordId, f.field]), batches: new Set([...found.findings, ...found.lists].map((f) => f.batchId)) };
  };
  /** Changes one table past every trigger, looks, and puts it back. */
  async function changed(table: "process_values" | "segments", statement: string) {
    const own = table === "segments" ? "true" : "site_id = 'basel' and tag = 'ph'";
    await superuser.unsafe(`create table before_change as select * from ${table} where ${own}`);
    await superuser.unsafe(statement);
    const found = await examine();
    await superuser.unsafe(`delete from ${table} where ${own}`);
    await superuser.unsafe(`insert into ${table} select * from before_change`);
    await superuser.unsafe("drop table before_change");
    return found;
  }
  const reading = `(select p.ctid from process_values p join batches b on b.site_id = p.site_id and b.unit_id = p.unit_id
    where b.site_id = 'basel' and b.id = 'BAS-101-2601' and p.tag = 'ph' and p.at > b.inoculated_at + interval '1 hour' order by p.at limit 1)`;
  let place = "";
  beforeAll(async () => {
    await withProgramme(db.portal, "installation", ["basel"], (tx) => sealSegments(tx, { siteId: "basel", batchId: sealed }, { id: "programme:installation", name: "installation", role: "programme" }, { now: new Date(), newId: randomUUID }), { reason: "sealed for the test" });
    const [row] = await superuser<{ unit_id: string; at: Date }[]>`select unit_id, at from process_values where ctid = ${superuser.unsafe(reading)}`;
    if (!row) throw new Error("no such reading");
    unitId = row.unit_id;
    place = `${row.unit_id}/ph/${row.at.toISOString()}`;
  });

  it("REQ-01 (21 CFR 11.10(a)) raise no alarm as they are, also when readings came after the sealing", async () => {
    const [{ n } = { n: 0 }] = await superuser<{ n: number }[]>`select count(*)::int as n from segments where site_id = 'basel'`;
    expect(n).toBeGreaterThan(50);
    expect(await examine(true)).toEqual({ examined: n, named: [], batches: new Set() });
    const late = `insert into process_values (site_id, unit_id, tag, at, value, quality, origin, recorded_at) select site_id, unit_id, tag, at + interval '1.234 seconds', value, quality, origin, now() from process_values where ctid = ${reading}`;
    expect((await changed("process_values", late)).named).toEqual([]);
  });
  it.each([
    ["a value by its smallest step", "update process_values set value = value * (1 + 2.3e-16::float8) where ctid = ", "value"],
    ["a quality", "update process_values set quality = 'uncertain' where ctid = ", "quality"],
    ["a mark of range", "update process_values set out_of_range = not out_of_range where ctid = ", "out_of_range"],
    ["a reading that is taken out", "delete from process_values where ctid = ", "row"],
  ])("REQ-01 (21 CFR 11.10(a)) name %s by tag, time and field", async (_, statement, field) => {
    expect(await changed("process_values", statement + reading)).toMatchObject({ named: [["process_values", place, field]], batches: new Set([sealed]) });
  });
  it("REQ-01 (21 CFR 11.10(a)) name a reading that was put in, and one that was moved in time, on both sides", async () => {
    const added = `insert into process_values (site_id, unit_id, tag, at, value, quality, origin, recorded_at) select site_id, unit_id, tag, at + interval '1.234 seconds', value, quality, origin, recorded_at from process_values where ctid = ${reading}`;
    expect((await changed("process_values", added)).named).toMatchObject([["process_values", expect.stringContaining("/ph/"), "row"]]);
    expect((await changed("process_values", `update process_values set at = at + interval '1.234 seconds' where ctid = ${reading}`)).named).toHaveLength(2);
  });
  it.each([
    ["its digest", "update segments set digest = repeat('0', 64) where ctid = (select ctid from segments where batch_id = 'BAS-101-2601' and tag = 'ph' order by day limit 1)", ["content", "list of segments"]],
    ["its bytes", "update segments set content = set_byte(content, 12, get_byte(content, 12) # 1) where ctid = (select ctid from segments where batch_id = 'BAS-101-2601' and tag = 'ph' order by day limit 1)", ["content"]],
    ["its count", "update segments set readings = readings + 1 where ctid = (select ctid from segments where batch_id = 'BAS-101-2601' and tag = 'ph' order by day limit 1)", ["readings"]],
    ["the whole of it, taken out", "delete from segments where ctid = (select ctid from segments where batch_id = 'BAS-101-2601' and tag = 'ph' order by day limit 1)", ["list of segments"]],
  ])("REQ-01 (21 CFR 11.10(a)) name a segment that was altered in %s", async (_, statement, fields) => {
    expect((await changed("segments", statement)).named.map(([table, , field]) => [table, field])).toEqual(fields.map((field) => ["segments", field]));
  });
});
