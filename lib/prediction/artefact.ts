import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseModelCard, type ModelCard } from "./card.ts";

/** Where the artefact of the contamination model lies in a checkout. */
export const artefactPath = (root: string): string => join(root, "lib/prediction/artefact/contamination-forest.onnx");

/** The card beside the artefact. */
export const readCard = async (root: string): Promise<ModelCard> => parseModelCard(await readFile(join(root, "lib/prediction/artefact/contamination-forest.card.json"), "utf8"));
