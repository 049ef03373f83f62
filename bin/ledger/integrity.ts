import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

export type IntegritySettings = {
  /** URL of the sequencer's login. */
  readonly databaseUrl: string;
  readonly witnessDirectory: string;
  /** Says to the console what people should know: a finding, a round that failed. */
  readonly complain: (sentence: string) => void;
  /** Pause between two rounds over all sites, ms. A long round is followed by a longer pause. */
  readonly pauseMs?: number;
};

/** A thread that died is started again after this pause. */
const againAfterMs = 5_000;

/**
 * Starts the background check in a thread of its own, so that the sequencer goes on giving positions while it hashes. Returns how
 * to end it.
 */
export function startIntegrity({ databaseUrl, witnessDirectory, complain, pauseMs = 60_000 }: IntegritySettings): () => Promise<void> {
  let ended = false;
  let worker: Worker | undefined;
  const launch = () => {
    worker = new Worker(fileURLToPath(new URL("integrity-worker.ts", import.meta.url)), { workerData: { databaseUrl, witnessDirectory, pauseMs }, execArgv: [] });
    worker.on("message", (sentence: string) => complain(sentence));
    worker.once("error", (error) => complain(`The integrity check stopped and is started again: ${error.message}`));
    worker.once("exit", () => void (ended || setTimeout(launch, againAfterMs).unref()));
  };
  launch();
  return async () => {
    ended = true;
    await worker?.terminate();
  };
}
