import { describe, expect, it } from "vitest";
import { equilibriumOxygen, oxygenTransferRate, transferCoefficient } from "#lib/process/gas-transfer.ts";

const airOnly = { airFlow: 40, oxygenFlow: 0, agitation: 80, volume: 2000 };

describe("gas transfer", () => {
  it("has kLa 6 1/h at 0.02 vvm and 80 rpm, and none without gas", () => {
    expect(transferCoefficient(airOnly)).toBeCloseTo(6, 12);
    expect(transferCoefficient({ ...airOnly, airFlow: 0 })).toBe(0);
  });

  it("is in balance at 100 % saturation with air, and with pure oxygen at 4.8 times that", () => {
    expect(oxygenTransferRate(airOnly, 100)).toBeCloseTo(0, 12);
    expect(equilibriumOxygen({ ...airOnly, airFlow: 0, oxygenFlow: 40 })).toBeCloseTo(1, 12);
  });

  it("reaches the demand of 20 million cells per mL only with oxygen enrichment", () => {
    expect(oxygenTransferRate(airOnly, 40)).toBeLessThan(1);
    expect(oxygenTransferRate({ ...airOnly, airFlow: 20, oxygenFlow: 35 }, 40)).toBeGreaterThan(4);
  });
});
