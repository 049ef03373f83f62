import { and, eq, max, sql } from "drizzle-orm";
import type { JWK } from "jose";
import { exports } from "#db/schema/export.ts";
import { withSites, type SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { canonical, sha256 } from "#lib/digest/digest.ts";
import { render } from "#lib/document/render.ts";
import type { SealKey } from "#lib/document/stage.ts";
import type { RecallProof } from "#lib/evidence/shape.ts";
import { keyRegister } from "#lib/ledger/queries.ts";
import { recallDocument } from "./recall-document.ts";
import { readRecall, recallCopy, verifiedSignatures, type RecallSignature } from "./recall-queries.ts";

export type CopyTools = { readonly clock: () => Date; readonly newId: () => string; readonly attestation: JWK; readonly seal: SealKey };
type Of = { readonly siteId: string; readonly id: string };
const reason = "export of the mock recall as PDF";

/** The number after the last copy of this recall; two who ask at once wait for each other until theirs is stored. */
async function nextCopy(tx: SiteTx, { siteId, id }: Of): Promise<number> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`export/${siteId}/recall/${id}`}, 0))`);
  const [row] = await tx.select({ last: max(exports.copy) }).from(exports).where(and(eq(exports.siteId, siteId), eq(exports.kind, "recall"), eq(exports.subjectId, id)));
  return (row?.last ?? 0) + 1;
}

const exported = ({ ordinal, statement, digest, method, signedAt, attestation, assertion, withdraws }: RecallSignature): RecallProof["signatures"][number] => ({ ordinal, statement, digest, method, signedAt: signedAt.toISOString(), attestation, assertion, withdraws });

/** The signatures with the register's keys, so that a reader checks them without our server. */
async function proofOf(tx: SiteTx, signed: readonly RecallSignature[], at: Date): Promise<string> {
  const keys = (await keyRegister(tx)).map(({ id, owner, purpose, name, algorithm, publicKey, validFrom, validTo }) => ({ id, owner, purpose, name, algorithm, publicKey, validFrom: validFrom.toISOString(), validTo: validTo?.toISOString() ?? null }));
  return canonical({ format: "EBRRCLP/1", exportedAt: at.toISOString(), keys, signatures: signed.map(exported) } satisfies RecallProof);
}

/** Makes the next numbered copy of a mock recall with its signatures, sealed, kept as it is handed out, and written down in the trail. Returns its number. Throws `NotFound`. */
export async function makeRecallCopy(by: Granted<"report.read">, of: Of, { clock, newId, attestation, seal }: CopyTools): Promise<number> {
  const { siteId, id } = of;
  return withSites(by, async (tx) => {
    const [file, signatures, copy, asked] = [await readRecall(tx, siteId, id), await verifiedSignatures(tx, siteId, id, attestation), await nextCopy(tx, of), clock()];
    const { bytes, pages } = await render(recallDocument({ ...file, signatures, proof: await proofOf(tx, signatures, asked) }, { at: asked, by: by.actor.printedName, copy }), { seal: { key: seal, at: clock } });
    const [fileDigest, at] = [sha256(bytes), clock()];
    await tx.insert(exports).values({
      siteId, id: newId(), kind: "recall", subjectId: id, copy, parameters: { kind: "recall", recallId: id }, state: "done", progress: pages, total: pages, requestedBy: by.actor.id, requestedAt: asked, startedAt: asked, finishedAt: at,
      fileName: `${id}-copy-${copy}.pdf`, mediaType: "application/pdf", pages, digest: fileDigest, content: bytes,
    });
    await writeAudit(tx, { event: "report.exported", detail: { recordDigest: file.digest, pages, fileDigest, copy }, siteId, subject: { type: "recall", id }, actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason }, at, newId);
    return copy;
  }, { reason });
}

/** Hands a kept copy to the person it was made for, and writes that down. Undefined for anybody else. */
export async function takeRecallCopy(by: Granted<"report.read">, { siteId, id, copy }: Of & { readonly copy: number }, { now, newId }: { readonly now: Date; readonly newId: () => string }) {
  return withSites(by, async (tx) => {
    const file = await recallCopy(tx, siteId, id, copy, by.actor.id);
    if (file) await writeAudit(tx, { event: "copy.taken", detail: { copy, fileDigest: file.digest }, siteId, subject: { type: "recall", id }, actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: "a kept copy taken away" }, now, newId);
    return file;
  }, { reason: "a kept copy taken away" });
}
