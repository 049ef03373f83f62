import Link from "next/link";
import { Digest } from "../ui/digest.tsx";
import { Mark } from "../ui/mark.tsx";
import { SiteTime } from "../ui/time.tsx";
import type { OverlayFile, OverlayRow } from "#lib/recipe/overlay-queries.ts";
import { masterStateName } from "#lib/recipe/state.ts";

type Props = { readonly file: OverlayFile; readonly names: ReadonlyMap<string, string>; readonly zone: string; readonly rows: readonly OverlayRow[]; readonly address: string };
const nobody = <span className="quiet">nobody yet</span>;

/** Who wrote, reviewed and approved a version of an overlay, since when it is effective, and the digest that is signed. */
export function OverlayFacts({ file: { row, holds }, names, zone, rows, address }: Props) {
  const nameOf = (id: string | null) => (id ? names.get(id) ?? "a person no longer listed" : nobody);
  return (
    <section id="facts" aria-labelledby="facts-title"><h2 id="facts-title">Overlay {row.version}</h2>
      <dl className="facts-list">
        <dt>State</dt><dd>{masterStateName[row.state]}</dd><dt>Written by</dt><dd>{row.authors.map((id) => nameOf(id)).join(", ")}</dd>
        <dt>Submitted by</dt><dd>{nameOf(row.submittedBy)}</dd><dt>Reviewed by</dt><dd>{nameOf(row.reviewedBy)}</dd><dt>Approved by</dt><dd>{nameOf(row.approvedBy)}</dd>
        <dt>Begun</dt><dd><SiteTime at={row.createdAt} zone={zone} />: {row.reason}</dd><dt>Effective since</dt><dd><SiteTime at={row.effectiveAt} zone={zone} /></dd>
        <dt>Digest</dt><dd><Digest value={row.digest} />{holds ? null : <p className="p1"><Mark priority={1} filled /> <b>Integrity failed</b>: the stored content has another digest</p>}</dd>
        <dt>All versions</dt><dd className="version-list">{rows.map((v) => v.version === row.version ? <b key={v.version}>{v.version}</b> : <Link key={v.version} href={`${address}?overlay=${v.version}`}>{v.version}<span className="hidden-text">, {masterStateName[v.state]}</span></Link>)}</dd>
      </dl></section>
  );
}
