import { describe, expect, it } from "vitest";
import { fieldChanges, recordName } from "./record-name.ts";

const people = new Map([["11111111-1111-4111-8111-111111111111", "Ann Example"]]);
const change = (subjectType: string, before: object | null, after: object | null, fields: string) => ({
  subjectType, subjectId: "BAS-1/5.3.5/glucose/2", batchId: "BAS-1", detail: { fields, old: before && JSON.stringify(before), new: after && JSON.stringify(after) },
});
const value = { step_id: "5.3.5", parameter: "viable-cell-density", value: "5.1", unit: "10⁶/mL", version: 1, entered_by: null };

describe("REQ-06 (PI 041 9.6) a record in the trail", () => {
  it.each([
    ["entries", value, "Step 5.3.5, viable cell density"],
    ["exceptions", { id: "EX-07" }, "Exception EX-07"],
    ["batches", { id: "BAS-1" }, "Batch BAS-1"],
    ["steps", { id: "5.3.5", title: "pH, offline" }, "Step 5.3.5, pH, offline"],
    ["role_assignments", { role: "qa-manager", person_id: "11111111-1111-4111-8111-111111111111" }, "Role qa manager of Ann Example"],
    ["tags", { unit_id: "BR-2001", tag: "ph", name: "pH" }, "BR-2001, pH"],
    ["equipment_log", { unit_id: "MV-2001", event: "finish_cleaning" }, "MV-2001, finish cleaning"], ["calibrations", { unit_id: "FM-4051", tag: "ph" }, "Calibration of FM-4051 ph"], ["calibrations", { unit_id: "MV-2001", tag: null }, "Calibration of MV-2001"],
    ["equipment_parts", { unit_id: "MV-2001", place: "Manway", part: "Gasket" }, "Gasket in Manway of MV-2001"], ["equipment_parts", { unit_id: "MV-2001", place: "Manway", part: "" }, "Nothing in Manway of MV-2001"], ["equipment_uses", { unit_id: "MV-2001", step_id: "1.1", batch_id: "B-1" }, "MV-2001 in step 1.1 of B-1"],
    ["equipment_states", { unit_id: "MV-2001" }, "State of MV-2001"], ["laboratory_samples", { id: "B-1-S01" }, "Sample B-1-S01"], ["test_results", { sample_id: "B-1-S01", parameter: "host-cell-protein", number: 2 }, "Result 2 of host cell protein, B-1-S01"],
    ["materials", { id: "RM-0042", name: "Sodium chloride" }, "Material RM-0042, Sodium chloride"], ["suppliers", { id: "SUP-01", name: "Helvetia" }, "Supplier SUP-01, Helvetia"], ["lots", { id: "RM-0042-BAS-0001" }, "Lot RM-0042-BAS-0001"], ["containers", { id: "RM-0042-BAS-0001/1" }, "Container RM-0042-BAS-0001/1"],
    ["lot_movements", { lot_id: "RM-0042-BAS-0001", kind: "charged", quantity: -2.5 }, "Lot RM-0042-BAS-0001, charged -2.5"], ["material_uses", { number: 3, step_id: "1.2", lot_id: "RM-0042-BAS-0001" }, "Charge 3 of step 1.2, lot RM-0042-BAS-0001"], ["recalls", { id: "MR-BAS-0001", lot_id: "RM-0042-BAS-0001" }, "Mock recall MR-BAS-0001 of lot RM-0042-BAS-0001"],
    ["a_table_of_tomorrow", { id: 1 }, "A table of tomorrow BAS-1, 5.3.5, glucose, 2"],
  ])("of %s is called what the plant calls it", (table, row, name) => expect(recordName(change(table, null, row, ""), people)).toBe(name));

  it("that is an act's is called by its subject", () => {
    expect(recordName({ subjectType: "batch", subjectId: "BAS-1", batchId: "BAS-1", detail: { meaning: "rejected" } }, people)).toBe("Batch BAS-1");
    expect(recordName({ subjectType: "person", subjectId: "11111111-1111-4111-8111-111111111111", batchId: null, detail: {} }, people)).toBe("Account Ann Example");
  });
  it("whose detail was tampered with still has a name", () => {
    for (const detail of [null, "x", { old: "{", new: "[1]" }, { fields: 3 }]) expect(recordName({ subjectType: "entries", subjectId: "a/b", batchId: null, detail }, people)).toBe("Step value a, b");
  });
});

describe("REQ-06 (PI 041 9.6) old and new of a changed row", () => {
  it("name the value with its unit first and the counting of versions last", () => {
    const after = { ...value, value: "4.4", version: 2, entered_by: "11111111-1111-4111-8111-111111111111" };
    expect(fieldChanges(change("entries", value, after, "entered_by,value,version"), "UTC", people)).toEqual([
      { name: "value, 10⁶/mL", old: "5.1", new: "4.4" }, { name: "entered by", old: null, new: "Ann Example" }, { name: "version", old: "1", new: "2" },
    ]);
  });
  it("show instants in the zone of the site, with UTC", () => {
    const [first] = fieldChanges(change("batches", { completed_at: null }, { completed_at: "2026-03-02T13:05:41+00:00" }, "completed_at"), "Europe/Zurich", people);
    expect(first).toEqual({ name: "completed at", old: null, new: "2026-03-02 14:05:41 CET (13:05:41Z)" });
  });
  it("are none for an act", () => expect(fieldChanges({ subjectType: "batch", subjectId: "B", batchId: "B", detail: { from: "a", to: "b" } }, "UTC", people)).toEqual([]));
});
