import { masterRecord, type MasterRecord } from "#lib/recipe/master-record.ts";

/** A complete master, as small as one can be: a buffer that is mixed, tested and filtered. */
export const smallMaster: MasterRecord = masterRecord.parse({
  format: "EBRMBR/2", id: "MBR-BUF-01", version: 1, productId: "BUF-PBS", title: "Phosphate buffer, 100 L", purpose: "Equilibration buffer of the capture column.", batchSize: { quantity: 100, unit: "L" }, durationH: 8,
  theoreticalYield: { name: "Filtered buffer", quantity: 100, unit: "L", parameter: "buffer-yield" }, precautions: "Protective goggles; salts raise dust.",
  materials: [{ id: "salt", code: "RM-0042", name: "Sodium chloride", kind: "raw", quantity: 8, unit: "kg", tolerance: { low: 99, high: 101 } }],
  equipment: [{ id: "vessel", name: "Mixing vessel", equipmentClass: "mixing vessel 200 L", clean: true, calibrated: true, cleanHoldH: 72 }],
  parameters: [
    { id: "ph", name: "pH", unit: "pH", precision: 2, class: "CPP", source: "manual", evaluation: { kind: "instant" }, limits: { target: 7.2, normal: { low: 7.1, high: 7.3 }, action: { low: 7, high: 7.4 }, absolute: { low: 0, high: 14 } } },
    { id: "volume", name: "Volume filtered", unit: "L", precision: 1, class: "KPP", source: "manual", evaluation: { kind: "at_end" }, limits: { normal: { low: 95, high: 100 } } },
    { id: "planned", name: "Volume planned", unit: "L", precision: 1, class: "info", source: "manual", evaluation: { kind: "instant" }, limits: {} },
    { id: "buffer-yield", name: "Yield", unit: "%", precision: 1, class: "KPP", source: "calculated", evaluation: { kind: "at_end" }, limits: { normal: { low: 95, high: 100 } }, formula: { text: "filtered / planned", inputs: { filtered: "volume", planned: "planned" } } },
    { id: "bioburden", name: "Bioburden", unit: "CFU/10 mL", precision: 0, class: "CQA", source: "laboratory", evaluation: { kind: "instant" }, limits: { normal: { low: 0, high: 10 } }, method: "USP <61>, membrane filtration" },
  ],
  samples: [{ id: "bulk", name: "Bulk sample", point: "Outlet of the filter", quantity: 100, unit: "mL", storage: "2 to 8 °C, 24 h", parameters: ["bioburden"] }],
  procedure: [{ id: "mixing", name: "Buffer preparation", operations: [{ id: "mix", name: "Mixing", phases: [
    { id: "prepare", name: "Preparation", steps: [
      { id: "clear", kind: "clearance", title: "Clear the area", instruction: "Nothing of another batch is in the room.", verified: true }, { id: "bind", kind: "equipment", title: "Bind the vessel", instruction: "Scan the vessel.", equipment: "vessel", verified: false },
    ] },
    { id: "dissolve", name: "Dissolving", steps: [
      { id: "charge", kind: "material", title: "Charge salt", instruction: "Weigh and charge.", material: "salt", verified: true }, { id: "stir", kind: "timer", title: "Stir", instruction: "Stir until it is clear.", timer: { since: "charge", atLeastMin: 20, atMostMin: 120 }, verified: false },
      { id: "adjust", kind: "entry", title: "Adjust pH", instruction: "Adjust and read the pH.", parameters: ["ph", "planned"], verified: true },
    ] },
    { id: "filter", name: "Filtration", steps: [
      { id: "filtrate", kind: "entry", title: "Filter", instruction: "Filter through 0.2 µm.", parameters: ["volume"], verified: false, after: ["adjust"] }, { id: "draw", kind: "sample", title: "Draw the bulk sample", instruction: "Draw from the outlet.", sample: "bulk", verified: false, after: ["adjust"] },
      { id: "reconcile", kind: "calculation", title: "Yield", instruction: "Read the yield.", parameters: ["buffer-yield"], verified: true, after: ["filtrate", "draw"] },
    ] },
  ] }] }],
});
