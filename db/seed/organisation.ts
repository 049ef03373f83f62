import type { groupRoles } from "#db/schema/access.ts";
import type { tags, units } from "#db/schema/equipment.ts";
import type { sites } from "#db/schema/site.ts";
import type { Role } from "#lib/access/permission.ts";

type SiteSeed = typeof sites.$inferInsert;
type UnitSeed = typeof units.$inferInsert;
type TagSeed = typeof tags.$inferInsert;

export const siteSeeds: readonly SiteSeed[] = [
  { id: "enterprise", kind: "enterprise", name: "Enterprise", code: "ENT", timeZone: "UTC" },
  { id: "basel", kind: "site", name: "Basel", code: "BAS", timeZone: "Europe/Zurich" },
  { id: "raleigh", kind: "site", name: "Raleigh", code: "RAL", timeZone: "America/New_York" },
  { id: "singapore", kind: "site", name: "Singapore", code: "SIN", timeZone: "Asia/Singapore" },
];
export const plantSites = ["basel", "raleigh", "singapore"] as const;
export type PlantSite = (typeof plantSites)[number];

const everywhere = (group: string, role: Role) => plantSites.map((siteId) => ({ group, siteId, role }));
const perSite = (suffix: string, role: Role) => plantSites.map((siteId) => ({ group: `vb-${siteId}-${suffix}`, siteId, role }));

/** Which role a group of the identity provider carries at which site. */
export const groupRoleSeeds: readonly (typeof groupRoles.$inferInsert)[] = [
  ...everywhere("vb-all-qa", "qa-manager"),
  ...everywhere("vb-all-auditor", "auditor"),
  { group: "vb-all-auditor", siteId: "enterprise", role: "auditor" },
  { group: "vb-administrators", siteId: "enterprise", role: "administrator" },
  ...everywhere("vb-administrators", "administrator"),
  ...everywhere("vb-compare-readers", "comparison-reader"),
  ...perSite("confirmer", "site-confirmer"),
  ...perSite("supervisor", "supervisor"),
  ...perSite("operator", "operator"),
  ...perSite("lead", "site-lead"),
  ...everywhere("vb-all-engineer", "process-engineer"),
  ...perSite("warehouse", "warehouse"),
  ...perSite("laboratory", "analyst"),
];

const bioreactor = (siteId: PlantSite, id: string, processCell: string): UnitSeed => ({ siteId, id, name: "Production bioreactor", equipmentClass: "Bioreactor, stirred, 2,000 L", area: "Cell culture", processCell, scaleL: 2000 });

export const unitSeeds: readonly UnitSeed[] = [
  bioreactor("basel", "BR-2001", "Suite 2"), bioreactor("basel", "BR-2002", "Suite 2"), bioreactor("basel", "BR-2003", "Suite 2"),
  bioreactor("raleigh", "BR-3001", "Building 4"), bioreactor("raleigh", "BR-3002", "Building 4"),
  bioreactor("singapore", "BR-4001", "Hall A"), bioreactor("singapore", "BR-4002", "Hall A"),
];

type Instrument = Omit<TagSeed, "siteId" | "unitId" | "position">;
const online = { staleAfterS: 30 };
const laboratory = { staleAfterS: 36 * 3600 };

/** Instruments of a production bioreactor; ranges are what the instrument can say, not limits of a recipe. */
export const instruments: readonly Instrument[] = [
  { tag: "ph", name: "pH", unit: "pH", precision: 2, rangeLow: 2, rangeHigh: 12, ...online },
  { tag: "dissolved-oxygen", name: "Dissolved oxygen", unit: "% sat", precision: 1, rangeLow: 0, rangeHigh: 200, ...online },
  { tag: "temperature", name: "Temperature", unit: "°C", precision: 2, rangeLow: 0, rangeHigh: 140, ...online },
  { tag: "agitation", name: "Agitation", unit: "rpm", precision: 0, rangeLow: 0, rangeHigh: 200, ...online },
  { tag: "oxygen-flow", name: "O₂ flow", unit: "L/min", precision: 1, rangeLow: 0, rangeHigh: 300, ...online },
  { tag: "air-flow", name: "Air flow", unit: "L/min", precision: 1, rangeLow: 0, rangeHigh: 300, ...online },
  { tag: "viable-cell-density-online", name: "VCD, capacitance", unit: "10⁶/mL", precision: 2, rangeLow: 0, rangeHigh: 100, ...online },
  { tag: "turbidity", name: "Turbidity", unit: "AU", precision: 2, rangeLow: 0, rangeHigh: 20, ...online },
  { tag: "co2-offgas", name: "CO₂ off-gas", unit: "%", precision: 2, rangeLow: 0, rangeHigh: 25, ...online },
  { tag: "base-added", name: "Base added", unit: "L", precision: 2, rangeLow: 0, rangeHigh: 500, ...online },
  { tag: "volume", name: "Working volume", unit: "L", precision: 0, rangeLow: 0, rangeHigh: 2500, ...online },
  { tag: "vessel-pressure", name: "Vessel pressure", unit: "bar", precision: 3, rangeLow: -1, rangeHigh: 3, ...online },
  { tag: "viable-cell-density", name: "Viable cell density", unit: "10⁶/mL", precision: 1, rangeLow: 0, rangeHigh: 100, ...laboratory },
  { tag: "viability", name: "Viability", unit: "%", precision: 1, rangeLow: 0, rangeHigh: 100, ...laboratory },
  { tag: "glucose", name: "Glucose", unit: "g/L", precision: 2, rangeLow: 0, rangeHigh: 40, ...laboratory },
  { tag: "lactate", name: "Lactate", unit: "g/L", precision: 2, rangeLow: 0, rangeHigh: 20, ...laboratory },
  { tag: "ammonium", name: "Ammonium", unit: "mmol/L", precision: 1, rangeLow: 0, rangeHigh: 50, ...laboratory },
  { tag: "pco2", name: "pCO₂", unit: "mmHg", precision: 0, rangeLow: 0, rangeHigh: 300, ...laboratory },
  { tag: "osmolality", name: "Osmolality", unit: "mOsm/kg", precision: 0, rangeLow: 0, rangeHigh: 1500, ...laboratory },
  { tag: "titer", name: "Titer", unit: "g/L", precision: 2, rangeLow: 0, rangeHigh: 20, staleAfterS: 72 * 3600 },
];

export const tagSeeds: readonly TagSeed[] = unitSeeds.flatMap((unit) => instruments.map((instrument, position) => ({ ...instrument, siteId: unit.siteId, unitId: unit.id, position })));

/** The source that sends the samples of a unit. */
export const sourceIdOf = (unitId: string): string => `gateway-${unitId}`;
