import type { MasterContent, MasterParameter, MasterStep } from "#lib/recipe/master.ts";

export const masterId = "MBR-101";
export const masterVersion = 7;
export const cultureH = 336;
const unitProcedure = "5 Production bioreactor";

type Kind = Pick<MasterParameter, "class" | "source" | "evaluation" | "limits" | "ruleId"> & { readonly tag?: string };
const parameter = (id: string, name: string, unit: string, precision: number, kind: Kind): MasterParameter => ({ id, name, unit, precision, ...kind });
const instant = { kind: "instant" } as const;
const lasting = (minutes: number) => ({ kind: "longer_than", minutes }) as const;
const atEnd = { kind: "at_end" } as const;

/** Feeds follow the working volume (3 % of it a day), so the charge is judged as a share of what was planned for that day. */
const feed = (id: string, name: string): MasterParameter =>
  parameter(id, name, "% of plan", 1, { class: "CPP", source: "automatic", evaluation: atEnd, ruleId: "R-05", limits: { target: 100, normal: { low: 95, high: 105 }, action: { low: 90, high: 110 } } });

/** Limits of E.1 of the process description; one place, frozen into every batch by the master's digest. */
const parameters: readonly MasterParameter[] = [
  parameter("temperature", "Temperature", "°C", 2, { class: "CPP", source: "automatic", evaluation: lasting(10), ruleId: "R-01", tag: "temperature", limits: { target: 36.5, normal: { low: 32.7, high: 36.8 }, action: { low: 32.5, high: 37 }, validated: { low: 32, high: 37.5 } } }),
  parameter("ph", "pH", "pH", 2, { class: "CPP", source: "automatic", evaluation: lasting(10), ruleId: "R-04", tag: "ph", limits: { target: 7, normal: { low: 6.85, high: 7.15 }, action: { low: 6.8, high: 7.2 }, validated: { low: 6.75, high: 7.3 } } }),
  parameter("dissolved-oxygen", "Dissolved oxygen", "% sat", 1, { class: "CPP", source: "automatic", evaluation: lasting(2), ruleId: "R-03", tag: "dissolved-oxygen", limits: { target: 40, normal: { low: 30, high: 60 }, action: { low: 20, high: 80 }, validated: { low: 15, high: 100 } } }),
  parameter("viable-cell-density", "Viable cell density", "10⁶/mL", 1, { class: "KPP", source: "laboratory", evaluation: instant, ruleId: "R-11", tag: "viable-cell-density", limits: { normal: { low: 0.3, high: 28 } } }),
  parameter("viability", "Viability", "%", 1, { class: "KPP", source: "laboratory", evaluation: instant, ruleId: "R-12", tag: "viability", limits: { normal: { low: 70 }, action: { low: 60 } } }),
  parameter("glucose", "Glucose", "g/L", 2, { class: "CPP", source: "laboratory", evaluation: instant, ruleId: "R-13", tag: "glucose", limits: { normal: { low: 2, high: 8 }, action: { low: 1.5, high: 10 } } }),
  parameter("lactate", "Lactate", "g/L", 2, { class: "KPP", source: "laboratory", evaluation: instant, ruleId: "R-14", tag: "lactate", limits: { normal: { high: 3 }, action: { high: 4 } } }),
  parameter("ammonium", "Ammonium", "mmol/L", 1, { class: "KPP", source: "laboratory", evaluation: instant, ruleId: "R-15", tag: "ammonium", limits: { normal: { high: 9 }, action: { high: 10 } } }),
  parameter("osmolality", "Osmolality", "mOsm/kg", 0, { class: "KPP", source: "laboratory", evaluation: instant, ruleId: "R-16", tag: "osmolality", limits: { normal: { low: 260, high: 420 }, action: { high: 450 } } }),
  parameter("titer", "Titer", "g/L", 2, { class: "KPP", source: "laboratory", evaluation: instant, ruleId: "R-17", tag: "titer", limits: { normal: { low: 0.5, high: 9 } } }),
  parameter("ph-offline-difference", "pH, offline minus online", "pH", 2, { class: "IPC", source: "manual", evaluation: instant, ruleId: "R-06", limits: { normal: { low: -0.05, high: 0.05 } } }),
  feed("feed-a", "Feed A charged"),
  feed("feed-b", "Feed B charged"),
  parameter("media-charged", "Medium charged", "L", 0, { class: "CPP", source: "automatic", evaluation: atEnd, ruleId: "R-05", limits: { target: 1200, normal: { low: 1140, high: 1260 } } }),
  parameter("sip-temperature", "SIP, lowest temperature", "°C", 1, { class: "CPP", source: "automatic", evaluation: atEnd, ruleId: "R-20", limits: { normal: { low: 121.1 } } }),
  parameter("sip-f0", "SIP, F₀", "min", 1, { class: "CPP", source: "calculated", evaluation: atEnd, ruleId: "R-20", limits: { normal: { low: 15 } } }),
  parameter("inoculum-density", "Inoculation density", "10⁶/mL", 2, { class: "CPP", source: "laboratory", evaluation: instant, ruleId: "R-10", limits: { target: 0.5, normal: { low: 0.35, high: 0.65 } } }),
  parameter("inoculum-viability", "Inoculum viability", "%", 1, { class: "CPP", source: "laboratory", evaluation: instant, ruleId: "R-12", limits: { normal: { low: 95 } } }),
  parameter("harvest-volume", "Harvest volume", "L", 0, { class: "KPP", source: "automatic", evaluation: atEnd, ruleId: "R-30", limits: { normal: { low: 1500, high: 2100 } } }),
  parameter("bulk-yield", "Yield, harvest to drug substance", "%", 1, { class: "KPP", source: "calculated", evaluation: atEnd, ruleId: "R-31", limits: { normal: { low: 66, high: 78 } } }),
  parameter("bioburden", "Bioburden, pre-harvest", "CFU/10 mL", 0, { class: "CQA", source: "laboratory", evaluation: instant, ruleId: "R-40", limits: { normal: { high: 1 } } }),
];

type Draft = Omit<MasterStep, "id" | "unitProcedure" | "operation">;
const step = (phase: string, title: string, kind: MasterStep["kind"], dueH: number, ids: readonly string[] = [], rest: { automatic?: boolean; detail?: string } = {}): Draft => ({
  phase, title, kind, dueH, parameters: [...ids], automatic: rest.automatic ?? false, ...(rest.detail ? { detail: rest.detail } : {}),
});

const preparation: readonly Draft[] = [
  step("Line clearance", "Area and vessel clear of the previous batch", "instruction", -30),
  step("Binding", "Bind bioreactor, clean and within clean hold", "equipment_bind", -29),
  step("Sterilisation", "Sterilise in place", "auto_capture", -27, ["sip-temperature", "sip-f0"], { automatic: true, detail: "F₀ from the coldest probe, z = 10 °C, 121.1 °C" }),
  step("Medium", "Charge production medium", "material_add", -20, ["media-charged"]),
  step("Medium", "Condition medium to 36.5 °C, pH 7.00, 40 % air saturation", "instruction", -6),
];
const inoculation: readonly Draft[] = [
  step("Inoculum", "Inoculum from N−1 released", "signoff", -1, ["inoculum-viability"]),
  step("Inoculum", "Transfer inoculum", "material_add", 0),
  step("Inoculum", "Inoculation density", "sample", 0.3, ["inoculum-density"]),
];

function day(d: number): readonly Draft[] {
  const at = d * 24 - 2;
  const phase = `Day ${d}`;
  const results = ["viable-cell-density", "viability", "glucose", "lactate", "ammonium", ...(d >= 7 && d % 2 === 1 ? ["titer"] : [])];
  return [
    step(phase, "Draw daily sample, results", "sample", at, results, { detail: "Sample port 2, after flush" }),
    step(phase, "pH, offline against online", "entry", at, ["ph-offline-difference"], { detail: "Re-standardise above 0.05" }),
    ...(d >= 3 ? [step(phase, "Feed A and feed B", "material_add", at + 2, ["feed-a", "feed-b"])] : []),
    ...(d === 5 ? [step(phase, "Temperature shift 36.5 to 33.0 °C", "instruction", 120)] : []),
    step(phase, "Temperature, pH and dissolved oxygen, 24 h to here", "auto_capture", at, ["temperature", "ph", "dissolved-oxygen"], { automatic: true, detail: "Lowest and highest good value; judged over time" }),
  ];
}
const harvest: readonly Draft[] = [
  step("Harvest", "Pre-harvest bioburden sample", "sample", 330, ["bioburden"]),
  step("Harvest", "Harvest, volume", "auto_capture", 336, ["harvest-volume"], { automatic: true }),
  step("Reconciliation", "Yield, harvest to drug substance", "calc", 372, ["bulk-yield"], { detail: "Protein in drug substance ÷ protein at harvest" }),
];

const operations: readonly (readonly [string, readonly Draft[]])[] = [
  ["5.1 Preparation", preparation],
  ["5.2 Inoculation", inoculation],
  ["5.3 Production", Array.from({ length: 14 }, (_, i) => day(i + 1)).flat().filter((s) => s.dueH < 336)],
  ["5.4 Harvest and yield", harvest],
];

/** The 2,000 L production of VB-101, thin: one unit procedure, everything a batch of the story executes. */
export const master101: MasterContent = {
  format: "EBRMBR/1", id: masterId, version: masterVersion, productId: "VB-101", title: "VB-101 mAb, 2,000 L production", scaleL: 2000, durationH: cultureH,
  parameters: [...parameters],
  steps: operations.flatMap(([operation, drafts]) => drafts.map((draft, i) => ({ ...draft, id: `${operation.split(" ")[0]}.${i + 1}`, unitProcedure, operation }))),
};
