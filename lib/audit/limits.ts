import type { AuditView } from "./filter.ts";

/** Entries on a page. */
export const pageLength = 50;
/** Counts are exact up to here. */
export const countLimit = 10_000;
/** What the tabs count up to. */
export const viewLimit = 1_000;
/** Entries a search in reasons looks at for one page: under row-level security part of a text has no index, because its operator is not leakproof. */
export const reasonBudget = 20_000;
/** Rows of one export at most. */
export const exportLimit = 100_000;
/** Entries one `Verify all` recomputes at most. */
export const verifyLimit = 2_000;

/** What each tab would show, up to `viewLimit` and one more. */
export type ViewCounts = Readonly<Record<Exclude<AuditView, "critical">, number>>;
