import type { ContaminantKind } from "#lib/simulator/batch-script.ts";

/** What a kind of organism is like. Rates in mmol per gram dry mass and hour (E.4: 12 mmol O2, 0.3 pg for a fast bacterium). */
export type ContaminantTraits = {
  readonly picogramsPerCell: number;
  readonly oxygenUptake: number;
  readonly glucoseUptake: number;
  readonly acidRelease: number;
  readonly respiratoryQuotient: number;
  /** Absorbance units of the turbidity probe per g/L dry mass. */
  readonly turbidity: number;
};

export const contaminantTraits: Record<ContaminantKind, ContaminantTraits> = {
  "fast-gram-negative": { picogramsPerCell: 0.3, oxygenUptake: 12, glucoseUptake: 8, acidRelease: 5, respiratoryQuotient: 1.05, turbidity: 4 },
  "slow-gram-positive": { picogramsPerCell: 0.5, oxygenUptake: 8, glucoseUptake: 8, acidRelease: 10, respiratoryQuotient: 1.05, turbidity: 3.5 },
  yeast: { picogramsPerCell: 20, oxygenUptake: 6, glucoseUptake: 8, acidRelease: 1.5, respiratoryQuotient: 1.8, turbidity: 2.5 },
};

/** Dry mass of the organism in the broth, g/L. */
export function dryMass(traits: ContaminantTraits, cellsPerMl: number): number {
  return cellsPerMl * traits.picogramsPerCell * 1e-9;
}

/** What growth meets: dissolved oxygen in % saturation, glucose in mM. */
export type GrowthConditions = { readonly dissolvedOxygen: number; readonly glucose: number };

/** Cells per mL after `hours`: exponential while there is sugar and oxygen, at 15 % of that rate without oxygen. */
export function grow(cellsPerMl: number, doublingH: number, conditions: GrowthConditions, hours: number): number {
  const oxygen = 0.15 + 0.85 * (conditions.dissolvedOxygen / (conditions.dissolvedOxygen + 2));
  const sugar = conditions.glucose / (conditions.glucose + 0.2);
  return cellsPerMl * Math.exp((Math.LN2 / doublingH) * oxygen * sugar * hours);
}

/** Death that the organism adds for the culture's own cells, 1/h: late, as the plant sees it (E.4). */
export function hostDeath(grams: number): number {
  return (0.08 * grams) / (grams + 0.5);
}
