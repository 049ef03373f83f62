import type { batches } from "#db/schema/batch.ts";
import { offlineResults } from "#lib/simulator/offline-results.ts";
import { runBatch, type BatchRun } from "#lib/simulator/run-batch.ts";
import { scriptOf } from "#lib/simulator/running-batches.ts";
import { readSensors } from "#lib/simulator/sensors.ts";

export type RunningBatch = Pick<typeof batches.$inferSelect, "id" | "siteId" | "unitId" | "inoculatedAt">;
export type SourceSettings = {
  readonly portal: string; readonly keyOf: (unitId: string) => string | undefined;
  /** Process hours per hour on the clock, and since when; samples always carry the clock's time. */
  readonly speed: number; readonly speedSince: Date;
};
type Sample = { readonly tag: string; readonly seq: number; readonly at: string; readonly value: number; readonly unit: string; readonly quality: string; readonly origin: "online" | "laboratory" };

const hour = 3_600_000;
/** Requests kept while the portal does not answer: an hour of a unit. */
const mostWaiting = 720;

/** Age of the culture in the simulated process at a time on the clock, hours. */
export function processAge(inoculatedAt: Date, now: Date, speed: number, since: Date): number {
  const before = Math.min(now.getTime(), Math.max(since.getTime(), inoculatedAt.getTime()));
  return (before - inoculatedAt.getTime() + (now.getTime() - before) * speed) / hour;
}

/** One simulated gateway: reads the vessel's transmitters, passes on laboratory results, keeps what could not be delivered. */
export class SimulatedSource {
  readonly batch: RunningBatch;
  readonly #run: BatchRun;
  readonly #settings: SourceSettings;
  readonly #waiting: (readonly Sample[])[] = [];
  #reportedUntilH: number | undefined;
  #sending = false;

  constructor(batch: RunningBatch, settings: SourceSettings) {
    this.batch = batch;
    this.#settings = settings;
    this.#run = runBatch(scriptOf(batch.id, batch.siteId as "basel" | "raleigh" | "singapore"));
  }

  /** Takes the samples of this moment and sends what waits, oldest first. */
  async tick(now: Date): Promise<void> {
    const { inoculatedAt } = this.batch;
    if (!inoculatedAt) return;
    const ageH = processAge(inoculatedAt, now, this.#settings.speed, this.#settings.speedSince);
    const seq = Math.floor(now.getTime() / 1000);
    const online = readSensors(this.#run, ageH).map((r): Sample => ({ ...r, seq, at: now.toISOString(), origin: "online" }));
    const laboratory = this.#laboratory(ageH, now);
    if (online.length + laboratory.length > 0) this.#waiting.push([...online, ...laboratory]);
    while (this.#waiting.length > mostWaiting) this.#waiting.shift();
    await this.#deliver();
  }

  /** Results that were reported since the last look; after a restart those of the last two days again, which the portal knows. */
  #laboratory(ageH: number, now: Date): readonly Sample[] {
    const from = this.#reportedUntilH ?? ageH - 48;
    this.#reportedUntilH = ageH;
    return offlineResults(this.#run).filter((r) => r.reportedAtH > from && r.reportedAtH <= ageH).map((r): Sample => {
      const at = new Date(Math.round((now.getTime() - ((ageH - r.sampledAtH) / this.#settings.speed) * hour) / 1000) * 1000);
      return { tag: r.tag, seq: Math.floor(at.getTime() / 1000), at: at.toISOString(), value: r.value, unit: r.unit, quality: "good", origin: "laboratory" };
    });
  }

  async #deliver(): Promise<void> {
    const key = this.#settings.keyOf(this.batch.unitId);
    if (!key || this.#sending) return;
    this.#sending = true;
    try {
      for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
        const response = await fetch(`${this.#settings.portal}/api/ingest/v1/samples`, {
          method: "POST", headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, body: JSON.stringify({ unit: this.batch.unitId, samples: next }), signal: AbortSignal.timeout(10_000),
        });
        if (response.status >= 500) return; // kept and sent again
        if (!response.ok) console.error(`Ingest refused samples of ${this.batch.unitId}: ${response.status} ${await response.text()}`);
        this.#waiting.shift();
      }
    } catch {
      // The portal does not answer: what waits is sent with the next samples.
    } finally {
      this.#sending = false;
    }
  }
}
