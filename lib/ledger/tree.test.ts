import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nativeSha256, tree } from "./native.ts";
import { auditPathRanges, consistencyRanges, sameBytes, subtreesOf, type ConsistencyProof, type Frontier, type InclusionProof, type LeafRange } from "./tree.ts";
import vectors from "./vectors/merkle.json" with { type: "json" };

const bytes = (hex: string): Uint8Array => Buffer.from(hex, "hex");
const hex = (hash: Uint8Array): string => Buffer.from(hash).toString("hex");
const at = <T>(list: readonly T[], n: number): T => {
  const value = list[n];
  if (value === undefined) throw new Error(`nothing at ${n}`);
  return value;
};

/** MTH of RFC 6962 2.1, word for word: the tree of n leaves is split at the largest power of two below n. */
function definedRoot(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return nativeSha256(new Uint8Array());
  if (hashes.length === 1) return at(hashes, 0);
  const k = 2 ** Math.floor(Math.log2(hashes.length - 1));
  return nativeSha256(Buffer.concat([Buffer.of(1), definedRoot(hashes.slice(0, k)), definedRoot(hashes.slice(k))]));
}

const leaves = Array.from({ length: 300 }, (_, n) => tree.leafHash(Buffer.from(`leaf ${n}`)));
const rootCache = new Map<string, Uint8Array>();
function rootOfRange({ from, to }: LeafRange): Uint8Array {
  const key = `${from}-${to}`;
  const root = rootCache.get(key) ?? definedRoot(leaves.slice(from, to));
  rootCache.set(key, root);
  return root;
}
const inclusion = (position: number, size: number): InclusionProof => ({
  leafHash: at(leaves, position), position, size, path: auditPathRanges(position, { from: 0, to: size }).map(rootOfRange), root: rootOfRange({ from: 0, to: size }),
});
const consistency = (first: number, second: number): ConsistencyProof => ({
  first, second, firstRoot: rootOfRange({ from: 0, to: first }), secondRoot: rootOfRange({ from: 0, to: second }), path: consistencyRanges(first, { from: 0, to: second }).map(rootOfRange),
});

const without = <T>(list: readonly T[], n: number): readonly T[] => list.filter((_, i) => i !== n);
const flipped = (hash: Uint8Array, bit: number): Uint8Array => hash.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

describe("the tree, against published vectors", () => {
  const leafHashes = vectors.leaves.map((leaf) => tree.leafHash(bytes(leaf)));
  const rootOf = (size: number): Uint8Array => bytes(at(vectors.roots, size - 1));

  it("REQ-1 has the published roots over the published leaves, for every size", () => {
    expect(vectors.roots).toHaveLength(8);
    expect(hex(tree.rootOf([]))).toBe(vectors.emptyRoot);
    for (let size = 1; size <= 8; size++) expect(hex(tree.rootOf(leafHashes.slice(0, size)))).toBe(at(vectors.roots, size - 1));
  });

  it.each(vectors.inclusion)("REQ-1 makes and verifies the published audit path of leaf $position of $size, and none of its published corruptions", ({ position, size, path }) => {
    const made = auditPathRanges(position, { from: 0, to: size }).map(({ from, to }) => hex(tree.rootOf(leafHashes.slice(from, to))));
    expect(made).toEqual(path);
    const proof: InclusionProof = { leafHash: at(leafHashes, position), position, size, path: path.map(bytes), root: rootOf(size) };
    expect(tree.verifyInclusion(proof)).toBe(true);
    const random = bytes("abacaba000000000000000000000000000000000000000000060061e00123456");
    const corrupt: readonly Partial<InclusionProof>[] = [
      { position: position - 1 }, { position: position + 1 }, { position: position ^ 2 }, { size: size * 2 }, { size: Math.floor(size / 2) },
      { leafHash: Buffer.from("WrongLeaf") }, { root: bytes(vectors.emptyRoot) }, { root: random }, { root: new Uint8Array() },
      { path: [...proof.path, new Uint8Array()] }, { path: [...proof.path, proof.root] }, { path: [new Uint8Array(), ...proof.path] }, { path: [proof.root, ...proof.path] },
      ...path.map((_, n) => ({ path: proof.path.map((hash, i) => (i === n ? flipped(hash, 3) : hash)) })),
      ...(path.length > 0 ? [{ path: proof.path.slice(0, -1) }] : []),
      ...(path.length > 1 ? [{ path: [at(proof.path, 0), random, ...proof.path.slice(1)] }] : []),
    ];
    for (const change of corrupt) expect(tree.verifyInclusion({ ...proof, ...change }), JSON.stringify(Object.keys(change))).toBe(false);
  });

  it.each(vectors.consistency)("REQ-1 makes and verifies the published consistency proof from $first to $second, and none of its published corruptions", ({ first, second, path }) => {
    const made = consistencyRanges(first, { from: 0, to: second }).map(({ from, to }) => hex(tree.rootOf(leafHashes.slice(from, to))));
    expect(made).toEqual(path);
    const proof: ConsistencyProof = { first, second, firstRoot: rootOf(first), secondRoot: rootOf(second), path: path.map(bytes) };
    expect(tree.verifyConsistency(proof)).toBe(true);
    if (path.length === 0) return;
    const { firstRoot, secondRoot } = proof;
    const corrupt: readonly Partial<ConsistencyProof>[] = [
      { first: first - 1 }, { first: first + 1 }, { first: first ^ 2 }, { second: second * 2 }, { second: Math.floor(second / 2) },
      { firstRoot: Buffer.from("WrongRoot") }, { secondRoot: Buffer.from("WrongRoot") }, { firstRoot: secondRoot, secondRoot: firstRoot }, { path: [] },
      ...[new Uint8Array(), firstRoot, secondRoot].flatMap((hash) => [{ path: [...proof.path, hash] }, { path: [hash, ...proof.path] }]),
      { path: [at(proof.path, 0), ...proof.path] }, { path: proof.path.slice(0, -1) },
      ...path.map((_, n) => ({ path: proof.path.map((hash, i) => (i === n ? flipped(hash, 4) : hash)) })),
    ];
    for (const change of corrupt) expect(tree.verifyConsistency({ ...proof, ...change }), JSON.stringify(Object.keys(change))).toBe(false);
  });
});

describe("the tree, for every size", () => {
  it("REQ-1 has the root that RFC 6962 defines, also when it grows leaf by leaf, by copies or by complete subtrees", () => {
    let growing = tree.frontier();
    expect(growing.root()).toBeUndefined();
    for (let size = 1; size <= leaves.length; size++) {
      if (size % 7 === 0) growing = growing.copy();
      growing.append(at(leaves, size - 1));
      const defined = rootOfRange({ from: 0, to: size });
      expect(growing.size).toBe(size);
      expect(sameBytes(growing.root() ?? new Uint8Array(), defined)).toBe(true);
      const bySubtrees = tree.frontier();
      for (const { level, number } of subtreesOf({ from: 0, to: size }, 2)) bySubtrees.append(rootOfRange({ from: number * 2 ** level, to: (number + 1) * 2 ** level }), level);
      expect(bySubtrees.size).toBe(size);
      expect(sameBytes(bySubtrees.root() ?? new Uint8Array(), defined)).toBe(true);
    }
  });

  it("REQ-1 tells of each complete subtree once, when its last leaf comes, and a copy leaves the original alone", () => {
    const frontier: Frontier = tree.frontier();
    const told: string[] = [];
    for (const leaf of leaves.slice(0, 64)) frontier.append(leaf, 0, ({ level, number }, hash) => {
      told.push(`${level}/${number}`);
      expect(sameBytes(hash, rootOfRange({ from: number * 2 ** level, to: (number + 1) * 2 ** level }))).toBe(true);
    });
    expect(new Set(told).size).toBe(told.length);
    expect(told).toHaveLength(63);
    const copy = frontier.copy();
    copy.append(at(leaves, 64));
    expect([frontier.size, copy.size]).toEqual([64, 65]);
    expect(sameBytes(frontier.root() ?? new Uint8Array(), rootOfRange({ from: 0, to: 64 }))).toBe(true);
  });

  it("REQ-1 proves each leaf of each size up to 300", () => {
    let proved = 0;
    for (let size = 1; size <= 300; size++) for (let position = 0; position < size; position++) proved += Number(tree.verifyInclusion(inclusion(position, size)));
    expect(proved).toBe((300 * 301) / 2);
  });

  it("REQ-1 proves no leaf by a path with a changed bit, a missing, an extra or a swapped hash, at another position, or with another leaf or root", () => {
    const place = fc.integer({ min: 1, max: 300 }).chain((size) => fc.record({ size: fc.constant(size), position: fc.nat(size - 1), bit: fc.nat(255), n: fc.nat(20), other: fc.nat(299) }));
    fc.assert(fc.property(place, ({ size, position, bit, n, other }) => {
      const proof = inclusion(position, size);
      const refused = (change: Partial<InclusionProof>) => expect(tree.verifyInclusion({ ...proof, ...change })).toBe(false);
      refused({ leafHash: flipped(proof.leafHash, bit) });
      refused({ root: flipped(proof.root, bit) });
      for (let i = 0; i < size; i++) if (i !== position) refused({ position: i });
      for (const i of [-1, size, size + 1, 0.5, Number.NaN]) refused({ position: i });
      refused({ path: [...proof.path.slice(0, n), at(leaves, other), ...proof.path.slice(n)] });
      if (proof.path.length === 0) return;
      const i = n % proof.path.length;
      refused({ path: proof.path.map((hash, k) => (k === i ? flipped(hash, bit) : hash)) });
      refused({ path: without(proof.path, i) });
      if (proof.path.length > 1) refused({ path: [at(proof.path, 1), at(proof.path, 0), ...proof.path.slice(2)] });
    }), { numRuns: 300 });
  });

  /** Sides of a leaf's path from the leaf upwards; two sizes with the same sides give one computation. */
  const sides = (position: number, size: number): string => auditPathRanges(position, { from: 0, to: size }).map(({ from }) => (from > position ? "right" : "left")).join();

  it("REQ-1 proves a leaf at another size only where the path of that size has the same shape: the signed head binds the size", () => {
    let same = 0;
    for (let size = 1; size <= 64; size++) for (let position = 0; position < size; position++) for (let claimed = 1; claimed <= 70; claimed++) {
      const oneShape = position < claimed && sides(position, claimed) === sides(position, size);
      expect(tree.verifyInclusion({ ...inclusion(position, size), size: claimed }), `leaf ${position} of ${size} as of ${claimed}`).toBe(oneShape);
      same += Number(oneShape && claimed !== size);
    }
    expect(same).toBeGreaterThan(0);
    for (const claimed of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(tree.verifyInclusion({ ...inclusion(0, 2), size: claimed })).toBe(false);
  });

  it("REQ-1 proves that each tree up to 80 leaves continues each smaller one, and by no other first size, no other root and no changed path", () => {
    let proved = 0;
    for (let second = 1; second <= 80; second++) for (let first = 1; first <= second; first++) {
      const proof = consistency(first, second);
      proved += Number(tree.verifyConsistency(proof));
      const refused = (change: Partial<ConsistencyProof>) => expect(tree.verifyConsistency({ ...proof, ...change }), `${first} to ${second} ${Object.keys(change).join()}`).toBe(false);
      for (let other = 0; other <= second + 1; other++) if (other !== first) refused({ first: other });
      refused({ firstRoot: flipped(proof.firstRoot, first) });
      refused({ secondRoot: flipped(proof.secondRoot, second) });
      refused({ path: [...proof.path, proof.secondRoot] });
      refused({ path: [proof.firstRoot, ...proof.path] });
      proof.path.forEach((_, n) => {
        refused({ path: without(proof.path, n) });
        refused({ path: proof.path.map((hash, k) => (k === n ? flipped(hash, n) : hash)) });
      });
    }
    expect(proved).toBe((80 * 81) / 2);
  });

  it("REQ-1 does not accept a rewritten tree as a continuation, whatever path its owner makes for it", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 79 }), fc.nat(78), fc.integer({ min: 1, max: 80 }), (first, changed, more) => {
      const second = Math.min(80, first + more);
      const rewritten = leaves.slice(0, second).map((leaf, n) => (n === changed % first ? flipped(leaf, 0) : leaf));
      const rootIn = ({ from, to }: LeafRange) => tree.rootOf(rewritten.slice(from, to));
      const proof = { ...consistency(first, second), secondRoot: rootIn({ from: 0, to: second }), path: consistencyRanges(first, { from: 0, to: second }).map(rootIn) };
      expect(tree.verifyConsistency(proof)).toBe(false);
      expect(tree.verifyConsistency({ ...proof, firstRoot: rootIn({ from: 0, to: first }) })).toBe(true);
    }), { numRuns: 200 });
  });

  it("REQ-1 proves nothing of an empty tree, and nothing of sizes that are no numbers of leaves", () => {
    const proof = consistency(2, 5);
    for (const sizes of [{ first: 0 }, { first: -2 }, { first: 1.5 }, { first: 6 }, { second: 1 }, { second: 4.5 }, { second: Number.NaN }, { second: Number.POSITIVE_INFINITY }]) expect(tree.verifyConsistency({ ...proof, ...sizes })).toBe(false);
    expect(tree.verifyConsistency({ first: 0, second: 0, firstRoot: tree.rootOf([]), secondRoot: tree.rootOf([]), path: [] })).toBe(false);
  });

  it("covers every range of a proof by complete subtrees of the stored levels: each leaf once, in order", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 200_000 }).chain((size) => fc.record({ size: fc.constant(size), position: fc.nat(size - 1), first: fc.integer({ min: 1, max: size }), step: fc.constantFrom(1, 2, 8) })), ({ size, position, first, step }) => {
      const whole = { from: 0, to: size };
      for (const range of [whole, ...auditPathRanges(position, whole), ...consistencyRanges(first, whole)]) {
        let next = range.from;
        for (const { level, number } of subtreesOf(range, step)) {
          expect(level % step).toBe(0);
          expect(number * 2 ** level).toBe(next);
          next += 2 ** level;
        }
        expect(next).toBe(range.to);
      }
    }), { numRuns: 200 });
  });
});
