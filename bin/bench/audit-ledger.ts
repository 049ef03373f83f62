import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sequencer } from "#bin/ledger/sequencer.ts";
import { openDatabase } from "#db/client.ts";
import { makeKey, openKeyStore } from "#lib/ledger/key-store.ts";
import { answerParent } from "./process.ts";

/** The ledger as its own process, with the rhythm of bin/ledger.ts; tells when each head was committed. */
type Signed = { readonly siteId: string; readonly size: number; readonly at: number };
let signed: Signed[] = [];
let running = false;
let stopped = Promise.resolve();
let sequencer: Sequencer | undefined;
const clock = () => performance.timeOrigin + performance.now();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const questions = {
  open: async ({ sequencerUrl, siteIds }: { readonly sequencerUrl: string; readonly siteIds: readonly string[] }): Promise<void> => {
    const directory = mkdtempSync(join(tmpdir(), "veribatch-bench-ledger-"));
    process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
    const keys = openKeyStore(join(directory, "keys"));
    for (const owner of siteIds) {
      const key = makeKey({ purpose: "ledger", owner, name: `bench/${owner}` }, new Date());
      keys.prepare(key);
      keys.admit(key.id);
    }
    sequencer = new Sequencer({ database: openDatabase(sequencerUrl, 3), keys, witnessDirectory: join(directory, "witness"), complain: (s) => console.error(s), signed: (siteId, size) => void signed.push({ siteId, size, at: clock() }) });
    await sequencer.take(siteIds);
  },
  /** Rounds and co-signatures until `stop`. */
  start: async (): Promise<void> => {
    signed = [];
    running = true;
    const rounds = async () => { while (running) { await sequencer?.round(new Date()); await pause(40); } };
    const witness = async () => { while (running) { await sequencer?.witness(new Date()); await pause(500); } };
    stopped = Promise.all([rounds(), witness()]).then(() => {});
  },
  /** Ends after everything that was written has its position. */
  stop: async (): Promise<readonly Signed[]> => {
    running = false;
    await stopped;
    while (((await sequencer?.round(new Date())) ?? 0) > 0);
    return signed;
  },
  /** Catches up with many entries at once. */
  catchUp: async (): Promise<void> => {
    while (((await sequencer?.round(new Date())) ?? 0) > 0);
    await sequencer?.witness(new Date());
  },
};
export type LedgerQuestions = typeof questions;
answerParent(questions);
