import type { BatchFile } from "#lib/release/file-queries.ts";
import type { MasterContent } from "#lib/recipe/master.ts";
import type { AuditRow } from "./audit-trail.ts";
import type { Segment } from "./segment.ts";

/** What is known about a batch when its record is printed. */
export type ReportSource = {
  readonly file: BatchFile;
  /** Content of the master the batch was made by; undefined for a batch that was taken over without one. */
  readonly master: { readonly content: MasterContent; readonly effectiveAt: Date | null } | undefined;
  /** Stored values around each exception that names a tag and a window, by exception. */
  readonly trends: ReadonlyMap<string, Segment>;
  readonly overview: readonly Segment[];
  readonly trail: readonly AuditRow[];
};
