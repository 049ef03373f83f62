/** Failed proofs of presence that lock a person's signing (21 CFR 11.300(d)). */
export const failureLimit = 5;
/** Only failures of this span count, milliseconds. */
export const failureWindow = 24 * 3_600_000;

/**
 * Failures that count at `now`: those of the window, after the last signing that succeeded and the last time signing was unlocked.
 * `since`: those two moments, where there are any.
 */
export function countingFailures(failedAt: readonly Date[], since: readonly (Date | null | undefined)[], now: Date): number {
  const from = Math.max(now.getTime() - failureWindow, ...since.map((at) => at?.getTime() ?? 0));
  return failedAt.filter((at) => at.getTime() > from && at <= now).length;
}

export const locks = (failures: number): boolean => failures >= failureLimit;
