import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { cardTable } from "#lib/prediction/card-table.ts";
import { parseModelCard } from "#lib/prediction/card.ts";
import { contaminationFeatures, featureNames } from "#lib/prediction/features.ts";
import { persistence } from "#lib/prediction/risk.ts";
import { loadScorer } from "#lib/prediction/scorer.ts";
import { growing, steadyWindow } from "#lib/prediction/window.fixture.ts";
import { inputSpace } from "#lib/prediction/window.ts";

const place = (name: string) => fileURLToPath(new URL(`./artefact/${name}`, import.meta.url));

describe("the contamination model that is shipped", async () => {
  const card = parseModelCard(await readFile(place("contamination-forest.card.json"), "utf8"));
  const load = () => loadScorer({ path: place("contamination-forest.onnx"), sha256: card.sha256, featureCount: card.featureNames.length });

  it("REQ-67 (Annex 22 draft) was made for the features, input space and persistence rule of this code", () => {
    expect(card.featureNames).toEqual([...featureNames]);
    expect(card.inputSpace).toEqual(inputSpace);
    expect(card.persistence).toEqual(persistence);
  });

  it("REQ-67 (Annex 22 draft) says what it does not cover and how sure its figures are", () => {
    expect(card.limitations.join(" ")).toMatch(/mycoplasma or viruses/);
    expect(card.metrics.recall.of).toBeGreaterThanOrEqual(59);
    expect(cardTable(card)).toContain(`${card.metrics.cleanBatchesWithAlarm.count}/${card.metrics.cleanBatchesWithAlarm.of}`);
  });

  it("scores a quiet culture low and a contaminated one above its threshold", async () => {
    const scorer = await load();
    const score = async (window: Parameters<typeof contaminationFeatures>[0]) => {
      const features = contaminationFeatures(window);
      if (features.kind !== "evaluated") throw new Error(features.reason.cause);
      return scorer.score(features.values);
    };
    expect(await score(steadyWindow())).toBeLessThan(0.5);
    const contaminated = steadyWindow({
      "oxygen-flow": growing(16, 3), "co2-offgas": growing(3.2, 2.2), turbidity: growing(3.4, 1.5), "base-added": growing(11, 1.3), "dissolved-oxygen": growing(40, 0.85),
    });
    expect(await score(contaminated)).toBeGreaterThan(card.threshold);
    await scorer.release();
  });
});
