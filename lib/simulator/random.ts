/** A stream of numbers in [0, 1) that depends only on the seed: mulberry32 (T. Ettinger, public domain). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Turns uniform numbers into standard normal ones (Box-Muller; two uniforms each). */
export function normalFrom(uniform: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** A uniform number in [0, 1) for these three integers, the same whenever it is asked for (murmur3 finaliser). */
export function uniformAt(seed: number, stream: number, index: number): number {
  let mixed = (seed ^ Math.imul(stream + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  for (let round = 0; round < 2; round++) {
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed = (mixed ^ (mixed >>> 16)) + Math.imul(index, 0x27d4eb2f) + stream;
  }
  return (mixed >>> 0) / 4294967296;
}

/** A standard normal number for these three integers, the same whenever it is asked for. */
export function normalAt(seed: number, stream: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(seed, stream, 2 * index)));
  return radius * Math.cos(2 * Math.PI * uniformAt(seed, stream, 2 * index + 1));
}

/** Slow noise of unit size: standard normal numbers every `spacing`, joined smoothly. For wander that a filter does not remove. */
export function wanderAt(seed: number, stream: number, position: number, spacing: number): number {
  const left = Math.floor(position / spacing), share = position / spacing - left;
  const smooth = share * share * (3 - 2 * share);
  return normalAt(seed, stream, left) * (1 - smooth) + normalAt(seed, stream, left + 1) * smooth;
}
