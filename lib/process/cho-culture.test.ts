import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advanceCulture, gramsPerMillimole, inoculate, oxygenUptakeRate, viability } from "#lib/process/cho-culture.ts";
import type { CultureState } from "#lib/process/cho-culture.ts";
import { tunedParameters } from "#lib/process/cho-parameters.ts";
import { cultureCourse } from "#lib/process/fed-batch.ts";

/** domain/process.md E.3. Stated tolerances: VCD, OUR and titer 5 % (titer at least 0.02 g/L), viability 2 points, glucose 0.3, lactate 0.15 g/L, ammonium 0.3 mM. */
const table = [
  { day: 0, vcd: 0.5, viability: 98, glucose: 5.9, lactate: 0.09, ammonium: 1.0, titer: 0, our: 0.12 },
  { day: 3, vcd: 3.7, viability: 98, glucose: 4.3, lactate: 0.62, ammonium: 2.4, titer: 0.11, our: 0.86 },
  { day: 5, vcd: 9.4, viability: 97, glucose: 4.6, lactate: 1.41, ammonium: 4.1, titer: 0.37, our: 2.2 },
  { day: 7, vcd: 13.1, viability: 94, glucose: 4.1, lactate: 0.81, ammonium: 5.2, titer: 1.21, our: 3.0 },
  { day: 9, vcd: 17.8, viability: 91, glucose: 3.6, lactate: 0.19, ammonium: 6.6, titer: 2.34, our: 4.1 },
  { day: 11, vcd: 20.4, viability: 85, glucose: 3.4, lactate: 0.02, ammonium: 7.4, titer: 3.73, our: 4.7 },
  { day: 14, vcd: 17.8, viability: 73, glucose: 3.6, lactate: 0, ammonium: 7.2, titer: 5.72, our: 4.1 },
];

const near = (value: number, target: number, tolerance: number) => expect(Math.abs(value - target), `${value} against ${target}`).toBeLessThanOrEqual(tolerance);

describe("the CHO fed-batch culture", () => {
  const days = cultureCourse(tunedParameters, 2000, 24);

  it.each(table)("follows the reference table on day $day", (row) => {
    const state = days[row.day]?.state;
    if (!state) throw new Error(`no state for day ${row.day}`);
    near(state.viableCells, row.vcd, 0.05 * row.vcd);
    near(viability(state), row.viability, 2);
    near(state.glucose * gramsPerMillimole.glucose, row.glucose, 0.3);
    near(state.lactate * gramsPerMillimole.lactate, row.lactate, 0.15);
    near(state.ammonium, row.ammonium, 0.3);
    near(state.titer, row.titer, Math.max(0.02, 0.05 * row.titer));
    near(oxygenUptakeRate(state, tunedParameters), row.our, 0.05 * row.our + 0.005);
  });

  it("ends near the nominal volume of the vessel", () => {
    near(days.at(-1)?.state.volume ?? 0, 1990, 30);
  });

  const positive = (max: number) => fc.double({ min: 0, max, noNaN: true });
  const anyState: fc.Arbitrary<CultureState> = fc.record({
    viableCells: positive(40), deadCells: positive(20), volume: fc.double({ min: 50, max: 20_000, noNaN: true }), glucose: positive(80),
    glutamine: positive(20), lactate: positive(80), ammonium: positive(20), titer: positive(10), ivcd: positive(6000),
  });
  const anyInputs = fc.record({
    temperature: fc.double({ min: 28, max: 39, noNaN: true }), feedRate: positive(60), glucoseTrimRate: positive(5),
    foreign: fc.record({ glucoseUptake: positive(20), lactateRelease: positive(20), death: positive(0.3) }),
  });

  it("never holds a negative amount, and never loses volume or cell-hours, whatever the state and the inputs", () => {
    fc.assert(fc.property(anyState, anyInputs, positive(400), (state, inputs, ageH) => {
      const next = advanceCulture(state, tunedParameters, inputs, ageH);
      for (const [name, value] of Object.entries(next)) expect(value, name).toBeGreaterThanOrEqual(0);
      expect(next.volume).toBeGreaterThanOrEqual(state.volume);
      expect(next.ivcd).toBeGreaterThanOrEqual(state.ivcd);
    }), { numRuns: 300 });
  });

  it("keeps the mass of product from falling", () => {
    fc.assert(fc.property(anyState, anyInputs, positive(400), (state, inputs, ageH) => {
      const next = advanceCulture(state, tunedParameters, inputs, ageH);
      expect(next.titer * next.volume).toBeGreaterThanOrEqual(state.titer * state.volume * (1 - 1e-9));
    }), { numRuns: 300 });
  });

  it("gives the same course with half the step, to a hundredth of a percent", () => {
    const inputs = { temperature: 36.5, feedRate: 0, glucoseTrimRate: 0 };
    const whole = inoculate(tunedParameters, 1400);
    let coarse = whole, fine = whole;
    for (let step = 0; step < 1440; step++) coarse = advanceCulture(coarse, tunedParameters, inputs, step * 0.05);
    for (let step = 0; step < 2880; step++) fine = advanceCulture(fine, tunedParameters, inputs, step * 0.025, 0.025);
    near(coarse.viableCells, fine.viableCells, 1e-4 * fine.viableCells);
  });
});
