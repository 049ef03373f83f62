import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serialize } from "node:v8";
import { exportJWK, generateKeyPair } from "jose";
import { openDatabase } from "#db/client.ts";
import { withProgramme } from "#db/scope.ts";
import { plantStory } from "#db/seed/story.ts";
import type { Benchmark } from "#bin/bench.ts";
import { demoPeople } from "#bin/portal/demo-people.ts";
import { loadFaces } from "#lib/document/face.ts";
import type { PrintedDocument } from "#lib/document/model.ts";
import { makeSealKey } from "#lib/document/seal-key.ts";
import type { SealKey } from "#lib/document/stage.ts";
import { printedRecord } from "#lib/report/batch-record.ts";
import { readReport } from "#lib/report/queries.ts";
import { BrokenPromise } from "#lib/result.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { startPeer } from "./process.ts";
import type { Measured, ReportChild } from "./report-child.ts";
import { plainRows, recordOfPages } from "./report-document.ts";
import { median, rounded } from "./statistics.ts";
import { withThrowawayDatabase } from "./throwaway.ts";

const lengths = [10, 50, 300];
const batchId = "BAS-101-2608";

/** The record of a batch of the demo story, as an export prints it. */
async function realRecord(ownerUrl: string): Promise<PrintedDocument> {
  const { privateKey } = await generateKeyPair("Ed25519", { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: "bench" };
  const now = new Date();
  await plantStory({ ownerUrl, people: demoPeople, issuer: "https://issuer.bench", signingKey: key, sourceKeys: {}, now, say: () => {} });
  const owner = openDatabase(ownerUrl, 1);
  try {
    const source = await withProgramme(owner, "export", ["basel"], (tx) => readReport(tx, { siteId: "basel", batchId, key: publicHalf(key) }, now));
    return printedRecord(source, { at: now, by: "Benchmark", copy: 1 });
  } finally {
    await owner.$client.end({ timeout: 2 });
  }
}

type Contender = "ours" | "baseline";
type Files = { readonly n: number; readonly document: string; readonly rows: string };

/** One rendering in a process of its own, which ends with it: its peak memory is that of this document alone. */
async function once(contender: Contender, { n, document, rows }: Files, seal: SealKey): Promise<Measured> {
  const peer = startPeer<ReportChild>("report-child.ts");
  try {
    const made = await (contender === "ours" ? peer.ask("render", { file: document, seal }) : peer.ask("table", { file: rows }));
    if (made.pages !== n) throw new BrokenPromise("bench-pages", `${made.pages} pages were made instead of ${n}`);
    return made;
  } finally {
    peer.stop();
  }
}

const inOne = (n: number, all: readonly Measured[]) => ({ n, s: rounded(median(all.map((m) => m.s)), 2), peak_mb: rounded(median(all.map((m) => m.peakMb)), 0) });
type Outcome = ReturnType<typeof inOne>;

function tableOf(ours: readonly Outcome[], baseline: readonly Outcome[]): readonly string[] {
  const line = (cells: readonly string[]) => cells.map((cell) => cell.padStart(12)).join("");
  const rate = (o: Outcome | undefined) => (o ? o.n / o.s : Number.NaN);
  const [first, middle, last] = ours;
  return [
    line(["pages", "ours s", "pages/s", "peak MB", "pdfkit s", "pages/s", "peak MB"]),
    ...ours.map((o, i) => line([String(o.n), o.s.toFixed(2), rate(o).toFixed(1), String(o.peak_mb), baseline[i]?.s.toFixed(2) ?? "", rate(baseline[i]).toFixed(1), String(baseline[i]?.peak_mb ?? "")])),
    `Time per page at ${last?.n} pages is ${(rate(middle) / rate(last)).toFixed(2)} times that at ${middle?.n} (at most 1.3). Peak memory at ${last?.n} pages is ${((last?.peak_mb ?? Number.NaN) / (first?.peak_mb ?? Number.NaN)).toFixed(2)} times that at ${first?.n} (at most 1.5).`,
  ];
}

async function measureAll(files: readonly Files[], repetitions: number, seal: SealKey, say: (line: string) => void) {
  const all: Record<Contender, Map<number, Measured[]>> = { ours: new Map(), baseline: new Map() };
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    for (const file of files) {
      for (const contender of ["ours", "baseline"] as const) {
        const made = await once(contender, file, seal);
        all[contender].set(file.n, [...(all[contender].get(file.n) ?? []), made]);
        say(`  ${repetition}. ${contender.padEnd(9)} ${String(file.n).padStart(4)} pages ${made.s.toFixed(2).padStart(7)} s ${made.peakMb.toFixed(0).padStart(5)} MB ${(made.bytes / 1024).toFixed(0).padStart(6)} kB`);
      }
    }
  }
  const outcome = (contender: Contender) => files.map(({ n }) => inOne(n, all[contender].get(n) ?? []));
  return { ours: outcome("ours"), baseline: outcome("baseline") };
}

/** A batch record of 10, 50 and 300 pages as the portal makes it (laid out, painted, joined, sealed), beside pdfkit drawing the same lines as a plain table. */
export const report: Benchmark = async ({ full, say }) => {
  const repetitions = full ? 5 : 3;
  say(`Report: the record of ${batchId}, repeated to ${lengths.join(", ")} pages, each made in a process of its own; ${repetitions} repetitions, interleaved, medians.`);
  say("Ours: layout, painting, joining, attachments and seal, fonts embedded. Baseline: pdfkit, one font, the same lines of text page by page as a table, no layout, no attachments, no seal.");
  const directory = mkdtempSync(join(tmpdir(), "veribatch-bench-report-"));
  try {
    const real = await withThrowawayDatabase(({ ownerUrl }) => realRecord(ownerUrl));
    const type = await loadFaces(process.cwd());
    const files = lengths.map((n): Files => {
      const document = recordOfPages(real, n, type);
      const paths = { n, document: join(directory, `${n}.document`), rows: join(directory, `${n}.rows`) };
      writeFileSync(paths.document, serialize(document));
      writeFileSync(paths.rows, serialize(plainRows(document, type)));
      return paths;
    });
    const stored = await makeSealKey("veribatch-bench", new Date());
    const { ours, baseline } = await measureAll(files, repetitions, { privateKey: stored.privateKey, certificate: stored.certificate ?? "" }, say);
    for (const line of tableOf(ours, baseline)) say(line);
    return { pages: ours, baseline };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
