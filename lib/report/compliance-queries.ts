import { and, asc, eq, gte, inArray, isNull, lt, ne, sql, type SQL } from "drizzle-orm";
import { people } from "#db/schema/access.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { integrityFindings } from "#db/schema/integrity.ts";
import { exceptions } from "#db/schema/quality.ts";
import { signatures, signingFailures, signingLocks } from "#db/schema/signature.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import { peopleNames } from "#lib/audit/queries.ts";
import { actChange, fieldChanges, recordKind, recordName } from "#lib/audit/record-name.ts";
import { openExceptionStates } from "#lib/quality/exception.ts";
import { alcoaChecks, type AlcoaCheck, type Scope } from "./alcoa-queries.ts";
import { printedValue } from "./long-value.ts";
import { readHead } from "./queries.ts";
import type { PrintedHead } from "./report-source.ts";

export type ReportSite = { readonly id: string; readonly name: string; readonly zone: string; readonly head: PrintedHead | undefined };
/** How often something was done or happened to a kind of record, by site. */
export type ActionCount = { readonly kind: "act" | "creation" | "change" | "deletion"; readonly action: string; readonly bySite: Readonly<Record<string, number>>; readonly total: number };
export type CriticalChange = { readonly siteId: string; readonly at: Date; readonly who: string; readonly role: string; readonly record: string; readonly batchId: string | null; readonly what: string; readonly changes: readonly string[]; readonly reason: string };
export type SignatureCount = { readonly siteId: string; readonly meaning: string; readonly method: string; readonly n: number; readonly withdrawn: number };
export type FailureCount = { readonly what: string; readonly cause: string; readonly n: number; readonly people: number };
export type OpenFinding = { readonly siteId: string; readonly kind: "exception" | "integrity" | "lock"; readonly record: string; readonly said: string; readonly since: Date };

export type ComplianceFacts = {
  readonly scope: Scope; readonly sites: readonly ReportSite[]; readonly entries: number; readonly actions: readonly ActionCount[];
  readonly critical: { readonly total: number; readonly listed: readonly CriticalChange[] };
  readonly signatures: readonly SignatureCount[]; readonly failures: readonly FailureCount[]; readonly alcoa: readonly AlcoaCheck[]; readonly open: readonly OpenFinding[];
};

/** Critical changes that are printed; beyond it the report says how many there are. */
export const listedChanges = 2_000;

const within = ({ from, before, sites: chosen }: Scope): SQL | undefined => and(inArray(auditEntries.siteId, [...chosen]), gte(auditEntries.at, from), lt(auditEntries.at, before));

async function readSites(tx: SiteTx, scope: Scope): Promise<readonly ReportSite[]> {
  const rows = await tx.select().from(sites).where(inArray(sites.id, [...scope.sites])).orderBy(asc(sites.name));
  const read: ReportSite[] = [];
  for (const { id, name, timeZone } of rows) read.push({ id, name, zone: timeZone, head: await readHead(tx, id) });
  return read;
}

async function readActions(tx: SiteTx, scope: Scope): Promise<readonly ActionCount[]> {
  const action = sql<string>`case when ${auditEntries.kind} = 'act' then ${auditEntries.event} else ${auditEntries.subjectType} end`;
  const rows = await tx.select({ siteId: auditEntries.siteId, kind: auditEntries.kind, action, n: sql<string>`count(*)` }).from(auditEntries).where(within(scope)).groupBy(auditEntries.siteId, auditEntries.kind, action);
  const grouped = Map.groupBy(rows, (row) => `${row.kind} ${row.action}`);
  const counts = [...grouped.values()].flatMap(([first, ...more]): ActionCount[] => {
    if (!first) return [];
    const bySite = Object.fromEntries([first, ...more].map((row) => [row.siteId, Number(row.n)]));
    return [{ kind: first.kind, action: first.kind === "act" ? first.action : recordKind(first.action), bySite, total: Object.values(bySite).reduce((sum, n) => sum + n, 0) }];
  });
  const kinds = ["act", "creation", "change", "deletion"];
  return counts.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.action.localeCompare(b.action, "en"));
}

async function readCritical(tx: SiteTx, scope: Scope, zones: ReadonlyMap<string, string>): Promise<ComplianceFacts["critical"]> {
  const wanted = and(within(scope), eq(auditEntries.critical, true), ne(auditEntries.kind, "creation"));
  const [counted] = await tx.select({ n: sql<string>`count(*)` }).from(auditEntries).where(wanted);
  const rows = await tx.select().from(auditEntries).where(wanted).orderBy(asc(auditEntries.at), asc(auditEntries.id)).limit(listedChanges);
  const names = await peopleNames(tx);
  const listed = rows.map((row): CriticalChange => {
    const change = actChange(row.detail);
    const fields = row.kind === "act" ? [] : fieldChanges(row, zones.get(row.siteId) ?? "UTC", names);
    return {
      siteId: row.siteId, at: row.at, who: row.actorName || (names.get(row.actorId) ?? row.actorId.replace(/^programme:/, "")), role: row.role, record: recordName(row, names), batchId: row.batchId, reason: row.reason,
      what: row.kind === "act" ? row.event : `${recordKind(row.subjectType)}: row ${row.kind === "deletion" ? "deleted" : "changed"}`,
      changes: [...(change ? [`${change.from} → ${change.to}`] : []), ...fields.map((field) => `${field.name}: ${printedValue(field.old)} → ${printedValue(field.new)}`)],
    };
  });
  return { total: Number(counted?.n ?? 0), listed };
}

async function readSignatures(tx: SiteTx, { from, before, sites: chosen }: Scope): Promise<readonly SignatureCount[]> {
  const withdrawn = sql<string>`count(*) filter (where exists (select from signatures w where w.site_id = ${signatures.siteId} and w.batch_id = ${signatures.batchId} and w.withdraws = ${signatures.ordinal}))`;
  const rows = await tx.select({ siteId: signatures.siteId, meaning: signatures.meaning, method: signatures.method, n: sql<string>`count(*)`, withdrawn }).from(signatures)
    .where(and(inArray(signatures.siteId, [...chosen]), gte(signatures.signedAt, from), lt(signatures.signedAt, before))).groupBy(signatures.siteId, signatures.meaning, signatures.method).orderBy(asc(signatures.siteId), asc(signatures.meaning), asc(signatures.method));
  return rows.map((row) => ({ ...row, n: Number(row.n), withdrawn: Number(row.withdrawn) }));
}

async function readFailures(tx: SiteTx, scope: Scope): Promise<readonly FailureCount[]> {
  const cause = sql<string>`coalesce(${auditEntries.detail} ->> 'cause', '')`;
  const failed = ["signing.refused", "signing.cancelled", "signing.locked", "passkey.refused", "session.refused"];
  const acts = await tx.select({ what: auditEntries.event, cause, n: sql<string>`count(*)`, people: sql<string>`count(distinct ${auditEntries.actorId})` }).from(auditEntries)
    .where(and(within(scope), inArray(auditEntries.event, failed))).groupBy(auditEntries.event, cause).orderBy(asc(auditEntries.event), asc(cause));
  const attempts = await tx.select({ cause: signingFailures.cause, n: sql<string>`count(*)`, people: sql<string>`count(distinct ${signingFailures.personId})` }).from(signingFailures)
    .where(and(gte(signingFailures.at, scope.from), lt(signingFailures.at, scope.before))).groupBy(signingFailures.cause).orderBy(asc(signingFailures.cause));
  return [...acts, ...attempts.map((row) => ({ ...row, what: "failed attempt, all sites" }))].map((row) => ({ ...row, n: Number(row.n), people: Number(row.people) }));
}

async function readOpen(tx: SiteTx, { sites: chosen }: Scope): Promise<readonly OpenFinding[]> {
  const own = [...chosen];
  const raised = await tx.select().from(exceptions).where(and(inArray(exceptions.siteId, own), inArray(exceptions.state, [...openExceptionStates]))).orderBy(asc(exceptions.raisedAt), asc(exceptions.id));
  const found = await tx.select().from(integrityFindings).where(and(inArray(integrityFindings.siteId, own), isNull(integrityFindings.clearedAt))).orderBy(asc(integrityFindings.foundAt));
  const locked = await tx.select({ name: people.printedName, at: signingLocks.lockedAt, failures: signingLocks.failures }).from(signingLocks).innerJoin(people, eq(people.id, signingLocks.personId)).where(isNull(signingLocks.releasedAt)).orderBy(asc(signingLocks.lockedAt));
  return [
    ...found.map((row): OpenFinding => ({ siteId: row.siteId, kind: "integrity", record: `${recordKind(row.tableName)} ${row.recordId}`, said: `${row.field}: recorded ${row.recorded}, found ${row.found}`, since: row.foundAt })),
    ...raised.map((row): OpenFinding => ({ siteId: row.siteId, kind: "exception", record: `${row.batchId}, ${row.id}`, said: `${row.severity}, ${row.state}: ${row.title}`, since: row.raisedAt })),
    ...locked.map((row): OpenFinding => ({ siteId: "enterprise", kind: "lock", record: row.name, said: `signing locked after ${row.failures} failures`, since: row.at })),
  ];
}

/** Everything a compliance report says of the records; each figure is a query over them. */
export async function readCompliance(tx: SiteTx, scope: Scope, witnessed: (siteId: string) => number | undefined): Promise<ComplianceFacts> {
  const chosen = await readSites(tx, scope);
  const actions = await readActions(tx, scope);
  return {
    scope, sites: chosen, actions, entries: actions.reduce((sum, { total }) => sum + total, 0),
    critical: await readCritical(tx, scope, new Map(chosen.map((s) => [s.id, s.zone]))),
    signatures: await readSignatures(tx, scope), failures: await readFailures(tx, scope), alcoa: await alcoaChecks(tx, scope, witnessed), open: await readOpen(tx, scope),
  };
}
