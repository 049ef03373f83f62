/** Reproducible chance: the same seed gives the same cases around the same bundle. */
export type Chance = {
  /** An integer from 0 to n − 1. */
  readonly below: (n: number) => number;
  readonly pick: <T>(from: readonly T[]) => T;
  readonly bytes: (n: number) => Buffer;
};

/** Mulberry32 by Tommy Ettinger: 32 bits of state, good enough to choose what to damage. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    pick: (from) => {
      const found = from[below(from.length)];
      if (found === undefined) throw new Error("nothing to pick from");
      return found;
    },
    bytes: (n) => Buffer.from(Array.from({ length: n }, () => below(256))),
  };
}
