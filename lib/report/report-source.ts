import type { BatchFile } from "#lib/release/file-queries.ts";
import type { MasterContent } from "#lib/recipe/master.ts";
import type { MasterRecord } from "#lib/recipe/master-record.ts";
import type { Trail } from "./audit-trail.ts";
import type { Segment } from "./segment.ts";

/** The signed head of the site's ledger that a copy names on every page. `root`: hex. */
export type PrintedHead = { readonly origin: string; readonly size: number; readonly root: string; readonly signedAt: Date; readonly witnesses: readonly string[] };

/** What is known about a batch when its record is printed. */
export type ReportSource = {
  readonly file: BatchFile;
  /** Content of the master the batch was made by; undefined for a batch that was taken over without one. */
  readonly master: { readonly content: MasterContent; readonly effectiveAt: Date | null; /** The full master, where the batch was executed from one. */ readonly full: MasterRecord | undefined } | undefined;
  /** Stored values around each exception that names a tag and a window, by exception. */
  readonly trends: ReadonlyMap<string, Segment>;
  readonly overview: readonly Segment[];
  readonly trail: Trail;
  /** Undefined while no head of the site's ledger is signed. */
  readonly head: PrintedHead | undefined;
  /** Labels of passkeys by credential id. */
  readonly passkeys: ReadonlyMap<string, string>;
};
