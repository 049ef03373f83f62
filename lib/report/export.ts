import { z } from "zod";

/** Numbered copies that are made off the request's thread; each is a row that tells how far it is. */
export const exportStates = ["waiting", "running", "done", "failed"] as const;
export type ExportState = (typeof exportStates)[number];
export const exportStateName: Record<ExportState, string> = { waiting: "Waiting", running: "Being made", done: "Ready", failed: "Failed" };

export const madeKinds = ["batch-record", "issued-record", "master-record", "compliance-report"] as const;
export type MadeKind = (typeof madeKinds)[number];
export const madeKindName: Record<MadeKind, string> = { "batch-record": "Batch record, PDF", "issued-record": "Issued record, blank, PDF", "master-record": "Master batch record, PDF", "compliance-report": "Compliance report, PDF" };

const origin = z.object({ request: z.string(), client: z.string() }).nullable();
const day = z.iso.date();

/** What a copy was asked for with; the request and client it came from go into its audit entry. */
export const exportParameters = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("batch-record"), batchId: z.string().min(1), origin }),
  /** The record as it was issued: the frozen master, to be filled in. */
  z.object({ kind: z.literal("issued-record"), batchId: z.string().min(1), origin }),
  z.object({ kind: z.literal("master-record"), masterId: z.string().min(1), masterVersion: z.number().int().positive(), origin }),
  /** `from` and `to`: first and last day of the period, in UTC, both within. `sites` in alphabetical order. */
  z.object({ kind: z.literal("compliance-report"), from: day, to: day, sites: z.array(z.string()).min(1), origin }),
]);
export type ExportParameters = z.infer<typeof exportParameters>;
export type Period = { readonly from: string; readonly to: string };

/** Copies of a batch's record, executed or issued; both are the site's, and read with the same right. */
export type BatchCopy = Extract<ExportParameters, { batchId: string }>;
export const isOfBatch = (asked: ExportParameters): asked is BatchCopy => asked.kind === "batch-record" || asked.kind === "issued-record";

/** What the copy is of: copies of one subject are numbered together. */
export function subjectOf(asked: ExportParameters): string {
  switch (asked.kind) {
    case "batch-record": case "issued-record": return asked.batchId;
    case "master-record": return `${asked.masterId} v${asked.masterVersion}`;
    case "compliance-report": return `${asked.from} to ${asked.to}, ${asked.sites.join(", ")}`;
  }
}

/** The site that owns the row of a copy: the batch's, the one a master's copy was taken at, or the first of a report's. Whoever reads a report holds the right at all of its sites. */
export const ownerOf = (asked: ExportParameters, siteId: string): string => (asked.kind === "compliance-report" ? (asked.sites[0] ?? siteId) : siteId);

export function fileNameOf(asked: ExportParameters, copy: number): string {
  switch (asked.kind) {
    case "batch-record": return `${asked.batchId}-EBR-copy-${copy}.pdf`;
    case "issued-record": return `${asked.batchId}-issued-copy-${copy}.pdf`;
    case "master-record": return `${asked.masterId}-v${asked.masterVersion}-copy-${copy}.pdf`;
    case "compliance-report": return `compliance-${asked.from}-to-${asked.to}-${asked.sites.join("-")}-copy-${copy}.pdf`;
  }
}

const days = 86_400_000;
/** Longest period of one report, days. */
export const longestPeriod = 400;

export type PeriodRefusal = "unknown-day" | "reversed" | "too-long" | "future" | "no-site";
export const periodRefusalSentence: Record<PeriodRefusal, string> = {
  "unknown-day": "Give the first and the last day of the period, for example 2026-03-01 and 2026-03-31.",
  reversed: "The period ends before it begins. Exchange the two days.",
  "too-long": `The period is longer than ${longestPeriod} days. Choose a shorter one, or make several reports.`,
  future: "The period begins in the future: nothing is recorded there yet. Choose an earlier first day.",
  "no-site": "Choose at least one site.",
};

/** Why a report cannot be made of a period and sites; undefined when it can. */
export function periodRefusal(period: { readonly from: string; readonly to: string }, sites: readonly string[], now: Date): PeriodRefusal | undefined {
  if (!day.safeParse(period.from).success || !day.safeParse(period.to).success) return "unknown-day";
  const [from, to] = [Date.parse(period.from), Date.parse(period.to)];
  if (to < from) return "reversed";
  if ((to - from) / days >= longestPeriod) return "too-long";
  if (from > now.getTime()) return "future";
  return sites.length === 0 ? "no-site" : undefined;
}

/** First instant of the period and the first after it, UTC. */
export const boundsOf = ({ from, to }: Period): { readonly from: Date; readonly before: Date } => ({ from: new Date(`${from}T00:00:00.000Z`), before: new Date(Date.parse(to) + days) });
