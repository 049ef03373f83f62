import { and, eq, sql } from "drizzle-orm";
import { exceptions } from "#db/schema/quality.ts";
import type { SiteTx } from "#db/scope.ts";
import { writeAudit, type AuditActor } from "#lib/audit/commands.ts";
import type { ExceptionType } from "./configuration.ts";
import { effectiveConfiguration, type EffectiveConfiguration } from "./configuration-queries.ts";
import type { Severity } from "./exception.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export { effectiveConfiguration, type EffectiveConfiguration };

/** An exception as a rule or a person raises it. Without a severity it weighs what the configuration says; a rule may say more, never less. */
export type RaisedException = {
  readonly siteId: string; readonly batchId: string; readonly stepId: string | null; readonly parameter: string | null; readonly type: ExceptionType; readonly severity?: Severity; readonly title: string;
  /** Number of the rule that found it, e.g. R-ph; "person" where somebody raised it. */
  readonly rule: string; readonly planned: string; readonly actual: string; readonly unit: string | null;
  readonly tag?: string | null; readonly window?: { readonly from: Date; readonly to: Date }; readonly outsideMinutes?: number; readonly raisedBy: string | null; readonly comment?: string;
};

const weight: Record<Severity, number> = { minor: 0, major: 1, critical: 2 };

/**
 * Writes an exception with the next number of its batch, weighed by the effective configuration, and its audit entry. Returns its id. The caller holds the
 * batch's lock, so that two exceptions never take the same number.
 */
export async function raiseException(tx: SiteTx, raised: RaisedException, actor: AuditActor, stamp: Stamp): Promise<string> {
  const { siteId, batchId } = raised;
  const { version, configuration } = await effectiveConfiguration(tx);
  const rule = configuration.types[raised.type];
  const severity = raised.severity && weight[raised.severity] > weight[rule.severity] ? raised.severity : rule.severity;
  const [counted] = await tx.select({ n: sql<number>`count(*)::int` }).from(exceptions).where(and(eq(exceptions.siteId, siteId), eq(exceptions.batchId, batchId)));
  const id = `EX-${String((counted?.n ?? 0) + 1).padStart(2, "0")}`;
  await tx.insert(exceptions).values({
    siteId, batchId, id, stepId: raised.stepId, parameter: raised.parameter, type: raised.type, severity, state: raised.comment ? "explained" : "open", title: raised.title, rule: `${raised.rule} v${version}`, planned: raised.planned, actual: raised.actual,
    unit: raised.unit, tag: raised.tag ?? null, windowFrom: raised.window?.from ?? null, windowTo: raised.window?.to ?? null, outsideMinutes: raised.outsideMinutes ?? null, raisedAt: stamp.now,
    ...(raised.comment && raised.raisedBy ? { comment: raised.comment, commentBy: raised.raisedBy, commentAt: stamp.now } : {}), configurationVersion: version, raisedBy: raised.raisedBy, blocks: rule.blocks,
  });
  await writeAudit(tx, { event: "exception.raised", detail: { type: raised.type, severity, rule: raised.rule }, siteId, subject: { type: "exception", id: `${batchId}/${id}`, batchId }, actor, reason: raised.title }, stamp.now, stamp.newId);
  return id;
}
