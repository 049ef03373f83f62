import { join } from "node:path";
import type { JWK } from "jose";
import { digestOf, keyIdOfJwk } from "#lib/digest/digest.ts";
import { BrokenPromise } from "#lib/result.ts";
import { bundleText, type ManifestFacts } from "./bundle.ts";
import type { Content } from "./shape.ts";

/** Asked of Node at run time: a bundler that sees `new Worker(…)` takes the file into its bundle. */
const { Worker } = process.getBuiltinModule("node:worker_threads");

export type SealedBundle = { readonly text: string; readonly recordDigest: string };

/** Length of content, in characters, up to which a bundle is written in less time than a thread takes to start. */
const small = 2_000_000;

const entriesLength = (entries: Content["entries"]): number => entries.reduce((sum, e) => sum + e.canonical.length + e.proof.length * 46, 0);
const lengthOf = ({ record, segments, entries, documents = [], files = [], related = [] }: Content): number =>
  record.length + segments.reduce((sum, s) => sum + s.text.length, 0) + entriesLength(entries) + documents.reduce((sum, d) => sum + d.text.length, 0) + files.reduce((sum, f) => sum + f.content.length, 0) + related.reduce((sum, r) => sum + entriesLength(r.entries), 0);

function inThread(content: Content, facts: ManifestFacts, key: JWK): Promise<string> {
  return new Promise((resolve, reject) => {
    // A plain file under the folder the program was started in: the caller may be a bundle, whose own address says nothing about where sources are.
    const worker = new Worker(join(process.cwd(), "lib", "evidence", "worker.ts"), { workerData: { content, facts, key }, execArgv: [] });
    worker.once("message", (text: string) => resolve(text));
    worker.once("error", (cause) => reject(new BrokenPromise("not-sealed", `the evidence of ${facts.batchId} could not be written`, { cause })));
    worker.once("exit", () => reject(new BrokenPromise("not-sealed", `the thread that writes the evidence of ${facts.batchId} ended without a result`)));
  });
}

/** Is the key in the bundle's register, for attestations and in force at the export? Nobody could check the seal otherwise. */
function assertRegistered(content: Content, exportedAt: string, id: string): void {
  const row = content.keys.find((key) => key.id === id && key.purpose === "attestation");
  if (!row || row.validFrom > exportedAt || (row.validTo !== null && row.validTo < exportedAt)) throw new BrokenPromise("seal-key-unregistered", `key ${id} is not an attestation key of the register in force at ${exportedAt}`);
}

/** The bundle's text with its seal; a large one is written in a thread of its own, so that the portal goes on answering. `key`: the private attestation key. Throws `seal-key-unregistered`. */
export async function sealBundle(content: Content, facts: ManifestFacts, key: JWK): Promise<SealedBundle> {
  assertRegistered(content, facts.exportedAt, keyIdOfJwk(key));
  const text = lengthOf(content) <= small ? bundleText(content, facts, key) : await inThread(content, facts, key);
  return { text, recordDigest: digestOf("EBRREC/1", content.record) };
}
