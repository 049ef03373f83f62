import type { tags } from "#db/schema/equipment.ts";
import { laboratoryArea } from "#lib/laboratory/instrument.ts";
import type { PlantSite } from "./organisation.ts";

export type SeedTag = Pick<typeof tags.$inferInsert, "tag" | "name" | "unit" | "precision" | "rangeLow" | "rangeHigh">;
/** A reading against a reference, as a calibration writes it down. */
export type SeedReference = { readonly unit: string; readonly reference: string; readonly digits: number; readonly error: number };
/** Units of one kind at a site. `modules`: equipment modules of each of them. `part`: what wears out, and where it sits. */
export type SeedKind = {
  readonly prefix: string; readonly first: number; readonly count: number; readonly name: string; readonly equipmentClass: string; readonly cell: string; readonly scaleL?: number; readonly cleaning: string;
  readonly tags?: readonly SeedTag[]; readonly modules?: readonly { readonly suffix: string; readonly name: string; readonly equipmentClass: string }[]; readonly calibrated?: SeedReference; readonly part?: { readonly place: string; readonly part: string };
};

const tag = (id: string, name: string, unit: string, precision: number, rangeLow: number, rangeHigh: number): SeedTag => ({ tag: id, name, unit, precision, rangeLow, rangeHigh });
const flow: SeedReference = { unit: "L/min", reference: "Flow standard FS-2, 0.5 % of reading", digits: 2, error: 0.04 };
const pressure: SeedReference = { unit: "bar", reference: "Pressure standard PS-1, class 0.05", digits: 3, error: 0.004 };
const weight: SeedReference = { unit: "kg", reference: "Test weights class F1, 200 kg", digits: 2, error: 0.03 };
const temperature: SeedReference = { unit: "°C", reference: "Reference thermometer RT-4, ice point", digits: 2, error: 0.06 };
const cip = "SOP-CL-012, cleaning in place";
const manual = "SOP-CL-021, cleaning by hand";
const seal = { place: "Agitator, lower seal", part: "Mechanical seal, double" };
const gasket = { place: "Manway", part: "Gasket, EPDM" };

const culture = [tag("ph", "pH", "pH", 2, 2, 12), tag("dissolved-oxygen", "Dissolved oxygen", "% sat", 1, 0, 200), tag("temperature", "Temperature", "°C", 2, 0, 150), tag("airflow", "Air flow", "L/min", 0, 0, 1000), tag("volume", "Working volume", "L", 0, 0, 550)];
/** A seed bioreactor runs beside the production bioreactor, so its tags carry its own name. */
const seedCulture = (name: string): readonly SeedTag[] => [tag(`${name}-ph`, "pH", "pH", 2, 2, 12), tag(`${name}-dissolved-oxygen`, "Dissolved oxygen", "% sat", 1, 0, 200), tag(`${name}-temperature`, "Temperature", "°C", 2, 0, 150)];
const gas = [{ suffix: "GAS", name: "Gas module", equipmentClass: "gas module, mass flow controllers" }];

const production: readonly SeedKind[] = [
  { prefix: "FM", first: 1, count: 2, name: "Fermenter", equipmentClass: "fermenter 500 L", cell: "Microbial suite", scaleL: 500, cleaning: cip, tags: culture, modules: [...gas, { suffix: "EXH", name: "Exhaust module", equipmentClass: "exhaust module, condenser and filter" }], part: seal },
  { prefix: "DC", first: 1, count: 1, name: "Disc centrifuge", equipmentClass: "disc centrifuge", cell: "Microbial suite", cleaning: cip, calibrated: flow, part: { place: "Bowl", part: "Sliding ring" } },
  { prefix: "HG", first: 1, count: 1, name: "Homogeniser", equipmentClass: "high-pressure homogeniser", cell: "Microbial suite", cleaning: cip, tags: [tag("homogeniser-pressure", "Homogenising pressure", "bar", 0, 0, 1500)], part: { place: "First stage", part: "Valve seat, ceramic" } },
  { prefix: "CC", first: 1, count: 1, name: "Capture column", equipmentClass: "chromatography column 30 L", cell: "Microbial suite", cleaning: "SOP-CL-031, sanitisation with 0.5 mol/L NaOH", calibrated: pressure, part: { place: "Bed", part: "Resin, cation exchange" } },
  { prefix: "MV", first: 1, count: 3, name: "Mixing vessel", equipmentClass: "mixing vessel 200 L", cell: "Media and buffers", scaleL: 200, cleaning: cip, calibrated: weight, part: gasket },
  { prefix: "MV", first: 11, count: 1, name: "Mixing vessel, media", equipmentClass: "Mixing vessel, 1,500 L", cell: "Media and buffers", scaleL: 1500, cleaning: cip, calibrated: weight, part: gasket },
  { prefix: "MV", first: 21, count: 1, name: "Mixing vessel, formulation", equipmentClass: "Mixing vessel, 150 L, on a scale", cell: "Purification", scaleL: 150, cleaning: cip, calibrated: weight },
  { prefix: "ID", first: 1, count: 1, name: "Inline dilution skid", equipmentClass: "Inline dilution skid", cell: "Media and buffers", cleaning: cip, calibrated: flow },
  { prefix: "BC", first: 1, count: 1, name: "Biosafety cabinet", equipmentClass: "Biosafety cabinet, grade A", cell: "Seed train", cleaning: manual, tags: [tag("particles", "Particles of 0.5 µm and more", "1", 0, 0, 100_000)], part: { place: "Supply", part: "HEPA filter, H14" } },
  { prefix: "SI", first: 1, count: 1, name: "Shaking incubator", equipmentClass: "Shaking incubator, CO₂", cell: "Seed train", cleaning: manual, tags: [tag("incubator-temperature", "Temperature", "°C", 1, 0, 60), tag("incubator-co2", "CO₂", "%", 1, 0, 20), tag("incubator-shaking", "Shaking", "rpm", 0, 0, 400)] },
  { prefix: "RB", first: 1, count: 1, name: "Rocking bioreactor", equipmentClass: "Rocking bioreactor, 20 L", cell: "Seed train", scaleL: 20, cleaning: manual, tags: [tag("rocker-temperature", "Temperature", "°C", 1, 0, 60), tag("rocker-rocking", "Rocking rate", "rpm", 0, 0, 60)] },
  { prefix: "SB", first: 1, count: 1, name: "Seed bioreactor N-2", equipmentClass: "Bioreactor, stirred, 100 L", cell: "Seed train", scaleL: 100, cleaning: cip, tags: seedCulture("n2"), part: seal },
  { prefix: "SB", first: 2, count: 1, name: "Seed bioreactor N-1", equipmentClass: "Bioreactor, stirred, 500 L", cell: "Seed train", scaleL: 500, cleaning: cip, tags: seedCulture("n1"), part: seal },
  { prefix: "HC", first: 1, count: 1, name: "Centrifuge, harvest", equipmentClass: "Disc centrifuge, hermetic", cell: "Harvest", cleaning: cip, tags: [tag("centrifuge-flow", "Flow", "L/min", 1, 0, 100), tag("bowl-speed", "Bowl", "rpm", 0, 0, 12_000), tag("depth-filter-pressure", "Depth filter, pressure difference", "bar", 2, 0, 5)], part: { place: "Bowl", part: "Hydrohermetic seal" } },
  { prefix: "HV", first: 1, count: 4, name: "Holding vessel", equipmentClass: "Holding vessel, jacketed, 2,500 L", cell: "Harvest", scaleL: 2500, cleaning: cip, tags: [tag("holding-vessel-temperature", "Temperature", "°C", 1, 0, 150)], part: gasket },
  { prefix: "HV", first: 11, count: 3, name: "Holding vessel, virus inactivation", equipmentClass: "Holding vessel, jacketed, 1,000 L", cell: "Purification", scaleL: 1000, cleaning: cip, part: gasket,
    tags: [tag("inactivation-ph", "pH", "pH", 2, 0, 14), tag("inactivation-temperature", "Temperature", "°C", 1, 0, 150), tag("inactivation-mixing", "Mixer", "rpm", 0, 0, 200)] },
  { prefix: "CS", first: 1, count: 1, name: "Chromatography skid", equipmentClass: "Chromatography skid, 3 to 30 L/min", cell: "Purification", cleaning: cip, modules: [{ suffix: "UV", name: "Detector module", equipmentClass: "detector module, UV and conductivity" }], tags: [tag("column-pressure", "Column, pressure difference", "bar", 2, 0, 10), tag("column-velocity", "Linear velocity", "cm/h", 0, 0, 800)] },
  { prefix: "CC", first: 11, count: 2, name: "Column, 60 cm", equipmentClass: "Chromatography column, 60 cm", cell: "Purification", cleaning: "SOP-CL-031, sanitisation with 0.5 mol/L NaOH", part: { place: "Bed", part: "Resin, protein A" } },
  { prefix: "CC", first: 21, count: 1, name: "Column, 80 cm", equipmentClass: "Chromatography column, 80 cm", cell: "Purification", cleaning: "SOP-CL-031, sanitisation with 0.5 mol/L NaOH", part: { place: "Bed", part: "Resin, cation exchange" } },
  { prefix: "VF", first: 1, count: 1, name: "Virus filtration skid", equipmentClass: "Virus filtration skid", cell: "Purification", cleaning: cip, tags: [tag("virus-filter-pressure", "Pressure difference", "bar", 2, 0, 5)] },
  { prefix: "UF", first: 1, count: 2, name: "Ultrafiltration skid", equipmentClass: "UF/DF skid", cell: "Purification", cleaning: cip, tags: [tag("transmembrane-pressure", "Transmembrane pressure", "bar", 2, 0, 5), tag("retentate-temperature", "Retentate, temperature", "°C", 1, 0, 60)], part: { place: "Holder", part: "Membrane cassettes, 30 kDa" } },
  { prefix: "FL", first: 1, count: 1, name: "Filling line", equipmentClass: "Filling line, bags, grade A", cell: "Filling and freezing", cleaning: manual, calibrated: weight, modules: [{ suffix: "LAF", name: "Laminar flow module", equipmentClass: "laminar flow module, grade A" }] },
  { prefix: "PF", first: 1, count: 1, name: "Plate freezer", equipmentClass: "Plate freezer", cell: "Filling and freezing", cleaning: manual, calibrated: temperature },
];

const laboratory = (prefix: string, count: number, name: string, equipmentClass: string, calibrated: SeedReference): SeedKind => ({ prefix, first: 1, count, name, equipmentClass, cell: "Quality control", cleaning: manual, calibrated });
export const laboratoryKinds: readonly SeedKind[] = [
  laboratory("QP", 1, "Photometer", "photometer, UV and visible", { unit: "AU", reference: "Holmium oxide filter and grey filter F4", digits: 3, error: 0.003 }),
  laboratory("QH", 2, "Liquid chromatograph", "HPLC", { unit: "min", reference: "System suitability standard, caffeine", digits: 2, error: 0.02 }),
  laboratory("QA", 1, "Metabolite analyser", "analyser, enzymatic", { unit: "g/L", reference: "Glucose standard 5.00 g/L", digits: 2, error: 0.04 }),
  laboratory("QC", 1, "Cell counter", "cell counter, image-based", { unit: "10⁶/mL", reference: "Concentration beads 1.00 · 10⁶/mL", digits: 2, error: 0.02 }),
  laboratory("QE", 1, "Plate reader, endotoxin", "plate reader, kinetic", { unit: "AU", reference: "Absorbance plate AP-1", digits: 3, error: 0.004 }),
  laboratory("QO", 1, "Osmometer", "osmometer, freezing point", { unit: "mOsm/kg", reference: "Standard 290 mOsm/kg", digits: 0, error: 1 }),
  laboratory("QI", 2, "Incubator, microbiology", "incubator, 30 to 35 °C", temperature),
];
export const kinds: readonly SeedKind[] = [...production, ...laboratoryKinds];

const areas: Readonly<Record<string, string>> = { "Media and buffers": "Preparation", "Seed train": "Cell culture", Harvest: "Downstream", Purification: "Downstream", "Filling and freezing": "Filling", "Quality control": laboratoryArea };
/** Area a process cell of the demo lies in (ISA-95). */
export const areaOf = (cell: string): string => areas[cell] ?? (cell.startsWith("Microbial") ? "Microbial production" : "Cell culture");

/** First digit of a site's unit numbers. */
export const digitOf: Record<PlantSite, number> = { basel: 2, raleigh: 3, singapore: 4 };
export const unitIdOf = (siteId: PlantSite, { prefix, first }: Pick<SeedKind, "prefix" | "first">, index: number): string => `${prefix}-${digitOf[siteId]}${String(first + index).padStart(3, "0")}`;

/** What a unit of a site was found with lately; it is not ready for use until somebody has decided. Days before now. */
export const incidents: Record<PlantSite, readonly { readonly unit: Pick<SeedKind, "prefix" | "first">; readonly index: number; readonly event: "hold" | "take_out_of_service"; readonly daysAgo: number; readonly reason: string }[]> = {
  basel: [{ unit: { prefix: "MV", first: 1 }, index: 2, event: "take_out_of_service", daysAgo: 3, reason: "Agitator makes a noise; bearing is on order, work order 48213." }],
  raleigh: [{ unit: { prefix: "MV", first: 1 }, index: 2, event: "hold", daysAgo: 1, reason: "Visible residue at the spray ball after cleaning; swab is with quality." }],
  singapore: [{ unit: { prefix: "FM", first: 1 }, index: 1, event: "take_out_of_service", daysAgo: 12, reason: "Jacket leaks; pressure test after the repair is open, work order 7719." }],
};
/** Instruments whose yearly calibration has been missed. */
export const overdue: Record<PlantSite, Pick<SeedKind, "prefix"> & { readonly index: number }> = { basel: { prefix: "QH", index: 1 }, raleigh: { prefix: "QI", index: 1 }, singapore: { prefix: "QH", index: 1 } };
