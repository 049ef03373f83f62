import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sequencer } from "#bin/ledger/sequencer.ts";
import { settleKeys } from "#bin/portal/keys.ts";
import { openDatabase } from "#db/client.ts";
import { makeSealKey } from "#lib/document/seal-key.ts";
import { openKeyStore } from "#lib/ledger/key-store.ts";
import { answerParent } from "./process.ts";

/** The ledger as its own process, with the rhythm of bin/ledger.ts; tells when each head was committed. */
type Signed = { readonly siteId: string; readonly size: number; readonly at: number };
let signed: Signed[] = [];
let running = false;
let stopped = Promise.resolve();
let sequencer: Sequencer | undefined;
const directory = mkdtempSync(join(tmpdir(), "veribatch-bench-ledger-"));
process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
const clock = () => performance.timeOrigin + performance.now();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const questions = {
  open: async ({ ownerUrl, sequencerUrl, siteIds }: { readonly ownerUrl: string; readonly sequencerUrl: string; readonly siteIds: readonly string[] }): Promise<void> => {
    const keys = openKeyStore(join(directory, "keys"));
    await settleKeys(ownerUrl, keys, makeSealKey, { now: new Date(), newId: randomUUID });
    sequencer = new Sequencer({ database: openDatabase(sequencerUrl, 3), keys, witnessDirectory: join(directory, "witness"), complain: (s) => console.error(s), signed: (siteId, size) => void signed.push({ siteId, size, at: clock() }) });
    await sequencer.take(siteIds);
  },
  /** Rounds and co-signatures until `stop`. */
  start: async (): Promise<void> => {
    signed = [];
    running = true;
    const rounds = async () => { while (running) { await sequencer?.round(new Date()); await pause(30); } };
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
  witnessDirectory: (): string => join(directory, "witness"),
  /** Catches up with many entries at once. */
  catchUp: async (): Promise<void> => {
    while (((await sequencer?.round(new Date())) ?? 0) > 0);
    await sequencer?.witness(new Date());
  },
};
export type LedgerQuestions = typeof questions;
answerParent(questions);
