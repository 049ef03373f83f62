import type { Database } from "#db/client.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { recordRound, sitesOfRound } from "#lib/integrity/commands.ts";
import { ledgerTables, type BatchFinding, type StoredFinding } from "#lib/integrity/finding.ts";
import { brokenHistory, compareEntries, compareRows } from "#lib/integrity/record-queries.ts";
import { compareSegmentLists, compareSegments, type SegmentPlace } from "#lib/integrity/segment-queries.ts";
import { tablesOf } from "#lib/integrity/table.ts";
import type { Frontier } from "#lib/ledger/tree.ts";
import { verifyLedger } from "./integrity-ledger.ts";

export type WalkParts = { readonly database: Database; readonly databaseUrl: string; readonly witnessDirectory: string; readonly newId: () => string };
export type RoundResult = { readonly siteId: string; readonly rows: number; readonly entries: number; readonly segments: number; readonly checkpoints: number; readonly open: number; readonly fresh: number; /** Was everything walked again, or the ledger from where the last round ended? */ readonly whole: boolean };

/** Everything again at least so often; in between the ledger and its entries are walked from where the last round ended. */
const wholeEveryMs = 3_600_000;
const entriesAtOnce = 5_000;
const segmentsPerRound = 400;
const segmentsAtOnce = 20;

/** What a site's rounds remember. */
type Progress = { readonly wholeAt: number; readonly frontier: Frontier; /** Entries and heads of the walk since its beginning. */ readonly entries: number; readonly heads: number; readonly lastEntry: string; readonly lastSegment: SegmentPlace | undefined; /** Findings of tables that are walked in part, until the next whole round. */ readonly held: readonly BatchFinding[] };

/** The walk over the sites of one installation: records each round, the ledger and the time series in stretches. */
export class IntegrityWalk {
  readonly #parts: WalkParts;
  readonly #progress = new Map<string, Progress>();
  constructor(parts: WalkParts) {
    this.#parts = parts;
  }

  #inSite<T>(siteId: string, work: (tx: SiteTx) => Promise<T>): Promise<T> {
    return withProgramme(this.#parts.database, "integrity", [siteId], work);
  }

  async #entries(siteId: string, from: string): Promise<{ readonly examined: number; readonly findings: readonly BatchFinding[]; readonly last: string }> {
    const findings: BatchFinding[] = [];
    let [after, examined] = [from, 0];
    for (;;) {
      const run = await this.#inSite(siteId, (tx) => compareEntries(tx, { siteId }, { after, limit: entriesAtOnce }));
      findings.push(...run.findings);
      examined += run.examined;
      after = run.last ?? after;
      if (run.examined < entriesAtOnce) return { examined, findings, last: after };
    }
  }

  async #segments(siteId: string, from: SegmentPlace | undefined, atMost: number): Promise<{ readonly examined: number; readonly findings: readonly BatchFinding[]; readonly last: SegmentPlace | undefined }> {
    const findings = [...await this.#inSite(siteId, (tx) => compareSegmentLists(tx, siteId))];
    let [last, examined] = [from, 0];
    while (examined < atMost) {
      const after = last;
      const run = await this.#inSite(siteId, (tx) => compareSegments(tx, siteId, after, segmentsAtOnce));
      findings.push(...run.findings);
      examined += run.examined;
      last = run.last;
      if (!last) break;
    }
    return { examined, findings, last };
  }

  /** What this round walks: everything at the start, every hour, and as long as something is open, so that a repair is seen soon. */
  #plan(siteId: string, now: Date): { readonly known: Progress | undefined; readonly segmentsFrom: SegmentPlace | undefined; readonly segmentsAtMost: number } {
    const before = this.#progress.get(siteId);
    const whole = !before || now.getTime() - before.wholeAt >= wholeEveryMs || before.held.length > 0;
    const series = before?.held.some((finding) => seriesTables.has(finding.table)) ?? false;
    return { known: whole ? undefined : before, segmentsFrom: series ? undefined : before?.lastSegment, segmentsAtMost: series ? Infinity : segmentsPerRound };
  }

  /** One round over a site, written down. `startedAt` and the end come from `clock`. */
  async round(siteId: string, clock: () => Date): Promise<RoundResult> {
    const startedAt = clock();
    const { known, segmentsFrom, segmentsAtMost } = this.#plan(siteId, startedAt);
    const ledger = await verifyLedger({ ...this.#parts, siteId, from: known?.frontier });
    const entries = await this.#entries(siteId, known?.lastEntry ?? "-1");
    const records = await this.#inSite(siteId, async (tx) => {
      const rows = await compareRows(tx, tablesOf(siteId), { siteId });
      return { examined: rows.examined, findings: [...rows.findings, ...await brokenHistory(tx, { siteId })] };
    });
    const segments = await this.#segments(siteId, segmentsFrom, segmentsAtMost);
    const stretches = [...ledger.findings, ...entries.findings, ...segments.findings];
    const held = [...(known?.held ?? []), ...stretches];
    const [walked, heads] = [(known?.entries ?? 0) + entries.examined, (known?.heads ?? 0) + ledger.checkpoints];
    this.#progress.set(siteId, { entries: walked, heads, wholeAt: known?.wholeAt ?? startedAt.getTime(), frontier: ledger.frontier, lastEntry: entries.last, lastSegment: segments.last, held });
    const findings = [...records.findings, ...held];
    const counts = { rows: records.examined, entries: walked, segments: segments.examined, checkpoints: heads };
    const recorded = await withProgramme(this.#parts.database, "integrity", sitesOfRound(siteId), (tx) => recordRound(tx, {
      siteId, startedAt, ...counts, ledgerSize: ledger.size, findings, looked: lookedIn(known === undefined, segmentsFrom === undefined && segments.last === undefined),
    }, { now: clock(), newId: this.#parts.newId }), { reason: "integrity check" });
    return { siteId, ...counts, open: findings.length, fresh: recorded.fresh, whole: known === undefined };
  }
}

const stretchTables: ReadonlySet<string> = new Set([...ledgerTables, "audit_entries"]);
const seriesTables: ReadonlySet<string> = new Set(["process_values", "segments"]);
/** A round that walked only a stretch says nothing about what it found elsewhere before. */
const lookedIn = (whole: boolean, allSegments: boolean) => ({ table }: StoredFinding): boolean => (stretchTables.has(table) ? whole : seriesTables.has(table) ? allSegments : true);
