import { windowLength } from "#lib/prediction/window.ts";
import type { ModelTag, SensorWindow } from "#lib/prediction/window.ts";

/** A day of a culture that stands still at 15 million cells per mL; `change` replaces series. */
export function steadyWindow(change: Partial<Record<ModelTag, readonly (number | null)[]>> = {}, ageH = 200): SensorWindow {
  const constant = (value: number) => new Array<number>(windowLength).fill(value);
  return {
    ageH,
    series: {
      temperature: constant(33), ph: constant(7), "dissolved-oxygen": constant(40), agitation: constant(85), "air-flow": constant(20),
      "oxygen-flow": constant(16), "base-added": constant(11), volume: constant(1640), "viable-cell-density-online": constant(15),
      turbidity: constant(3.4), "co2-offgas": constant(3.2), ...change,
    },
  };
}

/** A series that is `value` and then, over the last two hours, grows straight to `value` times `factor`. */
export function growing(value: number, factor: number): readonly number[] {
  return Array.from({ length: windowLength }, (_, index) => value * (1 + (factor - 1) * Math.max(0, (index - (windowLength - 9)) / 8)));
}
