import { sql } from "drizzle-orm";
import type { SiteTx } from "#db/scope.ts";
import { roleFor } from "#lib/access/permission.ts";
import { accept, refuse } from "#lib/result.ts";
import { meaningName } from "#lib/signature/meaning.ts";
import { meansObstacles } from "#lib/signature/means.ts";
import type { Obstacle } from "#lib/signature/obstacle.ts";
import type { ReadSignable, RecordReference, Signable, SigningDecision } from "#lib/signature/signable.ts";
import { recallRefusals, recallRefusalSentence, recallSentence, type RecallRefusal } from "./recall.ts";
import { readRecall, signaturesOfRecall, type RecallFile, type RecallSignature } from "./recall-queries.ts";

const holder: Record<RecallRefusal, string> = { "already-signed": "Nobody", altered: "Integrity", "not-this-meaning": "Nobody", "no-role": "Administrator", "own-work": "Another person of quality" };

/** A signature changes nothing of a mock recall but that it is signed; the trail is told of the meaning and the digest. */
function decideOver(siteId: string, { record, digest, holds }: RecallFile, signed: readonly RecallSignature[]): Signable["decide"] {
  return (actor, { policies, ...means }, { meaning, ceremony }) => {
    const role = roleFor(actor.rolesBySite.get(siteId) ?? [], "recall.sign");
    const refusals = recallRefusals({ meaning, holds, signed: signed.some((s) => s.meaning === "recall_reviewed"), maySign: role !== undefined, ranIt: record.startedBy.id === actor.id });
    const obstacles: Obstacle[] = [
      ...refusals.map((reason) => ({ sentence: recallRefusalSentence[reason], anchor: "signatures", holder: holder[reason] })),
      ...meansObstacles({ ...means, policy: policies.get(meaning) ?? "either" }, ceremony, meaningName[meaning]),
    ];
    if (obstacles.length > 0 || !role) return refuse(obstacles);
    const perform: SigningDecision["perform"] = (_tx, made) => Promise.resolve({
      event: "record.signed", detail: { meaning, recordDigest: digest, signatureDigest: made.digest, ordinal: made.ordinal, from: "run", to: "reviewed", method: made.method },
    });
    return accept({ role, sentence: recallSentence(record), perform });
  };
}

/** Reads a mock recall for signing, held by a lock of its own: its row is never written again, so there is no right to lock it by. Throws `NotFound`. */
export const readSignableRecall: ReadSignable = async (tx: SiteTx, { siteId, recordId }: RecordReference): Promise<Signable> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`recall/${siteId}/${recordId}`}))`);
  const file = await readRecall(tx, siteId, recordId);
  const signed = await signaturesOfRecall(tx, siteId, recordId);
  return {
    type: "recall", siteId, recordId, batchId: null, digest: file.digest, last: signed.at(-1), subject: { type: "recall", id: recordId }, changed: "This mock recall is not the one that was shown. Nothing was signed. Open it again, then sign.",
    decide: decideOver(siteId, file, signed),
  };
};
