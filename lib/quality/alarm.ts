/** A look of a model at a unit as it is kept, oldest first in a series. `alarm` is null where it was not evaluated. */
export type Look = { readonly at: Date; readonly unitId: string; readonly model: string; readonly modelVersion: string; readonly outcome: "evaluated" | "not_evaluated"; readonly alarm: "none" | "raised" | null; readonly score: number | null; readonly threshold: number | null };
/** One alarm, from the look that raised it. `id` names it for good. */
export type Alarm = { readonly id: string; readonly unitId: string; readonly model: string; readonly at: Date; readonly score: number | null; readonly threshold: number | null };

/** A model looks every quarter-hour. */
const quarterHour = 15 * 60_000;

/** The alarms of a series. One begins with the look that raises it and ends with a look that finds nothing; what was not evaluated in between neither ends it nor begins another. */
export function alarmsOf(looks: readonly Look[]): readonly Alarm[] {
  const found: Alarm[] = [];
  const raised = new Set<string>();
  for (const { at, unitId, model, modelVersion, alarm, score, threshold } of looks) {
    const place = `${unitId}/${model}`;
    if (alarm === "raised" && !raised.has(place)) found.push({ id: `${model}@${modelVersion}/${unitId}/${at.toISOString()}`, unitId, model, at, score, threshold });
    if (alarm === "raised") raised.add(place);
    if (alarm === "none") raised.delete(place);
  }
  return found;
}

/** Quarter-hours of a run that no model has judged: looked at without enough data, or not looked at. `from` and `to` are the run's first and last moment. */
export function notEvaluated(looks: readonly Look[], from: Date, to: Date): number {
  const due = Math.max(0, Math.floor((to.getTime() - from.getTime()) / quarterHour));
  const judged = new Set(looks.filter((look) => look.outcome === "evaluated" && look.at > from).map((look) => look.at.getTime())).size;
  return Math.max(0, due - judged);
}

/** Rule under which an alarm's exception is written; it carries the alarm's id, so that one alarm is one exception. */
export const alarmRule = (id: string): string => `ALARM ${id}`;
/** The alarm an exception was raised for; undefined where another rule found it. */
export const alarmOfRule = (rule: string): string | undefined => /^ALARM (\S+) v\d+$/.exec(rule)?.[1];
