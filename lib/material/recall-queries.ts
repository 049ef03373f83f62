import { and, asc, desc, eq, sql } from "drizzle-orm";
import type { JWK } from "jose";
import { people } from "#db/schema/access.ts";
import { exports } from "#db/schema/export.ts";
import { recalls } from "#db/schema/material.ts";
import { signatures } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { attestationKeyOf, verifyChain, type Verification } from "#lib/signature/attestation.ts";
import { attestationKeys } from "#lib/signature/key-queries.ts";
import { recallDigest, recallRecord, type RecallRecord } from "./recall.ts";
import type { TraceDirection } from "./trace.ts";

export type RecallSignature = typeof signatures.$inferSelect;
export type RecallFile = {
  readonly record: RecallRecord; readonly canonical: string; readonly digest: string;
  /** Does the digest fit the stored text? */
  readonly holds: boolean;
};

/** Signatures on a mock recall, oldest first. */
export const signaturesOfRecall = (tx: SiteTx, siteId: string, id: string): Promise<RecallSignature[]> =>
  tx.select().from(signatures).where(and(eq(signatures.siteId, siteId), eq(signatures.recordType, "recall"), eq(signatures.recordId, id))).orderBy(asc(signatures.ordinal));

/** A mock recall as it is kept. Throws `NotFound`. */
export async function readRecall(tx: SiteTx, siteId: string, id: string): Promise<RecallFile> {
  const [row] = await tx.select().from(recalls).where(and(eq(recalls.siteId, siteId), eq(recalls.id, id)));
  if (!row) throw new NotFound(`recall ${id}`);
  return { record: recallRecord.parse(JSON.parse(row.canonical)), canonical: row.canonical, digest: row.digest, holds: recallDigest(row.canonical) === row.digest };
}

export type VerifiedSignature = RecallSignature & { readonly verification: Verification };

/** The signatures with what their recomputation says. `key`: the portal's key, for signatures of before the register. */
export async function verifiedSignatures(tx: SiteTx, siteId: string, id: string, key: JWK): Promise<readonly VerifiedSignature[]> {
  const [made, registered] = [await signaturesOfRecall(tx, siteId, id), await attestationKeys(tx)];
  const verified = await verifyChain(made, registered.length > 0 ? registered : [attestationKeyOf(key)]);
  return made.map((signature, i) => ({ ...signature, verification: verified[i] as Verification }));
}

export type RecallLine = {
  readonly siteId: string; readonly id: string; readonly lotId: string; readonly direction: TraceDirection; readonly reason: string; readonly startedAt: Date; readonly by: string; readonly tookMs: number; readonly figures: Readonly<Record<string, number>>; readonly signedBy: string | null;
};
export const listedRecalls = 200;

/** The newest mock recalls of the transaction's sites. */
export const listRecalls = (tx: SiteTx): Promise<RecallLine[]> =>
  tx.select({
    siteId: recalls.siteId, id: recalls.id, lotId: recalls.lotId, direction: recalls.direction, reason: recalls.reason, startedAt: recalls.startedAt, by: people.printedName, tookMs: recalls.tookMs, figures: recalls.figures,
    signedBy: sql<string | null>`(select s.printed_name from signatures s where s.site_id = recalls.site_id and s.record_type = 'recall' and s.record_id = recalls.id order by s.ordinal limit 1)`,
  }).from(recalls).innerJoin(people, eq(people.id, recalls.startedBy)).orderBy(desc(recalls.startedAt), desc(recalls.id)).limit(listedRecalls);

export type RecallCopy = { readonly id: string; readonly copy: number; readonly by: string; readonly own: boolean; readonly at: Date; readonly pages: number | null; readonly digest: string | null };
const ofRecall = (siteId: string, id: string) => and(eq(exports.siteId, siteId), eq(exports.kind, "recall"), eq(exports.subjectId, id));

/** Numbered copies of a mock recall, the newest first. */
export async function copiesOfRecall(tx: SiteTx, siteId: string, id: string, personId: string): Promise<readonly RecallCopy[]> {
  const rows = await tx.select({ id: exports.id, copy: exports.copy, by: people.printedName, personId: exports.requestedBy, at: exports.requestedAt, pages: exports.pages, digest: exports.digest }).from(exports).innerJoin(people, eq(people.id, exports.requestedBy)).where(ofRecall(siteId, id)).orderBy(desc(exports.copy));
  return rows.map(({ personId: made, ...row }) => ({ ...row, own: made === personId }));
}

/** The bytes of a copy for the person it was made for; undefined for anybody else. */
export async function recallCopy(tx: SiteTx, siteId: string, id: string, copy: number, personId: string): Promise<{ readonly bytes: Uint8Array; readonly digest: string; readonly fileName: string } | undefined> {
  const [row] = await tx.select({ bytes: exports.content, digest: exports.digest, fileName: exports.fileName }).from(exports).where(and(ofRecall(siteId, id), eq(exports.copy, copy), eq(exports.requestedBy, personId)));
  return row?.bytes ? { bytes: row.bytes, digest: row.digest ?? "", fileName: row.fileName ?? `${id}.pdf` } : undefined;
}
