/** Kinetic constants of the CHO fed-batch model. Cells are counted in 10⁹/L, which is the same number as 10⁶/mL. */
export type CultureParameters = {
  /** Maximum specific growth rate before the temperature shift, 1/h. */
  readonly maxGrowthRate: number;
  /** Half-saturation of glucose and glutamine, mM. */
  readonly halfSaturation: { readonly glucose: number; readonly glutamine: number };
  /** Concentration that halves growth, mM. */
  readonly growthInhibition: { readonly lactate: number; readonly ammonium: number };
  /** Integral of viable cells (10⁹ cell·h/L) at which growth is halved; enters with the fourth power. */
  readonly exhaustionIvcd: number;
  /** Basal death rate, and what ammonium (squared, at 10 mM) and age (cubed, at 336 h) add to it, 1/h. */
  readonly death: { readonly basal: number; readonly ammonium: number; readonly age: number };
  /** Cells per nutrient, 10⁹ cells/mmol. */
  readonly yield: { readonly glucose: number; readonly glutamine: number };
  /** Maintenance uptake, mmol per 10⁹ cells and hour. */
  readonly maintenance: { readonly glucose: number; readonly glutamine: number };
  /** Lactate made per growth glucose (mmol/mmol) and the most that cells take back (mmol per 10⁹ cells and hour). */
  readonly lactate: { readonly perGrowthGlucose: number; readonly maxUptake: number };
  /** Ammonium per glutamine used (mmol/mmol), what cells take back (mmol per 10⁹ cells and hour), and the decay of free glutamine into ammonium (1/h). */
  readonly ammonium: { readonly perGlutamine: number; readonly uptake: number; readonly glutamineDecay: number };
  /** Specific productivity at 36.5 °C and at 33.0 °C, pg/cell/h. */
  readonly productivity: { readonly warm: number; readonly cold: number };
  /** Specific oxygen uptake, mmol per 10⁹ cells and hour. */
  readonly oxygenUptake: number;
  /** Moles of CO2 made per mole of O2 used. */
  readonly respiratoryQuotient: number;
  /** Viable cells at inoculation, 10⁶/mL. */
  readonly inoculum: number;
};

/** The sites the simulated process runs at. */
export type ProductionSite = "basel" | "raleigh" | "singapore";

/**
 * The tuned set of the process description (domain/process.md E.3). Growth, yields, uptake, lactate, productivity and
 * oxygen are its figures; the death terms, glutamine maintenance and decay and ammonium uptake, which it leaves open, were fitted to its table.
 */
export const tunedParameters: CultureParameters = {
  maxGrowthRate: 0.037,
  halfSaturation: { glucose: 1.0, glutamine: 0.05 },
  growthInhibition: { lactate: 45, ammonium: 10 },
  exhaustionIvcd: 2600,
  death: { basal: 0.0006, ammonium: 0.0012, age: 0.0021 },
  yield: { glucose: 0.9, glutamine: 3.0 },
  maintenance: { glucose: 0.045, glutamine: 0.0041 },
  lactate: { perGrowthGlucose: 1.6, maxUptake: 0.016 },
  ammonium: { perGlutamine: 0.67, uptake: 0.0016, glutamineDecay: 0.0027 },
  productivity: { warm: 0.9, cold: 1.65 },
  oxygenUptake: 0.232,
  respiratoryQuotient: 1.05,
  inoculum: 0.5,
};

/** What a batch differs by from the tuned set: factors, 1 = none. */
export type CultureFactors = { readonly growth: number; readonly productivity: number; readonly death: number; readonly maintenance: number; readonly inoculum: number };

/** Each site runs the process a little differently (E.3: parameters change with site and scale). */
const siteFactors: Record<ProductionSite, CultureFactors> = {
  basel: { growth: 1, productivity: 1, death: 1, maintenance: 1, inoculum: 1 },
  raleigh: { growth: 0.985, productivity: 1.02, death: 1.06, maintenance: 1.04, inoculum: 1.02 },
  singapore: { growth: 1.01, productivity: 0.975, death: 0.95, maintenance: 0.98, inoculum: 0.98 },
};

/** Batch-to-batch standard deviation of the logarithm of each factor (E.3: gives about 7 % CV of the final titer). */
export const batchLogDeviation: CultureFactors = { growth: 0.035, productivity: 0.06, death: 0.15, maintenance: 0.08, inoculum: 0.06 };

/** The tuned set with `factors` applied. */
export function withFactors(base: CultureParameters, factors: CultureFactors): CultureParameters {
  const { growth, productivity, death, maintenance, inoculum } = factors;
  return {
    ...base,
    maxGrowthRate: base.maxGrowthRate * growth,
    death: { ...base.death, basal: base.death.basal * death },
    maintenance: { ...base.maintenance, glucose: base.maintenance.glucose * maintenance },
    productivity: { warm: base.productivity.warm * productivity, cold: base.productivity.cold * productivity },
    inoculum: base.inoculum * inoculum,
  };
}

/** The parameters of a site's typical batch, without batch-to-batch variation. */
export function siteParameters(site: ProductionSite): CultureParameters {
  return withFactors(tunedParameters, siteFactors[site]);
}

/** The parameters of one batch: the site's, varied by log-normal factors. `normal` yields standard normal numbers; five are drawn. */
export function drawBatchParameters(site: ProductionSite, normal: () => number): CultureParameters {
  const vary = (deviation: number) => Math.exp(deviation * normal());
  return withFactors(siteParameters(site), {
    growth: vary(batchLogDeviation.growth),
    productivity: vary(batchLogDeviation.productivity),
    death: vary(batchLogDeviation.death),
    maintenance: vary(batchLogDeviation.maintenance),
    inoculum: vary(batchLogDeviation.inoculum),
  });
}
