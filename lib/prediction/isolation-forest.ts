/** A tree of random cuts. `pathLength`: mean number of cuts to isolate a point that ends here (Liu et al. 2008, with c(n) for what was not cut further). */
export type IsolationTree =
  | { readonly kind: "leaf"; readonly pathLength: number }
  | { readonly kind: "branch"; readonly feature: number; readonly threshold: number; readonly below: IsolationTree; readonly above: IsolationTree };

/** `normalisation`: c(sample size), the path length of an average point. Thresholds are exact in 32-bit floats, as ONNX holds them. */
export type IsolationForest = { readonly trees: readonly IsolationTree[]; readonly normalisation: number; readonly featureCount: number };

export type ForestSize = { readonly trees: number; readonly sampleSize: number };

/** Liu, Ting and Zhou's own choice is 100 trees of 256 points. */
export const standardSize: ForestSize = { trees: 100, sampleSize: 256 };

const eulerGamma = 0.5772156649015329;

/** Mean path length of an unsuccessful search in a binary tree of n points: c(n) of Liu et al. 2008, equation 1. */
export function averagePathLength(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + eulerGamma) - (2 * (n - 1)) / n;
}

type Rows = readonly (readonly number[])[];

/** `count` different rows in random order (partial Fisher-Yates). */
function sample(rows: Rows, count: number, random: () => number): Rows {
  const picked = [...rows.keys()];
  for (let index = 0; index < count; index++) {
    const other = index + Math.floor(random() * (picked.length - index));
    const kept = picked[index] ?? 0;
    picked[index] = picked[other] ?? 0;
    picked[other] = kept;
  }
  return picked.slice(0, count).map((index) => rows[index] ?? []);
}

/** Smallest and largest value of one feature. */
function extent(rows: Rows, feature: number): readonly [number, number] {
  let low = Infinity, high = -Infinity;
  for (const row of rows) {
    const value = row[feature] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function growTree(rows: Rows, depth: number, limit: number, random: () => number): IsolationTree {
  const leaf = (): IsolationTree => ({ kind: "leaf", pathLength: Math.fround(depth + averagePathLength(rows.length)) });
  if (depth >= limit || rows.length <= 1) return leaf();
  const featureCount = rows[0]?.length ?? 0;
  const divisible = Array.from({ length: featureCount }, (_, feature) => feature).filter((feature) => {
    const [low, high] = extent(rows, feature);
    return high > low;
  });
  const feature = divisible[Math.floor(random() * divisible.length)];
  if (feature === undefined) return leaf();
  const [low, high] = extent(rows, feature);
  const threshold = Math.fround(low + (high - low) * random());
  const below = rows.filter((row) => (row[feature] ?? 0) < threshold), above = rows.filter((row) => (row[feature] ?? 0) >= threshold);
  return { kind: "branch", feature, threshold, below: growTree(below, depth + 1, limit, random), above: growTree(above, depth + 1, limit, random) };
}

/**
 * Grows a forest on rows of equal length (one per window). Deterministic in rows and `random`. Values are used at 32-bit
 * precision, so that the ONNX form decides every cut alike.
 */
export function growForest(rows: Rows, size: ForestSize, random: () => number): IsolationForest {
  const exact = rows.map((row) => row.map(Math.fround));
  const count = Math.min(size.sampleSize, exact.length), limit = Math.ceil(Math.log2(count));
  const trees = Array.from({ length: size.trees }, () => growTree(sample(exact, count, random), 0, limit, random));
  return { trees, normalisation: averagePathLength(count), featureCount: exact[0]?.length ?? 0 };
}

function pathLength(tree: IsolationTree, values: readonly number[]): number {
  let node = tree;
  while (node.kind === "branch") node = Math.fround(values[node.feature] ?? 0) < node.threshold ? node.below : node.above;
  return node.pathLength;
}

/** Anomaly score 2^(-E/c), between 0 and 1; about 0.5 for an ordinary point, towards 1 for one that few cuts isolate. */
export function anomalyScore(forest: IsolationForest, values: readonly number[]): number {
  let sum = 0;
  for (const tree of forest.trees) sum += pathLength(tree, values);
  return 2 ** (-sum / forest.trees.length / forest.normalisation);
}
