import type { AuditKind } from "#lib/audit/filter.ts";
import { countLimit, exportLimit, verifyLimit } from "#lib/audit/limits.ts";
import type { TrailExtent } from "#lib/audit/queries.ts";
import { siteDate, siteTime } from "#lib/site/time.ts";
import { figureText } from "../ui/figure.tsx";
import { ExportMenu } from "./export-menu.tsx";
import { VerifyAll } from "./verify-all.tsx";
import { boundedCount, kindNoun } from "./words.ts";

type Props = { readonly kind: AuditKind; /** Undefined: a search in reasons is not counted. */ readonly matched: number | undefined; readonly extent: TrailExtent; readonly zone: string; readonly query: string; readonly auditor: boolean; readonly siteNames: Readonly<Record<string, string>> };

/** How far the signed heads reach: the site that is furthest behind decides. */
function Complete({ extent, zone, siteNames }: Pick<Props, "extent" | "zone" | "siteNames">) {
  const [oldest] = [...extent.heads].sort((a, b) => a.signedAt.getTime() - b.signedAt.getTime());
  if (!oldest) return <span>No signed head of the ledger yet</span>;
  const witnesses = Math.min(...extent.heads.map((h) => h.witnesses));
  const behind = extent.heads.length > 1 ? `, the oldest of ${extent.heads.length} heads: ${siteNames[oldest.siteId] ?? oldest.siteId}` : "";
  return <span>Log signed up to <b>{siteTime(oldest.signedAt, zone, true)}</b>{behind}, co-signed by {witnesses} other {witnesses === 1 ? "ledger" : "ledgers"}</span>;
}

/** What matches, of how much, how far the log reaches, and what can be done with it. */
export function TrailHead({ kind, matched, extent, zone, query, auditor, siteNames }: Props) {
  const [one, many] = kindNoun[kind];
  return (
    <div className="trail-head">
      <div>
        <h1>Audit trail: {matched === undefined ? `${many} by reason` : `${boundedCount(matched, countLimit)} ${matched === 1 ? `${one} matches` : `${many} match`}`}</h1>
        <p><span>of <b>{figureText(extent.entries, 0)}</b> entries in the {extent.heads.length === 1 ? "ledger" : "ledgers"}{extent.since ? ` since ${siteDate(extent.since, zone)}` : ""}</span>{auditor ? <span>Every view of this page is itself logged</span> : null}<Complete extent={extent} zone={zone} siteNames={siteNames} /></p>
      </div>
      {matched === 0 ? null : <div className="end"><VerifyAll query={query} label={matched === undefined || matched > verifyLimit ? `Verify up to ${figureText(verifyLimit, 0)}` : `Verify all ${figureText(matched, 0)}`} /><ExportMenu query={query} matched={matched === undefined ? "the matching" : boundedCount(matched, countLimit)} limit={figureText(exportLimit, 0)} /></div>}
    </div>
  );
}
