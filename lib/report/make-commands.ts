import { and, eq } from "drizzle-orm";
import type { JWK } from "jose";
import type { Database } from "#db/client.ts";
import { people } from "#db/schema/access.ts";
import { batches } from "#db/schema/batch.ts";
import { exports } from "#db/schema/export.ts";
import { withSites, type SiteTx } from "#db/scope.ts";
import { NotFound, PermissionDenied, requirePermission, type Actor, type Granted } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { rolesOf } from "#lib/access/session-queries.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { sha256 } from "#lib/digest/digest.ts";
import type { PrintedDocument } from "#lib/document/model.ts";
import { render } from "#lib/document/render.ts";
import type { SealKey } from "#lib/document/stage.ts";
import { prepareEvidence, type Moments } from "#lib/evidence/commands.ts";
import { readEvidence } from "#lib/evidence/queries.ts";
import { sealBundle } from "#lib/evidence/seal-commands.ts";
import { tell } from "#lib/notice/commands.ts";
import type { Notice } from "#lib/notice/notice.ts";
import { BrokenPromise } from "#lib/result.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { accessReview } from "./access-queries.ts";
import { printedRecord } from "./batch-record.ts";
import type { PrintedClause } from "./clause-chapter.ts";
import { complianceReport } from "./compliance-report.ts";
import { readCompliance } from "./compliance-queries.ts";
import { boundsOf, fileNameOf, madeKindName, subjectOf, type ExportParameters, type MadeKind } from "./export.ts";
import { failExport, noteProgress, type ExportJob } from "./export-commands.ts";
import { issuedRecord } from "./issued-record.ts";
import { masterDocument } from "./master-document.ts";
import { readIssued, readMasterCopy, readReport } from "./queries.ts";
import type { ReportSource } from "./report-source.ts";

/** What the programme that makes copies is given. */
export type MakeTools = {
  readonly database: Database;
  readonly moments: Moments;
  /** The portal's private attestation key as it is now: it seals the evidence inside. */
  readonly attestation: () => JWK;
  /** The company's seal as it is now. */
  readonly seal: () => SealKey;
  /** Size of the newest head of a site's ledger outside the database. */
  readonly witnessed: (siteId: string) => number | undefined;
  readonly clauses: () => readonly PrintedClause[];
  readonly deskWork: string;
};

export const exportReason = "export of the batch record as PDF";
const complianceReason = "export of the compliance report as PDF";
const reasons: Record<MadeKind, string> = { "batch-record": exportReason, "issued-record": "export of the issued record as PDF", "master-record": "export of the master batch record as PDF", "compliance-report": complianceReason };

/** The person a copy is made for, with the roles held now and the request it was asked with. */
async function askerOf(database: Database, personId: string, asked: ExportParameters): Promise<Actor> {
  const [person] = await database.select().from(people).where(eq(people.id, personId));
  if (!person || person.state !== "active") throw new PermissionDenied("report.read");
  const { id, printedName, userName, subject } = person;
  return { id, printedName, userName, subject, rolesBySite: await rolesOf(database, id), ...(asked.origin ? { origin: asked.origin } : {}) };
}

type Composed = { readonly document: PrintedDocument; readonly record: (made: Made, tx: SiteTx) => Promise<void> };
type Made = { readonly pages: number; readonly fileDigest: string; readonly at: Date };

/** Reads the record and its evidence in one short transaction that holds the batch, so that no signature falls between the parts. */
function readTogether(by: Granted<"report.read">, of: { readonly siteId: string; readonly batchId: string; readonly key: JWK }, prepared: Awaited<ReturnType<typeof prepareEvidence>>, now: Date) {
  return withSites(by, async (tx) => {
    const [locked] = await tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, of.siteId), eq(batches.id, of.batchId))).for("update");
    if (!locked) throw new NotFound(`batch ${of.batchId}`);
    return { source: await readReport(tx, of, now), evidence: prepared.ok ? await readEvidence(tx, of, prepared.value.ofEnterprise) : prepared };
  }, { reason: exportReason });
}

/** As often as another act about the batch may come between the ledger and the reading. */
const turns = 3;

async function readBatch(by: Granted<"report.read">, siteId: string, batchId: string, { moments, attestation }: MakeTools) {
  const of = { siteId, batchId, key: publicHalf(attestation()) };
  for (let turn = 1; ; turn += 1) {
    const prepared = await prepareEvidence(by, of, moments);
    const at = moments.clock();
    const read = await readTogether(by, of, prepared, at);
    if (read.evidence.ok || !prepared.ok || turn === turns) return { ...read, at };
  }
}

async function composeBatch(job: ExportJob, by: Granted<"report.read">, batchId: string, tools: MakeTools): Promise<Composed> {
  const { siteId, copy } = job;
  const { source, evidence, at } = await readBatch(by, siteId, batchId, tools);
  const { id, printedName: name } = by.actor;
  const facts = { batchId, siteId, siteName: source.file.record.site.name, zone: source.file.record.site.timeZone, exportedAt: at.toISOString(), exportedBy: { id, name, role: by.role }, copy, reason: exportReason };
  const bundle = evidence.ok ? (await sealBundle(evidence.value.content, facts, tools.attestation())).text : undefined;
  return { document: printedRecord(source, { at, by: name, copy }, { evidence: bundle }), record: recordOfBatch(job, by, batchId, source, tools) };
}

const recordOfBatch = ({ siteId, copy }: ExportJob, by: Granted<"report.read">, batchId: string, { file }: ReportSource, { moments }: MakeTools): Composed["record"] => async ({ pages, fileDigest, at }, tx) => void (await writeAudit(tx, {
  event: "report.exported", detail: { recordDigest: file.digest, pages, fileDigest, copy }, siteId, subject: { type: "report", id: batchId, batchId },
  actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: exportReason,
}, at, moments.newId));

/** A blank copy says which master it reproduces; nothing of the batch's record is in it, so that its evidence is not either. */
async function composeIssued({ siteId, copy }: ExportJob, by: Granted<"report.read">, batchId: string, { moments }: MakeTools): Promise<Composed> {
  const at = moments.clock();
  const source = await withSites(by, (tx) => readIssued(tx, siteId, batchId));
  return {
    document: issuedRecord(source, { at, by: by.actor.printedName, copy }),
    record: async ({ pages, fileDigest, at: made }, tx) => void (await writeAudit(tx, {
      event: "issued-record.exported", detail: { masterDigest: source.record.batch.masterDigest ?? "", pages, fileDigest, copy }, siteId, subject: { type: "report", id: batchId, batchId },
      actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: reasons["issued-record"],
    }, made, moments.newId)),
  };
}

async function composeMaster({ siteId, copy }: ExportJob, by: Granted<"report.read">, asked: Extract<ExportParameters, { kind: "master-record" }>, { moments }: MakeTools): Promise<Composed> {
  const at = moments.clock();
  const source = await withSites(by, (tx) => readMasterCopy(tx, siteId, asked));
  return {
    document: masterDocument(source, { at, by: by.actor.printedName, copy }),
    record: async ({ pages, fileDigest, at: made }, tx) => void (await writeAudit(tx, {
      event: "master.exported", detail: { masterDigest: source.digest, pages, fileDigest, copy }, siteId, subject: { type: "master", id: subjectOf(asked) },
      actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: reasons["master-record"],
    }, made, moments.newId)),
  };
}

type AskedReport = Extract<ExportParameters, { kind: "compliance-report" }>;

async function composeCompliance(job: ExportJob, by: Granted<"compliance-report.read">, asked: AskedReport, tools: MakeTools): Promise<Composed> {
  const missing = asked.sites.find((site) => !by.sites.includes(site));
  if (missing !== undefined) throw new PermissionDenied("compliance-report.read", missing);
  const { copy } = job;
  const { moments, witnessed, clauses, deskWork } = tools;
  const now = moments.clock();
  const facts = await withSites(by, (tx) => readCompliance(tx, { ...boundsOf(asked), sites: asked.sites, now }, witnessed));
  const source = { facts, access: await accessReview(tools.database, asked.sites, now), clauses: clauses(), period: { from: asked.from, to: asked.to }, deskWork };
  return {
    document: complianceReport(source, { at: now, by: by.actor.printedName, copy }),
    record: async ({ pages, fileDigest, at }, tx) => {
      for (const siteId of asked.sites) {
        await writeAudit(tx, {
          event: "compliance.exported", detail: { from: asked.from, to: asked.to, pages, fileDigest, copy }, siteId, subject: { type: "period", id: subjectOf(asked) },
          actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: complianceReason,
        }, at, moments.newId);
      }
    },
  };
}

type Authorised = { readonly by: Granted<Permission>; readonly composed: Composed };

/** The right is asked for again when the copy is made: what was revoked since then wins. */
async function compose(job: ExportJob, actor: Actor, tools: MakeTools): Promise<Authorised> {
  const { asked, siteId } = job;
  if (asked.kind === "compliance-report") {
    const by = requirePermission(actor, "compliance-report.read");
    return { by, composed: await composeCompliance(job, by, asked, tools) };
  }
  const by = requirePermission(actor, "report.read", siteId);
  switch (asked.kind) {
    case "batch-record": return { by, composed: await composeBatch(job, by, asked.batchId, tools) };
    case "issued-record": return { by, composed: await composeIssued(job, by, asked.batchId, tools) };
    case "master-record": return { by, composed: await composeMaster(job, by, asked, tools) };
  }
}

/** Progress is written at most this often, milliseconds. */
const progressEvery = 400;

/** Writes progress one after the other and never more than the newest waiting one. */
function progressOf(job: ExportJob, { database, moments }: MakeTools): { readonly note: (done: number, total: number) => void; readonly settled: () => Promise<void> } {
  let [last, writing] = [0, Promise.resolve()];
  return {
    note: (done, total) => {
      const now = moments.clock().getTime();
      if (done !== 0 && done !== total && now - last < progressEvery) return;
      last = now;
      // A lost line of progress harms nobody; the copy itself is stored or failed by its own transaction.
      writing = writing.then(() => noteProgress(database, job, done, total)).catch(() => {});
    },
    settled: () => writing,
  };
}

/** Who waited longer than this has probably left the page and is told, milliseconds. */
const noticeAfter = 15_000;
const readyNotice = ({ siteId, id, copy, asked }: ExportJob): Notice => ({
  kind: "export-ready", title: `Copy ${copy} is ready: ${subjectOf(asked)}`, body: `${madeKindName[asked.kind]}, copy ${copy}, can be taken away by you.`, address: `/reports/${siteId}/${id}`,
});

async function made(job: ExportJob, tools: MakeTools): Promise<void> {
  const { database, moments, seal } = tools;
  const { by, composed } = await compose(job, await askerOf(database, job.requestedBy, job.asked), tools);
  const progress = progressOf(job, tools);
  const { bytes, pages } = await render(composed.document, { seal: { key: seal(), at: moments.clock }, progress: progress.note });
  await progress.settled();
  const [at, fileDigest] = [moments.clock(), sha256(bytes)];
  await withSites(by, async (tx) => {
    const done = await tx.update(exports).set({ state: "done", progress: pages, total: pages, pages, digest: fileDigest, content: bytes, finishedAt: at, failure: null, fileName: fileNameOf(job.asked, job.copy) })
      .where(and(eq(exports.siteId, job.siteId), eq(exports.id, job.id), eq(exports.state, "running"))).returning({ id: exports.id });
    if (done.length !== 1) throw new BrokenPromise("export-not-running", `copy ${job.copy} of ${job.kind} is not being made`);
    await composed.record({ pages, fileDigest, at }, tx);
    if (at.getTime() - job.requestedAt.getTime() >= noticeAfter) await tell(tx, [job.requestedBy], readyNotice(job), { now: at, newId: moments.newId });
  }, { reason: reasons[job.asked.kind] });
}

/** Why a copy failed, in a sentence for the person who asked; undefined for what nobody expects. */
function sentenceOf(error: unknown): string {
  if (error instanceof PermissionDenied || error instanceof NotFound) return "The right to take this copy was not held any more when it was made. Ask the administrator for the role, then ask for a new copy.";
  const code = error instanceof BrokenPromise ? error.code : "unexpected";
  return `The copy could not be made (${code}). Ask for a new one; if that fails as well, tell the administrator this word.`;
}

export type MakeOutcome = { readonly made: true } | { readonly made: false; readonly failure: string; readonly cause: unknown };

/**
 * Makes one claimed copy: reads in a short transaction, renders outside of any, stores it with its audit entry in a second one. What
 * goes wrong is written on the copy.
 */
export async function makeExport(job: ExportJob, tools: MakeTools): Promise<MakeOutcome> {
  try {
    await made(job, tools);
    return { made: true };
  } catch (cause) {
    const failure = sentenceOf(cause);
    await failExport(tools.database, job, failure, tools.moments.clock());
    return { made: false, failure, cause };
  }
}
