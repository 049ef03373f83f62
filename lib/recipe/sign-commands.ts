import { and, eq } from "drizzle-orm";
import { masterBatchRecords } from "#db/schema/recipe.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise, NotFound, type Actor } from "#lib/access/actor.ts";
import { roleFor, type Permission } from "#lib/access/permission.ts";
import type { AuditEvent } from "#lib/audit/event.ts";
import { accept, BrokenPromise, refuse } from "#lib/result.ts";
import { meaningName, type MasterMeaning } from "#lib/signature/meaning.ts";
import { meansObstacles } from "#lib/signature/means.ts";
import type { Obstacle } from "#lib/signature/obstacle.ts";
import type { RecordReference, Signable } from "#lib/signature/signable.ts";
import { masterName, masterOfName, readMasterFile, signaturesOfRecord, type MasterFile } from "./queries.ts";
import { masterRefusalSentence, planMaster, type MasterCommand, type MasterPlan } from "./state.ts";

/** Which command a signature carries out, who may, and how its sentence begins. */
export const masterSigning: Record<MasterMeaning, { readonly command: MasterCommand; readonly permission: Permission; readonly verb: string }> = {
  authored: { command: "submit", permission: "master.author", verb: "I wrote, and submit for review," },
  master_reviewed: { command: "review", permission: "master.review", verb: "I have reviewed" },
  master_approved: { command: "approve", permission: "master.approve", verb: "I approve for the quality unit" },
};

const rolesOf = (actor: Actor) => [...actor.rolesBySite.values()].flat();

/** The sentence a meaning signs over a version, for showing it before it may be signed as well. */
export function masterSentence(meaning: MasterMeaning, { row, record, gaps }: MasterFile): string {
  const steps = record?.procedure.flatMap((up) => up.operations.flatMap((op) => op.phases.flatMap((ph) => ph.steps))).length ?? 0;
  return `${masterSigning[meaning].verb} master batch record ${masterName(row)}, ${row.title}, for product ${row.productId}, with ${steps} steps, ${record?.parameters.length ?? 0} parameters and ${gaps.length === 0 ? "no gap" : `${gaps.length} gaps`}.`;
}

async function perform(tx: SiteTx, { row }: MasterFile, command: MasterCommand, plan: MasterPlan, by: string): Promise<AuditEvent> {
  const changed = await tx.update(masterBatchRecords).set({ state: plan.state, submittedBy: plan.submittedBy ?? null, reviewedBy: plan.reviewedBy ?? null, ...(command === "approve" ? { approvedBy: by } : {}) })
    .where(and(eq(masterBatchRecords.id, row.id), eq(masterBatchRecords.version, row.version), eq(masterBatchRecords.digest, row.digest))).returning({ id: masterBatchRecords.id });
  if (changed.length !== 1) throw new BrokenPromise("master-moved", `master ${masterName(row)} changed under its lock`);
  return { event: "master.moved", detail: { command, from: row.state, to: plan.state, digest: row.digest } };
}

/** Locks a version of a master and reads it for signing. The transaction must see the enterprise. */
export async function readSignableMaster(tx: SiteTx, { recordId }: Pick<RecordReference, "recordId">): Promise<Signable> {
  const named = masterOfName(recordId);
  if (!named) throw new NotFound(`master ${recordId}`);
  const file = await readMasterFile(tx, named.id, named.version, true);
  const signed = await signaturesOfRecord(tx, "master", recordId);
  return {
    type: "master", siteId: enterprise, recordId, batchId: null, digest: file.row.digest, last: signed.at(-1), subject: { type: "master", id: recordId },
    changed: "This master changed after you opened it. Nothing was signed. Read what changed, then sign again.",
    decide: (actor, means, { meaning, ceremony }) => {
      const asked = Object.entries(masterSigning).find(([known]) => known === meaning)?.[1];
      if (!asked) return refuse([{ sentence: `"${meaningName[meaning]}" is not signed over a master`, anchor: "signatures", holder: "Nobody" }]);
      const role = roleFor(rolesOf(actor), asked.permission);
      const plan = planMaster(file.standing, { command: asked.command, by: actor.id, seen: file.row.digest });
      const { policies, ...rest } = means;
      const obstacles: Obstacle[] = [
        ...(role ? [] : [{ sentence: `Your roles do not allow "${meaningName[meaning]}"`, anchor: "signatures", holder: "Administrator" }]),
        ...(plan.ok ? [] : [{ sentence: masterRefusalSentence(plan.refusal), anchor: plan.refusal.reason === "incomplete" ? "gaps" : "signatures", holder: "Process" }]),
        ...(file.holds && file.record ? [] : [{ sentence: "The stored digest of this master does not fit its content", anchor: "facts", holder: "Integrity" }]),
        ...meansObstacles({ ...rest, policy: policies.get(meaning) ?? "either" }, ceremony, meaningName[meaning]),
      ];
      if (obstacles.length > 0 || !role || !plan.ok) return refuse(obstacles);
      return accept({ role, sentence: masterSentence(meaning as MasterMeaning, file), perform: (inside) => perform(inside, file, asked.command, plan.value, actor.id) });
    },
  };
}
