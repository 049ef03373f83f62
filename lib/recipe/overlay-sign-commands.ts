import { and, eq } from "drizzle-orm";
import { siteOverlays } from "#db/schema/recipe.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { roleFor, type Permission } from "#lib/access/permission.ts";
import type { AuditEvent } from "#lib/audit/event.ts";
import { accept, BrokenPromise, refuse } from "#lib/result.ts";
import { meaningName, type MasterMeaning } from "#lib/signature/meaning.ts";
import { meansObstacles } from "#lib/signature/means.ts";
import type { Obstacle } from "#lib/signature/obstacle.ts";
import type { RecordReference, Signable } from "#lib/signature/signable.ts";
import { overlayRefusalSentence } from "./overlay-commands.ts";
import { overlayName, overlayOfName, readOverlayFile, thisOverlay, type OverlayFile } from "./overlay-queries.ts";
import { masterSigning } from "./sign-commands.ts";
import { signaturesOfRecord } from "./queries.ts";
import { planMaster, type MasterCommand, type MasterPlan } from "./state.ts";

const permissionOf: Record<MasterMeaning, Permission> = { authored: "overlay.author", master_reviewed: "master.review", master_approved: "master.approve" };
const several = (count: number, word: string): string => (count === 0 ? `no ${word}s` : count === 1 ? `one ${word}` : `${count} ${word}s`);

/** The sentence a meaning signs over an overlay. */
export const overlaySentence = (meaning: MasterMeaning, { row, overlay }: OverlayFile): string =>
  `${masterSigning[meaning].verb} overlay ${row.version} of site ${row.siteId} over master batch record ${row.masterId} v${row.masterVersion}, which narrows the limits of ${several(overlay.limits.length, "parameter")} and names ${several(overlay.units.length, "unit")}.`;

async function perform(tx: SiteTx, { row }: OverlayFile, command: MasterCommand, plan: MasterPlan, by: string): Promise<AuditEvent> {
  const changed = await tx.update(siteOverlays).set({ state: plan.state, submittedBy: plan.submittedBy ?? null, reviewedBy: plan.reviewedBy ?? null, ...(command === "approve" ? { approvedBy: by } : {}) })
    .where(and(thisOverlay(row), eq(siteOverlays.digest, row.digest))).returning({ version: siteOverlays.version });
  if (changed.length !== 1) throw new BrokenPromise("overlay-moved", `${overlayName(row)} changed under its lock`);
  return { event: "overlay.moved", detail: { command, from: row.state, to: plan.state, digest: row.digest } };
}

/** Locks a site's overlay and reads it for signing. Roles count at its site. */
export async function readSignableOverlay(tx: SiteTx, { siteId, recordId }: Pick<RecordReference, "siteId" | "recordId">): Promise<Signable> {
  const named = overlayOfName(recordId);
  if (!named || named.siteId !== siteId) throw new NotFound(`overlay ${recordId}`);
  const file = await readOverlayFile(tx, named, true);
  const signed = await signaturesOfRecord(tx, "overlay", recordId, siteId);
  return {
    type: "overlay", siteId, recordId, batchId: null, digest: file.row.digest, last: signed.at(-1), subject: { type: "overlay", id: recordId },
    changed: "This overlay changed after you opened it. Nothing was signed. Read what changed, then sign again.",
    decide: (actor, means, { meaning, ceremony }) => {
      const known = (Object.keys(permissionOf) as MasterMeaning[]).find((one) => one === meaning);
      if (!known) return refuse([{ sentence: `"${meaningName[meaning]}" is not signed over an overlay`, anchor: "signatures", holder: "Nobody" }]);
      const { command } = masterSigning[known];
      const role = roleFor(actor.rolesBySite.get(siteId) ?? [], permissionOf[known]);
      const plan = planMaster(file.standing, { command, by: actor.id, seen: file.row.digest });
      const { policies, ...rest } = means;
      const obstacles: Obstacle[] = [
        ...(role ? [] : [{ sentence: `Your roles at this site do not allow "${meaningName[meaning]}"`, anchor: "signatures", holder: "Administrator" }]),
        ...(plan.ok ? [] : [{ sentence: overlayRefusalSentence(plan.refusal), anchor: "signatures", holder: "Process" }]),
        ...(file.holds ? [] : [{ sentence: "The stored digest of this overlay does not fit its content", anchor: "facts", holder: "Integrity" }]),
        ...meansObstacles({ ...rest, policy: policies.get(meaning) ?? "either" }, ceremony, meaningName[meaning]),
      ];
      if (obstacles.length > 0 || !role || !plan.ok) return refuse(obstacles);
      return accept({ role, sentence: overlaySentence(known, file), perform: (inside) => perform(inside, file, command, plan.value, actor.id) });
    },
  };
}
