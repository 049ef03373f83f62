/** SHA-256 over bytes; given as an argument, so that the same tree runs in the portal and in a verifier inside a browser. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** A complete subtree: 2^level leaves, the `number`th of its level from the left, from 0. */
export type Node = { readonly level: number; readonly number: number };

/** Leaves `from` (inclusive) to `to` (exclusive). */
export type LeafRange = { readonly from: number; readonly to: number };

export type InclusionProof = { readonly leafHash: Uint8Array; readonly position: number; readonly size: number; readonly path: readonly Uint8Array[]; readonly root: Uint8Array };
export type ConsistencyProof = { readonly first: number; readonly second: number; readonly firstRoot: Uint8Array; readonly secondRoot: Uint8Array; readonly path: readonly Uint8Array[] };

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Largest power of two below n (n ≥ 2): where RFC 6962 splits a tree. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/**
 * Ranges of leaves whose roots are the audit path of a leaf, from the leaf upwards (RFC 6962 2.1.1, PATH).
 * `position` < `size`.
 */
export function auditPathRanges(position: number, { from, to }: LeafRange): readonly LeafRange[] {
  if (to - from <= 1) return [];
  const middle = from + split(to - from);
  return position < middle
    ? [...auditPathRanges(position, { from, to: middle }), { from: middle, to }]
    : [...auditPathRanges(position, { from: middle, to }), { from, to: middle }];
}

/** Ranges whose roots are the consistency proof between the first `first` leaves and the range (RFC 6962 2.1.2, SUBPROOF). */
export function consistencyRanges(first: number, { from, to }: LeafRange, whole = true): readonly LeafRange[] {
  if (first === to) return whole ? [] : [{ from, to }];
  const middle = from + split(to - from);
  return first <= middle
    ? [...consistencyRanges(first, { from, to: middle }, whole), { from: middle, to }]
    : [...consistencyRanges(first, { from: middle, to }, false), { from, to: middle }];
}

/**
 * Complete subtrees of levels 0, `step`, 2·`step` … that make up a range, left to right, largest first. The range begins at a
 * multiple of the power of two that holds it, as all ranges of proofs do.
 */
export function subtreesOf({ from, to }: LeafRange, step: number): readonly Node[] {
  const nodes: Node[] = [];
  for (let at = from; at < to; ) {
    let level = 0;
    while (at % 2 ** (level + step) === 0 && at + 2 ** (level + step) <= to) level += step;
    nodes.push({ level, number: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/** RFC 6962 hashing over a given SHA-256. */
export type Merkle = ReturnType<typeof merkle>;

export function merkle(sha256: Sha256) {
  const tagged = (tag: number, parts: readonly Uint8Array[]): Uint8Array => {
    const bytes = new Uint8Array(1 + parts.reduce((n, part) => n + part.length, 0));
    bytes[0] = tag;
    let at = 1;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return sha256(bytes);
  };
  const leafHash = (leaf: Uint8Array): Uint8Array => tagged(0, [leaf]);
  const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => tagged(1, [left, right]);

  /** Root over leaf hashes; of no leaves SHA-256 of nothing. */
  function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
    const frontier = new Frontier(nodeHash);
    for (const hash of hashes) frontier.append(hash);
    return frontier.root() ?? sha256(new Uint8Array(0));
  }

  /** Does the path lead from the leaf to the root (RFC 9162 2.1.3.2)? */
  function verifyInclusion({ leafHash: leaf, position, size, path, root }: InclusionProof): boolean {
    if (!Number.isSafeInteger(position) || !Number.isSafeInteger(size) || position < 0 || position >= size) return false;
    let [fn, sn, hash] = [position, size - 1, leaf];
    for (const sibling of path) {
      if (sn === 0) return false;
      if (fn % 2 === 1 || fn === sn) {
        hash = nodeHash(sibling, hash);
        while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
      } else hash = nodeHash(hash, sibling);
      [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    }
    return sn === 0 && sameBytes(hash, root);
  }

  /** Is the first tree a beginning of the second (RFC 9162 2.1.4.2)? Of an empty first tree nothing is proved: false. */
  function verifyConsistency({ first, second, firstRoot, secondRoot, path }: ConsistencyProof): boolean {
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second) || first < 1 || first > second) return false;
    if (first === second) return path.length === 0 && sameBytes(firstRoot, secondRoot);
    const whole = Number.isInteger(Math.log2(first)) && 2 ** Math.log2(first) === first;
    const hashes = whole ? [firstRoot, ...path] : [...path];
    const start = hashes.shift();
    if (!start || (!whole && path.length === 0)) return false;
    let [fn, sn] = [first - 1, second - 1];
    while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    let [fr, sr] = [start, start];
    for (const hash of hashes) {
      if (sn === 0) return false;
      if (fn % 2 === 1 || fn === sn) {
        [fr, sr] = [nodeHash(hash, fr), nodeHash(hash, sr)];
        while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
      } else sr = nodeHash(sr, hash);
      [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    }
    return sn === 0 && sameBytes(fr, firstRoot) && sameBytes(sr, secondRoot);
  }

  return { leafHash, nodeHash, rootOf, verifyInclusion, verifyConsistency, frontier: (): Frontier => new Frontier(nodeHash) };
}

type Peak = { readonly level: number; readonly hash: Uint8Array };

/** The roots of the complete subtrees a growing tree ends with: all that is needed to append to it and to know its root. */
export class Frontier {
  #peaks: Peak[] = [];
  #size = 0;
  readonly #nodeHash: (left: Uint8Array, right: Uint8Array) => Uint8Array;
  constructor(nodeHash: (left: Uint8Array, right: Uint8Array) => Uint8Array) {
    this.#nodeHash = nodeHash;
  }

  /** Leaves so far. */
  get size(): number {
    return this.#size;
  }

  /** Appends a leaf's hash, or the root of a complete subtree of 2^level leaves. `made` hears of each complete subtree that comes to be. */
  append(hash: Uint8Array, level = 0, made?: (node: Node, hash: Uint8Array) => void): void {
    let peak: Peak = { level, hash };
    this.#size += 2 ** level;
    for (let left = this.#peaks.at(-1); left && left.level === peak.level; left = this.#peaks.at(-1)) {
      this.#peaks.pop();
      peak = { level: peak.level + 1, hash: this.#nodeHash(left.hash, peak.hash) };
      made?.({ level: peak.level, number: this.#size / 2 ** peak.level - 1 }, peak.hash);
    }
    this.#peaks.push(peak);
  }

  /** Root of what was appended; undefined while nothing was. */
  root(): Uint8Array | undefined {
    return this.#peaks.reduceRight<Uint8Array | undefined>((right, peak) => (right ? this.#nodeHash(peak.hash, right) : peak.hash), undefined);
  }

  copy(): Frontier {
    const copied = new Frontier(this.#nodeHash);
    copied.#peaks = [...this.#peaks];
    copied.#size = this.#size;
    return copied;
  }
}
