import { and, asc, desc, eq } from "drizzle-orm";
import { masterBatchRecords, products } from "#db/schema/recipe.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import type { AuditEvent } from "#lib/audit/event.ts";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { accept, BrokenPromise, refuse, type Result } from "#lib/result.ts";
import { masterChanges } from "./difference.ts";
import { editRefusalSentence, type EditRefusal, type Head } from "./edit.ts";
import type { SaveRefusal } from "./edit-form.ts";
import { masterGaps } from "./gaps.ts";
import { masterRecord, type MasterRecord } from "./master-record.ts";
import { masterName, readMasterFile, standingOf, type MasterFile, type MasterRow } from "./queries.ts";
import { isOpen, masterRefusalSentence, planMaster, supersededBy, type MasterCommand, type MasterRefusal } from "./state.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
/** A version of a master, and the digest of the content the person had before him. */
export type SeenMaster = { readonly id: string; readonly version: number; readonly seen: string };

export type MasterChangeRefusal =
  | MasterRefusal | SaveRefusal | { readonly reason: "version-taken"; readonly newest: number } | { readonly reason: "product-unknown" } | { readonly reason: "version-open"; readonly version: number } | { readonly reason: "earlier-form" };

/** What a refusal of a change says to the person. */
export function masterChangeSentence(refusal: MasterChangeRefusal): string {
  switch (refusal.reason) {
    case "version-taken": return `There is version ${refusal.newest} of this master already, and versions are never written over. Use the next number, or another id.`;
    case "product-unknown": return "This product is not known here. Choose one of the products of this installation.";
    case "version-open": return `Version ${refusal.version} is still being written or reviewed. Finish or withdraw it before a further version is begun.`;
    case "earlier-form": return "This version is kept in the earlier form EBRMBR/1, which is read only. Begin a master of its own.";
    case "shape": return "Some of it cannot be saved. Put right what is marked.";
    case "no-such-part": case "no-such-place": case "id-taken": case "at-the-end": return editRefusalSentence[refusal.reason];
    default: return masterRefusalSentence(refusal);
  }
}

const audit = (tx: SiteTx, by: Granted<"master.author" | "master.review" | "master.approve">, row: Pick<MasterRow, "id" | "version">, event: AuditEvent, reason: string, { now, newId }: Stamp) =>
  writeAudit(tx, { ...event, siteId: enterprise, subject: { type: "master", id: masterName(row) }, actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason }, now, newId);

const contentOf = (record: MasterRecord) => {
  const text = canonical(record);
  return { canonical: text, digest: digestOf("EBRMBR/2", text), productId: record.productId, title: record.title };
};

const productKnown = async (tx: SiteTx, id: string): Promise<boolean> => (await tx.select({ id: products.id }).from(products).where(eq(products.id, id))).length > 0;
const newestOf = async (tx: SiteTx, id: string): Promise<MasterRow | undefined> => (await tx.select().from(masterBatchRecords).where(eq(masterBatchRecords.id, id)).orderBy(desc(masterBatchRecords.version)).limit(1))[0];

type Made = { readonly id: string; readonly version: number };
/** Stores a new version as a draft of its author. `from`: what it was made from, for the trail. */
async function storeDraft(tx: SiteTx, by: Granted<"master.author">, record: MasterRecord, { from, reason }: { readonly from: string; readonly reason: string }, stamp: Stamp): Promise<Result<Made, MasterChangeRefusal>> {
  if (!(await productKnown(tx, record.productId))) return refuse({ reason: "product-unknown" });
  const { id, version } = record;
  const content = contentOf(record);
  const stored = await tx.insert(masterBatchRecords).values({ id, version, state: "draft", ...content, authors: [by.actor.id], createdAt: stamp.now, reason }).onConflictDoNothing().returning({ id: masterBatchRecords.id });
  if (stored.length === 0) return refuse({ reason: "version-taken", newest: (await newestOf(tx, id))?.version ?? version });
  await audit(tx, by, record, { event: "master.created", detail: { from, digest: content.digest } }, reason, stamp);
  return accept({ id, version });
}

export type NewMaster = Pick<Head, "productId" | "title" | "purpose" | "batchSize" | "durationH"> & { readonly id: string; readonly reason: string };

/** Begins a master: version 1, a draft with empty lists. Refused when its id is used or its product unknown. */
export async function createMaster(tx: SiteTx, by: Granted<"master.author">, { reason, ...head }: NewMaster, stamp: Stamp): Promise<Result<Made, MasterChangeRefusal>> {
  const newest = await newestOf(tx, head.id);
  if (newest) return refuse({ reason: "version-taken", newest: newest.version });
  return storeDraft(tx, by, masterRecord.parse({ format: "EBRMBR/2", version: 1, ...head, materials: [], equipment: [], parameters: [], samples: [], procedure: [] }), { from: "", reason }, stamp);
}

/** Takes a master over from a file as a draft. Its version must be above the newest one here: nothing is written over. */
export async function importMaster(tx: SiteTx, by: Granted<"master.author">, { record, fileName, reason }: { readonly record: MasterRecord; readonly fileName: string; readonly reason: string }, stamp: Stamp): Promise<Result<Made, MasterChangeRefusal>> {
  const newest = await newestOf(tx, record.id);
  if (newest && newest.version >= record.version) return refuse({ reason: "version-taken", newest: newest.version });
  return storeDraft(tx, by, record, { from: `file ${fileName}`, reason }, stamp);
}

/** Begins the next version as a copy of the newest one. Refused while that one is still written or reviewed. */
export async function newVersion(tx: SiteTx, by: Granted<"master.author">, { id, reason }: { readonly id: string; readonly reason: string }, stamp: Stamp): Promise<Result<Made, MasterChangeRefusal>> {
  const newest = await newestOf(tx, id);
  const file = await readMasterFile(tx, id, newest?.version ?? 0, true);
  if (isOpen(file.row.state)) return refuse({ reason: "version-open", version: file.row.version });
  if (!file.record) return refuse({ reason: "earlier-form" });
  return storeDraft(tx, by, { ...file.record, version: file.row.version + 1 }, { from: masterName(file.row), reason }, stamp);
}

export type Edited = { readonly digest: string; readonly gaps: number; readonly changes: number };
type Change = (record: MasterRecord) => Result<MasterRecord, SaveRefusal | EditRefusal>;

/** Changes a draft; who does becomes one of its authors. Refused when somebody changed it since it was shown. What changes nothing writes nothing. */
export async function editMaster(tx: SiteTx, by: Granted<"master.author">, { id, version, seen, change, reason }: SeenMaster & { readonly change: Change; readonly reason: string }, stamp: Stamp): Promise<Result<Edited, MasterChangeRefusal>> {
  const { row, record, standing } = await readMasterFile(tx, id, version, true);
  if (!record) return refuse({ reason: "earlier-form" });
  const plan = planMaster(standing, { command: "edit", by: by.actor.id, seen });
  if (!plan.ok) return plan;
  const changed = change(record);
  if (!changed.ok) return changed;
  const next = { ...changed.value, id, version };
  const content = contentOf(next);
  const gaps = masterGaps(next).length;
  if (content.digest === row.digest) return accept({ digest: row.digest, gaps, changes: 0 });
  if (next.productId !== record.productId && !(await productKnown(tx, next.productId))) return refuse({ reason: "product-unknown" });
  const changes = masterChanges(record, next).length;
  await tx.update(masterBatchRecords).set({ ...content, state: plan.value.state, authors: [...new Set([...(row.authors ?? []), by.actor.id])], submittedBy: null, reviewedBy: null }).where(and(eq(masterBatchRecords.id, id), eq(masterBatchRecords.version, version)));
  await audit(tx, by, row, { event: "master.edited", detail: { before: row.digest, digest: content.digest, changes, gaps } }, reason, stamp);
  return accept({ digest: content.digest, gaps, changes });
}

type Move = { readonly command: Extract<MasterCommand, "return" | "make_effective" | "supersede" | "withdraw">; readonly reason: string };

async function move(tx: SiteTx, by: Granted<"master.author" | "master.review" | "master.approve">, { row, standing }: Pick<MasterFile, "row" | "standing">, { command, reason, seen }: Move & { readonly seen: string }, stamp: Stamp): Promise<Result<void, MasterRefusal>> {
  const plan = planMaster(standing, { command, by: by.actor.id, seen, reason });
  if (!plan.ok) return plan;
  const { state, submittedBy, reviewedBy } = plan.value;
  const changed = await tx.update(masterBatchRecords).set({ state, submittedBy: submittedBy ?? null, reviewedBy: reviewedBy ?? null, ...(command === "make_effective" ? { effectiveAt: stamp.now } : {}) })
    .where(and(eq(masterBatchRecords.id, row.id), eq(masterBatchRecords.version, row.version), eq(masterBatchRecords.digest, row.digest))).returning({ id: masterBatchRecords.id });
  if (changed.length !== 1) throw new BrokenPromise("master-moved", `master ${masterName(row)} changed under its lock`);
  await audit(tx, by, row, { event: "master.moved", detail: { command, from: row.state, to: state, digest: row.digest } }, reason, stamp);
  return accept(undefined);
}

type Reasoned = SeenMaster & { readonly reason: string };

/** Gives a version in review back to its authors, with the reason; its review counts no more. */
export async function returnMaster(tx: SiteTx, by: Granted<"master.review" | "master.approve">, { id, version, ...rest }: Reasoned, stamp: Stamp): Promise<Result<void, MasterRefusal>> {
  return move(tx, by, await readMasterFile(tx, id, version, true), { command: "return", ...rest }, stamp);
}

/** Takes a version out of use for good. Authors withdraw their drafts; everything later is the quality unit's. */
export async function withdrawMaster(tx: SiteTx, by: Granted<"master.author" | "master.approve">, { id, version, ...rest }: Reasoned, stamp: Stamp): Promise<Result<void, MasterRefusal>> {
  const file = await readMasterFile(tx, id, version, true);
  if (by.permission === "master.author" && file.row.state !== "draft") return refuse({ reason: "command-not-allowed", state: file.row.state, command: "withdraw" });
  return move(tx, by, file, { command: "withdraw", ...rest }, stamp);
}

/** Makes an approved version the one batches are issued from; the version effective before is superseded in the same transaction. */
export async function makeMasterEffective(tx: SiteTx, by: Granted<"master.approve">, { id, version, seen, reason }: Reasoned, stamp: Stamp): Promise<Result<void, MasterRefusal>> {
  // Every version is locked, in one order: two that become effective at once wait for each other and one supersedes the other.
  const rows = await tx.select().from(masterBatchRecords).where(eq(masterBatchRecords.id, id)).orderBy(asc(masterBatchRecords.version)).for("update");
  const file = await readMasterFile(tx, id, version, true);
  const done = await move(tx, by, file, { command: "make_effective", seen, reason }, stamp);
  if (!done.ok) return done;
  for (const before of supersededBy(rows, version)) {
    const superseded = await move(tx, by, { row: before, standing: standingOf(before, 0) }, { command: "supersede", seen: before.digest, reason: `superseded by ${masterName({ id, version })}: ${reason}` }, stamp);
    if (!superseded.ok) throw new BrokenPromise("master-not-superseded", `master ${masterName(before)} is effective and was not superseded`);
  }
  return accept(undefined);
}
