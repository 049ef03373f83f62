import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contaminationFeatures, featureNames } from "#lib/prediction/features.ts";
import type { FeatureName } from "#lib/prediction/features.ts";
import { growing, steadyWindow } from "#lib/prediction/window.fixture.ts";
import { modelTags, windowLength } from "#lib/prediction/window.ts";
import type { SensorWindow } from "#lib/prediction/window.ts";

function valueOf(window: SensorWindow, name: FeatureName): number {
  const features = contaminationFeatures(window);
  if (features.kind !== "evaluated") throw new Error(features.reason.cause);
  return features.values[featureNames.indexOf(name)] ?? NaN;
}

describe("the features of contamination", () => {
  it("are all zero in a culture that goes on as it was", () => {
    const features = contaminationFeatures(steadyWindow());
    expect(features.kind === "evaluated" && features.values.map((value) => Number(value.toFixed(9)))).toEqual(featureNames.map(() => 0));
  });

  it("rise with oxygen flow although dissolved oxygen is held", () => {
    const window = steadyWindow({ "oxygen-flow": growing(16, 1.5) });
    expect(valueOf(window, "oxygen-excess")).toBeGreaterThan(0.1);
    expect(valueOf(window, "oxygen-shortage")).toBe(0);
  });

  it("count respiration only when oxygen and carbon dioxide rise together", () => {
    expect(valueOf(steadyWindow({ "oxygen-flow": growing(16, 1.5) }), "respiration-excess")).toBeLessThan(0.1);
    expect(valueOf(steadyWindow({ "oxygen-flow": growing(16, 1.5), "co2-offgas": growing(3.2, 1.4) }), "respiration-excess")).toBeGreaterThan(0.1);
  });

  it("do not rise when more cells explain the oxygen", () => {
    const cells = growing(15, 1.3);
    expect(valueOf(steadyWindow({ "oxygen-flow": growing(16, 1.3), "viable-cell-density-online": cells, turbidity: growing(3.4, 1.3) }), "oxygen-excess")).toBe(0);
  });

  it("see acid whether the base takes it up or the pH shows it", () => {
    expect(valueOf(steadyWindow({ "base-added": growing(11, 1.2) }), "acid-excess")).toBeGreaterThan(0.5);
    expect(valueOf(steadyWindow({ ph: growing(7, 0.98) }), "acid-excess")).toBeGreaterThan(0.5);
  });

  it("see turbidity that holds no charge", () => {
    expect(valueOf(steadyWindow({ turbidity: growing(3.4, 1.2) }), "turbidity-excess")).toBeGreaterThan(0.1);
  });

  it("REQ-67 (Annex 22 draft) survive a short outage but not a long, late or strange one", () => {
    const gap = (from: number, to: number) => Array.from({ length: windowLength }, (_, index) => (index >= from && index < to ? null : 7));
    const reasonOf = (window: SensorWindow) => {
      const features = contaminationFeatures(window);
      return features.kind === "evaluated" ? "evaluated" : features.reason.cause;
    };
    expect(reasonOf(steadyWindow({ ph: gap(50, 53) }))).toBe("evaluated");
    expect(reasonOf(steadyWindow({ ph: gap(95, 97) }))).toBe("evaluated");
    expect(reasonOf(steadyWindow({ ph: gap(94, 97) }))).toBe("stale");
    expect(reasonOf(steadyWindow({ ph: gap(10, 40) }))).toBe("too-many-missing");
    expect(reasonOf(steadyWindow({ ph: growing(7, 0.7) }))).toBe("outside-input-space");
    expect(reasonOf(steadyWindow({ ph: [7, 7] }))).toBe("wrong-length");
    expect(reasonOf(steadyWindow({}, 23.9))).toBe("age-outside-input-space");
    expect(reasonOf(steadyWindow({}, 336.1))).toBe("age-outside-input-space");
  });

  it("are finite and never negative, or not there, whatever arrives", () => {
    const anything = fc.oneof({ weight: 6, arbitrary: fc.double({ min: -1, max: 50, noNaN: true }) }, { weight: 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constant(NaN) });
    fc.assert(fc.property(fc.constantFrom(...modelTags), fc.array(anything, { minLength: windowLength, maxLength: windowLength }), (tag, series) => {
      const features = contaminationFeatures(steadyWindow({ [tag]: series }));
      if (features.kind === "evaluated") for (const value of features.values) expect(value >= 0 && Number.isFinite(value)).toBe(true);
    }), { numRuns: 200 });
  });
});
