import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditEntries } from "#db/schema/audit.ts";
import { batches } from "#db/schema/batch.ts";
import { tags, units } from "#db/schema/equipment.ts";
import { sites } from "#db/schema/site.ts";
import { importRuns, processValues, quarantinedRows } from "#db/schema/telemetry.ts";
import { withProgramme } from "#db/scope.ts";
import { importFinishedRuns, type ImportReceipt } from "#lib/catalog/commands.ts";
import type { Result } from "#lib/result.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase();
  await db.owner.insert(sites).values([
    { id: "enterprise", kind: "enterprise", name: "Enterprise", code: "ENT", timeZone: "UTC" },
    { id: "basel", kind: "site", name: "Basel", code: "BAS", timeZone: "Europe/Zurich" },
    { id: "raleigh", kind: "site", name: "Raleigh", code: "RAL", timeZone: "America/New_York" },
  ]);
});
afterAll(() => db.close());

const mapping = (prefix: string, change: object = {}) => ({
  format: "VBMAP/1", product: { id: "P-1", name: "Test protein", strength: "1 g/L" }, constants: { Line: "K1" },
  run: { key: ["Run", "Arm"], batchId: `${prefix}-{Run}-{Arm}`, unitId: `${prefix}-V-{Run}-{Arm}` },
  time: { column: "Age", unit: "h", range: { low: 0, high: 400 }, date: { column: "Day", format: "yyyy-MM-dd", startClock: "08:00", zone: "Europe/Zurich" } },
  values: [
    { column: "Cells", tag: "cells", name: "Cells", fileUnit: { column: "Unit" }, storedUnit: "10⁶/mL", precision: 2, range: { low: 0, high: 100 } },
    { column: "Alive", tag: "alive", name: "Alive", fileUnit: { fixed: "%" }, storedUnit: "%", precision: 1, range: { low: 0, high: 100 } },
  ],
  ...change,
});

const head = "Run,Arm,Line,Day,Age,Cells,Unit,Alive";
const good = [
  "R1,A,K1,2025-03-03,0,0.4,10^6/mL,97", "R1,A,K1,2025-03-06,72.5,2500000,cells/mL,96.123456", "R1,B,K1,2025-03-03,0,0.5,10^6/mL,97.5",
  "R1,B,K1,2025-03-06,72,2.5,10^6/mL,", "R2,A,K1,2025-04-03,0,0.1,10^6/mL,99",
];
/** One line of every kind that is set aside, with the words of its reason. */
const bad: readonly (readonly [string, RegExp])[] = [
  ["R1,A,K1,2025-03-03,1,0.4", /^malformed line: 6 columns instead of 8/], [`R1,A,"K1,2025-03-03,1,0.4,10^6/mL,97`, /^malformed line: a quote/],
  ["R1,A,K1,2025-03-03,1,0.\u00004,10^6/mL,97", /^malformed line: the line holds bytes/], [",A,K1,2025-03-03,1,0.4,10^6/mL,97", /^run key missing: Run is empty/],
  ["R1,A,K2,2025-03-03,1,0.4,10^6/mL,97", /^unexpected constant: Line is "K2"/], ["R1,A,K1,2025-03-03,soon,0.4,10^6/mL,97", /^unreadable time/],
  ["R1,A,K1,2025-03-03,999,0.4,10^6/mL,97", /^time out of range/], ["R1,A,K1,03.03.2025,1,0.4,10^6/mL,97", /^unreadable date/],
  ["R1,A,K1,2025-03-03,1,o.4,10^6/mL,97", /^unreadable number: Cells "o.4"/], ["R1,A,K1,2025-03-03,1,0.4,kg,97", /^unknown unit: Cells is in "kg"/],
  ["R1,A,K1,2025-03-03,1,0.4,10^6/mL,120", /^value out of range: Alive 120 %/], ["R1,A,K1,2025-03-03,1,,,", /^no value/],
  ["R1,A,K1,2025-03-09,1,0.4,10^6/mL,97", /^start of the run differs/], ["R1,A,K1,2025-03-03,0,0.4,10^6/mL,97", /^repeats an earlier line: the same run and time as line 2/],
];

type Options = { readonly prefix: string; readonly site?: string; readonly change?: object; readonly newId?: () => string };
const importLines = (lines: readonly string[], { prefix, site = "basel", change, newId = randomUUID }: Options): Promise<Result<ImportReceipt, string>> =>
  importFinishedRuns(db.owner, {
    siteId: site, fileName: "runs.csv", file: Buffer.from([head, ...lines].join("\r\n")), mapping: Buffer.from(JSON.stringify(mapping(prefix, change))),
  }, { now: new Date("2025-06-01T00:00:00Z"), newId });

async function counted(lines: readonly string[], options: Options) {
  const outcome = await importLines(lines, options);
  if (!outcome.ok) throw new Error(outcome.refusal);
  const { read, stored, unchanged, quarantined } = outcome.value.plan;
  return { importId: outcome.value.importId, read, stored, unchanged, quarantined: quarantined.length };
}

/** All that an import may write, as the site sees it. */
const holding = (site = "basel") => withProgramme(db.owner, "import", [site, "enterprise"], async (tx) => ({
  batches: await tx.select().from(batches).orderBy(batches.id), units: await tx.select().from(units), tags: await tx.select().from(tags),
  values: await tx.select().from(processValues).orderBy(processValues.unitId, processValues.at, processValues.tag),
  imports: await tx.select().from(importRuns), rows: await tx.select().from(quarantinedRows).orderBy(quarantinedRows.line), audit: await tx.select().from(auditEntries).where(eq(auditEntries.kind, "act")),
}));

describe("an import of finished runs", () => {
  it("REQ-25 (Annex 11 4.8) accounts for every row, and keeps the lines it set aside with their numbers and reasons", async () => {
    const { importId, ...counts } = await counted([...good, ...bad.map(([line]) => line)], { prefix: "ALL" });
    expect(counts).toEqual({ read: good.length + bad.length, stored: good.length, unchanged: 0, quarantined: bad.length });
    const { imports, rows, audit } = await holding();
    expect(imports.find((row) => row.id === importId)).toMatchObject({ readRows: 19, storedRows: 5, unchangedRows: 0, quarantinedRows: 14, fileName: "runs.csv" });
    const own = rows.filter((row) => row.importId === importId);
    bad.forEach(([line, reason], i) => {
      expect(own[i]).toMatchObject({ line: good.length + 2 + i, raw: line.replaceAll("\u0000", "␀") });
      expect(own[i]?.reason).toMatch(reason);
    });
    expect(audit.find((entry) => entry.subjectId === importId)).toMatchObject({ event: "runs.imported", actorId: "programme:import", detail: { read: 19, stored: 5, unchanged: 0, quarantined: 14 } });
  });

  it("makes batches, vessels and tags of the runs, and keeps every bit of the values", async () => {
    await counted(good, { prefix: "BIT" });
    const own = await holding();
    expect(own.batches.filter((b) => b.id.startsWith("BIT")).map((b) => [b.id, b.origin, b.state, b.inoculatedAt?.toISOString(), b.harvestedAt?.toISOString()])).toEqual([
      ["BIT-R1-A", "imported", "complete", "2025-03-03T07:00:00.000Z", "2025-03-06T07:30:00.000Z"],
      ["BIT-R1-B", "imported", "complete", "2025-03-03T07:00:00.000Z", "2025-03-06T07:00:00.000Z"],
      ["BIT-R2-A", "imported", "complete", "2025-04-03T06:00:00.000Z", "2025-04-03T06:00:00.000Z"],
    ]);
    expect(own.units.find((u) => u.id === "BIT-V-R1-A")).toMatchObject({ equipmentClass: "Vessel of an imported run" });
    expect(own.tags.filter((t) => t.unitId === "BIT-V-R1-A").map((t) => [t.tag, t.unit, t.rangeHigh])).toEqual([["cells", "10⁶/mL", 100], ["alive", "%", 100]]);
    expect(own.values.filter((v) => v.unitId === "BIT-V-R1-A").map((v) => [v.tag, v.value, v.origin])).toEqual([["alive", 97, "import"], ["cells", 0.4, "import"], ["alive", 96.123456, "import"], ["cells", 2.5, "import"]]);
    expect(own.values.filter((v) => v.unitId === "BIT-V-R1-B")).toHaveLength(3);
  });

  it("changes nothing when it is repeated", async () => {
    const lines = [...good, ...bad.map(([line]) => line)];
    await counted(lines, { prefix: "TWICE" });
    const before = await holding();
    expect(await counted(lines, { prefix: "TWICE" })).toMatchObject({ read: 19, stored: 0, unchanged: 5, quarantined: 14 });
    const after = await holding();
    expect([after.batches, after.units, after.tags, after.values]).toEqual([before.batches, before.units, before.tags, before.values]);
    expect(after.imports.length).toBe(before.imports.length + 1);
  });

  it("sets aside what differs from a stored value, adds what was missing and prolongs a run", async () => {
    await counted(good, { prefix: "GROW" });
    const changed = ["R1,A,K1,2025-03-03,0,0.41,10^6/mL,97", "R1,B,K1,2025-03-06,72,2.5,10^6/mL,96", "R2,A,K1,2025-04-04,24,0.3,10^6/mL,98.5"];
    const counts = await counted(changed, { prefix: "GROW" });
    expect(counts).toMatchObject({ read: 3, stored: 2, unchanged: 0, quarantined: 1 });
    const after = await holding();
    expect(after.rows.find((row) => row.importId === counts.importId)?.reason).toMatch(/^differs from the stored value: cells 0.41 differs from the stored value 0.4 /);
    expect(after.values.find((v) => v.unitId === "GROW-V-R1-A" && v.tag === "cells")?.value).toBe(0.4);
    expect(after.batches.find((b) => b.id === "GROW-R2-A")).toMatchObject({ revision: 2, harvestedAt: new Date("2025-04-04T06:00:00Z") });
  });

  it("REQ-25 (Annex 11 4.8) leaves nothing behind when it fails half way", async () => {
    const before = await holding();
    let calls = 0;
    const failsAtTheAuditEntry = () => {
      if (++calls > 1) throw new Error("the power went");
      return randomUUID();
    };
    await expect(importLines([...good, ...bad.map(([line]) => line)], { prefix: "FAIL", newId: failsAtTheAuditEntry })).rejects.toThrow("the power went");
    expect(await holding()).toEqual(before);
  });

  it.each<[string, Options, RegExp]>([
    ["an unknown site", { prefix: "X", site: "atlantis" }, /There is no site atlantis; there are basel, raleigh/],
    ["the enterprise for a site", { prefix: "X", site: "enterprise" }, /There is no site enterprise/],
    ["two sites at once", { prefix: "X", site: "basel,raleigh" }, /There is no site basel,raleigh/],
    ["another name for a stored product", { prefix: "X", change: { product: { id: "P-1", name: "Other", strength: "1 g/L" } } }, /is stored as Test protein/],
    ["another meaning of a stored tag", { prefix: "BIT", change: { values: [{ column: "Alive", tag: "alive", name: "Alive", fileUnit: { fixed: "%" }, storedUnit: "%", precision: 1, range: { low: 0, high: 99.9 } }] } }, /alive of BIT-V-R1-A is stored as/],
    ["a column the file lacks", { prefix: "X", change: { constants: { Medium: "M1" } } }, /no column Medium/],
  ])("is refused with %s, and nothing is written", async (_, options, sentence) => {
    const before = await holding();
    const outcome = await importLines(good, options);
    expect(outcome.ok ? "imported" : outcome.refusal).toMatch(sentence);
    expect(await holding()).toEqual(before);
  });

  it("is seen by its own site only, and the portal's login cannot make one", async () => {
    await counted(good, { prefix: "OWN", site: "raleigh" });
    const seen = await withProgramme(db.portal, "import", ["basel"], (tx) => tx.select({ id: batches.id }).from(batches).where(sql`id like 'OWN-%'`));
    expect(seen).toEqual([]);
    await expect(importFinishedRuns(db.portal, { siteId: "basel", fileName: "runs.csv", file: Buffer.from([head, ...good].join("\n")), mapping: Buffer.from(JSON.stringify(mapping("PORTAL"))) }, { now: new Date(), newId: randomUUID })).rejects.toMatchObject({ cause: { code: "42501" } });
  });

  it("lets two imports of one file wait for each other", async () => {
    const both = await Promise.all([counted(good, { prefix: "RACE" }), counted(good, { prefix: "RACE" })]);
    expect(both.map((c) => [c.stored, c.unchanged]).sort()).toEqual([[0, 5], [5, 0]]);
  });

  it("REQ-25 (Annex 11 4.8) accounts for any file, twice the same", async () => {
    let round = 0;
    const junk = fc.oneof(fc.string({ maxLength: 30 }), fc.array(fc.string({ maxLength: 8 }), { minLength: 8, maxLength: 8 }).map((cells) => cells.join(",")));
    const sound = fc.tuple(fc.constantFrom("R1", "R2", "R3"), fc.constantFrom("A", "B"), fc.integer({ min: 0, max: 8 }), fc.double({ min: 0, max: 100, noNaN: true }), fc.boolean())
      .map(([run, arm, day, cells, both]) => `${run},${arm},K1,2025-03-${String(3 + day).padStart(2, "0")},${day * 24},${cells},10^6/mL,${both ? cells : ""}`);
    const files = fc.array(fc.oneof({ weight: 3, arbitrary: sound }, { weight: 1, arbitrary: fc.constantFrom(...bad.map(([line]) => line)) }, { weight: 1, arbitrary: junk }), { minLength: 1, maxLength: 40 });
    await fc.assert(fc.asyncProperty(files.filter((lines) => lines.join("").trim() !== ""), async (lines) => {
      const prefix = `ANY${round++}`;
      const first = await counted(lines, { prefix });
      expect(first.read).toBe(first.stored + first.unchanged + first.quarantined);
      const { rows, values } = await holding();
      expect(rows.filter((row) => row.importId === first.importId)).toHaveLength(first.quarantined);
      expect(await counted(lines, { prefix })).toMatchObject({ read: first.read, stored: 0, unchanged: first.stored, quarantined: first.quarantined });
      expect((await holding()).values).toEqual(values);
    }), { numRuns: 25 });
  });
});
