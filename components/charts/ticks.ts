import { localParts } from "#lib/site/time.ts";
import type { AxisTick } from "./trend.tsx";

const minute = 60_000;
const steps = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080].map((m) => m * minute);

/** Clock times in the site's zone, at most about `most` of them; dates when the steps are days. */
export function clockTicks(from: number, to: number, zone: string, most = 6): readonly AxisTick[] {
  const step = steps.find((s) => (to - from) / s <= most) ?? 10080 * minute;
  const first = Math.ceil(from / step) * step;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return Array.from({ length: count }, (_, i) => first + i * step).map((at) => {
    const local = localParts(new Date(at), zone);
    return { at, label: step >= 1440 * minute ? local.date.slice(5) : local.time };
  });
}

/** Days since inoculation. */
export function dayTicks(from: number, to: number, every = 1): readonly AxisTick[] {
  const day = 86_400_000 * every;
  return Array.from({ length: Math.floor((to - from) / day) + 1 }, (_, i) => ({ at: from + i * day, label: String(i * every) }));
}
