import { mulberry32 } from "#lib/simulator/random.ts";
import { localField, localInstant } from "#lib/equipment/local-instant.ts";
import { siteSeeds, type PlantSite } from "../organisation.ts";
import type { Script } from "../play.ts";
import { bearing, bearingOf, caseOf, changedDaysAgo, night, recipeChange, transfer, type CaseId, type PastScript } from "./cases.ts";
import type { FermentationScript } from "./fermentation.ts";

/** How a past batch ended. */
export type Fate = "released" | "rejected" | "aborted";
/** A batch of the past as it was to be: when it started, what went otherwise, how it ended. `number` counts from 1 at its site. */
export type PastBatch = {
  readonly siteId: PlantSite; readonly number: number; readonly start: Date; readonly fate: Fate; readonly cases: readonly CaseId[]; readonly seed: number;
  /** Version of the master in force then. */
  readonly version: 1 | 2;
  readonly script: PastScript; readonly fermentation: FermentationScript;
};

/** Past batches per site; with those of the rest of the story about 140 (process description E.7). */
export const pastBatches: Record<PlantSite, number> = { basel: 58, raleigh: 37, singapore: 19 };
/** Past cultures of the antibody per site: days before the end of the history at which each was inoculated. */
export const pastCultures: Record<PlantSite, readonly number[]> = { basel: [430, 120], raleigh: [300], singapore: [210] };
export const pastTotal = (siteId: PlantSite): number => pastBatches[siteId] + pastCultures[siteId].length;
/** A past culture of the antibody; `start`: its inoculation as planned, the vials are thawed 18 days before. */
export type PastCulture = { readonly siteId: PlantSite; readonly start: Date; readonly seed: number; readonly script: PastScript };
const day = 86_400_000;
/** The history reaches 18 months back and ends two weeks before the portal's first start, so that nothing of it is still under review. */
export const historyDays = { from: 548, until: 14 } as const;

/** Hours between the issue of a batch and its start. */
export const issuedBeforeH = 36;

type Random = () => number;
const between = (random: Random, low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
/** So many of a list, none twice, in the order of the list. */
function some<T>(random: Random, list: readonly T[], count: number): readonly T[] {
  const rank = new Map(list.map((one) => [one, random()]));
  const kept = new Set([...list].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0)).slice(0, count));
  return list.filter((one) => kept.has(one));
}

/** Values the operator reads and types, in the order of the record. */
const typed = ["sip-temperature", "sip-f0", "seed-density", "seed-volume", "growth-rate-set", "induction-density", "inducer-stock", "inducer-volume", "working-volume", "wet-cell-mass", "clarified-volume", "resin-volume", "bulk-volume", "filter-bubble-point"] as const;
const lateReasons = ["Terminal of the suite was in use by another batch.", "Read while the transfer line was being connected; written down afterwards.", "Network of the suite was away for a while.", "Called to an alarm of the next suite before it could be entered."] as const;
const correctedReasons = ["Last digit mistyped; display read again together with the supervisor.", "Read from the line above in the log of the instrument.", "Typed before the display had settled.", "Slip of the keyboard, noticed at once."] as const;
const remarks = {
  "clear-area": "Two empty pallets were taken out of the suite before the clearance.", condition: "Oxygen probe needed a second calibration, slope 98 %.", "charge-seed": "Transfer took 12 min instead of 8 min; the line was warm on arrival.", "connect-base": "Connector exchanged before use, seal was dry.", "draw-batch": "Valve flushed twice, the first flush was foamy.",
  "set-growth-rate": "Profile was read back with the second person before it was started.", "charge-feed": "Feed pump primed again because of a bubble.", "lower-temperature": "Cooling water was 2 °C warmer than usual; cooling took 52 min.", "charge-inducer": "Septum changed after the addition.", "draw-harvest": "Sample bottle was relabelled, the first label was wet.",
  "weigh-paste": "Scale was tared again between the containers.", "charge-lysis": "Suspension stirred 10 min longer because of clumps.", "draw-lysate": "Slight haze behind the first depth filter; second filter clear.", diafilter: "Feed pump ran at 85 % to keep the pressure.", "draw-bulk": "Second bottle drawn as reserve.",
} as const;
/** °C of the expression by version of the master. */
export const expressionAt = { 1: 28, 2: 26 } as const;
/** What leaves the normal range and stays within what is proven: each weighs major, for all of them are critical parameters. The temperature of the expression is meant above its target. */
const deviations: readonly Pick<Script, "values" | "excursions">[] = [
  { values: { "growth-rate-set": "0.23" } }, { values: { "seed-volume": "10.7" } }, { values: { "induction-density": "124.0" } }, { excursions: { "temperature-growth": { to: 36.3, minutes: 14 } } },
  { excursions: { ph: { to: 7.15, minutes: 13 } } }, { excursions: { "dissolved-oxygen": { to: 46, minutes: 8 } } }, { excursions: { "temperature-expression": { to: 0.8, minutes: 12 } } },
];
const merged = (parts: readonly Pick<Script, "values" | "excursions">[]) => ({ values: Object.assign({}, ...parts.map((p) => p.values)) as Record<string, string>, excursions: Object.assign({}, ...parts.map((p) => p.excursions)) as NonNullable<Script["excursions"]> });

const spread = (random: Random, middle: number, share: number, digits: number): string => (middle * (1 + (random() - 0.5) * 2 * share)).toFixed(digits);
/** Values without limits of their own, and those others are calculated from, a little different in every batch. */
const measuredValues = (random: Random, version: PastBatch["version"]): Record<string, string> => ({
  purity: ((version === 1 ? recipeChange.before : recipeChange.after) + (random() - 0.5) * 1.1).toFixed(1),
  "inducer-stock": "1.00", "inducer-volume": spread(random, 0.24, 0.02, 3), "working-volume": spread(random, 480, 0.01, 0), "resin-volume": "30.0", "clarified-volume": spread(random, 450, 0.03, 0), "clarified-concentration": spread(random, 1.08, 0.05, 2),
  "bulk-volume": spread(random, 73, 0.02, 1), "bulk-concentration": spread(random, 5, 0.03, 2), "wet-cell-mass": spread(random, 88, 0.08, 1),
});

/** What goes a little wrong in every batch: 12 to 25 exceptions, about 85 % of them minor. */
function ordinary(random: Random, version: PastBatch["version"]): PastScript {
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? "";
  const late = some(random, typed, between(random, 5, 6));
  const corrected = some(random, typed.filter((id) => !late.includes(id)), between(random, 3, 4));
  const said = some(random, Object.keys(remarks) as (keyof typeof remarks)[], between(random, 4, 6));
  const { values, excursions } = merged(some(random, deviations, random() < 0.5 ? 1 : random() < 0.7 ? 2 : 3));
  const warm = excursions["temperature-expression"];
  const away = warm ? { ...excursions, "temperature-expression": { ...warm, to: expressionAt[version] + warm.to } } : excursions;
  const heavy: Record<string, string> = random() < 0.25 ? { "wet-cell-mass": "113.0" } : {};
  return {
    values: { ...measuredValues(random, version), ...values, ...heavy }, excursions: away, late: Object.fromEntries(late.map((id) => [id, { minutes: between(random, 34, 70), reason: pick(lateReasons) }])),
    corrected: Object.fromEntries(corrected.map((id) => [id, pick(correctedReasons)])), remarks: Object.fromEntries(said.map((id) => [id, { type: "operator_comment" as const, severity: "minor" as const, comment: remarks[id] }])), ...(random() < 0.3 ? { shares: { feed: 0.83 } } : {}),
  };
}

/** Scripts put one over the other; lists by their ids. */
const over = (below: PastScript, above: PastScript): PastScript => ({
  ...below, ...above, values: { ...below.values, ...above.values }, excursions: { ...below.excursions, ...above.excursions }, late: { ...below.late, ...above.late }, corrected: { ...below.corrected, ...above.corrected }, remarks: { ...below.remarks, ...above.remarks },
});

const timeZoneOf = (siteId: PlantSite): string => siteSeeds.find(({ id }) => id === siteId)?.timeZone ?? "UTC";

/** When a batch starts: on the hour; the one of the night shift when that shift begins at its site. */
function startOf(siteId: PlantSite, number: number, planned: Date): Date {
  if (siteId !== night.site || number !== night.batch) return planned;
  const zone = timeZoneOf(siteId);
  return localInstant(`${localField(planned, zone).slice(0, 10)}T${night.beginsAt}`, zone) ?? planned;
}

/** The receiving site's vessel grows less; everything else of a qualification batch is as planned. */
const transferred = (siteId: PlantSite, number: number, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  siteId === transfer.site && number <= transfer.runs ? { ...values, [transfer.attribute]: (Number(values[transfer.attribute] ?? 88) > 110 ? 71.5 : Number(values[transfer.attribute] ?? 88) * transfer.share).toFixed(1) } : values;

/** The past batches of a site in the order of time, the same for the same `endsAt`. One starts after the other: a suite holds one batch at a time. */
export function pastOf(siteId: PlantSite, endsAt: Date): readonly PastBatch[] {
  const count = pastBatches[siteId];
  const from = endsAt.getTime() - historyDays.from * day;
  const apart = ((historyDays.from - historyDays.until - 12) * day) / count;
  const streams = Array.from({ length: count }, (_, i) => {
    const seed = (Object.keys(pastBatches).indexOf(siteId) + 1) * 1000 + i;
    const random = mulberry32(seed);
    return { seed, random, number: i + 1, start: startOf(siteId, i + 1, new Date(from + Math.round((i * apart + random() * 0.2 * apart) / 3_600_000) * 3_600_000)) };
  });
  const failed = streams.find(({ number }) => number === bearing.batch)?.start;
  return streams.map(({ seed, random, number, start }): PastBatch => {
    const version = start.getTime() - issuedBeforeH * 3_600_000 >= endsAt.getTime() - changedDaysAgo * day ? 2 : 1;
    const around = { number, start };
    const worn = bearingOf(siteId, around, failed);
    const planted = [...caseOf(siteId, around), ...(worn ? [worn] : [])];
    const usual = ordinary(random, version);
    const script = planted.reduce<PastScript>((below, one) => over(below, one.script), { ...usual, values: transferred(siteId, number, usual.values ?? {}) });
    const fermentation = planted.reduce<FermentationScript>((below, one) => ({ ...below, ...one.fermentation }), { seed, expressionAt: expressionAt[version] });
    return { siteId, number, start, seed, version, fate: planted.find((one) => one.fate !== undefined)?.fate ?? "released", cases: planted.flatMap((one) => (one.id ? [one.id] : [])), script, fermentation };
  });
}

const remarksOfCulture: readonly string[] = ["Sample valve flushed twice.", "Foam probe cleaned before the addition.", "Label of the bag reprinted, the first was wet.", "Line warmed to room temperature before it was welded.", "Second person was called from the next suite.", "Scale tared again.", "Print-out of the analyser attached later on paper."];

/** The past cultures of the antibody at a site, in the order of time; `steps`: what can be remarked on, `typed`: what people read and type, by the master's ids. */
export function pastCulturesOf(siteId: PlantSite, endsAt: Date, { steps, values }: { readonly steps: readonly string[]; readonly values: readonly string[] }): readonly PastCulture[] {
  return pastCultures[siteId].map((daysAgo, i): PastCulture => {
    const seed = (Object.keys(pastBatches).indexOf(siteId) + 1) * 1000 + 700 + i;
    const random = mulberry32(seed);
    const start = new Date(Math.round((endsAt.getTime() - daysAgo * day) / 3_600_000) * 3_600_000);
    const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? "";
    const late = some(random, values, between(random, 4, 5));
    const corrected = some(random, values.filter((id) => !late.includes(id)), between(random, 4, 5));
    const said = some(random, steps, between(random, 4, 6));
    return {
      siteId, start, seed, script: {
        late: Object.fromEntries(late.map((id) => [id, { minutes: between(random, 34, 50), reason: pick(lateReasons) }])), corrected: Object.fromEntries(corrected.map((id) => [id, pick(correctedReasons)])),
        remarks: Object.fromEntries(said.map((id) => [id, { type: "operator_comment" as const, severity: "minor" as const, comment: pick(remarksOfCulture) }])),
      },
    };
  });
}
