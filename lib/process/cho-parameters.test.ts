import { mean, standardDeviation } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { drawBatchParameters, siteParameters, tunedParameters } from "#lib/process/cho-parameters.ts";
import { cultureCourse } from "#lib/process/fed-batch.ts";

/** A deterministic stand-in for standard normal numbers: the inverse normal along a golden-ratio sequence. */
function normals(): () => number {
  let index = 0;
  return () => {
    const u = ((++index) * 0.6180339887498949) % 1, v = (index * 0.7548776662466927) % 1;
    return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
  };
}

describe("the parameters of a batch", () => {
  it("spread the final titer by about 7 % between batches", () => {
    const normal = normals();
    const titers = Array.from({ length: 60 }, () => cultureCourse(drawBatchParameters("basel", normal), 2000, 336).at(-1)?.state.titer ?? 0);
    const variation = standardDeviation(titers) / mean(titers);
    expect(variation).toBeGreaterThan(0.05);
    expect(variation).toBeLessThan(0.09);
  });

  it("keep Basel at the tuned set and give the other sites their own", () => {
    expect(siteParameters("basel")).toEqual(tunedParameters);
    expect(siteParameters("raleigh").maxGrowthRate).toBeLessThan(siteParameters("singapore").maxGrowthRate);
  });
});
