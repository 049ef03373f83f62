import { and, count, eq } from "drizzle-orm";
import { portalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { batches } from "#db/schema/batch.ts";
import { withProgramme, withSites, type SiteTx } from "#db/scope.ts";
import { enterprise, NotFound, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { sha256 } from "#lib/digest/digest.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { sealSegments, type Sealing } from "#lib/telemetry/seal-commands.ts";
import type { JWK } from "jose";
import { countsOf, type ManifestFacts } from "./bundle.ts";
import { isCovered, readEnterprise, readEvidence, type BatchOf, type EnterpriseEvidence, type EvidenceRead, type EvidenceRefusal } from "./queries.ts";
import { sealBundle } from "./seal-commands.ts";
import type { Counts } from "./shape.ts";

/** Clock and identity as an export needs them: it waits, so that one instant is not enough. */
export type Moments = { readonly clock: () => Date; readonly newId: () => string; readonly pause: (milliseconds: number) => Promise<void> };

export const evidenceRefusalSentence: Record<EvidenceRefusal, string> = {
  "not-in-ledger": "The ledger has not yet given every entry about this batch its place under a co-signed head. Wait a moment and export again; if it stays so, the ledger process does not run: tell the administrator.",
};

const sealer = { id: "programme:export", name: "export", role: "programme" };
/** How long an export waits for the ledger, milliseconds, and how often it looks. */
const patience = 5_000;
const look = 120;

/** What an export starts from: the sealing, and what of the enterprise's log belongs to the batch. */
export type Prepared = { readonly sealing: Sealing; readonly ofEnterprise: EnterpriseEvidence };

/**
 * Seals the batch's readings where that is still to be done, and waits until every entry about the batch, what it used and what it was made by is in its ledger under a
 * co-signed head. Ahead of every export, also of one into a PDF: what is written here must be committed before it can be proved. Throws `NotFound`.
 */
export async function prepareEvidence(by: Granted<"report.read">, of: BatchOf, { clock, newId, pause }: Moments): Promise<Result<Prepared, EvidenceRefusal>> {
  if (!by.sites.includes(of.siteId)) throw new NotFound(`batch ${of.batchId}`);
  const database = portalDatabase();
  const sealing = await withProgramme(database, "export", [of.siteId], (tx) => sealSegments(tx, of, sealer, { now: clock(), newId }), { reason: "sealing of the batch's time series" });
  const until = clock().getTime() + patience;
  for (;;) {
    const read = await withProgramme(database, "export", [of.siteId, enterprise], async (tx) => ((await isCovered(tx, of)) ? readEnterprise(tx, of) : refuse<EvidenceRefusal>("not-in-ledger")));
    if (read.ok) return accept({ sealing, ofEnterprise: read.value });
    if (clock().getTime() >= until) return read;
    await pause(look);
  }
}

export type Wanted = BatchOf & { readonly reason: string; /** The portal's private attestation key as it is when the bundle is sealed: a rotation may fall into the waiting. */ readonly key: () => JWK };
export type ExportedEvidence = { readonly text: string; readonly fileName: string; readonly copy: number; readonly fileDigest: string; readonly counts: Counts };

/** Facts of a manifest about a copy that `by` takes at `now`. */
const factsOf = (by: Granted<"report.read">, { siteId, batchId, reason }: Omit<Wanted, "key">, { site }: EvidenceRead, copy: number, now: Date): ManifestFacts => ({
  batchId, siteId, siteName: site.name, zone: site.zone, exportedAt: now.toISOString(), exportedBy: { id: by.actor.id, name: by.actor.printedName, role: by.role }, copy, reason,
});

/**
 * Makes the next numbered evidence bundle of a batch and its audit entry together, in one transaction after `prepareEvidence`.
 * The batch is locked meanwhile. The entry of this export comes after the bundle and is therefore not in it.
 */
async function exportEvidence(tx: SiteTx, by: Granted<"report.read">, wanted: Wanted & Pick<Prepared, "ofEnterprise">, stamp: { readonly now: Date; readonly newId: () => string }): Promise<Result<ExportedEvidence, EvidenceRefusal>> {
  const { siteId, batchId, reason, key } = wanted;
  const [locked] = await tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, siteId), eq(batches.id, batchId))).for("update");
  if (!locked) throw new NotFound(`batch ${batchId}`);
  const read = await readEvidence(tx, { siteId, batchId }, wanted.ofEnterprise);
  if (!read.ok) return read;
  const [earlier] = await tx.select({ n: count() }).from(auditEntries).where(and(eq(auditEntries.siteId, siteId), eq(auditEntries.batchId, batchId), eq(auditEntries.event, "evidence.exported")));
  const copy = (earlier?.n ?? 0) + 1;
  const { text, recordDigest } = await sealBundle(read.value.content, factsOf(by, wanted, read.value, copy, stamp.now), key());
  const [fileDigest, counts] = [sha256(text), countsOf(read.value.content)];
  await writeAudit(tx, {
    event: "evidence.exported", detail: { recordDigest, fileDigest, copy, entries: counts.entries, signatures: counts.signatures }, siteId, subject: { type: "batch", id: batchId },
    actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason,
  }, stamp.now, stamp.newId);
  return accept({ text, fileName: `${batchId}-evidence-copy-${copy}.json`, copy, fileDigest, counts });
}

/** The whole export, the waiting included: sealing, then the numbered copy. A new entry between the two is waited for once more. */
export async function takeEvidence(by: Granted<"report.read">, wanted: Wanted, moments: Moments): Promise<Result<ExportedEvidence & { readonly sealing: Sealing }, EvidenceRefusal>> {
  for (let turn = 1; ; turn += 1) {
    const prepared = await prepareEvidence(by, wanted, moments);
    if (!prepared.ok) return prepared;
    const made = await withSites(by, (tx) => exportEvidence(tx, by, { ...wanted, ofEnterprise: prepared.value.ofEnterprise }, { now: moments.clock(), newId: moments.newId }), { reason: wanted.reason });
    if (made.ok) return accept({ ...made.value, sealing: prepared.value.sealing });
    if (turn === 3) return made;
  }
}
