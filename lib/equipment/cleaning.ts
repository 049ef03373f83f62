import { accept, refuse, type Result } from "#lib/result.ts";
import type { EquipmentEvent } from "./state.ts";

/** A line of a unit's log, as the rule of the second look reads it. `by`: the person; null for a programme. */
export type CleaningLine = { readonly event: EquipmentEvent; readonly by: string | null };
/** The last cleaning of a unit: who did it, from its start to its end, and who checked it; null while nobody has. */
export type LastCleaning = { readonly cleaners: readonly string[]; readonly checkedBy: string | null };

/** The last finished cleaning of a unit; undefined when none is on record. `lines`: the log, oldest first. */
export function lastCleaning(lines: readonly CleaningLine[]): LastCleaning | undefined {
  const end = lines.findLastIndex((line) => line.event === "finish_cleaning");
  if (end === -1) return undefined;
  const start = lines.slice(0, end).findLastIndex((line) => line.event === "start_cleaning");
  const cleaners = lines.slice(start === -1 ? end : start, end + 1).flatMap(({ by }) => (by === null ? [] : [by]));
  return { cleaners: [...new Set(cleaners)], checkedBy: lines.slice(end).find((line) => line.event === "check_cleaning")?.by ?? null };
}

export type CheckRefusal = { readonly reason: "no-cleaning" | "checked" | "own-cleaning" };
export const checkRefusalSentence: Record<CheckRefusal["reason"], string> = {
  "no-cleaning": "No finished cleaning of this unit is on record.", checked: "The last cleaning is checked already.", "own-cleaning": "You took part in this cleaning. Somebody else checks it.",
};

/** May this person check the last cleaning? Once, and only who took no part in it (21 CFR 211.182: the persons performing and double-checking the cleaning). */
export function planCleaningCheck(last: LastCleaning | undefined, by: string): Result<undefined, CheckRefusal> {
  if (!last) return refuse({ reason: "no-cleaning" });
  if (last.checkedBy !== null) return refuse({ reason: "checked" });
  return last.cleaners.includes(by) ? refuse({ reason: "own-cleaning" }) : accept(undefined);
}
