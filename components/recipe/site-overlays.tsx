import Link from "next/link";
import type { OverlayRow } from "#lib/recipe/overlay-queries.ts";
import { masterStateName } from "#lib/recipe/state.ts";

type Props = { readonly address: string; readonly sites: readonly { readonly id: string; readonly name: string; readonly newest: OverlayRow | undefined; readonly effective: OverlayRow | undefined }[] };

/** What each site says of this version of the master, as far as the person may read the site. */
export const SiteOverlays = ({ address, sites }: Props) => (
  <section id="overlays" aria-labelledby="overlays-title"><h2 id="overlays-title">Overlays of the sites</h2>
    <dl className="facts-list site-overlays">{sites.map(({ id, name, newest, effective }) => (
      <div key={id} className="contents"><dt><Link href={`${address}/overlays/${id}`}>{name}</Link></dt>
        <dd>{effective ? `Overlay ${effective.version} effective` : <span className="quiet">Master as it is</span>}{newest && newest !== effective ? `; overlay ${newest.version} ${masterStateName[newest.state].toLowerCase()}` : ""}</dd></div>
    ))}</dl></section>
);
