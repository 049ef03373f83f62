import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { entryRefusalSentence } from "#lib/batch/entry.ts";
import { stepRefusalSentence } from "#lib/batch/step.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { SignedAbout } from "#lib/signature/statement.ts";
import { bindUnit, releaseUnit } from "./bind-commands.ts";
import { chargeMaterial, takeBack } from "./charge-commands.ts";
import { recordEntry, type Stamp } from "./entry-commands.ts";
import { drawStepSample } from "./sample-commands.ts";
import { actOnBatch, actOnStep } from "./step-commands.ts";

const text = (longest: number) => z.string().trim().max(longest, `Keep it under ${longest.toLocaleString("en")} characters.`);
const reason = text(2_000).optional();
const step = { stepId: z.string().regex(/^\d+(\.\d+){3}$/, "Say which step.") };

/** What a person does to a batch while it is made, as the pages and the JSON route send it. Times are RFC 3339 with their offset. */
export const executionAct = z.discriminatedUnion("act", [
  z.object({ act: z.enum(["start-step", "finish-step", "verify-step"]), ...step }),
  z.object({ act: z.literal("skip-step"), ...step, reason: text(2_000).min(10, "Say why, in at least 10 characters. The reason stands in the record.") }),
  z.object({
    act: z.literal("record"), ...step, parameter: z.string().min(1).max(60), value: text(500), unit: z.string().max(20), eventAt: z.iso.datetime({ offset: true }), basedOn: z.number().int().min(0), reason, confirmed: z.boolean().default(false),
    submission: z.uuid().optional(), instrument: text(80).optional(), kept: z.boolean().optional(),
    /** Who typed it; refused from anybody else's session, so that a value kept in a shared browser is nobody's but its author's. */
    author: z.uuid().optional(),
  }),
  z.object({ act: z.literal("charge"), ...step, scanned: text(80).min(1, "Scan the label, or type the number of the lot."), quantity: text(20), unit: z.string().max(20), confirmed: z.boolean().optional(), submission: z.uuid().optional() }),
  z.object({ act: z.literal("take-back"), ...step, number: z.number().int().positive(), reason: text(2_000).min(10, "Say why, in at least 10 characters. The reason stands in the record.") }),
  z.object({ act: z.literal("bind"), ...step, scanned: text(80).min(1, "Scan the label, or type the number of the unit.") }),
  z.object({ act: z.literal("release-unit"), unitId: text(80).min(1) }),
  z.object({ act: z.literal("draw"), ...step }),
  z.object({ act: z.enum(["start", "restart", "complete"]) }),
  z.object({ act: z.enum(["hold", "abort"]), reason: text(2_000) }),
]);
export type ExecutionAct = z.infer<typeof executionAct>;

/** Why nothing was written. `confirm`: sent again as confirmed it is kept; `conflict`: somebody else was faster; `override`: quality may sign to let it in. */
export type ActRefusal = { readonly sentence: string; readonly kind: "refused" | "confirm" | "conflict"; readonly override?: SignedAbout };
export type ActDone = Readonly<Record<string, unknown>>;

/** Carries a refusal out of a transaction that must leave nothing behind. */
class TakenBack extends Error {
  readonly refusal: ActRefusal;
  constructor(refusal: ActRefusal) {
    super(refusal.sentence);
    this.refusal = refusal;
  }
}

const refused = (sentence: string, more: Partial<ActRefusal> = {}): ActRefusal => ({ kind: "refused", ...more, sentence });
const said = <T>(outcome: Result<T, { readonly sentence: string; readonly override?: SignedAbout; readonly confirm?: true }>): Result<T, ActRefusal> =>
  (outcome.ok ? outcome : refuse(refused(outcome.refusal.sentence, { ...(outcome.refusal.override ? { override: outcome.refusal.override } : {}), ...(outcome.refusal.confirm ? { kind: "confirm" } : {}) })));

type Door = { readonly actor: Actor; readonly siteId: string; readonly batchId: string };
const commandOf = { "start-step": "start", "finish-step": "finish", "verify-step": "verify", "skip-step": "skip" } as const;

async function within<T, P extends Permission>({ actor, siteId }: Door, permission: P, why: string, work: (tx: SiteTx, by: Granted<P>) => Promise<Result<T, ActRefusal>>): Promise<Result<T, ActRefusal>> {
  const by = requirePermission(actor, permission, siteId);
  return withSites(by, (tx) => work(tx, by), { reason: why }).catch((error: unknown) => { if (error instanceof TakenBack) return refuse(error.refusal); throw error; });
}

/**
 * The door of every act of execution: permission, one transaction, the command. An act that is refused leaves nothing behind but, for a lot or a unit that was turned away,
 * the audit entry that says so.
 */
export async function carryOut(door: Door, act: ExecutionAct, stamp: Stamp): Promise<Result<ActDone, ActRefusal>> {
  const { siteId, batchId } = door;
  const at = { siteId, batchId };
  switch (act.act) {
    case "start-step": case "finish-step": case "verify-step": case "skip-step":
      return within(door, "batch.execute", "reason" in act ? act.reason : `step ${act.stepId} of ${batchId}`, async (tx, by) => {
        const outcome = await actOnStep(tx, by, { ...at, stepId: act.stepId, command: commandOf[act.act], ...("reason" in act ? { reason: act.reason } : {}) }, { quality: false }, stamp);
        if (outcome.ok) return outcome;
        throw new TakenBack(refused(stepRefusalSentence(outcome.refusal), outcome.refusal.reason === "command-not-allowed" ? { kind: "conflict" } : {}));
      });
    case "record": {
      const { act: _act, author, ...entry } = act;
      if (author !== undefined && author !== door.actor.id) return refuse(refused("Somebody else typed this value in this browser. It waits here until they are signed in."));
      return within(door, "batch.execute", act.reason?.trim() ? act.reason : `entry in step ${act.stepId} of ${batchId}`, async (tx, by) => {
        const outcome = await recordEntry(tx, by, { ...at, ...entry, eventAt: new Date(act.eventAt) }, stamp);
        if (outcome.ok) return outcome;
        return refuse(refused(entryRefusalSentence(outcome.refusal), outcome.refusal.reason === "confirm" || outcome.refusal.reason === "conflict" ? { kind: outcome.refusal.reason } : {}));
      });
    }
    case "charge": return within(door, "batch.execute", `charge in step ${act.stepId} of ${batchId}`, async (tx, by) => said(await chargeMaterial(tx, by, { ...at, ...act }, stamp)));
    case "take-back": return within(door, "batch.execute", act.reason, async (tx, by) => said(await takeBack(tx, by, { ...at, ...act }, stamp)));
    case "bind": return within(door, "batch.execute", `equipment of step ${act.stepId} of ${batchId}`, async (tx, by) => said(await bindUnit(tx, by, { ...at, ...act }, stamp)));
    case "draw": return within(door, "batch.execute", `sample of step ${act.stepId} of ${batchId}`, async (tx, by) => said(await drawStepSample(tx, by, { ...at, ...act }, stamp)));
    case "release-unit": return within(door, "batch.execute", `release of ${act.unitId} by ${batchId}`, async (tx, by) => { const outcome = said(await releaseUnit(tx, by, { ...at, unitId: act.unitId }, stamp)); return outcome.ok ? accept({}) : outcome; });
    case "start": case "complete": return within(door, "batch.execute", `batch ${batchId} ${act.act}`, (tx, by) => batchAct(tx, by, door, act, stamp));
    case "restart": case "hold": case "abort": return within(door, "batch.hold", "reason" in act ? act.reason || `batch ${batchId}` : `batch ${batchId} ${act.act}`, (tx, by) => batchAct(tx, by, door, act, stamp));
  }
}

async function batchAct(tx: SiteTx, by: Granted<Permission>, { siteId, batchId }: Door, act: Extract<ExecutionAct, { act: "start" | "complete" | "restart" | "hold" | "abort" }>, stamp: Stamp): Promise<Result<ActDone, ActRefusal>> {
  const outcome = said(await actOnBatch(tx, by, { siteId, batchId, command: act.act, ...("reason" in act ? { reason: act.reason } : {}) }, stamp));
  return outcome.ok ? accept({ state: outcome.value }) : outcome;
}
