import type { Limits } from "#lib/quantity/limit.ts";
import type { MasterParameter, MasterStep } from "#lib/recipe/master-record.ts";
import { bind, calculate, calculated, capture, charge, choice, clear, enter, lasting, manual, online, operation, phase, range, reported, unitProcedure, wait, type Part } from "../writing.ts";

/** Limits of one passage: split at 3 to 6 × 10⁶/mL to 0.3 to 0.6 × 10⁶/mL, viability at least 95 % (process description E.1). */
const grown: Limits = { target: 4, normal: range(3, 6), action: range(2.5, 7), validated: range(2, 8), absolute: range(0, 100) };
const alive: Limits = { target: 97, normal: range(95), alert: range(94), action: range(92), validated: range(90), absolute: range(0, 100) };
const seeded = (target: number): Limits => ({ target, normal: range(0.3, 0.6), action: range(0.25, 0.7), validated: range(0.2, 0.8), absolute: range(0, 20) });

const count = (id: string, name: string): readonly MasterParameter[] => [manual(`${id}-density`, `${name}, viable cell density`, "10⁶/mL", 2, "KPP", grown), manual(`${id}-viability`, `${name}, viability`, "%", 1, "CPP", alive)];

/** Volumes of a passage and what follows from them; `parent` names the density it is inoculated from. */
function passage(id: string, name: string, parent: string, { inoculum, medium, start }: { readonly inoculum: Limits; readonly medium: Limits; readonly start: number }): readonly MasterParameter[] {
  const digits = (medium.target ?? 0) < 5 ? 3 : 1;
  const volumes = { inoculum: `${id}-inoculum`, medium: `${id}-medium` };
  return [
    manual(`${id}-inoculum`, `${name}, inoculum`, "L", digits, "KPP", inoculum), manual(`${id}-medium`, `${name}, medium`, "L", digits, "KPP", medium),
    calculated(`${id}-start`, `${name}, density after inoculation`, "10⁶/mL", 2, "CPP", { text: "density * inoculum / (inoculum + medium)", inputs: { density: parent, ...volumes } }, seeded(start)),
    calculated(`${id}-split`, `${name}, split ratio, 1 to`, "1", 1, "IPC", { text: "(inoculum + medium) / inoculum", inputs: volumes }, { normal: range(5, 14), absolute: range(1, 100) }),
  ];
}

/** A capture takes the unit that was bound last and has the tag: the seed bioreactors have tags of their own, for the production bioreactor is bound beside them. */
const controlled = (id: string, name: string): readonly MasterParameter[] => [
  online(`${id}-temperature`, `${name}, temperature`, "°C", 2, "CPP", `${id}-temperature`, lasting(10), { target: 36.5, normal: range(36.2, 36.8), action: range(36, 37), validated: range(35.5, 37.5), absolute: range(0, 140) }),
  online(`${id}-ph`, `${name}, pH`, "pH", 2, "CPP", `${id}-ph`, lasting(10), { target: 7, normal: range(6.85, 7.15), action: range(6.8, 7.2), validated: range(6.75, 7.3), absolute: range(2, 12) }),
  online(`${id}-dissolved-oxygen`, `${name}, dissolved oxygen`, "% sat", 1, "CPP", `${id}-dissolved-oxygen`, lasting(5), { target: 40, normal: range(30, 60), action: range(20, 80), validated: range(15, 100), absolute: range(0, 200) }),
];

const parameters: readonly MasterParameter[] = [
  manual("thaw-time", "Thawing time", "min", 1, "CPP", { target: 2, normal: range(1, 3), action: range(1, 4), absolute: range(0, 60) }),
  choice("vial-state", "Vial, as taken from the bank", "IPC", ["Frozen, closed, label readable"], ["Thawed in part", "Damaged", "Label not readable"]),
  manual("n5-start", "N-5, density after thaw", "10⁶/mL", 2, "CPP", { target: 0.3, normal: range(0.25, 0.45), action: range(0.2, 0.6), validated: range(0.15, 0.7), absolute: range(0, 20) }), manual("n5-start-viability", "N-5, viability after thaw", "%", 1, "CPP", { target: 94, normal: range(90), action: range(85), validated: range(80), absolute: range(0, 100) }),
  choice("seed-appearance", "Seed under the microscope", "IPC", ["Single cells, nothing foreign"], ["Clumps", "Foreign organisms suspected"]),
  online("incubator-temperature", "Incubator, temperature", "°C", 1, "CPP", "incubator-temperature", lasting(30), { target: 36.5, normal: range(36, 37), action: range(35.5, 37.5), validated: range(35, 38), absolute: range(0, 80) }), online("incubator-co2", "Incubator, CO₂", "%", 1, "KPP", "incubator-co2", lasting(30), { target: 5, normal: range(4.5, 5.5), action: range(4, 6), absolute: range(0, 20) }),
  online("incubator-shaking", "Incubator, shaking", "rpm", 0, "KPP", "incubator-shaking", lasting(15), { target: 120, normal: range(115, 125), action: range(110, 130), absolute: range(0, 400) }), online("n3-temperature", "N-3, temperature", "°C", 1, "CPP", "rocker-temperature", lasting(15), { target: 36.5, normal: range(36.2, 36.8), action: range(36, 37), validated: range(35.5, 37.5), absolute: range(0, 80) }),
  online("n3-rocking", "N-3, rocking rate", "rpm", 0, "KPP", "rocker-rocking", lasting(15), { target: 22, normal: range(20, 24), action: range(18, 26), absolute: range(0, 50) }),
  ...count("n5", "N-5"), ...passage("n4", "N-4", "n5-density", { inoculum: { target: 0.1, normal: range(0.085, 0.115), absolute: range(0, 1) }, medium: { target: 0.9, normal: range(0.85, 0.95), absolute: range(0, 3) }, start: 0.4 }),
  ...count("n4", "N-4"), ...passage("n3", "N-3", "n4-density", { inoculum: { target: 1, normal: range(0.8, 1.2), absolute: range(0, 5) }, medium: { target: 9, normal: range(8.5, 9.5), absolute: range(0, 25) }, start: 0.4 }),
  ...count("n3", "N-3"), ...passage("n2", "N-2", "n3-density", { inoculum: { target: 10, normal: range(7, 11), absolute: range(0, 25) }, medium: { target: 70, normal: range(68, 73), absolute: range(0, 100) }, start: 0.5 }), ...controlled("n2", "N-2"),
  ...count("n2", "N-2"), ...passage("n1", "N-1", "n2-density", { inoculum: { target: 50, normal: range(35, 65), absolute: range(0, 100) }, medium: { target: 350, normal: range(335, 365), absolute: range(0, 500) }, start: 0.5 }), ...controlled("n1", "N-1"),
  manual("n1-density-day-1", "N-1, viable cell density on day 1", "10⁶/mL", 2, "KPP", { target: 0.9, normal: range(0.7, 1.3), alert: range(0.6, 1.5), action: range(0.5, 2), absolute: range(0, 100) }),
  reported("seed-sip-temperature", "Seed bioreactor, lowest temperature of sterilisation", "°C", 1, "CPP", { normal: range(121.1, 125), action: range(121.1, 127), absolute: range(0, 150) }), reported("seed-sip-f0", "Seed bioreactor, F₀", "min", 1, "CPP", { normal: range(20), action: range(15), absolute: range(0, 600) }),
];

type Inoculation = { readonly instruction: string; readonly dueH: number; readonly after?: string[] };
const inoculate = (id: string, name: string, { instruction, dueH, after }: Inoculation): readonly MasterStep[] => [
  enter(`${id}-transfer`, `Inoculate ${name}`, instruction, { parameters: [`${id}-inoculum`, `${id}-medium`], verified: true, dueH, ...(after ? { after } : {}) }),
  calculate(`${id}-density-after`, `${name}, density and split ratio`, "Both follow from the density of the passage before and the two volumes.", { parameters: [`${id}-start`, `${id}-split`], dueH: dueH + 0.2 }),
];
const days = (low: number, high: number) => ({ atLeastMin: low * 1440, atMostMin: high * 1440 });
const counted = (id: string, name: string, dueH: number): MasterStep => enter(`${id}-count`, `Count ${name}`, "Draw 2 mL, count twice on the cell counter, enter the mean. Look at a drop under the microscope.", { parameters: [`${id}-density`, `${id}-viability`, "seed-appearance"], after: [`${id}-grow`, `${id}-capture`], verified: true, attachment: "allowed", dueH });

const flasks = unitProcedure("inoculum-expansion", "Inoculum expansion, vial to rocking bag",
  operation("seed-suite", "Seed suite",
    phase("seed-clearance", "Line clearance", clear("clear-seed-suite", "Clear the seed suite", "Remove cells, media and labels of every other product. Check cabinet, incubator, bath and waste.", { verified: true, attachment: "allowed", dueH: -436 })),
    phase("seed-binding", "Equipment", bind("bind-cabinet", "Bind the biosafety cabinet", "Scan the cabinet. It has run for 30 min and is disinfected.", { equipment: "cabinet", dueH: -435.6 }), bind("bind-incubator", "Bind the shaking incubator", "Scan the incubator. It has been at 36.5 °C and 5 % CO₂ for 2 h.", { equipment: "incubator", dueH: -435.5 })),
  ),
  operation("thaw", "Vial thaw and N-5, shake flask 100 mL",
    phase("thawing", "Thawing",
      charge("charge-flask-medium", "Warm the medium of the flasks", "Scan the bottle, warm to 36.5 °C. Ninety-seven mL into the flask of N-5, the rest is for N-4.", { material: "seed-medium-flasks", verified: true, dueH: -435 }),
      charge("charge-vials", "Take two vials from the bank", "Scan both vials and the place they come from. Carry them in dry ice.", { material: "cell-bank-vial", verified: true, precaution: "Dry ice: gloves, goggles. A vial may burst in the bath.", dueH: -434.5 }),
      enter("thaw-vials", "Thaw", "Thaw at 36 to 37 °C until a little ice is left. Disinfect the vials before they go into the cabinet.", { parameters: ["vial-state", "thaw-time"], verified: true, attachment: "allowed", dueH: -434.3 }),
      enter("n5-inoculate", "Inoculate N-5 and count", "Pipette both vials into the flask drop by drop, mix, count at once.", { parameters: ["n5-start", "n5-start-viability"], verified: true, dueH: -434 })),
    phase("n5-growth", "Growth of N-5", wait("n5-grow", "Grow N-5 for 3.5 to 4.5 d", "36.5 °C, 5 % CO₂, 120 rpm.", { timer: { since: "n5-inoculate", ...days(3.5, 4.5) }, dueH: -338 }), capture("n5-capture", "Incubator while N-5 grew", "Start this step with the growth, end it with the count. Temperature, CO₂ and shaking judged over time.", { parameters: ["incubator-temperature", "incubator-co2", "incubator-shaking"], after: ["n5-inoculate"], dueH: -337.8 }), counted("n5", "N-5", -337.5)),
  ),
  operation("n4", "N-4, shake flask 1 L",
    phase("n4-inoculation", "Inoculation of N-4", ...inoculate("n4", "N-4", { instruction: "Enough of N-5 for 0.40 × 10⁶/mL into 900 mL of warm medium.", dueH: -337 })),
    phase("n4-growth", "Growth of N-4", wait("n4-grow", "Grow N-4 for 2.5 to 4 d", "36.5 °C, 5 % CO₂, 120 rpm.", { timer: { since: "n4-transfer", ...days(2.5, 4) }, dueH: -266 }), capture("n4-capture", "Incubator while N-4 grew", "Start this step with the growth, end it with the count. Temperature, CO₂ and shaking judged over time.", { parameters: ["incubator-temperature", "incubator-co2", "incubator-shaking"], after: ["n4-density-after"], dueH: -265.8 }), counted("n4", "N-4", -265.5)),
  ),
  operation("n3", "N-3, rocking bag 10 L",
    phase("n3-preparation", "Bag", bind("bind-rocker", "Bind the rocking bioreactor", "Scan the rocker; its load cells are zeroed.", { equipment: "rocker", dueH: -265 }), charge("charge-rocking-bag", "Install the bag", "Scan the bag, look for damage, inflate to 20 mbar and watch the pressure for 10 min.", { material: "rocking-bag", verified: true, dueH: -264.8 }), charge("charge-n3-medium", "Medium into the bag", "Scan the lot, pump in, warm to 36.5 °C.", { material: "seed-medium-n3", verified: true, dueH: -264 })),
    phase("n3-inoculation", "Inoculation of N-3", ...inoculate("n3", "N-3", { instruction: "Weld the tube, transfer all of N-4. Read both volumes from the load cells.", dueH: -262 })),
    phase("n3-growth", "Growth of N-3", wait("n3-grow", "Grow N-3 for 2.5 to 3.5 d", "36.5 °C, 22 rpm, 7°.", { timer: { since: "n3-transfer", ...days(2.5, 3.5) }, dueH: -196.4 }), capture("n3-capture", "Rocking bag as measured", "Start this step with the growth, end it with the count. Temperature and rocking judged over time.", { parameters: ["n3-temperature", "n3-rocking"], after: ["n3-density-after"], dueH: -196.2 }), counted("n3", "N-3", -196)),
  ),
);

const seedBioreactor = (id: string, name: string, dueH: number, after: string[]): readonly MasterStep[] => [
  bind(`bind-${id}`, `Bind the bioreactor of ${name}`, "Scan the bioreactor. It is clean, calibrated and within its clean hold time.", { equipment: `${id}-bioreactor`, after, dueH }),
  enter(`${id}-sip`, `Sterilise the bioreactor of ${name}`, "Start the sterilisation. The coldest probe counts: read both values from the report.", { parameters: ["seed-sip-temperature", "seed-sip-f0"], verified: true, precaution: "Steam: nobody at the outlets.", dueH: dueH + 0.5 }),
  charge(`charge-${id}-medium`, `Medium of ${name}`, "Scan the lot and charge through the 0.2 µm filter. Bring to 36.5 °C, pH 7.00 and 40 % air saturation.", { material: `seed-medium-${id}`, verified: true, dueH: dueH + 4 }),
];
const asMeasured = ["temperature", "ph", "dissolved-oxygen"];

const n2 = unitProcedure("seed-bioreactor-n2", "Seed bioreactor N-2, 80 L", operation("n2", "N-2",
  phase("n2-preparation", "Preparation of N-2", ...seedBioreactor("n2", "N-2", -195.5, ["n3-transfer"])),
  phase("n2-inoculation", "Inoculation of N-2", ...inoculate("n2", "N-2", { instruction: "Weld the tube, transfer all of N-3. Read both volumes from the load cells.", after: ["n3-count", "charge-n2-medium"], dueH: -190.5 })),
  phase("n2-growth", "Growth of N-2", wait("n2-grow", "Grow N-2 for 3 to 4.5 d", "36.5 °C, pH 7.00, 40 % air saturation.", { timer: { since: "n2-transfer", ...days(3, 4.5) }, dueH: -103.4 }), capture("n2-capture", "N-2 as measured", "Start this step with the growth, end it with the count. Temperature, pH and dissolved oxygen judged over time.", { parameters: asMeasured.map((p) => `n2-${p}`), after: ["n2-density-after"], dueH: -103.2 }), counted("n2", "N-2", -103)),
));

const n1 = unitProcedure("seed-bioreactor-n1", "Seed bioreactor N-1, 400 L", operation("n1", "N-1",
  phase("n1-preparation", "Preparation of N-1", ...seedBioreactor("n1", "N-1", -102, ["n2-transfer"])),
  phase("n1-inoculation", "Inoculation of N-1", ...inoculate("n1", "N-1", { instruction: "Through the steamed line, enough of N-2 for 0.50 × 10⁶/mL. Inactivate what is left of N-2 a day later.", after: ["n2-count", "charge-n1-medium"], dueH: -96 })),
  phase("n1-growth", "Growth of N-1", enter("n1-count-day-1", "Count N-1 on day 1", "Draw 10 mL after the flush, count twice, enter the mean.", { parameters: ["n1-density-day-1", "seed-appearance"], dueH: -72 })),
));

/** Vial thaw to a growing N-1; how N-1 ends stands with the production bioreactor it inoculates. */
export const seedTrain: Part = {
  materials: [
    { id: "cell-bank-vial", code: "WCB-102", name: "Working cell bank, vial of 1.5 mL with 10⁷ cells/mL", kind: "intermediate", quantity: 2, unit: "pcs", tolerance: { low: 100, high: 100 } },
    { id: "seed-medium-flasks", code: "RM-2101", name: "Seed medium, for N-5 and N-4", kind: "medium", quantity: 1, unit: "L", tolerance: { low: 98, high: 110 } }, { id: "seed-medium-n3", code: "RM-2101", name: "Seed medium, for N-3", kind: "medium", quantity: 9, unit: "L", tolerance: { low: 95, high: 105 } },
    { id: "seed-medium-n2", code: "RM-2102", name: "Seed medium without selection, for N-2", kind: "medium", quantity: 70, unit: "L", tolerance: { low: 97, high: 104 } }, { id: "seed-medium-n1", code: "RM-2102", name: "Seed medium without selection, for N-1", kind: "medium", quantity: 350, unit: "L", tolerance: { low: 97, high: 104 } },
    { id: "rocking-bag", code: "CS-2007", name: "Rocking bag, 20 L, gamma irradiated", kind: "consumable", quantity: 1, unit: "pcs", tolerance: { low: 100, high: 100 } },
  ],
  equipment: [
    { id: "cabinet", name: "Biosafety cabinet", equipmentClass: "Biosafety cabinet, grade A", clean: true, calibrated: true, cleanHoldH: 24 }, { id: "incubator", name: "Shaking incubator", equipmentClass: "Shaking incubator, CO₂", clean: true, calibrated: true, cleanHoldH: 168 }, { id: "rocker", name: "Rocking bioreactor", equipmentClass: "Rocking bioreactor, 20 L", clean: true, calibrated: true, cleanHoldH: 168 },
    { id: "n2-bioreactor", name: "Seed bioreactor N-2", equipmentClass: "Bioreactor, stirred, 100 L", clean: true, calibrated: true, cleanHoldH: 72 }, { id: "n1-bioreactor", name: "Seed bioreactor N-1", equipmentClass: "Bioreactor, stirred, 500 L", clean: true, calibrated: true, cleanHoldH: 72 },
  ],
  parameters: [...parameters], samples: [], procedure: [flasks, n2, n1],
};
