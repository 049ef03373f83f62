import type { BatchFile } from "#lib/release/file-queries.ts";
import type { MasterContent } from "#lib/recipe/master.ts";
import type { MasterRecord } from "#lib/recipe/master-record.ts";
import type { Trail } from "./audit-trail.ts";
import type { Segment } from "./segment.ts";
import type { UnitTrend } from "./unit-trend.ts";

/** The signed head of the site's ledger that a copy names on every page. `root`: hex. */
export type PrintedHead = { readonly origin: string; readonly size: number; readonly root: string; readonly signedAt: Date; readonly witnesses: readonly string[] };

/** A document that was frozen into a batch beside its master. */
export type FrozenOverlay = { readonly version: number; readonly digest: string; readonly canonical: string; readonly effectiveAt: Date | null };

/** A master as a batch's site executes it. */
export type FrozenMaster = {
  /** With the limits of the overlay, where one was frozen. */
  readonly content: MasterContent; readonly full: MasterRecord | undefined;
  readonly effectiveAt: Date | null; readonly canonical: string; readonly overlay: FrozenOverlay | undefined;
  /** Are the stored texts those whose digests were frozen? */
  readonly holds: boolean;
};

/** What is known about a batch when its record is printed. */
export type ReportSource = {
  readonly file: BatchFile;
  /** The master the batch was made by; undefined for a batch that was taken over without one. */
  readonly master: FrozenMaster | undefined;
  /** Stored values around each exception that names a tag and a window, by exception. */
  readonly trends: ReadonlyMap<string, Segment>;
  readonly overview: readonly Segment[];
  /** What was measured on each unit of a batch of a full master, while it was bound. */
  readonly units: readonly UnitTrend[];
  readonly trail: Trail;
  /** Undefined while no head of the site's ledger is signed. */
  readonly head: PrintedHead | undefined;
  /** Labels of passkeys by credential id. */
  readonly passkeys: ReadonlyMap<string, string>;
};
