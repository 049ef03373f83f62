/** The last round over a site, as far as its state goes. */
export type LastCheck = { readonly finishedAt: Date; readonly rows: number; readonly entries: number; readonly checkpoints: number };
export type CheckState = "never" | "nothing-examined" | "overdue" | "failed" | "holds";

/** A check that is older than this does not say anything about now, ms. */
export const overdueAfter = 10 * 60_000;

/** What the last round over a site says: a round that examined nothing of a kind, or is long past, proves nothing. */
export function checkState(last: LastCheck | undefined, open: number, now: Date): CheckState {
  if (!last) return "never";
  if (open > 0) return "failed";
  if (last.rows === 0 || last.entries === 0 || last.checkpoints === 0) return "nothing-examined";
  return now.getTime() - last.finishedAt.getTime() > overdueAfter ? "overdue" : "holds";
}

export const checkStateName: Record<CheckState, string> = { never: "Not checked yet", "nothing-examined": "Nothing was examined", overdue: "Check overdue", failed: "Integrity failed", holds: "Holds" };
