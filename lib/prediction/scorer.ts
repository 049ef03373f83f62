import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { InferenceSession, Tensor } from "onnxruntime-node";

export type ModelRefusalCode = "model-digest-mismatch" | "model-unreadable" | "model-interface-mismatch";

/** The artefact is not the controlled one, or not what a scorer can run. */
export class ModelRefused extends Error {
  override readonly name = "ModelRefused";
  readonly code: ModelRefusalCode;
  constructor(code: ModelRefusalCode, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}

/** What must be known of a model before it is loaded: the file, its SHA-256 in hex (from the signed-off card) and its number of inputs. */
export type ModelReference = { readonly path: string; readonly sha256: string; readonly featureCount: number };

/** Scores one window's features; the score is between 0 and 1. `release` frees the runtime's memory. */
export type Scorer = { readonly score: (values: readonly number[]) => Promise<number>; readonly release: () => Promise<void> };

async function readModel({ path, sha256 }: ModelReference): Promise<Uint8Array> {
  const bytes = await readFile(path).catch(() => { throw new ModelRefused("model-unreadable", path); });
  const actual = createHash("sha256").update(bytes).digest("hex");
  if (actual !== sha256) throw new ModelRefused("model-digest-mismatch", `expected ${sha256}, found ${actual}`);
  return bytes;
}

/**
 * Loads a frozen contamination model. The bytes that were hashed are the bytes that run. Throws ModelRefused when the
 * digest differs from the expected one; one thread, so that sites on one machine do not disturb each other.
 */
export async function loadScorer(reference: ModelReference): Promise<Scorer> {
  const bytes = await readModel(reference);
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 })
    .catch(() => { throw new ModelRefused("model-unreadable", "the runtime does not accept the file"); });
  if (session.inputNames[0] !== "features" || session.outputNames[0] !== "score") {
    throw new ModelRefused("model-interface-mismatch", `${session.inputNames.join()} to ${session.outputNames.join()}`);
  }
  return { score: (values) => scoreOnce(session, values, reference.featureCount), release: () => session.release() };
}

async function scoreOnce(session: InferenceSession, values: readonly number[], featureCount: number): Promise<number> {
  if (values.length !== featureCount) throw new ModelRefused("model-interface-mismatch", `${values.length} values for ${featureCount} features`);
  const outputs = await session.run({ features: new Tensor("float32", Float32Array.from(values), [1, featureCount]) });
  const score = outputs.score?.data[0];
  if (typeof score !== "number") throw new ModelRefused("model-interface-mismatch", "no score");
  return score;
}
