import type { MasterParameter, MasterStep } from "#lib/recipe/master-record.ts";
import { atEnd, bind, calculate, calculated, capture, charge, choice, clear, decide, enter, instruct, lasting, manual, meanOver, online, operation, parameter, phase, range, reported, sample, sign, tested, text, unitProcedure, wait, type Part } from "../writing.ts";

/** Ranges of a CHO fed-batch at 2,000 L, 14 d (process description E.1). */
const onlineParameters: readonly MasterParameter[] = [
  online("temperature-growth", "Temperature, growth", "°C", 2, "CPP", "temperature", lasting(10), { target: 36.5, normal: range(36.2, 36.8), alert: range(36.1, 36.9), action: range(36, 37), validated: range(35.5, 37.5), absolute: range(0, 140) }),
  online("temperature-shift", "Temperature, while it is shifted", "°C", 2, "CPP", "temperature", lasting(10), { normal: range(32.7, 36.8), action: range(32.5, 37), validated: range(32, 37.5), absolute: range(0, 140) }),
  online("temperature-production", "Temperature, production", "°C", 2, "CPP", "temperature", lasting(10), { target: 33, normal: range(32.7, 33.3), alert: range(32.6, 33.4), action: range(32.5, 33.5), validated: range(32, 34), absolute: range(0, 140) }),
  online("ph", "pH", "pH", 2, "CPP", "ph", lasting(10), { target: 7, normal: range(6.85, 7.15), alert: range(6.82, 7.18), action: range(6.8, 7.2), validated: range(6.75, 7.3), absolute: range(2, 12) }),
  online("dissolved-oxygen", "Dissolved oxygen", "% sat", 1, "CPP", "dissolved-oxygen", lasting(2), { target: 40, normal: range(30, 60), alert: range(25, 70), action: range(20, 80), validated: range(15, 100), absolute: range(0, 200) }),
  online("agitation", "Agitation, mean of 10 min", "rpm", 0, "KPP", "agitation", meanOver(10), { normal: range(57, 90), action: range(55, 110), absolute: range(0, 200) }),
  online("air-flow", "Air flow, mean of 10 min", "L/min", 1, "KPP", "air-flow", meanOver(10), { normal: range(2, 40), absolute: range(0, 300) }), online("oxygen-flow", "O₂ flow, mean of 10 min", "L/min", 1, "KPP", "oxygen-flow", meanOver(10), { normal: range(0, 120), action: range(0, 200), absolute: range(0, 300) }),
  online("vessel-pressure", "Vessel pressure, mean of 10 min", "bar", 3, "KPP", "vessel-pressure", meanOver(10), { target: 0.2, normal: range(0.1, 0.3), action: range(0.05, 0.4), absolute: range(-1, 3) }),
  parameter("volume", "Working volume", "L", 0, { class: "KPP", source: "automatic", tag: "volume", evaluation: atEnd, limits: { normal: range(1350, 2020), action: range(1300, 2050), absolute: range(0, 2500) } }), parameter("base-added", "Base added", "L", 2, { class: "KPP", source: "automatic", tag: "base-added", evaluation: atEnd, limits: { normal: range(0, 40), action: range(0, 60), absolute: range(0, 500) } }),
  reported("feed-a", "Feed A, of the day's plan", "% of plan", 1, "CPP", { target: 100, normal: range(95, 105), action: range(90, 110), absolute: range(0, 500) }), reported("feed-b", "Feed B, of the day's plan", "% of plan", 1, "CPP", { target: 100, normal: range(95, 105), action: range(90, 110), absolute: range(0, 500) }),
];

const dailyTests: readonly MasterParameter[] = [
  tested("viable-cell-density", "Viable cell density", "10⁶/mL", 1, "KPP", "SOP-QC-110, trypan blue counter", { normal: range(0.3, 28), action: range(0.2, 32), absolute: range(0, 100) }),
  tested("viability", "Viability, to day 9", "%", 1, "KPP", "SOP-QC-110, trypan blue counter", { normal: range(90), alert: range(88), action: range(80), absolute: range(0, 100) }), tested("viability-late", "Viability, from day 10", "%", 1, "KPP", "SOP-QC-110, trypan blue counter", { normal: range(75), action: range(70), absolute: range(0, 100) }),
  tested("glucose", "Glucose", "g/L", 2, "CPP", "SOP-QC-112, enzymatic analyser", { target: 4.5, normal: range(2, 8), alert: range(1.8, 9), action: range(1.5, 10), absolute: range(0, 40) }), tested("lactate", "Lactate", "g/L", 2, "KPP", "SOP-QC-112, enzymatic analyser", { normal: range(0, 3), action: range(0, 4), absolute: range(0, 20) }),
  tested("ammonium", "Ammonium", "mmol/L", 1, "KPP", "SOP-QC-112, enzymatic analyser", { normal: range(0, 9), action: range(0, 10), absolute: range(0, 50) }), tested("osmolality", "Osmolality", "mOsm/kg", 0, "KPP", "SOP-QC-104, freezing point", { normal: range(260, 420), action: range(250, 450), absolute: range(0, 1500) }),
  tested("pco2", "pCO₂", "mmHg", 0, "KPP", "SOP-QC-115, blood gas analyser", { target: 60, normal: range(30, 120), action: range(20, 140), validated: range(20, 160), absolute: range(0, 300) }), tested("titer", "Titer", "g/L", 2, "KPP", "SOP-QC-120, Protein A HPLC", { normal: range(0.5, 9), absolute: range(0, 20) }),
  manual("ph-offline-difference", "pH, offline minus online", "pH", 2, "IPC", { target: 0, normal: range(-0.05, 0.05), action: range(-0.1, 0.1), absolute: range(-12, 12) }),
];

const startParameters: readonly MasterParameter[] = [
  manual("rinse-conductivity", "Last rinse, conductivity", "µS/cm", 2, "IPC", { normal: range(0, 1.3), action: range(0, 5), absolute: range(0, 2000) }), manual("rinse-toc", "Last rinse, organic carbon", "mg/L", 3, "IPC", { normal: range(0, 0.3), action: range(0, 0.5), absolute: range(0, 50) }),
  manual("ph-slope", "pH probe, slope", "%", 1, "IPC", { target: 99, normal: range(95, 102), action: range(92, 104), absolute: range(0, 150) }), manual("oxygen-zero", "Oxygen probe, zero", "% sat", 1, "IPC", { target: 0, normal: range(-1, 1), action: range(-2, 2), absolute: range(-20, 200) }),
  reported("sip-temperature", "Sterilisation, lowest temperature", "°C", 1, "CPP", { normal: range(121.1, 125), action: range(121.1, 127), absolute: range(0, 150) }), reported("sip-f0", "Sterilisation, F₀", "min", 1, "CPP", { normal: range(20), action: range(15), absolute: range(0, 600) }), reported("pressure-loss", "Pressure hold test, loss in 30 min", "mbar", 0, "CPP", { normal: range(0, 15), action: range(0, 20), absolute: range(0, 2000) }),
  parameter("medium-charged", "Medium charged", "L", 0, { class: "CPP", source: "automatic", tag: "volume", evaluation: atEnd, limits: { target: 1230, normal: range(1205, 1255), action: range(1170, 1290), absolute: range(0, 2500) } }),
  choice("medium-clarity", "Medium after the sterile hold", "IPC", ["Clear"], ["Turbid", "Particles"]),
  tested("n1-density", "N-1, viable cell density at transfer", "10⁶/mL", 2, "CPP", "SOP-QC-110, trypan blue counter", { target: 4, normal: range(3, 6), action: range(2.5, 7), validated: range(2, 8), absolute: range(0, 100) }), tested("n1-viability", "N-1, viability at transfer", "%", 1, "CPP", "SOP-QC-110, trypan blue counter", { target: 97, normal: range(95), action: range(92), validated: range(90), absolute: range(0, 100) }),
  tested("n1-bioburden", "N-1, bioburden", "CFU/10 mL", 0, "IPC", "Ph. Eur. 2.6.12, membrane filtration", { normal: range(0, 0), action: range(0, 0), absolute: range(0) }),
  manual("inoculum-volume", "Inoculum", "L", 0, "CPP", { target: 170, normal: range(120, 215), action: range(100, 240), absolute: range(0, 500) }),
  calculated("start-volume", "Volume after inoculation", "L", 0, "KPP", { text: "medium + inoculum", inputs: { medium: "medium-charged", inoculum: "inoculum-volume" } }, { target: 1400, normal: range(1350, 1450), action: range(1300, 1500), absolute: range(0, 2500) }),
  calculated("inoculation-density", "Inoculation density", "10⁶/mL", 2, "CPP", { text: "density * inoculum / total", inputs: { density: "n1-density", inoculum: "inoculum-volume", total: "start-volume" } }, { target: 0.5, normal: range(0.35, 0.65), action: range(0.3, 0.75), validated: range(0.25, 0.9), absolute: range(0, 20) }),
  calculated("inoculation-split", "Split ratio, 1 to", "1", 1, "IPC", { text: "total / inoculum", inputs: { total: "start-volume", inoculum: "inoculum-volume" } }, { normal: range(6, 12), absolute: range(1, 100) }),
  tested("inoculum-density", "Viable cell density, day 0", "10⁶/mL", 2, "CPP", "SOP-QC-110, trypan blue counter", { target: 0.5, normal: range(0.35, 0.65), action: range(0.3, 0.75), validated: range(0.25, 0.9), absolute: range(0, 100) }), tested("inoculum-viability", "Viability, day 0", "%", 1, "CPP", "SOP-QC-110, trypan blue counter", { target: 97, normal: range(95), action: range(92), absolute: range(0, 100) }),
  text("culture-remarks", "Remarks on the culture"),
];

const feedDays = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
const glucoseDays = [7, 9, 11, 13];
const titerDays = [7, 9, 11, 12, 13];
const temperatureOn = (n: number): string => (n <= 5 ? "temperature-growth" : n <= 7 ? "temperature-shift" : "temperature-production");

/** Steps of a day on which the next day's wait. */
export const endOfDay = (n: number): string[] => (n === 2 ? ["raise-agitation"] : n === 5 || n === 6 ? [`feed-b-day-${n}`, `shift-day-${n}`] : glucoseDays.includes(n) ? [`glucose-day-${n}`] : feedDays.includes(n) ? [`feed-b-day-${n}`] : [`ph-check-day-${n}`, `capture-day-${n}`]);

/** A capture takes what was measured while its step is open: the next opens when one ends, but not before it is decided that there is a next day. */
const captureAfter = (n: number): string[] => [n === 1 ? "inoculate" : `capture-day-${n - 1}`, ...(n > 12 ? [`decide-harvest-${n - 1}`] : [])];

/** Sample of a day, what follows from it, and the capture of the 24 h before. */
export function observationsOfDay(n: number, after: string[]): readonly MasterStep[] {
  const at = n * 24 - 2;
  const captured = [temperatureOn(n), "ph", "dissolved-oxygen", "agitation", "air-flow", "oxygen-flow", "vessel-pressure", "volume", "base-added", ...(feedDays.includes(n - 1) ? ["feed-a", "feed-b"] : [])];
  return [
    sample(`draw-day-${n}`, `Sample of day ${n}`, "Flush 50 mL, draw, close, steam the valve. Count and measure within 30 min.", { sample: n < 10 ? "culture-daily" : "culture-late", after, dueH: at }),
    ...(titerDays.includes(n) ? [sample(`draw-titer-day-${n}`, `Titer sample of day ${n}`, "Centrifuge 2 mL, freeze the supernatant.", { sample: "culture-titer", after: [`draw-day-${n}`], dueH: at + 0.1 })] : []),
    enter(`ph-check-day-${n}`, "pH, offline against online", "Measure within 5 min of drawing. Above 0.05, re-standardise the online probe.", { parameters: ["ph-offline-difference"], after: [`draw-day-${n}`], dueH: at + 0.2 }),
    capture(`capture-day-${n}`, "Culture, 24 h to here", `Start this step as soon as that of the day before has ended, end it after the sample. Temperature, pH, oxygen, agitation, gases, pressure and volume, judged over time.${feedDays.includes(n - 1) ? " Read what was fed from the totalisers." : ""}`, { parameters: captured, verified: feedDays.includes(n - 1), after: captureAfter(n), dueH: at + 0.2 }),
  ];
}

/** Feed A, then feed B, never together; glucose on the days it may be short. */
export function feedsOfDay(n: number, after = [`ph-check-day-${n}`, `capture-day-${n}`]): readonly MasterStep[] {
  const at = n * 24;
  return [
    charge(`feed-a-day-${n}`, `Feed A, day ${n}`, "Scan the bag. 2.7 % of the working volume within 60 min.", { material: "feed-a", verified: true, after, dueH: at }),
    charge(`feed-b-day-${n}`, `Feed B, day ${n}`, "When feed A is in: scan the bag. 0.3 % of the working volume through its own line within 60 min.", { material: "feed-b", verified: true, precaution: "Feed B has pH 11: goggles, gloves.", dueH: at + 1 }),
    ...(glucoseDays.includes(n) ? [charge(`glucose-day-${n}`, `Glucose, day ${n}`, "Below 3.5 g/L in the sample: add to 5 g/L. Else this does not apply.", { material: "glucose", verified: true, mayNotApply: true, dueH: at + 2 })] : []),
  ];
}

const shift = (n: number): MasterStep => instruct(`shift-day-${n}`, `Shift to 33.0 °C on day ${n}`, "Change the set point. It takes about 5 h; the pH set point stays.", { after: [`feed-b-day-${n}`], dueH: n * 24 + 2 });
const restandardise = (n: number): MasterStep => instruct(`restandardise-day-${n}`, "Re-standardise the pH probe", "Only above 0.05 pH of difference: one point, from the sample of today. Write down offset before and after.", { mayNotApply: true, attachment: "allowed", after: [`ph-check-day-${n}`, `capture-day-${n}`], dueH: n * 24 - 1.5 });
const day = (n: number, ...rest: readonly MasterStep[]) => phase(`day-${n}`, `Day ${n}`, ...observationsOfDay(n, n === 1 ? ["draw-day-0"] : endOfDay(n - 1)), ...rest);

const preparation = operation("bioreactor-preparation", "Preparation",
  phase("bioreactor-clearance", "Line clearance and binding", clear("clear-bioreactor-suite", "Clear the suite", "Remove everything of another batch: labels, bags, samples, documents. Check drains and transfer panel.", { verified: true, attachment: "allowed", after: ["n1-transfer"], dueH: -50 }), bind("bind-bioreactor", "Bind the production bioreactor", "Scan the bioreactor. It is clean, calibrated and within its clean hold time.", { equipment: "bioreactor", dueH: -49 }), enter("last-rinse", "Last rinse of the cleaning", "Enter both values from the cleaning report and attach it.", { parameters: ["rinse-conductivity", "rinse-toc"], verified: true, attachment: "required", dueH: -48.5 })),
  phase("probes", "Probes", enter("calibrate-probes", "Calibrate pH and oxygen", "pH at 7.00 and 4.01; oxygen in nitrogen. Both probes of each kind.", { parameters: ["ph-slope", "oxygen-zero"], verified: true, attachment: "allowed", dueH: -47 })),
  phase("sterilisation", "Sterilisation", enter("sip", "Sterilise in place", "Vessel, filters and lines. The coldest probe counts: read both values from the report.", { parameters: ["sip-temperature", "sip-f0"], verified: true, precaution: "Steam at 2.4 bar: nobody at the outlets.", dueH: -43 }), enter("pressure-hold", "Pressure hold test", "0.5 bar of sterile air for 30 min.", { parameters: ["pressure-loss"], verified: true, dueH: -38 })),
  phase("medium-charging", "Medium", wait("medium-hold", "Medium within its 72 h", "From filtration to charging at most 72 h at 15 to 25 °C.", { timer: { since: "filter-medium", atMostMin: 4320 }, after: ["pressure-hold", "medium-released"], dueH: -36 }), instruct("transfer-medium", "Transfer the medium", "Through the sterilised line and the second 0.2 µm filter.", { dueH: -35.5 }), capture("capture-medium", "Volume of the medium", "The volume is read from the load cells.", { parameters: ["medium-charged"], dueH: -33 }), instruct("condition", "Condition the medium", "Bring to 36.5 °C, pH 7.05 and 100 % air saturation; set the span of the oxygen probe.", { dueH: -32 })),
  phase("sterile-hold", "Sterile hold", wait("hold-medium", "Hold the medium for 20 h at least", "Nothing is added. Turbidity, oxygen and pH stay where they are.", { timer: { since: "condition", atLeastMin: 1200, atMostMin: 4320 }, dueH: -9 }), enter("medium-still-clear", "Look at the medium", "Draw 50 mL; measure the pH offline.", { parameters: ["medium-clarity", "ph-offline-difference"], verified: true, dueH: -8.5 })),
);

const inoculation = operation("inoculation", "Inoculum and inoculation",
  phase("inoculum", "N-1 as inoculum", wait("n1-grow", "N-1 has grown for 3 to 4.5 d", "36.5 °C, pH 7.00, 40 % air saturation.", { timer: { since: "n1-transfer", atLeastMin: 4320, atMostMin: 6480 }, after: ["n1-count-day-1"], dueH: -6.5 }), sample("draw-n1", "Sample N-1", "Flush, draw, count at once.", { sample: "seed-n1", after: ["n1-grow"], dueH: -6 }), capture("n1-capture", "N-1 as measured", "Start this step with the growth of N-1, end it with the sample. Temperature, pH and dissolved oxygen, judged over time.", { parameters: ["n1-temperature", "n1-ph", "n1-dissolved-oxygen"], after: ["n1-density-after"], dueH: -6 }), enter("n1-microscope", "N-1 under the microscope", "Look at five fields.", { parameters: ["seed-appearance"], attachment: "allowed", after: ["draw-n1"], dueH: -5.5 }), sign("inoculum-released", "N-1 released as inoculum", "Density, viability, appearance and course of N-1 are within their limits.", { verified: true, after: ["draw-n1", "n1-capture", "n1-microscope"], dueH: -2 })),
  phase("connections", "Connections", charge("connect-base", "Connect the base", "Scan the bag, weld, open.", { material: "base", verified: true, after: ["medium-still-clear"], dueH: -2 }), charge("connect-antifoam", "Connect the antifoam", "Scan the bottle, weld. The foam probe doses 10 mL at a time.", { material: "antifoam", verified: true, dueH: -1.5 })),
  phase("transfer", "Inoculation", enter("inoculate", "Inoculate", "Set agitation to 60 rpm. Transfer enough of N-1 for 0.50 × 10⁶/mL; read the volume from the load cells of N-1.", { parameters: ["inoculum-volume"], verified: true, after: ["inoculum-released", "connect-antifoam"], dueH: 0 }), calculate("density-after", "Density after inoculation", "Volume, density and split ratio follow from N-1 and the medium.", { parameters: ["start-volume", "inoculation-density", "inoculation-split"], dueH: 0.1 }), sample("draw-day-0", "Sample of day 0", "Thirty minutes after the transfer.", { sample: "culture-start", dueH: 0.5 })),
);

const shiftDecision = decide("decide-shift", "Shift the temperature today or tomorrow", "Today from 6 × 10⁶/mL on; below that tomorrow, on day 6 at the latest.", { choices: [{ value: "day-5", label: "Today, day 5", leavesOut: ["shift-day-6"] }, { value: "day-6", label: "Tomorrow, day 6", leavesOut: ["shift-day-5"] }], verified: true, after: ["ph-check-day-5", "capture-day-5"], dueH: 119 });
const raised = instruct("raise-agitation", "Raise the agitation to 85 rpm", "In steps of 5 rpm; oxygen may overshoot for a few minutes.", { after: ["ph-check-day-2", "capture-day-2"], dueH: 47 });
const growth = operation("growth", "Growth, day 1 to 5", day(1), day(2, raised), day(3, ...feedsOfDay(3)), day(4, restandardise(4), ...feedsOfDay(4, ["restandardise-day-4"])), day(5, shiftDecision, ...feedsOfDay(5, ["decide-shift"]), shift(5)));
const production = operation("production", "Production, day 6 to 11", day(6, ...feedsOfDay(6), shift(6)), day(7, ...feedsOfDay(7, ["draw-titer-day-7", "ph-check-day-7", "capture-day-7"])), day(8, ...feedsOfDay(8)), day(9, ...feedsOfDay(9, ["draw-titer-day-9", "ph-check-day-9", "capture-day-9"])), day(10, restandardise(10), ...feedsOfDay(10, ["restandardise-day-10"])), day(11, ...feedsOfDay(11, ["draw-titer-day-11", "ph-check-day-11", "capture-day-11"])));

/** The production bioreactor from its clearance to day 11; how the culture ends stands with the harvest. */
export const culture: Part = {
  materials: [
    { id: "feed-a", code: "RM-2120", name: "Feed A, each day's addition", kind: "medium", quantity: 45, unit: "L", tolerance: { low: 75, high: 125 } }, { id: "feed-b", code: "RM-2121", name: "Feed B, alkaline, each day's addition", kind: "medium", quantity: 5, unit: "L", tolerance: { low: 75, high: 125 } },
    { id: "glucose", code: "RM-2125", name: "Glucose solution, 500 g/L, each addition", kind: "raw", quantity: 6, unit: "L", tolerance: { low: 30, high: 170 } }, { id: "base", code: "RM-2130", name: "Sodium carbonate solution, 1 mol/L", kind: "raw", quantity: 60, unit: "L", tolerance: { low: 90, high: 110 } }, { id: "antifoam", code: "RM-2131", name: "Antifoam emulsion, 30 % simethicone, 1 %", kind: "raw", quantity: 5, unit: "L", tolerance: { low: 90, high: 110 } },
  ],
  equipment: [{ id: "bioreactor", name: "Production bioreactor", equipmentClass: "Bioreactor, stirred, 2,000 L", clean: true, calibrated: true, cleanHoldH: 72 }],
  parameters: [...onlineParameters, ...dailyTests, ...startParameters],
  samples: [
    { id: "seed-n1", name: "N-1, before transfer", point: "N-1, sample valve after flush", quantity: 30, unit: "mL", storage: "20 to 25 °C, 30 min; bioburden 2 to 8 °C, 24 h", parameters: ["n1-density", "n1-viability", "n1-bioburden"] }, { id: "culture-start", name: "Culture, day 0", point: "Sample port 2, after flush", quantity: 30, unit: "mL", storage: "20 to 25 °C, 30 min", parameters: ["inoculum-density", "inoculum-viability"] },
    { id: "culture-daily", name: "Culture, day 1 to 9", point: "Sample port 2, after flush", quantity: 40, unit: "mL", storage: "20 to 25 °C, 30 min", parameters: ["viable-cell-density", "viability", "glucose", "lactate", "ammonium", "osmolality", "pco2"] }, { id: "culture-late", name: "Culture, day 10 to 14", point: "Sample port 2, after flush", quantity: 40, unit: "mL", storage: "20 to 25 °C, 30 min", parameters: ["viable-cell-density", "viability-late", "glucose", "lactate", "ammonium", "osmolality", "pco2"] },
    { id: "culture-titer", name: "Culture, supernatant", point: "Sample port 2, after flush", quantity: 2, unit: "mL", storage: "−20 °C, 7 d", parameters: ["titer"] },
  ],
  procedure: [unitProcedure("production-bioreactor", "Production bioreactor", preparation, inoculation, growth, production)],
};
