import { randomUUID } from "node:crypto";
import { getTableColumns } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { withProgramme } from "#db/scope.ts";
import { appendAct, writeAudit, type AuditInput } from "#lib/audit/commands.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { canonical, digestOf, sha256 } from "#lib/digest/digest.ts";

export const siteId = "basel";
const reason = "a sample of the benchmark";

/** An act of usual length: a signature's. */
export const actOf = (i: number): AuditInput => ({
  event: "record.signed", siteId, subject: { type: "batch", id: `B-${i % 500}` }, actor: { id: "11111111-1111-4111-8111-111111111111", name: "Miriam Keller", role: "qa-manager" }, reason: "Record complete and correct",
  detail: { meaning: "production_reviewed", recordDigest: sha256(`record ${i}`), signatureDigest: sha256(`signature ${i}`), ordinal: 1, from: "complete", to: "prod_reviewed", method: "identity-provider" },
});

/** The columns of an act as `writeAudit` makes them. */
export function rowOf(i: number, at: Date) {
  const { event, detail, subject, actor } = actOf(i);
  const row = {
    siteId, id: randomUUID(), at, zone: "Europe/Zurich", actorId: actor.id, actorName: actor.name, role: actor.role, authorisedBy: null, request: "", client: "", kind: "act" as const, event,
    subjectType: subject.type, subjectId: subject.id, batchId: subject.id, reason, critical: true, detail,
  };
  const text = canonical({ format: "EBRLEAF/1", ...row, at: at.toISOString() });
  return { ...row, canonical: text, digest: digestOf("EBRLEAF/1", text) };
}

export type Writing = "ours" | "command" | "plain" | "locked";

/** Who acts in `ours`, at the site of the benchmark. */
const by = requirePermission({ id: actOf(0).actor.id, printedName: actOf(0).actor.name, userName: "benchmark", subject: "benchmark", rolesBySite: new Map([[siteId, ["auditor"]]]) }, "inspection.read", siteId);

const columns = getTableColumns(auditEntries);
const members = Object.keys(rowOf(0, new Date(0))) as (keyof ReturnType<typeof rowOf>)[];
const insertText = `insert into audit_entries (${members.map((member) => columns[member].name).join(", ")}) values (${members.map((_, i) => `$${i + 1}`).join(", ")})`;
const valuesOf = (row: ReturnType<typeof rowOf>): never[] => members.map((member) => (row[member] === null ? null : columns[member].mapToDriverValue(row[member]))) as never[];

/**
 * One durable entry by each way, all under the portal's login and row-level security; the connections of `bare` have their site set for good. `ours`: an act by itself, typed,
 * with canonical bytes and digest. `command`: the same entry in the transaction of a command. `plain`: an insert of a ready
 * row, prepared and committed by itself. `locked`: the head of a hash chain taken under FOR UPDATE, prepared statements.
 */
const ways: Record<Writing, (database: Database, bare: Database, i: number) => Promise<unknown>> = {
  ours: (_, __, i) => appendAct(by, actOf(i), new Date(), randomUUID),
  command: (database, _, i) => withProgramme(database, "installation", [siteId], (tx) => writeAudit(tx, actOf(i), new Date(), randomUUID), { reason }),
  plain: (_, bare, i) => bare.$client.unsafe(insertText, valuesOf(rowOf(i, new Date()))),
  locked: (_, bare, i) => bare.$client.begin(async (tx) => {
    const [head] = await tx.unsafe<{ digest: string }[]>("select digest from bench_head where name = $1 for update", ["log"]);
    const row = rowOf(i, new Date());
    await tx.unsafe(insertText, valuesOf(row));
    await tx.unsafe("update bench_head set digest = $1", [sha256(`${head?.digest ?? ""}${row.digest}`)]);
  }),
};

/** Sixteen writers for `seconds`; when each entry was acknowledged, milliseconds since the epoch, in the order of acknowledgement. */
export async function writeFor(database: Database, bare: Database, way: Writing, seconds: number): Promise<readonly number[]> {
  const acknowledged: number[] = [];
  const end = performance.now() + seconds * 1000;
  let next = 0;
  const writer = async () => {
    while (performance.now() < end) {
      await ways[way](database, bare, next++);
      acknowledged.push(performance.timeOrigin + performance.now());
    }
  };
  await Promise.all(Array.from({ length: 16 }, writer));
  return acknowledged;
}
