import { describe, expect, it } from "vitest";
import { equipmentFilter, isDue, isShown, needsAttention, showCounts, type EquipmentShow } from "./filter.ts";
import { equipmentStates, type EquipmentState } from "./state.ts";
import type { EquipmentStanding } from "./use.ts";

const now = new Date("2026-03-02T12:00:00Z");
const days = (n: number) => new Date(now.getTime() + n * 86_400_000);
const standing = (state: EquipmentState, change: Partial<EquipmentStanding> = {}): EquipmentStanding => ({ state, cleanedAt: null, batchId: null, productId: null, revision: 1, calibrationDueAt: days(9), instruments: [{ tag: "ph", dueAt: days(9), passed: true }], ...change });

describe("the list of a site's equipment (REQ-45)", () => {
  it.each<[EquipmentShow, readonly EquipmentState[]]>([["dirty", ["dirty"]], ["cleaning", ["cleaning"]], ["clean", ["clean"]], ["in_use", ["in_use", "in_use_hold", "in_use_out"]], ["hold", ["in_use_hold", "hold"]], ["out_of_service", ["in_use_out", "out_of_service"]]])(
    "narrowed to %s shows units that are %j", (show, expected) => expect(equipmentStates.filter((state) => isShown(standing(state), show, now))).toEqual(expected));
  it("has a unit that failed in use among those that need somebody, and all of them where nothing is narrowed", () => {
    expect(equipmentStates.filter((state) => needsAttention(standing(state), now))).toEqual(["in_use_hold", "in_use_out", "hold", "out_of_service"]);
    expect(equipmentStates.every((state) => isShown(standing(state), undefined, now))).toBe(true);
    expect(showCounts(equipmentStates.map((state) => standing(state)), now).get("in_use")).toBe(3);
  });
  it.each<[string, Partial<EquipmentStanding>, boolean]>([
    ["in date", {}, false], ["over", { calibrationDueAt: days(-1), instruments: [{ tag: "ph", dueAt: days(-1), passed: true }] }, true], ["failed", { instruments: [{ tag: "ph", dueAt: days(9), passed: false }] }, true], ["with an instrument that was never calibrated", { instruments: [{ tag: "ph", dueAt: days(9), passed: true }, { tag: "do", dueAt: null, passed: false }] }, true],
    ["that measures nothing and was never calibrated", { calibrationDueAt: null, instruments: [] }, false],
  ])("counts a unit %s as due: %#", (_, change, due) => expect(isDue(standing("clean", change), now)).toBe(due));
  it("drops from its address what it does not know", () => expect([equipmentFilter.parse({ show: "hold" }), equipmentFilter.parse({ show: "nonsense" })]).toEqual([{ show: "hold" }, { show: undefined }]));
});
