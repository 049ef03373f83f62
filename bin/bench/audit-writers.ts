import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { writeAudit, type AuditInput } from "#lib/audit/commands.ts";
import { canonical, digestOf, sha256 } from "#lib/digest/digest.ts";

export const siteId = "basel";
const reason = "a sample of the benchmark";

/** An act of usual length: a signature's. */
export const actOf = (i: number): AuditInput => ({
  event: "record.signed", siteId, subject: { type: "batch", id: `B-${i % 500}` }, actor: { id: "11111111-1111-4111-8111-111111111111", name: "Miriam Keller", role: "qa-manager" }, reason: "Record complete and correct",
  detail: { meaning: "production_reviewed", recordDigest: sha256(`record ${i}`), signatureDigest: sha256(`signature ${i}`), ordinal: 1, from: "complete", to: "prod_reviewed", method: "identity-provider" },
});

/** The columns of an act as `writeAudit` makes them. */
export function rowOf(i: number, at: Date): typeof auditEntries.$inferInsert {
  const { event, detail, subject, actor } = actOf(i);
  const row = {
    siteId, id: randomUUID(), at, zone: "Europe/Zurich", actorId: actor.id, actorName: actor.name, role: actor.role, authorisedBy: null, request: "", client: "", kind: "act" as const, event,
    subjectType: subject.type, subjectId: subject.id, batchId: subject.id, reason, critical: true, detail,
  };
  const text = canonical({ format: "EBRLEAF/1", ...row, at: at.toISOString() });
  return { ...row, canonical: text, digest: digestOf("EBRLEAF/1", text) };
}

export type Writing = "ours" | "plain" | "locked";

const scoped = (database: Database, work: (tx: SiteTx) => Promise<unknown>) => withProgramme(database, "installation", [siteId], work, { reason });

/** One durable entry by each way; all in a transaction with site and actor set, as row-level security wants it. */
const ways: Record<Writing, (database: Database, i: number) => Promise<unknown>> = {
  ours: (database, i) => scoped(database, (tx) => writeAudit(tx, actOf(i), new Date(), randomUUID)),
  plain: (database, i) => scoped(database, (tx) => tx.insert(auditEntries).values(rowOf(i, new Date()))),
  locked: (database, i) => scoped(database, async (tx) => {
    const [head] = await tx.execute<{ digest: string }>(sql`select digest from bench_head for update`);
    const row = rowOf(i, new Date());
    await tx.insert(auditEntries).values(row);
    await tx.execute(sql`update bench_head set digest = ${sha256(`${head?.digest ?? ""}${row.digest}`)}`);
  }),
};

/** Sixteen writers for `seconds`; when each entry was acknowledged, milliseconds since the epoch, in the order of acknowledgement. */
export async function writeFor(database: Database, way: Writing, seconds: number): Promise<readonly number[]> {
  const acknowledged: number[] = [];
  const end = performance.now() + seconds * 1000;
  let next = 0;
  const writer = async () => {
    while (performance.now() < end) {
      await ways[way](database, next++);
      acknowledged.push(performance.timeOrigin + performance.now());
    }
  };
  await Promise.all(Array.from({ length: 16 }, writer));
  return acknowledged;
}
