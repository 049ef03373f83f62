import { describe, expect, it } from "vitest";
import { chargeFaults, type ChargeAsked } from "./charge.ts";

const now = new Date("2026-03-02T12:00:00Z");
const lot = { id: "L-1", materialId: "RM-0042", productId: null, state: "released" as const, expiresAt: new Date("2026-03-02T12:00:00.001Z"), unit: "kg" };
const fits: ChargeAsked = { lot, wanted: { code: "RM-0042", name: "Sodium chloride" }, balance: 8, quantity: "8", unit: "kg", now };
const kinds = (change: Partial<Omit<ChargeAsked, "lot">> & { lot?: Partial<ChargeAsked["lot"]> }) => chargeFaults({ ...fits, ...change, lot: { ...lot, ...change.lot } }).map((f) => f.kind);

describe("a lot that is charged (REQ-46, 21 CFR 211.84, 211.87, 211.101(c))", () => {
  it("may be when it is the material, released, not expired, and there is enough", () => expect(chargeFaults(fits)).toEqual([]));
  it.each<[string, Parameters<typeof kinds>[0], readonly string[]]>([
    ["another material", { lot: { materialId: "RM-0043" } }, ["wrong_material"]], ["a product", { lot: { materialId: null, productId: "VB-101" } }, ["wrong_material"]], ["a batch of the product the master asks for", { lot: { materialId: null, productId: "RM-0042" } }, []],
    ["quarantined", { lot: { state: "quarantined" } }, ["not_released"]], ["restricted", { lot: { state: "restricted" } }, ["not_released"]], ["used up", { lot: { state: "used_up" } }, ["not_released"]], ["destroyed", { lot: { state: "destroyed" } }, ["not_released"]],
    ["rejected", { lot: { state: "rejected" } }, ["rejected"]],
    ["expired at this very moment", { lot: { expiresAt: now } }, ["expired"]], ["without an expiry", { lot: { expiresAt: null } }, []],
    ["a milligram short", { quantity: "8.000001" }, ["not_enough"]], ["short in grams", { quantity: "8001", unit: "g" }, ["not_enough"]], ["more than its container holds", { container: { id: "L-1/2", balance: 7.9 } }, ["not_enough"]], ["as much as its container holds", { container: { id: "L-1/2", balance: 8 } }, []], ["more than the lot has, whatever its container says", { balance: 7, container: { id: "L-1/2", balance: 8 } }, ["not_enough"]], ["enough in grams", { quantity: "8000", unit: "g" }, []],
    ["asked for in litres", { quantity: "1", unit: "L" }, ["wrong_unit"]], ["asked for in a unit nobody knows", { unit: "stone" }, ["wrong_unit"]], ["asked for in pieces", { unit: "pcs" }, ["wrong_unit"]],
    ["asked for with nothing", { quantity: "0" }, ["wrong_unit"]], ["asked for with less than nothing", { quantity: "-1" }, ["wrong_unit"]], ["asked for in words", { quantity: "1e3" }, ["wrong_unit"]], ["asked for below what can be kept", { quantity: "0.4", unit: "mg" }, ["wrong_unit"]],
    ["at fault in every way at once", { lot: { materialId: "X", state: "rejected", expiresAt: now }, balance: 1 }, ["wrong_material", "rejected", "expired", "not_enough"]],
  ])("is told about when it is %s", (_, change, expected) => expect(kinds(change)).toEqual(expected));
  it("says what is the matter and what to do", () => expect(chargeFaults({ ...fits, lot: { ...lot, state: "quarantined" }, balance: 1234.5, quantity: "2000" }).map((f) => f.sentence)).toEqual([
    "Lot L-1 is in quarantine. Take a released lot, or ask quality to decide about this one.", "1\u2009234.5 kg of lot L-1 are left, 2\u2009000 kg are needed. Charge what is left and the rest from a second lot.",
  ]));
});
