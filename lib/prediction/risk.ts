/** When scores become an alarm: at least `needed` of the last `outOf` evaluated scores reach the threshold. */
export type Persistence = { readonly needed: number; readonly outOf: number };

/** Three of the last four quarter-hours: a single transient never alarms, a growing culture is delayed by half an hour at most. */
export const persistence: Persistence = { needed: 3, outOf: 4 };

export type Risk =
  | { readonly level: "not-evaluated" }
  | { readonly level: "normal" | "elevated" | "alarm"; readonly score: number; readonly reached: number };

/**
 * The score that persists: the `needed`-th largest of the last `outOf`, hence "alarm" exactly when it reaches the
 * threshold. Null when fewer than `needed` of them were evaluated.
 */
export function persistentScore(scores: readonly (number | null)[], rule: Persistence = persistence): number | null {
  const recent = scores.slice(-rule.outOf).filter((score) => score !== null).sort((a, b) => b - a);
  return recent[rule.needed - 1] ?? null;
}

/** `scores`: one per quarter-hour, oldest first, null where not evaluated. "Elevated": the newest score alone reaches the threshold. */
export function risk(scores: readonly (number | null)[], threshold: number, rule: Persistence = persistence): Risk {
  const newest = scores.at(-1) ?? null, persistent = persistentScore(scores, rule);
  if (newest === null) return { level: "not-evaluated" };
  const reached = scores.slice(-rule.outOf).filter((score) => score !== null && score >= threshold).length;
  if (persistent !== null && persistent >= threshold) return { level: "alarm", score: newest, reached };
  return { level: newest >= threshold ? "elevated" : "normal", score: newest, reached };
}
