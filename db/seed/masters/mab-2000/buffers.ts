import type { MasterParameter, MasterRecord, MasterStep } from "#lib/recipe/master-record.ts";
import { bind, charge, choice, clear, enter, instruct, integrity, manual, operation, phase, range, sample, sign, tested, unitProcedure, type Part } from "../writing.ts";

/** A buffer, made inline from a concentrate: litres of it, pH and conductivity with how far they may be off. */
type Buffer = { readonly id: string; readonly name: string; readonly code: string; readonly concentrate: string; readonly litres: number; readonly made: number; readonly ph: number; readonly conductivity: readonly [target: number, off: number]; readonly dueH: number };

const buffers: readonly Buffer[] = [
  { id: "equilibration", name: "Equilibration and wash", code: "BF-2201", concentrate: "Tris and sodium chloride, 10 ×", litres: 300, made: 3000, ph: 7.4, conductivity: [12.5, 1], dueH: 269.5 }, { id: "elution", name: "Elution, Protein A", code: "BF-2202", concentrate: "Acetate pH 3.5, 10 ×", litres: 95, made: 950, ph: 3.5, conductivity: [0.6, 0.15], dueH: 271.5 },
  { id: "cation-wash", name: "Equilibration and wash, CEX", code: "BF-2204", concentrate: "Acetate pH 5.0, 10 ×", litres: 150, made: 1500, ph: 5, conductivity: [3, 0.4], dueH: 273.5 }, { id: "cation-elution", name: "Elution, CEX", code: "BF-2205", concentrate: "Acetate pH 5.0 and sodium chloride, 10 ×", litres: 90, made: 900, ph: 5, conductivity: [22, 1.5], dueH: 275.5 },
  { id: "anion", name: "Equilibration and dilution, AEX", code: "BF-2206", concentrate: "Tris pH 7.8, 10 ×", litres: 130, made: 1300, ph: 7.8, conductivity: [2, 0.4], dueH: 277.5 }, { id: "formulation", name: "Formulation", code: "BF-2207", concentrate: "Histidine pH 6.0 and sucrose, 2 ×", litres: 550, made: 1100, ph: 6, conductivity: [1.2, 0.2], dueH: 279.5 },
];

const off = (target: number, by: number) => range(Math.round((target - by) * 100) / 100, Math.round((target + by) * 100) / 100);
const parametersOf = ({ id, name, ph, conductivity: [target, by] }: Buffer): readonly MasterParameter[] => [
  manual(`${id}-ph`, `${name}, pH`, "pH", 2, "CPP", { target: ph, normal: off(ph, 0.1), action: off(ph, 0.15), validated: off(ph, 0.2), absolute: range(0, 14) }),
  manual(`${id}-conductivity`, `${name}, conductivity`, "mS/cm", 2, "CPP", { target, normal: off(target, by), action: off(target, by * 1.5), absolute: range(0, 200) }),
];
const stepsOf = ({ id, name, made, dueH }: Buffer): readonly MasterStep[] => [
  charge(`charge-${id}`, `${name}: concentrate`, "Scan the lot and connect it to the inline dilution.", { material: `${id}-concentrate`, verified: true, after: ["wfi-buffers"], dueH }),
  enter(`check-${id}`, `${name}: pH and conductivity`, "When both have been steady for 2 min, take the sample and measure.", { parameters: [`${id}-ph`, `${id}-conductivity`, "buffer-appearance"], verified: true, dueH: dueH + 0.5 }),
  instruct(`collect-${id}`, `${name}: collect`, `${made.toLocaleString("en")} L through 0.2 µm into bags. Label: name, batch, contents, expiry in 14 d.`, { dueH: dueH + 1.5 }),
];
const concentrateOf = ({ id, code, concentrate, litres }: Buffer): MasterRecord["materials"][number] => ({ id: `${id}-concentrate`, code, name: concentrate, kind: "buffer", quantity: litres, unit: "L", tolerance: { low: 90, high: 115 } });

const collected = buffers.map(({ id }) => `collect-${id}`);
const preparation = unitProcedure("buffer-preparation", "Buffers",
  operation("buffers", "Inline dilution",
    phase("buffer-clearance", "Line clearance and equipment", clear("clear-buffer-suite", "Clear the buffer suite", "No concentrate, bag or label of another product.", { verified: true, attachment: "allowed", after: ["capture-day-10"], dueH: 268 }), bind("bind-dilution", "Bind the dilution skid", "Scan the skid. Its pH and conductivity cells were checked today.", { equipment: "dilution-skid", dueH: 268.5 }), enter("wfi-buffers", "Quality of the water", "Conductivity and organic carbon at the point of use.", { parameters: ["wfi-conductivity", "wfi-toc"], verified: true, dueH: 269 })),
    ...buffers.map((buffer) => phase(`buffer-${buffer.id}`, buffer.name, ...stepsOf(buffer))),
    phase("caustic", "Sanitisation solution", charge("charge-caustic", "Sodium hydroxide, 0.5 mol/L", "Scan the lot and dilute 1 to 10. It is used in every sanitisation of this batch.", { material: "caustic", verified: true, precaution: "Burns skin and eyes: face shield, apron, gloves.", after: ["wfi-buffers"], dueH: 281.5 })),
    phase("buffer-release", "Filters and release", enter("buffer-filter-test", "Test the buffer filters after use", "Pressure hold of all seven; attach the prints.", { parameters: ["buffer-filter-integrity"], verified: true, attachment: "required", after: [...collected, "charge-caustic"], dueH: 283 }), sample("draw-buffers", "Sample the buffers", "Elution, CEX elution and formulation buffer, pooled by kind.", { sample: "buffers", after: collected, dueH: 283 }), sign("buffers-released", "Buffers released for use", "pH, conductivity and integrity are within their limits. Bioburden may follow.", { verified: true, after: ["buffer-filter-test", "draw-buffers"], dueH: 285 })),
  ),
);

/** Buffers of the purification, made beside the culture from day 10 on. */
export const bufferPreparation: Part = {
  materials: [...buffers.map(concentrateOf), { id: "caustic", code: "RM-0031", name: "Sodium hydroxide solution, 5 mol/L", kind: "raw", quantity: 120, unit: "L", tolerance: { low: 90, high: 110 } }],
  equipment: [{ id: "dilution-skid", name: "Dilution skid", equipmentClass: "Inline dilution skid", clean: true, calibrated: true, cleanHoldH: 72 }],
  parameters: [
    ...buffers.flatMap(parametersOf), choice("buffer-appearance", "Buffer, appearance", "IPC", ["Clear and colourless"], ["Coloured", "Turbid", "Particles"]), integrity("buffer-filter-integrity", "Buffer filters 0.2 µm, integrity after use"),
    tested("buffer-bioburden", "Buffers, bioburden", "CFU/10 mL", 0, "IPC", "Ph. Eur. 2.6.12, membrane filtration", { normal: range(0, 1), alert: range(0, 3), action: range(0, 10), absolute: range(0) }), tested("buffer-endotoxin", "Buffers, endotoxin", "EU/mL", 2, "IPC", "Ph. Eur. 2.6.14, kinetic chromogenic", { normal: range(0, 0.25), action: range(0, 0.5), absolute: range(0) }),
  ],
  samples: [{ id: "buffers", name: "Buffers", point: "Bag, sample line", quantity: 100, unit: "mL", storage: "2 to 8 °C, 24 h", parameters: ["buffer-bioburden", "buffer-endotoxin"] }],
  procedure: [preparation],
};
