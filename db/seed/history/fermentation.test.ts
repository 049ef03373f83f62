import { describe, expect, it } from "vitest";
import { fermentation, fermenterTags, vibrationAt, type FermentationScript, type FermenterTag } from "./fermentation.ts";

const hour = 3_600_000;
const begin = Date.parse("2026-01-05T06:00:00Z");
const at = (h: number): Date => new Date(begin + h * hour);
const steps = [["charge-medium", 0.2], ["condition", 0.5], ["charge-seed", 1.5], ["charge-feed", 8.6], ["lower-temperature", 20.4], ["draw-harvest", 28.5], ["capture-harvest", 28.9]] as const;

/** A whole fermentation; values of a tag by the hour of the batch. */
function run(script: Partial<FermentationScript> = {}, askedAt: readonly number[] = [30]) {
  const process = fermentation("FM", { seed: 1003, expressionAt: 28, ...script });
  const values = new Map<string, { readonly h: number; readonly value: number }[]>();
  let done = 0;
  for (const until of askedAt) {
    for (; done < steps.length && (steps[done]?.[1] ?? 99) <= until; done += 1) process.did(steps[done]?.[0] ?? "", at(steps[done]?.[1] ?? 0));
    const minutes = process.until(at(until));
    for (const [tag, list] of minutes?.values ?? []) values.set(tag, [...(values.get(tag) ?? []), ...list.flatMap((value, i) => (value === null ? [] : [{ h: Math.round(((minutes?.from.getTime() ?? 0) - begin) / 60_000 + i) / 60, value }]))]);
  }
  const of = (tag: FermenterTag, from: number, to: number): readonly number[] => (values.get(tag) ?? []).filter(({ h }) => h >= from && h < to).map(({ value }) => value);
  const mean = (tag: FermenterTag, from: number, to: number): number => of(tag, from, to).reduce((a, b) => a + b, 0) / of(tag, from, to).length;
  const first = (tag: FermenterTag, is: (value: number) => boolean, fromH = 2): number => (values.get(tag) ?? []).find(({ h, value }) => h > fromH && is(value))?.h ?? Number.NaN;
  return { values, of, mean, first };
}

describe("the fermentation of a past batch (process description E.2)", () => {
  it("uses its glucose up in 5 to 7 h, and oxygen rises until the feed begins", () => {
    const { of, mean, first } = run();
    const spike = first("dissolved-oxygen", (value) => value > 80, 5);
    expect(mean("dissolved-oxygen", 5.8, 7)).toBeCloseTo(30, -1);
    expect([spike > 6.5, spike < 8.5]).toEqual([true, true]);
    expect(Math.max(...of("dissolved-oxygen", 9.5, 20))).toBeLessThan(40);
  });
  it("is fed with its set growth rate, and its oxygen is held by agitation, then air, then oxygen", () => {
    const { mean, first } = run();
    expect(Math.log(mean("feed-rate", 18, 18.5) / mean("feed-rate", 10, 10.5)) / 8).toBeCloseTo(0.2, 2);
    const [agitation, air, oxygen] = [first("agitation", (value) => value > 478), first("airflow", (value) => value > 510), first("oxygen-flow", (value) => value > 5)];
    expect([agitation < air, air < oxygen], `${agitation} ${air} ${oxygen}`).toEqual([true, true]);
    const means = Array.from({ length: 100 }, (_, i) => mean("airflow", 2 + i / 6, 2 + (i + 1) / 6)).filter(Number.isFinite);
    expect([Math.min(...means) > 250, Math.max(...means) < 550]).toEqual([true, true]);
  });
  it("cools to what the master says within an hour", () => {
    const { mean } = run({ expressionAt: 26 });
    expect([mean("temperature", 15, 20), mean("temperature", 22, 28)].map((value) => Math.round(value))).toEqual([37, 26]);
  });
  it("says the same whenever it is asked in between", () => {
    const [once, often] = [run(), run({}, [0.3, 0.9, 8, 8.7, 20, 21, 28.4, 30])];
    expect([...often.values]).toEqual([...once.values]);
  });
  it("leaves a gap of 8 to 30 min where nothing was sent, and differs from batch to batch", () => {
    const { of } = run();
    const culture = (28.5 - 1.5) * 60;
    expect(of("ph", 1.5, 28.5).length).toBeLessThanOrEqual(culture - 8);
    expect(of("ph", 1.5, 28.5).length).toBeGreaterThan(culture - 62);
    expect(run({ seed: 1004 }).mean("feed-rate", 10, 11)).not.toBe(run().mean("feed-rate", 10, 11));
  });
  it("shows a foreign organism in the flow of oxygen first, then in base, then in dissolved oxygen (E.4)", () => {
    const [clean, foreign] = [run(), run({ foreign: { fromH: 8.6, doublingH: 0.75 } })];
    const first = (tag: FermenterTag, by: number): number => (foreign.values.get(tag) ?? []).find(({ h, value }) => h > 10 && value > clean.mean(tag, h - 0.1, h + 0.1) + by)?.h ?? Number.NaN;
    const falls = foreign.first("dissolved-oxygen", (value) => value < 15);
    expect([first("oxygen-flow", 25) < first("base-added", 0.8), first("base-added", 0.8) < falls]).toEqual([true, true]);
    expect(foreign.mean("dissolved-oxygen", 19.8, 20.3)).toBeLessThan(10);
  });
  it("reads a drifting probe too high by what it is told, and more every day", () => {
    const [well, drifting] = [run(), run({ probe: { offset: 0.1, perDay: 0.015 } })];
    const off = (from: number, to: number) => drifting.mean("ph", from, to) - well.mean("ph", from, to);
    expect([off(1.5, 2.5), off(27.5, 28.5)].map((value) => Math.round(value * 1000))).toEqual([100, 117]);
  });
  it("stands without agitation and oxygen once the bearing has failed", () => {
    const { mean, of } = run({ bearing: { failsAt: begin + 13 * hour } });
    expect([mean("agitation", 13.1, 20), Math.max(...of("dissolved-oxygen", 13.5, 20))].map((value) => Math.round(value))).toEqual([0, expect.any(Number)]);
    expect(Math.max(...of("dissolved-oxygen", 13.5, 20))).toBeLessThan(6);
  });
  it.each([[400, 1.8, 2.8], [216, 4.4, 4.6], [0, 11.9, 12.1]])("vibrates %d h before the failure between %d and %d mm/s (E.5)", (before, low, high) => {
    const value = vibrationAt(begin - before * hour, { failsAt: begin });
    expect([value >= low, value <= high], String(value)).toEqual([true, true]);
  });
  it("measures vibration every ten minutes and everything else every minute", () => {
    const { values } = run();
    expect(new Set(fermenterTags.map((tag) => values.has(tag)))).toEqual(new Set([true]));
    const apart = (tag: FermenterTag) => { const list = values.get(tag) ?? []; return Math.round(Math.min(...list.slice(1).map(({ h }, i) => h - (list[i]?.h ?? 0))) * 60); };
    expect([apart("vibration"), apart("temperature")]).toEqual([10, 1]);
  });
});
