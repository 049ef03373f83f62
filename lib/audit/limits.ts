import type { AuditView } from "./filter.ts";

/** Entries on a page. */
export const pageLength = 50;
/** Counts are exact up to here. */
export const countLimit = 10_000;
/** What the tabs count up to. */
export const viewLimit = 1_000;
/** Entries of each site a search in reasons looks at for one page: part of a text has no index under row-level security. */
export const reasonBudget = 50_000;
/** Rows of one export at most. */
export const exportLimit = 100_000;
/** Entries one `Verify all` recomputes at most. */
export const verifyLimit = 2_000;

/** What each tab would show, up to `viewLimit` and one more. */
export type ViewCounts = Readonly<Record<Exclude<AuditView, "critical">, number>>;
