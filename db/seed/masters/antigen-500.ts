import type { MasterParameter, MasterRecord } from "#lib/recipe/master-record.ts";
import { atEnd, bind, calculate, capture, charge, clear, decide, enter, instruct, lasting, meanOver, operation, parameter, phase, range, sample, sign, unitProcedure, wait } from "./writing.ts";

const online = (id: string, name: string, unit: string, precision: number, minutes: number, limits: MasterParameter["limits"]): MasterParameter =>
  parameter(id, name, unit, precision, { class: "CPP", source: "automatic", evaluation: lasting(minutes), tag: id.replace(/-(growth|expression)$/, ""), limits });
const result = (id: string, name: string, unit: string, precision: number, of: "CQA" | "KPP" | "CPP" | "IPC", method: string, limits: MasterParameter["limits"]): MasterParameter =>
  parameter(id, name, unit, precision, { class: of, source: "laboratory", method, limits });

/** Ranges of E. coli at 300 to 1,000 L, 24 to 40 h (process description E.2). */
const parameters: readonly MasterParameter[] = [
  online("temperature-growth", "Temperature, growth", "°C", 1, 10, { target: 37, normal: range(36.5, 37.5), action: range(36, 38), validated: range(35, 39), absolute: range(0, 150) }),
  online("temperature-expression", "Temperature, expression", "°C", 1, 10, { target: 28, normal: range(27.5, 28.5), action: range(27, 29), validated: range(25, 30), absolute: range(0, 150) }),
  online("ph", "pH", "pH", 2, 10, { target: 7, normal: range(6.9, 7.1), action: range(6.8, 7.2), validated: range(6.6, 7.4), absolute: range(0, 14) }),
  online("dissolved-oxygen", "Dissolved oxygen", "% sat", 1, 5, { target: 30, normal: range(20, 40), action: range(15, 60), validated: range(10, 100), absolute: range(0, 500) }),
  parameter("growth-rate-set", "Growth rate, set point of the feed", "1/h", 2, { class: "CPP", source: "manual", limits: { target: 0.2, normal: range(0.18, 0.22), action: range(0.15, 0.25), absolute: range(0, 1) } }),
  parameter("airflow", "Air flow, mean of 10 min", "L/min", 0, { class: "KPP", source: "automatic", evaluation: meanOver(10), tag: "airflow", limits: { normal: range(250, 550), absolute: range(0, 2000) } }),
  parameter("sip-f0", "Sterilisation, F₀", "min", 1, { class: "CPP", source: "manual", evaluation: atEnd, limits: { normal: range(15), action: range(15), absolute: range(0, 600) } }),
  parameter("sip-temperature", "Sterilisation, lowest temperature", "°C", 1, { class: "CPP", source: "manual", evaluation: atEnd, limits: { normal: range(121.1, 125), action: range(121.1, 127), absolute: range(0, 150) } }),
  parameter("medium-volume", "Volume after charging", "L", 0, { class: "CPP", source: "automatic", tag: "volume", evaluation: atEnd, limits: { target: 350, normal: range(343, 357), action: range(335, 365), absolute: range(0, 550) } }),
  parameter("seed-density", "Optical density of the seed", "OD600", 1, { class: "CPP", source: "manual", limits: { target: 10, normal: range(8, 12), action: range(6, 15), absolute: range(0, 200) } }),
  parameter("seed-volume", "Volume of the seed", "L", 1, { class: "CPP", source: "manual", evaluation: atEnd, limits: { target: 10, normal: range(9.5, 10.5), action: range(9, 11), absolute: range(0, 50) } }),
  parameter("inoculation-density", "Optical density after inoculation", "OD600", 2, { class: "IPC", source: "calculated", evaluation: atEnd, limits: { normal: range(0.2, 0.35) }, formula: { text: "seed_od * seed_v / (medium_v + seed_v)", inputs: { seed_od: "seed-density", seed_v: "seed-volume", medium_v: "medium-volume" } } }),
  result("optical-density", "Optical density", "OD600", 1, "KPP", "SOP-QC-014, photometer 600 nm", { normal: range(0.1, 200), absolute: range(0, 400) }),
  result("glucose", "Glucose", "g/L", 2, "KPP", "SOP-QC-021, enzymatic", { normal: range(0, 20), absolute: range(0, 500) }),
  result("acetate", "Acetate", "g/L", 2, "KPP", "SOP-QC-022, HPLC", { normal: range(0, 3), action: range(0, 5), absolute: range(0, 100) }),
  parameter("induction-density", "Optical density at induction", "OD600", 1, { class: "CPP", source: "manual", limits: { target: 100, normal: range(80, 120), action: range(60, 150), absolute: range(0, 400) } }),
  parameter("inducer-concentration", "Inducer in the vessel", "mmol/L", 2, { class: "CPP", source: "calculated", evaluation: atEnd, limits: { target: 0.5, normal: range(0.45, 0.55), action: range(0.4, 0.6) }, formula: { text: "stock * added / volume", inputs: { stock: "inducer-stock", added: "inducer-volume", volume: "working-volume" } } }),
  parameter("inducer-stock", "Inducer, concentration of the stock", "mol/L", 2, { class: "info", source: "manual" }), parameter("inducer-volume", "Inducer, volume added", "L", 3, { class: "info", source: "manual" }), parameter("working-volume", "Working volume at induction", "L", 0, { class: "info", source: "manual" }),
  parameter("wet-cell-mass", "Mass of the cell paste", "kg", 1, { class: "KPP", source: "manual", evaluation: atEnd, limits: { normal: range(60, 110), absolute: range(0, 300) } }),
  parameter("harvest-volume", "Harvest volume", "L", 0, { class: "KPP", source: "automatic", tag: "volume", evaluation: atEnd, limits: { normal: range(430, 500), absolute: range(0, 550) } }),
  parameter("lysis-pressure", "Homogeniser, pressure", "bar", 0, { class: "CPP", source: "automatic", evaluation: lasting(1), tag: "homogeniser-pressure", limits: { target: 800, normal: range(760, 840), action: range(700, 900), absolute: range(0, 1500) } }),
  parameter("capture-load", "Capture, load of the resin", "g/L", 1, { class: "CPP", source: "calculated", evaluation: atEnd, limits: { normal: range(8, 18), action: range(5, 20) }, formula: { text: "concentration * volume / resin", inputs: { concentration: "clarified-concentration", volume: "clarified-volume", resin: "resin-volume" } } }),
  parameter("clarified-volume", "Clarified lysate, volume", "L", 0, { class: "KPP", source: "manual", evaluation: atEnd, limits: { normal: range(380, 520), absolute: range(0, 800) } }), parameter("resin-volume", "Resin volume of the column", "L", 1, { class: "info", source: "manual" }),
  result("clarified-concentration", "Clarified lysate, antigen", "g/L", 2, "KPP", "SOP-QC-031, RP-HPLC", { normal: range(0.8, 4), absolute: range(0, 50) }), result("bulk-concentration", "Bulk, antigen", "mg/mL", 2, "CQA", "SOP-QC-031, RP-HPLC", { target: 5, normal: range(4.5, 5.5), action: range(4, 6), absolute: range(0, 50) }),
  parameter("bulk-volume", "Bulk, volume", "L", 1, { class: "KPP", source: "manual", evaluation: atEnd, limits: { normal: range(70, 180), absolute: range(0, 400) } }),
  parameter("antigen-yield", "Yield, clarified lysate to bulk", "%", 1, { class: "KPP", source: "calculated", evaluation: atEnd, limits: { normal: range(55, 80), action: range(45, 90) }, formula: { text: "bulk_v * bulk_c / (lysate_v * lysate_c)", inputs: { bulk_v: "bulk-volume", bulk_c: "bulk-concentration", lysate_v: "clarified-volume", lysate_c: "clarified-concentration" } } }),
  result("purity", "Purity", "%", 1, "CQA", "SOP-QC-033, SE-HPLC", { normal: range(95), action: range(93), absolute: range(0, 100) }), result("endotoxin", "Endotoxin", "EU/mL", 0, "CQA", "Ph. Eur. 2.6.14, kinetic chromogenic", { normal: range(0, 100), action: range(0, 200) }),
  result("bioburden", "Bioburden", "CFU/10 mL", 0, "CQA", "Ph. Eur. 2.6.12, membrane filtration", { normal: range(0, 10), action: range(0, 100) }), result("plasmid-retention", "Plasmid retention", "%", 0, "IPC", "SOP-QC-018, replica plating", { normal: range(90), absolute: range(0, 100) }),
  parameter("filter-bubble-point", "Filter integrity, bubble point", "bar", 2, { class: "CPP", source: "manual", evaluation: atEnd, limits: { normal: range(3.2), action: range(3.2), absolute: range(0, 10) } }),
];

/** 500 L of E. coli, fed at a set growth rate and induced, to the filtered bulk of a virus-like particle's antigen. */
export const antigen500: MasterRecord = {
  format: "EBRMBR/2", id: "MBR-201", version: 1, productId: "VB-201", title: "VB-201 antigen, 500 L E. coli", purpose: "Antigen bulk of the VLP vaccine from one 500 L fermentation.", batchSize: { quantity: 500, unit: "L" }, durationH: 40,
  theoreticalYield: { name: "Antigen in the filtered bulk", quantity: 800, unit: "g", parameter: "antigen-yield" },
  precautions: "Recombinant organism, biosafety level 1: closed transfer, inactivate all waste. Ammonia 25 % burns skin and lungs: face shield, gloves, exhaust on. Homogeniser runs at 800 bar: nobody at the outlet.",
  materials: [
    { id: "medium", code: "RM-1101", name: "Mineral medium concentrate", kind: "medium", quantity: 340, unit: "L", tolerance: { low: 98, high: 102 } }, { id: "seed", code: "WCB-201", name: "Seed culture from the working cell bank", kind: "intermediate", quantity: 10, unit: "L", tolerance: { low: 90, high: 110 } },
    { id: "feed", code: "RM-1107", name: "Glucose feed, 600 g/L", kind: "raw", quantity: 120, unit: "L", tolerance: { low: 85, high: 115 } }, { id: "ammonia", code: "RM-1112", name: "Ammonia solution, 25 %", kind: "raw", quantity: 30, unit: "L", tolerance: { low: 50, high: 150 } },
    { id: "inducer", code: "RM-1120", name: "Inducer stock, 1 mol/L", kind: "raw", quantity: 0.24, unit: "L", tolerance: { low: 90, high: 110 } }, { id: "lysis-buffer", code: "BF-0203", name: "Lysis buffer", kind: "buffer", quantity: 300, unit: "L", tolerance: { low: 95, high: 105 } },
    { id: "elution-buffer", code: "BF-0207", name: "Elution buffer", kind: "buffer", quantity: 150, unit: "L", tolerance: { low: 95, high: 105 } }, { id: "sterile-filter", code: "CS-0310", name: "Filter, 0.2 µm, 30 inch", kind: "consumable", quantity: 1, unit: "pcs", tolerance: { low: 100, high: 100 } },
  ],
  equipment: [
    { id: "fermenter", name: "Fermenter", equipmentClass: "fermenter 500 L", clean: true, calibrated: true, cleanHoldH: 72 }, { id: "centrifuge", name: "Centrifuge", equipmentClass: "disc centrifuge", clean: true, calibrated: true, cleanHoldH: 48 },
    { id: "homogeniser", name: "Homogeniser", equipmentClass: "high-pressure homogeniser", clean: true, calibrated: true, cleanHoldH: 48 }, { id: "column", name: "Capture column", equipmentClass: "chromatography column 30 L", clean: true, calibrated: true, cleanHoldH: 168 }, { id: "skid", name: "Ultrafiltration skid", equipmentClass: "UF/DF skid", clean: true, calibrated: true, cleanHoldH: 72 },
  ],
  parameters: [...parameters],
  samples: [
    { id: "culture-batch", name: "Culture, end of the batch phase", point: "Fermenter, sample valve after flush", quantity: 50, unit: "mL", storage: "On ice, 1 h", parameters: ["optical-density", "glucose", "acetate"] },
    { id: "culture-harvest", name: "Culture, before harvest", point: "Fermenter, sample valve after flush", quantity: 100, unit: "mL", storage: "On ice, 1 h", parameters: ["optical-density", "acetate", "plasmid-retention"] },
    { id: "lysate", name: "Clarified lysate", point: "Outlet of the depth filter", quantity: 20, unit: "mL", storage: "2 to 8 °C, 24 h", parameters: ["clarified-concentration"] },
    { id: "bulk", name: "Filtered bulk", point: "Filling line, middle of the filling", quantity: 150, unit: "mL", storage: "2 to 8 °C, 24 h", parameters: ["bulk-concentration", "purity", "endotoxin", "bioburden"] },
  ],
  procedure: [
    unitProcedure("fermentation", "Fermentation",
      operation("preparation", "Preparation",
        phase("clearance", "Line clearance", clear("clear-area", "Clear the area", "Remove everything of another batch. Check labels, waste, documents and drains.", { verified: true, dueH: -30 }), bind("bind-fermenter", "Bind the fermenter", "Scan the fermenter. It is clean, calibrated and within its clean hold time.", { equipment: "fermenter", dueH: -29 })),
        phase("sterilise", "Sterilisation and medium", charge("charge-medium", "Charge the medium", "Scan the lot and charge through the sterile filter.", { material: "medium", verified: true, dueH: -26 }), capture("capture-volume", "Volume", "The volume is read from the load cells.", { parameters: ["medium-volume"], dueH: -25 }), enter("capture-sip", "Sterilise in place", "Start the sterilisation with medium. The coldest probe counts: read both values from the report of the fermenter.", { parameters: ["sip-temperature", "sip-f0"], verified: true, dueH: -24 }), instruct("condition", "Condition the medium", "Bring to 37 °C, pH 7.0 and 100 % air saturation; calibrate the oxygen probe.", { dueH: -4 })),
      ),
      operation("growth", "Inoculation and growth",
        phase("inoculation", "Inoculation", enter("seed-values", "Look at the seed", "Read density and volume of the seed.", { parameters: ["seed-density", "seed-volume"], verified: true, dueH: -1 }), charge("charge-seed", "Inoculate", "Connect sterile and transfer the whole seed.", { material: "seed", verified: true, dueH: 0 }), calculate("density-after", "Density after inoculation", "The density follows from seed and medium.", { parameters: ["inoculation-density"], dueH: 0.1 })),
        phase("batch-phase", "Batch phase", charge("connect-base", "Connect ammonia", "Connect the base line and open it. Ventilation on.", { material: "ammonia", verified: true, precaution: "Face shield and gloves.", dueH: 0.2 }), sample("draw-batch", "Sample at the end of the batch phase", "When dissolved oxygen rises, glucose is used up: draw the sample.", { sample: "culture-batch", dueH: 8 })),
        phase("fed-batch", "Fed batch", enter("set-growth-rate", "Set the growth rate", "Enter the growth rate into the feed profile and read it back.", { parameters: ["growth-rate-set"], verified: true, dueH: 8.2 }), charge("charge-feed", "Start the feed", "Scan the lot and start the profile.", { material: "feed", verified: true, dueH: 8.3 }), capture("capture-growth", "Growth, as measured", "Temperature, pH, oxygen and air flow from inoculation to here, judged over time.", { parameters: ["temperature-growth", "ph", "dissolved-oxygen", "airflow"], dueH: 20 })),
      ),
      operation("expression", "Expression",
        phase("induction", "Induction", enter("read-density", "Read the density", "Read the optical density, the stock and the working volume.", { parameters: ["induction-density", "inducer-stock", "inducer-volume", "working-volume"], verified: true, dueH: 20.2 }), instruct("lower-temperature", "Lower the temperature to 28 °C", "Change the set point. It takes about 40 min.", { dueH: 20.3 }), charge("charge-inducer", "Add the inducer", "Scan the lot and add through the septum.", { material: "inducer", verified: true, dueH: 21 }), calculate("inducer-reached", "Inducer in the vessel", "The concentration follows from stock, volume added and working volume.", { parameters: ["inducer-concentration"], dueH: 21.1 })),
        phase("expressing", "Expression", wait("express", "Express for 6 to 8 h", "Hold 28 °C and the feed.", { timer: { since: "charge-inducer", atLeastMin: 360, atMostMin: 480 }, dueH: 27 }), capture("capture-expression", "Expression, as measured", "Temperature from induction to here, judged over time.", { parameters: ["temperature-expression"], dueH: 28 }), sample("draw-harvest", "Sample before harvest", "Draw the last sample of the culture.", { sample: "culture-harvest", dueH: 28 })),
      ),
    ),
    unitProcedure("harvest", "Harvest and lysis",
      operation("separation", "Separation",
        phase("centrifugation", "Centrifugation", bind("bind-centrifuge", "Bind the centrifuge", "Scan the centrifuge.", { equipment: "centrifuge", dueH: 28.2 }), capture("capture-harvest", "Harvest volume", "The volume is read from the load cells.", { parameters: ["harvest-volume"], dueH: 28.3 }), enter("weigh-paste", "Weigh the cell paste", "Weigh all containers, tare subtracted.", { parameters: ["wet-cell-mass"], verified: true, attachment: "allowed", dueH: 31 })),
        phase("hold", "Hold of the paste", decide("go-on", "Lyse now or freeze", "Decide how the paste goes on.", { choices: [{ value: "lyse", label: "Lyse now", leavesOut: ["freeze"] }, { value: "freeze", label: "Freeze at −70 °C", leavesOut: [] }], dueH: 31 }), instruct("freeze", "Freeze the paste", "Freeze in flat bags, label, store at −70 °C or below.", { mayNotApply: true, dueH: 31.5 })),
      ),
      operation("lysis", "Lysis",
        phase("homogenise", "Homogenisation", bind("bind-homogeniser", "Bind the homogeniser", "Scan the homogeniser.", { equipment: "homogeniser", dueH: 32 }), charge("charge-lysis", "Suspend in lysis buffer", "Scan the lot and suspend the paste.", { material: "lysis-buffer", verified: true, dueH: 32.2 }), capture("capture-pressure", "Homogenise, two passes", "The pressure of both passes, judged over time.", { parameters: ["lysis-pressure"], precaution: "Nobody at the outlet.", dueH: 33.5 }), enter("lysate-volume", "Clarified lysate, volume", "Clarify over depth filters and read the volume.", { parameters: ["clarified-volume"], verified: true, dueH: 35 }), sample("draw-lysate", "Sample the clarified lysate", "Draw behind the depth filter.", { sample: "lysate", dueH: 35 })),
      ),
    ),
    unitProcedure("purification", "Purification and bulk",
      operation("capture", "Capture",
        phase("load", "Load and elute", bind("bind-column", "Bind the column", "Scan the column; its resin is within its number of cycles.", { equipment: "column", dueH: 35.5 }), enter("resin", "Resin volume", "Read the packed volume from the column's log.", { parameters: ["resin-volume"], verified: true, dueH: 35.6 }), calculate("load-density", "Load of the resin", "The load follows from volume and concentration of the lysate.", { parameters: ["capture-load"], dueH: 36 }), charge("elute", "Elute", "Scan the elution buffer. Collect from 0.5 to 0.5 AU.", { material: "elution-buffer", verified: true, dueH: 37.5 })),
      ),
      operation("formulation", "Formulation and filtration",
        phase("ultrafiltration", "Ultrafiltration", bind("bind-skid", "Bind the skid", "Scan the skid.", { equipment: "skid", dueH: 37.6 }), instruct("diafilter", "Concentrate and diafilter", "Concentrate to 5 mg/mL, then seven volumes of formulation buffer.", { dueH: 38.5 })),
        phase("bulk-filtration", "Filtration of the bulk", charge("mount-filter", "Mount the filter", "Scan the filter, mount and flush it.", { material: "sterile-filter", verified: true, dueH: 39 }), enter("bulk-volume-read", "Filter, read the volume", "Filter into the sterile bag and read the volume.", { parameters: ["bulk-volume"], verified: true, dueH: 39.4 }), enter("integrity", "Test the filter", "Test the integrity after use; attach the print.", { parameters: ["filter-bubble-point"], verified: true, attachment: "required", after: ["bulk-volume-read"], dueH: 39.6 }), sample("draw-bulk", "Sample the bulk", "Draw in the middle of the filling.", { sample: "bulk", after: ["bulk-volume-read"], dueH: 39.6 }), calculate("reconcile", "Yield", "The yield follows when the results are in.", { parameters: ["antigen-yield"], verified: true, after: ["integrity", "draw-bulk"], dueH: 40 }), sign("production-end", "Production is complete", "Everything is recorded; equipment is handed over for cleaning.", { verified: true, dueH: 40 })),
      ),
    ),
  ],
};
