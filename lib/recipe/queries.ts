import { and, asc, desc, eq, inArray } from "drizzle-orm";
import { people } from "#db/schema/access.ts";
import { masterBatchRecords, products } from "#db/schema/recipe.ts";
import { signatures } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise, NotFound } from "#lib/access/actor.ts";
import { masterDigest } from "./master.ts";
import { masterChanges, type MasterChange } from "./difference.ts";
import type { Gap } from "./gap.ts";
import { masterGaps } from "./gaps.ts";
import { masterRecord, type MasterRecord } from "./master-record.ts";
import { comparedWith, type MasterStanding, type MasterState } from "./state.ts";

export type MasterRow = typeof masterBatchRecords.$inferSelect;
/** A version of a master with what stands in its way. `record` is undefined for the thin masters of the first story, which are read only. */
export type MasterFile = { readonly row: MasterRow; readonly record: MasterRecord | undefined; readonly gaps: readonly Gap[]; readonly standing: MasterStanding; /** Does the stored digest fit the stored text? */ readonly holds: boolean };

/** What `planMaster` looks at, from the stored row. */
export const standingOf = (row: MasterRow, gaps: number): MasterStanding => ({
  state: row.state, authors: new Set(row.authors ?? []), submittedBy: row.submittedBy ?? undefined, reviewedBy: row.reviewedBy ?? undefined, gaps, digest: row.digest,
});

/** The name a version is signed and audited by. */
export const masterName = ({ id, version }: Pick<MasterRow, "id" | "version">): string => `${id} v${version}`;

/** Id and version behind such a name; undefined when it is none. */
export function masterOfName(name: string): { readonly id: string; readonly version: number } | undefined {
  const parts = /^(.+) v([1-9]\d{0,5})$/.exec(name);
  return parts?.[1] && parts[2] ? { id: parts[1], version: Number(parts[2]) } : undefined;
}

type MasterContent = Pick<MasterFile, "record" | "gaps"> & { readonly digest: string };
const remembered = 60;
/** What texts say, latest last: every act on a batch reads its whole master, and one text never says anything else. */
const contents = new Map<string, MasterContent>();

function contentOf(text: string): MasterContent {
  const known = contents.get(text);
  if (known) return known;
  const parsed = masterRecord.safeParse(JSON.parse(text));
  const content = { digest: masterDigest(text), record: parsed.success ? parsed.data : undefined, gaps: parsed.success ? masterGaps(parsed.data) : [] };
  contents.set(text, content);
  for (const eldest of contents.keys()) { if (contents.size <= remembered) break; contents.delete(eldest); }
  return content;
}

function fileOf(row: MasterRow): MasterFile {
  const { digest, record, gaps } = contentOf(row.canonical);
  return { row, record, gaps, standing: standingOf(row, gaps.length), holds: digest === row.digest };
}

/** Reads a version. Throws `NotFound`. With `lock` the row stays as it is until the transaction ends. */
export async function readMasterFile(tx: SiteTx, id: string, version: number, lock = false): Promise<MasterFile> {
  const asked = tx.select().from(masterBatchRecords).where(and(eq(masterBatchRecords.id, id), eq(masterBatchRecords.version, version)));
  const [row] = await (lock ? asked.for("update") : asked);
  if (!row) throw new NotFound(`master ${id} v${version}`);
  return fileOf(row);
}

/** Every version of one master, newest first. */
export const versionsOf = (tx: SiteTx, id: string): Promise<MasterRow[]> => tx.select().from(masterBatchRecords).where(eq(masterBatchRecords.id, id)).orderBy(desc(masterBatchRecords.version));

type OtherVersion = { readonly version: number; readonly state: MasterState };
/** What differs from another version. `changes` is undefined where that one is in the earlier form; `versions`: those it can be read against, newest first. */
export type VersionDifference = { readonly against: number; readonly versions: readonly OtherVersion[]; readonly changes: readonly MasterChange[] | undefined };

/** A version against another: the one asked for, the effective one where none is. Undefined where there is no other. `versions`: all of the master. */
export async function differenceOf(tx: SiteTx, { row, record }: Pick<MasterFile, "row" | "record">, versions: readonly OtherVersion[], asked: number | undefined): Promise<VersionDifference | undefined> {
  const others = versions.filter(({ version }) => version !== row.version).map(({ version, state }) => ({ version, state }));
  const against = comparedWith(others, row.version, asked);
  if (!record || against === undefined) return undefined;
  const { record: before } = await readMasterFile(tx, row.id, against);
  return { against, versions: others, changes: before && masterChanges(before, record) };
}

export type MasterLine = Omit<MasterRow, "canonical"> & { readonly productName: string; readonly gaps: number };
/** All versions of all masters, by id and newest first, with the number of gaps of those that are still written. */
export async function masterLines(tx: SiteTx): Promise<readonly MasterLine[]> {
  const rows = await tx.select({ master: masterBatchRecords, productName: products.name }).from(masterBatchRecords).innerJoin(products, eq(products.id, masterBatchRecords.productId)).orderBy(asc(masterBatchRecords.id), desc(masterBatchRecords.version));
  return rows.map(({ master, productName }) => {
    const { canonical: _text, ...line } = master;
    return { ...line, productName, gaps: master.state === "draft" || master.state === "in_review" ? fileOf(master).gaps.length : 0 };
  });
}

/** The effective version of each master, by id. */
export const effectiveMasters = (tx: SiteTx): Promise<MasterRow[]> => tx.select().from(masterBatchRecords).where(eq(masterBatchRecords.state, "effective")).orderBy(asc(masterBatchRecords.id));

export const allProducts = (tx: SiteTx) => tx.select().from(products).orderBy(asc(products.id));

/** Printed names by id. */
export async function namesOf(tx: SiteTx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = ids.length === 0 ? [] : await tx.select({ id: people.id, name: people.printedName }).from(people).where(inArray(people.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row.name]));
}

export type RecordSignature = typeof signatures.$inferSelect;
/** Signatures on a record of the enterprise, oldest first. The transaction must see the enterprise (`withOwnMeans`). */
export const signaturesOfRecord = (tx: SiteTx, recordType: "master" | "overlay" | "exception-configuration", recordId: string, siteId: string = enterprise): Promise<RecordSignature[]> =>
  tx.select().from(signatures).where(and(eq(signatures.siteId, siteId), eq(signatures.recordType, recordType), eq(signatures.recordId, recordId))).orderBy(asc(signatures.ordinal));
