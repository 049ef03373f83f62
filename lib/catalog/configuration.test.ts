import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { configuration, looseEnds } from "./configuration.ts";

const unit = { site: "basel", id: "BR-1", name: "Bioreactor", equipmentClass: "bioreactor", processCell: "Suite 1", scaleL: 2000, tags: [] };
const of = (units: readonly object[]) => configuration.parse({ sites: [{ id: "basel", name: "Basel", code: "BAS", timeZone: "Europe/Zurich" }, { id: "raleigh", name: "Raleigh", code: "RAL", timeZone: "America/New_York" }], groupRoles: [], units, sources: [] });

describe("REQ-58 (ISA-95, ISA-88) the configuration file", () => {
  it("holds together as the example does, which names an enterprise, areas, a module and serial numbers", () => {
    const example = configuration.parse(JSON.parse(readFileSync("examples/organisation.json", "utf8")));
    expect(looseEnds(example)).toEqual([]);
    expect(example.enterprise).toBe("Example Biologics");
    expect(example.units.map(({ id, area, parent, serialNumber }) => [id, area, parent, serialNumber])).toEqual([["BR-1", "Cell culture", undefined, "BR20-0117"], ["BR-1-GAS", "Cell culture", "BR-1", "GM-4410"], ["QH-1", "Quality control", undefined, "LC-3012"]]);
  });
  it("may leave area and serial number out", () => expect(of([unit]).units[0]).toMatchObject({ area: "" }));
  it.each<[string, readonly object[], readonly string[]]>([
    ["a module of a unit of its site", [unit, { ...unit, id: "GAS", parent: "BR-1" }], []], ["a module of nothing", [{ ...unit, id: "GAS", parent: "BR-2" }], ["Equipment module GAS names the unit BR-2, which is not configured at its site."]],
    ["a module of another site's unit", [unit, { ...unit, site: "raleigh", id: "GAS", parent: "BR-1" }], ["Equipment module GAS names the unit BR-1, which is not configured at its site."]],
    ["a module of a module", [unit, { ...unit, id: "GAS", parent: "BR-1" }, { ...unit, id: "VALVE", parent: "GAS" }], ["Equipment module VALVE names GAS, which is a module itself."]],
  ])("says what leads nowhere: %s", (_, units, expected) => expect(looseEnds(of(units))).toEqual(expected));
});
