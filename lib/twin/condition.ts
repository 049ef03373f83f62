import { zoneOf, type Limits, type Zone } from "#lib/quantity/limit.ts";

/** What a current value means: fresh and normal, abnormal by its zone, stale with its age, bad by its own quality, or never measured. */
export type Condition =
  | { readonly kind: "normal"; readonly ageMs: number }
  | { readonly kind: "abnormal"; readonly zone: Exclude<Zone, "normal">; readonly side: "above" | "below"; readonly ageMs: number }
  | { readonly kind: "stale"; readonly ageMs: number }
  | { readonly kind: "bad"; readonly ageMs: number }
  | { readonly kind: "none" };

type Value = { readonly at: number; readonly value: number; readonly quality: "good" | "uncertain" | "bad" };

/** The range that a value of this zone has left. */
function leftRange(zone: Exclude<Zone, "normal">, limits: Limits) {
  if (zone === "beyond") return limits.absolute;
  return zone === "alert" ? (limits.alert ?? limits.normal) : zone === "action" ? limits.action : (limits.validated ?? limits.action);
}

/** Judges a current value at `now` (epoch milliseconds). A stale value is never judged against limits: nothing is carried forward. */
export function conditionOf(value: Value | undefined, limits: Limits | undefined, staleAfterMs: number, now: number): Condition {
  if (!value) return { kind: "none" };
  const ageMs = Math.max(0, now - value.at);
  if (ageMs > staleAfterMs) return { kind: "stale", ageMs };
  if (value.quality === "bad") return { kind: "bad", ageMs };
  const zone = limits ? zoneOf(value.value, limits) : "normal";
  if (zone === "normal" || !limits) return { kind: "normal", ageMs };
  const range = leftRange(zone, limits);
  return { kind: "abnormal", zone, side: range?.high !== undefined && value.value > range.high ? "above" : "below", ageMs };
}

export const zonePriority: Record<Exclude<Zone, "normal">, 1 | 2 | 3> = { beyond: 1, outside: 1, action: 2, alert: 3 };
export const zoneWord: Record<Exclude<Zone, "normal">, string> = { alert: "normal range", action: "action limit", outside: "validated range", beyond: "absolute range" };

/** The name of the phase of a running batch from its age, hours: what the master's day steps say. */
export const cultureDay = (ageH: number): number => Math.floor(ageH / 24);
