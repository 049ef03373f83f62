import { mulberry32, normalFrom, wanderAt } from "#lib/simulator/random.ts";
import type { Process, ProcessMinutes } from "./process.ts";

/** What the fermenter of a past batch measures once a minute, in the order of its tags; vibration is measured every ten minutes. */
export const fermenterTags = ["temperature", "ph", "dissolved-oxygen", "agitation", "airflow", "oxygen-flow", "feed-rate", "base-added", "volume", "vibration"] as const;
export type FermenterTag = (typeof fermenterTags)[number];

/** A foreign organism: when it comes in, hours after inoculation, and how fast it doubles, h (E.4). */
export type Foreign = { readonly fromH: number; readonly doublingH: number };
/** A bearing that wears: reaches alert `leadH` hours before it fails at `failsAt` (epoch ms). */
export type Bearing = { readonly failsAt: number };
export type FermentationScript = {
  readonly seed: number;
  /** °C after the temperature shift, as the master says. */
  readonly expressionAt: number;
  /** What the recording pH probe reads too much at inoculation, pH, and how much more each day; the controller has a probe of its own. */
  readonly probe?: { readonly offset: number; readonly perDay: number };
  readonly foreign?: Foreign;
  readonly bearing?: Bearing;
  /** Share of the usual oxygen transfer the vessel reaches; a smaller vessel or sparger reaches less. */
  readonly transfer?: number;
};

const minute = 60_000;
const hour = 60 * minute;
/** Growth of E. coli on glucose: yield gDCW/g, maintenance g/(g h), half saturation g/L, oxygen g/g of growth (E.2). */
const kinetics = { yieldXs: 0.47, maintenance: 0.04, ks: 0.07, oxygen: 1, growth: 0.64 } as const;
/** The batch phase begins with so much glucose, g/L; the feed holds 600 g/L and grows with the set growth rate, 1/h. */
const medium = { glucose: 10, feed: 600, set: 0.2, volume: 350, density: 0.096 } as const;
/** Oxygen transfer times solubility, mmol/(L h), at the least agitation and air, at the most agitation, at the most air, at the most oxygen: the cascade. */
const cascade = { least: 21, agitated: 150, aired: 232, enriched: 560 } as const;
const limits = { rpm: [250, 481], air: [265, 520], oxygen: [0, 300] } as const;
const setPoint = 30;

type State = { biomass: number; glucose: number; volume: number; transfer: number; oxygen: number; temperature: number; base: number; feed: number; ph: number };
/** `charged`: only the load cells say something of the medium; `over`: of the broth. */
type Phase = "idle" | "charged" | "medium" | "batch" | "fed" | "expression" | "over" | "empty";

const between = (low: number, high: number, share: number): number => low + (high - low) * Math.min(1, Math.max(0, share));
/** Vibration velocity of the drive, mm/s RMS: 1.8 when well, 4.5 (alert) 216 h before a bearing fails, 12 when it does (E.5). */
export function vibrationAt(at: number, bearing: Bearing | undefined): number {
  const before = bearing ? (bearing.failsAt - at) / hour : Infinity;
  return 1.8 + (before < 0 ? 0 : 10.2 * Math.exp(-before / 162.5));
}

/** Settings of the cascade for a wanted transfer: agitation first, then air, then oxygen. */
function cascadeOf(transfer: number): { readonly rpm: number; readonly air: number; readonly oxygen: number } {
  const agitated = Math.min(transfer, cascade.agitated) / cascade.least;
  const aired = Math.min(Math.max(transfer, cascade.agitated), cascade.aired) / cascade.agitated;
  return { rpm: between(limits.rpm[0], limits.rpm[1], (Math.cbrt(agitated) - 1) / (Math.cbrt(cascade.agitated / cascade.least) - 1)), air: limits.air[0] * aired ** (Math.log(limits.air[1] / limits.air[0]) / Math.log(cascade.aired / cascade.agitated)), oxygen: between(...limits.oxygen, (transfer - cascade.aired) / (cascade.enriched - cascade.aired)) };
}

type Sensor = { readonly noise: number; readonly share: number; readonly digits: number };
const sensors: Record<FermenterTag, Sensor> = {
  temperature: { noise: 0.03, share: 0, digits: 2 }, ph: { noise: 0.008, share: 0, digits: 3 }, "dissolved-oxygen": { noise: 0.5, share: 0.01, digits: 1 }, agitation: { noise: 0.5, share: 0, digits: 0 }, airflow: { noise: 1, share: 0.002, digits: 0 },
  "oxygen-flow": { noise: 0, share: 0.006, digits: 1 }, "feed-rate": { noise: 0, share: 0.006, digits: 2 }, "base-added": { noise: 0, share: 0, digits: 2 }, volume: { noise: 0.4, share: 0, digits: 1 }, vibration: { noise: 0.05, share: 0.02, digits: 2 },
};

/**
 * A fed batch of E. coli at 500 L as its instruments see it, minute by minute (process description E.2): growth on the glucose of the medium until it is used up and oxygen rises, a
 * feed that grows with its set rate, the temperature shift, oxygen held by agitation, then air, then oxygen. Told by the steps of the record what was done and when. Rates and
 * offsets are the batch's own, from its seed; so are outages of 8 to 30 min, which leave no values.
 */
export function fermentation(unitId: string, script: FermentationScript): Process {
  const random = mulberry32(script.seed ^ 0x2545f491);
  const spread = (share: number): number => 1 + (random() - 0.5) * 2 * share;
  const own = { growth: kinetics.growth * spread(0.03), glucose: medium.glucose * spread(0.04), uptake: spread(0.05), density: medium.density * spread(0.1), base: spread(0.06), ph: (random() - 0.5) * 0.02, temperature: (random() - 0.5) * 0.1 };
  const outages = [1, 11].slice(random() < 0.35 ? 1 : 0).map((fromH) => ({ fromH: fromH + random() * 5, minutes: 8 + Math.floor(random() * 23) }));
  const state: State = { biomass: 0, glucose: own.glucose, volume: medium.volume + (random() - 0.5) * 8, transfer: cascade.least, oxygen: 100, temperature: 37, base: 0, feed: 0, ph: 7 };
  const away: { readonly tag: string; readonly from: number; readonly to: number; readonly value: number }[] = [];
  let phase: Phase = "idle";
  let [inoculated, told, clock] = [Infinity, Infinity, 0];
  /** Hours from inoculation until the glucose of the medium is used up. */
  const depletionH = Math.log(1 + (own.glucose * kinetics.yieldXs) / own.density) / own.growth;
  const events: { readonly at: number; readonly phase: Phase }[] = [];

  function enter(next: Phase, at: number): void {
    phase = next;
    if (next === "batch") [inoculated, state.biomass, state.volume] = [at, own.density, state.volume + 10];
    if (next === "fed") state.feed = (medium.set * state.biomass * state.volume) / (kinetics.yieldXs * medium.feed);
  }

  const foreignUptake = (at: number): number => {
    const h = script.foreign ? (at - inoculated) / hour - script.foreign.fromH : -1;
    return h < 0 || !script.foreign ? 0 : 0.3 * 2 ** (h / script.foreign.doublingH);
  };

  /** One minute on. Returns the oxygen uptake, mmol/(L h). */
  function grow(at: number): number {
    const h = 1 / 60;
    const target = phase === "expression" ? script.expressionAt : 37;
    state.temperature += ((target - state.temperature) * 1) / 14;
    if (phase !== "batch" && phase !== "fed" && phase !== "expression") return 0;
    const warm = phase === "expression" ? 0.45 : 1;
    if (phase === "fed") state.feed *= Math.exp(medium.set * h);
    if (phase === "expression") state.feed += (0.5 * (medium.set * 12_500) / (kinetics.yieldXs * medium.feed) - state.feed) / 20;
    const feed = phase === "fed" || phase === "expression" ? state.feed : 0;
    const available = (feed * medium.feed * h) / state.volume + state.glucose;
    const wanted = state.biomass * h * ((own.growth * warm * state.glucose) / ((kinetics.ks + state.glucose) * kinetics.yieldXs) + kinetics.maintenance);
    const eaten = Math.min(available, phase === "batch" ? wanted : Math.max(wanted, Math.min(available, state.biomass * h * ((own.growth * warm) / kinetics.yieldXs))));
    const grown = Math.max(0, eaten - state.biomass * kinetics.maintenance * h) * kinetics.yieldXs;
    const diluted = state.volume / (state.volume + feed * h);
    state.glucose = Math.max(0, available - eaten) * diluted;
    state.biomass = (state.biomass + grown) * diluted;
    state.volume += feed * h;
    const foreign = foreignUptake(at);
    state.base += ((grown * state.volume * 0.0086 + foreign * state.volume * h * 0.00016) * own.base) / 13.4;
    state.ph += ((foreign > 150 ? 7 - 0.0009 * (foreign - 150) : state.glucose < 0.01 && phase === "batch" ? 7.035 : 7) - state.ph) / 10;
    return ((grown / h) * kinetics.oxygen + state.biomass * Math.min(kinetics.maintenance, eaten / h / Math.max(state.biomass, 0.01)) * 1.07) * 31.25 * own.uptake + foreign;
  }

  /** Agitation, air and oxygen follow the demand with some minutes' delay; what they cannot give is missing in the vessel. */
  function breathe(uptake: number, stopped: boolean): void {
    const most = cascade.enriched * (script.transfer ?? 1);
    const wanted = Math.min(most, Math.max(cascade.least, uptake / (1 - setPoint / 100)));
    state.transfer += (wanted - state.transfer) / 3;
    const reached = stopped ? 4 : state.transfer;
    state.oxygen += (Math.max(0, 100 * (1 - uptake / reached)) - state.oxygen) / 1.6;
  }

  const normal = normalFrom(random);
  const noisy = (tag: FermenterTag, value: number): number => {
    const { noise, share } = sensors[tag];
    return noise + share === 0 ? value : value + (noise + share * Math.abs(value)) * normal();
  };

  function readings(at: number, stopped: boolean): Record<FermenterTag, number> {
    const set = cascadeOf(state.transfer);
    const aged = Number.isFinite(inoculated) ? (at - inoculated) / hour / 24 : 0;
    const drift = (script.probe?.offset ?? 0) + (script.probe?.perDay ?? 0) * aged;
    return {
      temperature: state.temperature + own.temperature, ph: state.ph + own.ph + drift + 0.006 * wanderAt(script.seed, 40, at / hour, 0.7), "dissolved-oxygen": state.oxygen + 1.2 * wanderAt(script.seed, 41, at / hour, 0.3),
      agitation: stopped ? 0 : set.rpm, airflow: set.air, "oxygen-flow": set.oxygen, "feed-rate": phase === "fed" || phase === "expression" ? state.feed : 0, "base-added": state.base, volume: state.volume, vibration: stopped ? 0 : vibrationAt(at, script.bearing),
    };
  }

  const silent = (at: number): boolean => Number.isFinite(inoculated) && outages.some(({ fromH, minutes }) => at >= inoculated + fromH * hour && at < inoculated + fromH * hour + minutes * minute);

  /** What the instruments say of this minute, each as its transmitter sends it; nothing in an outage. */
  function look(at: number, stopped: boolean): Record<FermenterTag, number | null> {
    const clean = readings(at, stopped);
    const said = (tag: FermenterTag): number | null => {
      if (silent(at) || (tag !== "volume" && (phase === "charged" || phase === "over")) || (tag === "vibration" && Math.floor(at / minute) % 10 !== 0)) return null;
      const gone = away.find((one) => one.tag === tag && at >= one.from && at < one.to);
      const value = noisy(tag, gone ? gone.value : clean[tag]);
      return Number(Math.max(tag === "ph" ? 2 : 0, value).toFixed(sensors[tag].digits));
    };
    return { temperature: said("temperature"), ph: said("ph"), "dissolved-oxygen": said("dissolved-oxygen"), agitation: said("agitation"), airflow: said("airflow"), "oxygen-flow": said("oxygen-flow"), "feed-rate": said("feed-rate"), "base-added": said("base-added"), volume: said("volume"), vibration: said("vibration") };
  }

  const steps: Readonly<Record<string, Phase>> = { "charge-medium": "charged", condition: "medium", "charge-seed": "batch", "charge-feed": "fed", "lower-temperature": "expression", "draw-harvest": "over", "capture-harvest": "empty" };
  return {
    unitId, early: true, measures: (tag) => fermenterTags.some((one) => one === tag),
    did(step, at) {
      const next = steps[step];
      if (next) events.push({ at: at.getTime(), phase: next });
      if (next === "batch") told = at.getTime();
    },
    notBefore: (step) => (step === "draw-batch" && Number.isFinite(told) ? new Date(told + (depletionH + 0.4) * hour) : undefined),
    leaves(tag, from, minutes, value) { away.push({ tag, from: from.getTime(), to: from.getTime() + minutes * minute, value }); },
    until(to): ProcessMinutes | undefined {
      const values = new Map<string, (number | null)[]>(fermenterTags.map((tag) => [tag, []]));
      const first = events[0]?.at;
      if (clock === 0 && first !== undefined) clock = Math.ceil(first / minute) * minute;
      if (clock === 0) return undefined;
      const from = clock;
      for (; clock <= to.getTime(); clock += minute) {
        for (let next = events[0]; next && next.at <= clock; next = events[0]) { enter(next.phase, next.at); events.shift(); }
        if (phase === "empty") continue;
        const stopped = script.bearing !== undefined && clock >= script.bearing.failsAt && clock < script.bearing.failsAt + 12 * hour;
        breathe(grow(clock), stopped);
        const seen = look(clock, stopped);
        for (const tag of fermenterTags) values.get(tag)?.push(seen[tag]);
      }
      return { from: new Date(from), values };
    },
  };
}
