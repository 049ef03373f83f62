import type { MasterParameter } from "#lib/recipe/master-record.ts";
import { bind, charge, clear, enter, instruct, integrity, manual, operation, phase, range, reported, sample, sign, tested, unitProcedure, type Part } from "../writing.ts";

const parameters: readonly MasterParameter[] = [
  reported("wfi-conductivity", "Water for injection, conductivity", "µS/cm", 2, "CPP", { normal: range(0, 1.1), alert: range(0, 1.2), action: range(0, 1.3), absolute: range(0, 200) }), reported("wfi-toc", "Water for injection, organic carbon", "mg/L", 3, "IPC", { normal: range(0, 0.3), action: range(0, 0.5), absolute: range(0, 10) }),
  manual("medium-mixing", "Mixing time", "min", 0, "KPP", { target: 60, normal: range(45, 90), action: range(45, 150), absolute: range(0, 600) }), manual("medium-ph", "Medium, pH", "pH", 2, "CPP", { target: 7.05, normal: range(6.95, 7.15), action: range(6.9, 7.2), validated: range(6.8, 7.3), absolute: range(0, 14) }),
  manual("medium-conductivity", "Medium, conductivity", "mS/cm", 1, "KPP", { target: 12.5, normal: range(11.5, 13.5), action: range(11, 14), absolute: range(0, 100) }), manual("medium-turbidity", "Medium, turbidity before filtration", "NTU", 1, "KPP", { normal: range(0, 5), action: range(0, 10), absolute: range(0, 1000) }),
  integrity("medium-filter-integrity", "Medium filter 0.2 µm, integrity after use"), manual("medium-filter-pressure", "Medium filter, highest pressure", "bar", 2, "KPP", { normal: range(0, 1), action: range(0, 1.5), absolute: range(0, 6) }),
  tested("medium-osmolality", "Medium, osmolality", "mOsm/kg", 0, "CPP", "SOP-QC-104, freezing point", { target: 290, normal: range(275, 305), action: range(270, 310), validated: range(260, 320), absolute: range(0, 1500) }),
  tested("medium-bioburden", "Medium, bioburden after filtration", "CFU/10 mL", 0, "IPC", "Ph. Eur. 2.6.12, membrane filtration", { normal: range(0, 0), action: range(0, 1), absolute: range(0) }), tested("medium-endotoxin", "Medium, endotoxin", "EU/mL", 2, "IPC", "Ph. Eur. 2.6.14, kinetic chromogenic", { normal: range(0, 0.25), action: range(0, 0.5), absolute: range(0) }),
];

const preparation = unitProcedure("media-preparation", "Production medium",
  operation("medium", "Medium, 1,230 L",
    phase("medium-clearance", "Line clearance and equipment", clear("clear-media-suite", "Clear the media suite", "No powder, label or document of another medium. The weighing cabin is empty.", { verified: true, attachment: "allowed", after: ["n1-transfer"], dueH: -71.5 }), bind("bind-media-vessel", "Bind the mixing vessel", "Scan the vessel. It is clean and within its clean hold time.", { equipment: "media-vessel", dueH: -71 })),
    phase("medium-dissolving", "Dissolving", enter("wfi-media", "Quality of the water", "Conductivity and organic carbon at the point of use, before it is drawn.", { parameters: ["wfi-conductivity", "wfi-toc"], verified: true, dueH: -70.8 }), charge("charge-wfi", "Charge water", "Ninety-five per cent of the water at 20 to 25 °C, mixer on.", { material: "wfi", dueH: -70 }), charge("charge-medium-powder", "Charge the powder", "Scan every drum, weigh, charge through the split valve within 20 min.", { material: "medium-powder", verified: true, precaution: "Dust: mask P3, exhaust on.", attachment: "allowed", dueH: -69 }), charge("charge-bicarbonate", "Charge sodium bicarbonate", "After the powder is dissolved; weigh and charge slowly.", { material: "bicarbonate", verified: true, dueH: -68.3 })),
    phase("medium-control", "Control", enter("medium-values", "Mix and measure", "Mix, bring to the final volume, measure pH, conductivity and turbidity.", { parameters: ["medium-mixing", "medium-ph", "medium-conductivity", "medium-turbidity"], verified: true, dueH: -67 })),
    phase("medium-filtration", "Filtration", charge("charge-medium-filter", "Mount the medium filter", "Scan the filter, mount, flush with 30 L of water.", { material: "medium-filter", verified: true, dueH: -66.5 }), instruct("filter-medium", "Filter the medium", "Through 0.2 µm into the sterile holding vessel. Label: product, batch, contents, expiry in 72 h.", { dueH: -64 }), enter("medium-filter-test", "Test the filter after use", "Bubble point; attach the print.", { parameters: ["medium-filter-integrity", "medium-filter-pressure"], verified: true, attachment: "required", after: ["filter-medium"], dueH: -63.5 }), sample("draw-medium", "Sample the medium", "Draw behind the filter.", { sample: "medium", after: ["filter-medium"], dueH: -63.5 }), sign("medium-released", "Medium released for use", "pH, conductivity, osmolality and integrity are within their limits. Bioburden may follow.", { verified: true, after: ["medium-filter-test", "draw-medium"], dueH: -54 })),
  ),
);

/** The production medium, made while N-1 grows. */
export const media: Part = {
  materials: [
    { id: "wfi", code: "RM-0001", name: "Water for injection, for the medium", kind: "raw", quantity: 1195, unit: "L", tolerance: { low: 98, high: 102 } }, { id: "medium-powder", code: "RM-2110", name: "Production medium, powder, chemically defined", kind: "raw", quantity: 27.5, unit: "kg", tolerance: { low: 99.5, high: 100.5 } },
    { id: "bicarbonate", code: "RM-2111", name: "Sodium bicarbonate", kind: "raw", quantity: 2.71, unit: "kg", tolerance: { low: 99, high: 101 } }, { id: "medium-filter", code: "CS-2021", name: "Filter, 0.2 µm, 3 × 30 inch", kind: "consumable", quantity: 1, unit: "pcs", tolerance: { low: 100, high: 100 } },
  ],
  equipment: [{ id: "media-vessel", name: "Mixing vessel, media", equipmentClass: "Mixing vessel, 1,500 L", clean: true, calibrated: true, cleanHoldH: 72 }],
  parameters: [...parameters],
  samples: [{ id: "medium", name: "Production medium", point: "Behind the 0.2 µm filter", quantity: 100, unit: "mL", storage: "2 to 8 °C, 24 h", parameters: ["medium-osmolality", "medium-bioburden", "medium-endotoxin"] }],
  procedure: [preparation],
};
