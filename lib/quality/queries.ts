import { and, asc, between, eq } from "drizzle-orm";
import { processValues } from "#db/schema/telemetry.ts";
import type { SiteTx } from "#db/scope.ts";
import type { ExceptionRow } from "#lib/batch/record.ts";
import { spacingOf } from "#lib/telemetry/history.ts";
import type { Point } from "./excursion.ts";

const around = 2 * 3_600_000;
/** `everyMs`: how far apart the values usually lie; undefined of fewer than two. */
export type ExceptionTrend = { readonly from: number; readonly to: number; readonly points: readonly Point[]; readonly everyMs: number | undefined };

/** The good values two hours around an exception, as stored; undefined for an exception that no tag shows. */
export async function exceptionTrend(tx: SiteTx, unitId: string, exception: ExceptionRow): Promise<ExceptionTrend | undefined> {
  const { tag, windowFrom, windowTo, siteId } = exception;
  if (!tag || !windowFrom || !windowTo || windowFrom.getTime() === windowTo.getTime()) return undefined;
  const [from, to] = [new Date(windowFrom.getTime() - around), new Date(windowTo.getTime() + around)];
  const rows = await tx.select({ at: processValues.at, value: processValues.value }).from(processValues)
    .where(and(eq(processValues.siteId, siteId), eq(processValues.unitId, unitId), eq(processValues.tag, tag), eq(processValues.quality, "good"), between(processValues.at, from, to))).orderBy(asc(processValues.at));
  const points = rows.map((r) => ({ at: r.at.getTime(), value: r.value }));
  return { from: from.getTime(), to: to.getTime(), points, everyMs: spacingOf(points) };
}
