import type { Database } from "#db/client.ts";
import { withProgramme } from "#db/scope.ts";
import { publicOf, signerOf, type KeyStore } from "#lib/ledger/key-store.ts";
import { BrokenPromise } from "#lib/result.ts";
import { openWitnessFile, type WitnessFile } from "#lib/ledger/witness-file.ts";
import { appendEntries, openLog, pendingEntries, scanCursor, type Cursor, type LedgerSigner, type Log, type Pending } from "#lib/ledger/sequence-commands.ts";
import { assertContinues, LogHalted, witnessHead, type Witnessed } from "./co-signing.ts";

type Held = { log: Log; readonly file: WitnessFile; halted: boolean };
export type SequencerParts = {
  readonly database: Database; readonly keys: KeyStore; readonly witnessDirectory: string;
  readonly complain: (sentence: string) => void;
  /** Hears of every head whose transaction is committed. */
  readonly signed?: (siteId: string, size: number) => void;
  /** Hears of every head that was co-signed and written to the witness file. */
  readonly witnessed?: (siteId: string, what: Witnessed) => void;
};

/** Gives the entries of the owned logs their order, signs heads and has them co-signed. One instance per process. */
export class Sequencer {
  readonly #parts: SequencerParts;
  readonly #held = new Map<string, Held>();
  #cursor: Cursor | undefined;
  /** A log was taken over: entries of all times are looked through once more. */
  #rescan = true;
  constructor(parts: SequencerParts) {
    this.#parts = parts;
  }

  #signer(owner: string): LedgerSigner | undefined {
    const key = this.#parts.keys.current("ledger", owner);
    return key && { id: key.id, name: key.name, publicKey: Buffer.from(publicOf(key), "base64"), sign: signerOf(key) };
  }

  /** Stops a log for good when its history is not what its witness has seen; anything else is thrown on. */
  #halt(siteId: string, held: Held, error: unknown): void {
    if (!(error instanceof LogHalted) && !(error instanceof BrokenPromise)) throw error;
    held.halted = true;
    this.#parts.complain(`The ledger of ${siteId} stands still. ${error.message}`);
  }

  /** Takes over logs: rebuilds each from the database and compares it with its witness. */
  async take(siteIds: readonly string[]): Promise<void> {
    for (const siteId of siteIds) {
      if (this.#held.has(siteId) || !this.#signer(siteId)) continue;
      const file = openWitnessFile(this.#parts.witnessDirectory, siteId);
      const log = await withProgramme(this.#parts.database, "ledger", [siteId], (tx) => openLog(tx, siteId));
      const held: Held = { log, file, halted: false };
      this.#held.set(siteId, held);
      try {
        await withProgramme(this.#parts.database, "ledger", [siteId], (tx) => assertContinues(tx, siteId, log.frontier.size, file.last()?.head));
      } catch (error) {
        this.#halt(siteId, held, error);
      }
      this.#rescan = true;
    }
  }

  /** Logs it holds and that are not halted. */
  going(): readonly string[] {
    return [...this.#held].filter(([, held]) => !held.halted).map(([siteId]) => siteId);
  }

  /** One round: positions for all settled entries, one signed head per log that grew. Returns how many entries got their position. */
  async round(now: Date): Promise<number> {
    const going = this.going();
    if (going.length === 0) return 0;
    const cursor = this.#rescan ? undefined : this.#cursor;
    this.#rescan = false;
    const outcome = await withProgramme(this.#parts.database, "ledger", going, async (tx) => {
      const pending = await pendingEntries(tx, cursor ?? (await scanCursor(tx)));
      const logs: Log[] = [];
      for (const [siteId, entries] of bySite(pending.entries)) {
        const held = this.#held.get(siteId);
        const signer = this.#signer(siteId);
        if (held && signer) logs.push((await appendEntries(tx, held.log, entries, signer, now)).log);
      }
      return { pending, logs };
    }, { reason: "positions in the ledger" }).catch((error: unknown) => {
      this.#rescan = true;
      throw error;
    });
    for (const log of outcome.logs) {
      const held = this.#held.get(log.siteId);
      if (held) held.log = log;
      this.#parts.signed?.(log.siteId, log.frontier.size);
    }
    this.#cursor = outcome.pending.cursor;
    return outcome.pending.entries.length;
  }

  /** Has the newest heads co-signed by the other owners' keys and written to the witness file. */
  async witness(now: Date): Promise<void> {
    for (const siteId of this.going()) {
      const held = this.#held.get(siteId);
      if (!held) continue;
      const others = [...new Set(this.#parts.keys.all().filter((key) => key.purpose === "ledger" && key.owner !== siteId).map((key) => key.owner))].sort();
      const cosigners = others.flatMap((owner) => this.#signer(owner) ?? []);
      try {
        if (held.log.frontier.size === (held.file.last()?.head.size ?? 0)) continue;
        const done = await withProgramme(this.#parts.database, "ledger", [siteId], (tx) => witnessHead(tx, siteId, held.file, cosigners, now), { reason: "co-signatures of a head" });
        if (done) this.#parts.witnessed?.(siteId, done);
      } catch (error) {
        this.#halt(siteId, held, error);
      }
    }
  }
}

function bySite(entries: readonly Pending[]): ReadonlyMap<string, readonly Pending[]> {
  const grouped = new Map<string, Pending[]>();
  for (const entry of entries) {
    const site = grouped.get(entry.siteId);
    if (site) site.push(entry);
    else grouped.set(entry.siteId, [entry]);
  }
  return grouped;
}
