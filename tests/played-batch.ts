import { randomUUID } from "node:crypto";
import { and, asc, eq } from "drizzle-orm";
import { equipmentStates, units } from "#db/schema/equipment.ts";
import { withProgramme } from "#db/scope.ts";
import { antigen500 } from "#db/seed/masters/antigen-500.ts";
import { signPerformed } from "#db/seed/past-signature.ts";
import { play, type Script } from "#db/seed/play.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { issueBatch } from "#lib/execution/issue-commands.ts";
import { effectiveMasters } from "#lib/recipe/queries.ts";
import { storyActor } from "./actors.ts";
import type { ReportScene } from "./report-scene.ts";

const hour = 3_600_000;
/** Values of the antigen without limits of their own, from which others are calculated. */
const values = { "inducer-stock": "1.00", "inducer-volume": "0.240", "working-volume": "480", "resin-volume": "30.0", "clarified-volume": "450", "clarified-concentration": "1.10", "bulk-volume": "71.0", "bulk-concentration": "5.00" };

/** Issues a batch of the antigen at a site and executes it by the commands of real use, as a script says beyond the plan. Returns its number and when it ended. */
export async function playedBatch({ db, tools }: ReportScene, siteId: "raleigh" | "singapore", change: Partial<Script>, start: Date): Promise<{ readonly batchId: string; readonly endedAt: Date }> {
  const of = (name: string) => storyActor(db.portal, `${name}.${siteId}@demo`);
  const crew = { operator: await of("operator"), second: await of("lead.production"), supervisor: await of("supervisor"), analyst: await of("analyst"), reviewer: await of("second.analyst") };
  return withProgramme(db.owner, "story", ["basel", "raleigh", "singapore", "enterprise"], async (tx) => {
    // The story's units were last changed today; a log refuses what is older than its last change.
    await tx.update(equipmentStates).set({ changedAt: new Date(start.getTime() - 24 * hour) }).where(eq(equipmentStates.siteId, siteId));
    const master = (await effectiveMasters(tx)).find((row) => row.id === antigen500.id);
    const [unit] = await tx.select().from(units).where(and(eq(units.siteId, siteId), eq(units.equipmentClass, "fermenter 500 L"))).orderBy(asc(units.id));
    const issued = await issueBatch(tx, requirePermission(crew.supervisor, "batch.issue", siteId), { siteId, masterId: antigen500.id, masterVersion: master?.version ?? 0, unitId: unit?.id ?? "", plannedStartAt: start, dueAt: new Date(start.getTime() + 60 * hour), priority: 2 }, { now: new Date(start.getTime() - hour), newId: randomUUID });
    if (!issued.ok) throw new Error(issued.refusal);
    const { id, printedName, userName, subject } = crew.operator;
    const sign = (stepId: string, at: Date) => signPerformed(tx, { signingKey: tools.attestation(), newId: randomUUID }, { siteId, batchId: issued.value, stepId, signer: { id, printedName, userName, subject, role: "operator" } }, at);
    const { endedAt } = await play({ tx, siteId, batchId: issued.value, crew, script: { random: () => 0.5, newId: randomUUID, sign, ...change, values: { ...values, ...change.values } } }, start);
    return { batchId: issued.value, endedAt };
  }, { reason: "a batch for the test" });
}
