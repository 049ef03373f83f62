import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { batches } from "#db/schema/batch.ts";
import { tags, units } from "#db/schema/equipment.ts";
import { products } from "#db/schema/recipe.ts";
import { importRuns, quarantinedRows } from "#db/schema/telemetry.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { enterprise } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { sha256 } from "#lib/digest/digest.ts";
import { accept, BrokenPromise, refuse, type Result } from "#lib/result.ts";
import { planImport, readLines, type ImportPlan, type PlannedRun } from "./import-plan.ts";
import { columnsOf, parseMapping, type Mapping } from "./mapping.ts";
import { importedClass, importSites, storedProduct, storedRuns, storedTags } from "./queries.ts";
import { readTable } from "./table.ts";

/** The two files as they are on disk, and the site that takes the runs over. */
export type ImportRequest = { readonly siteId: string; readonly fileName: string; readonly file: Uint8Array; readonly mapping: Uint8Array };
export type ImportReceipt = { readonly importId: string; readonly plan: ImportPlan };
type Stamp = { readonly now: Date; readonly newId: () => string };

/** Rows of one statement: PostgreSQL takes at most 65,535 parameters. */
const perStatement = 2_000;
async function inParts<T>(rows: readonly T[], size: number, write: (part: T[]) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < rows.length; i += size) await write(rows.slice(i, i + size));
}

const hour = 3_600;
const tagsOf = (siteId: string, unitId: string, mapping: Mapping): (typeof tags.$inferInsert)[] => mapping.values.map((v, position) => ({
  siteId, unitId, tag: v.tag, name: v.name, unit: v.storedUnit, precision: v.precision, rangeLow: v.range.low, rangeHigh: v.range.high, staleAfterS: 36 * hour, position,
}));

async function provideProduct(tx: SiteTx, { product }: Mapping): Promise<Result<true, string>> {
  const stored = await storedProduct(tx, product.id);
  if (!stored) await tx.insert(products).values(product).onConflictDoNothing();
  else if (stored.name !== product.name || stored.strength !== product.strength) {
    return refuse(`The product ${product.id} is stored as ${stored.name}, ${stored.strength}; the mapping says ${product.name}, ${product.strength}. Nothing was imported.`);
  }
  return accept(true);
}

/** Stored tags of known vessels must mean what the mapping says; those that are new to a vessel are added. */
async function missingTags(tx: SiteTx, siteId: string, runs: readonly PlannedRun[], mapping: Mapping): Promise<Result<(typeof tags.$inferInsert)[], string>> {
  const stored = new Map((await storedTags(tx, siteId, runs.map((r) => r.unitId))).map((t) => [`${t.unitId}/${t.tag}`, t]));
  const due = runs.flatMap((run) => tagsOf(siteId, run.unitId, mapping));
  for (const tag of due) {
    const known = stored.get(`${tag.unitId}/${tag.tag}`);
    if (known && (["name", "unit", "precision", "rangeLow", "rangeHigh"] as const).some((field) => known[field] !== tag[field])) {
      return refuse(`${tag.tag} of ${tag.unitId} is stored as "${known.name}" in ${known.unit}, ${known.rangeLow} to ${known.rangeHigh}; the mapping says "${tag.name}" in ${tag.unit}, ${tag.rangeLow} to ${tag.rangeHigh}. Nothing was imported.`);
    }
  }
  return accept(due.filter((tag) => !stored.has(`${tag.unitId}/${tag.tag}`)));
}

/** New runs bring their vessel and their batch; a known run that the file prolongs gets its new end. */
async function writeRuns(tx: SiteTx, siteId: string, productId: string, runs: readonly PlannedRun[]): Promise<void> {
  const fresh = runs.filter((run) => !run.known);
  await inParts(fresh, perStatement, (part) => tx.insert(batches).values(part.map((run) => ({
    siteId, id: run.batchId, productId, unitId: run.unitId, state: "complete" as const, origin: "imported" as const,
    inoculatedAt: new Date(run.start), harvestedAt: new Date(run.end),
  }))));
  for (const run of runs.filter((r) => r.grows)) {
    await tx.update(batches).set({ harvestedAt: new Date(run.end), revision: sql`${batches.revision} + 1` }).where(and(eq(batches.siteId, siteId), eq(batches.id, run.batchId)));
  }
}

async function writeVessels(tx: SiteTx, siteId: string, runs: readonly PlannedRun[]): Promise<void> {
  await inParts(runs.filter((run) => !run.known), perStatement, (part) => tx.insert(units).values(part.map((run) => ({
    siteId, id: run.unitId, name: `Vessel of ${run.batchId}`, equipmentClass: importedClass, processCell: "Imported runs",
  }))));
}

async function writeValues(tx: SiteTx, siteId: string, { values }: ImportPlan, now: Date): Promise<void> {
  let written = 0;
  await inParts(values, 20_000, async (part) => {
    const rows = JSON.stringify(part.map((v) => ({ unit_id: v.unitId, tag: v.tag, at: new Date(v.at).toISOString(), value: v.value })));
    const result = await tx.execute(sql`insert into process_values (site_id, unit_id, tag, at, value, quality, origin, recorded_at)
      select ${siteId}, unit_id, tag, at, value, 'good', 'import', ${now.toISOString()}::timestamptz
      from jsonb_to_recordset(${rows}::jsonb) as r(unit_id text, tag text, at timestamptz, value float8)`);
    written += result.count;
  });
  if (written !== values.length) throw new BrokenPromise("import-not-stored", `${values.length} values were to be stored and ${written} were`);
}

 
const storable = (raw: string): string => raw.replaceAll("\u0000", "␀"); // PostgreSQL's text holds no zero byte

async function writeRecord(tx: SiteTx, request: ImportRequest, plan: ImportPlan, { now, newId }: Stamp): Promise<string> {
  const { siteId, fileName } = request;
  const importId = newId();
  const fileDigest = sha256(request.file);
  const quarantined = plan.quarantined.length;
  await tx.insert(importRuns).values({
    siteId, id: importId, fileName, fileDigest, mappingDigest: sha256(request.mapping), importedAt: now,
    readRows: plan.read, storedRows: plan.stored, unchangedRows: plan.unchanged, quarantinedRows: quarantined,
  });
  await inParts(plan.quarantined, perStatement, (part) => tx.insert(quarantinedRows).values(part.map(({ line, raw, fault }) => ({
    siteId, importId, line, raw: storable(raw), reason: storable(`${fault.cause}: ${fault.detail}`),
  }))));
  await writeAudit(tx, {
    event: "runs.imported", detail: { file: fileName, fileDigest, read: plan.read, stored: plan.stored, unchanged: plan.unchanged, quarantined },
    siteId, subject: { type: "import", id: importId }, actor: { id: "programme:import", name: "import", role: "programme" }, reason: `finished runs of ${fileName}`,
  }, now, newId);
  return importId;
}

/** Refusals inside the transaction must leave nothing behind. */
class ImportRefused extends Error {}
function accepted<T>(result: Result<T, string>): T {
  if (result.ok) return result.value;
  throw new ImportRefused(result.refusal);
}

/**
 * Takes over the finished runs of a file: vessels, tags, batches and values, the lines set aside with their reasons, the
 * import itself and its audit entry, in one transaction. Imports of a site wait for each other. Needs the owner's login.
 */
export async function importFinishedRuns(database: Database, request: ImportRequest, stamp: Stamp): Promise<Result<ImportReceipt, string>> {
  const mapping = parseMapping(new TextDecoder().decode(request.mapping));
  if (!mapping.ok) return mapping;
  const table = readTable(request.file, mapping.value.delimiter, columnsOf(mapping.value));
  if (!table.ok) return table;
  const { siteId } = request;
  const work = async (tx: SiteTx): Promise<ImportReceipt> => {
    const known = await importSites(tx);
    if (!known.includes(siteId)) throw new ImportRefused(`There is no site ${siteId}; there ${known.length === 1 ? "is" : "are"} ${known.join(", ") || "none yet"}.`);
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`import/${siteId}`}, 0))`);
    const stored = await storedRuns(tx, siteId, readLines(table.value, mapping.value).readings);
    const plan = planImport(table.value, mapping.value, stored, stamp.now);
    accepted(await provideProduct(tx, mapping.value));
    const due = accepted(await missingTags(tx, siteId, plan.runs, mapping.value));
    await writeVessels(tx, siteId, plan.runs);
    await inParts(due, perStatement, (part) => tx.insert(tags).values(part));
    await writeRuns(tx, siteId, mapping.value.product.id, plan.runs);
    await writeValues(tx, siteId, plan, stamp.now);
    return { importId: await writeRecord(tx, request, plan, stamp), plan };
  };
  try {
    return accept(await withProgramme(database, "import", [siteId, enterprise], work, { reason: `finished runs of ${request.fileName}` }));
  } catch (error) {
    if (error instanceof ImportRefused) return refuse(error.message);
    throw error;
  }
}
