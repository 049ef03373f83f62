import { parentPort, workerData } from "node:worker_threads";
import type { JWK } from "jose";
import { bundleText, type ManifestFacts } from "./bundle.ts";
import type { Content } from "./shape.ts";

/** Started by `sealBundle`: content and facts in, the bundle's text out, then the thread ends. */
const { content, facts, key } = workerData as { readonly content: Content; readonly facts: ManifestFacts; readonly key: JWK };
parentPort?.postMessage(bundleText(content, facts, key));
