import { describe, expect, it } from "vitest";
import { testBy, worklistAddress, worklistFilter } from "./filter.ts";

const drawn = new Date("2026-03-02T12:00:00Z");
describe("the worklist of a laboratory", () => {
  it.each([["2 to 8 °C, 24 h", "2026-03-03T12:00:00.000Z"], ["On ice, 1 h", "2026-03-02T13:00:00.000Z"], ["−70 °C, 30 d", "2026-04-01T12:00:00.000Z"], ["2 to 8 °C", undefined], ["", undefined], ["24 h at 2 to 8 °C", undefined]])(
    "a sample stored %s is tested by %s", (storage, expected) => expect(testBy(drawn, storage)?.toISOString()).toBe(expected));
  it.each([[{}, "/l"], [{ show: "oos" }, "/l?show=oos"], [{ show: "nonsense", page: "x" }, "/l"], [{ show: "all", page: "3" }, "/l?show=all&page=3"]])("keeps %j in its address", (asked, address) => expect(worklistAddress("/l", worklistFilter.parse(asked))).toBe(address));
});
