import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anomalyScore, averagePathLength, growForest, standardSize } from "#lib/prediction/isolation-forest.ts";
import { encodeForest } from "#lib/prediction/onnx.ts";
import { loadScorer } from "#lib/prediction/scorer.ts";

/** Minimal standard generator of Park and Miller, enough to draw test points. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => { state = (state * 48271) % 2147483647; return state / 2147483647; };
}

function cloud(count: number, seed: number): number[][] {
  const random = lehmer(seed);
  const normal = () => random() + random() + random() + random() - 2;
  return Array.from({ length: count }, () => [normal(), 2 * normal(), Math.max(0, normal())]);
}

const grow = (seed: number) => growForest(cloud(2000, 5), standardSize, lehmer(seed));

describe("an isolation forest", () => {
  it("has the path lengths of Liu et al. 2008", () => {
    expect(averagePathLength(1)).toBe(0);
    expect(averagePathLength(2)).toBe(1);
    expect(averagePathLength(256)).toBeCloseTo(10.244770920119, 8);
  });

  it("scores what lies apart above what lies within", () => {
    const forest = grow(1);
    expect(anomalyScore(forest, [0, 0, 0])).toBeLessThan(0.45);
    expect(anomalyScore(forest, [4, 8, 4])).toBeGreaterThan(0.7);
  });

  it("REQ-66 (Annex 22 draft) is the same forest for the same rows and seed, to the byte", () => {
    expect(Buffer.from(encodeForest(grow(1), "f")).equals(Buffer.from(encodeForest(grow(1), "f")))).toBe(true);
    expect(Buffer.from(encodeForest(grow(1), "f")).equals(Buffer.from(encodeForest(grow(2), "f")))).toBe(false);
  });
});

describe("its ONNX form", () => {
  const forest = grow(3), bytes = encodeForest(forest, "test-forest");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  let folder = "", path = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "forest-"));
    path = join(folder, "forest.onnx");
    await writeFile(path, bytes);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("gives the forest's own score within a millionth, also on the cuts themselves", async () => {
    const scorer = await loadScorer({ path, sha256, featureCount: 3 });
    const onCuts = forest.trees.slice(0, 20).map((tree) => (tree.kind === "branch" ? [tree.threshold, tree.threshold, tree.threshold] : [0, 0, 0]));
    for (const values of [...cloud(150, 9), ...onCuts, [1e9, -1e9, 0]]) {
      expect(Math.abs((await scorer.score(values)) - anomalyScore(forest, values))).toBeLessThan(1e-6);
    }
    await scorer.release();
  });

  it("REQ-66 (Annex 22 draft) is refused when one byte differs from what was signed off", async () => {
    const changed = Uint8Array.from(bytes);
    changed[200] = (changed[200] ?? 0) ^ 1;
    await writeFile(join(folder, "changed.onnx"), changed);
    await expect(loadScorer({ path: join(folder, "changed.onnx"), sha256, featureCount: 3 })).rejects.toMatchObject({ code: "model-digest-mismatch" });
  });

  it("is refused when it is missing, is no model, or gets the wrong number of values", async () => {
    await expect(loadScorer({ path: join(folder, "none.onnx"), sha256, featureCount: 3 })).rejects.toMatchObject({ code: "model-unreadable" });
    await writeFile(join(folder, "noise.onnx"), "not a model");
    const noise = createHash("sha256").update("not a model").digest("hex");
    await expect(loadScorer({ path: join(folder, "noise.onnx"), sha256: noise, featureCount: 3 })).rejects.toMatchObject({ code: "model-unreadable" });
    const scorer = await loadScorer({ path, sha256, featureCount: 3 });
    await expect(scorer.score([1, 2])).rejects.toMatchObject({ code: "model-interface-mismatch" });
    await scorer.release();
  });
});
