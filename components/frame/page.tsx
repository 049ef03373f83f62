import { may, sitesWith, type Actor } from "#lib/access/actor.ts";
import { Frame, type FrameProps } from "./frame.tsx";
import { mapFor } from "./map.ts";

type PageProps = Pick<FrameProps, "place" | "crumbs" | "children" | "now"> & {
  readonly actor: Actor;
  /** Names and zones of the sites the person works at. */
  readonly sites: FrameProps["sites"];
  readonly siteId?: string;
};

/** The frame around a page of this person. */
export function Page({ actor, sites, siteId, ...rest }: PageProps) {
  const readable = sitesWith(actor, "site.read");
  const roles = siteId ? (actor.rolesBySite.get(siteId) ?? []) : [...new Set([...actor.rolesBySite.values()].flat())];
  return (
    <Frame {...rest} map={mapFor(actor)} maySearch={may(actor, "batch.read")} sites={sites.filter((s) => readable.includes(s.id))} site={sites.find((s) => s.id === siteId)} person={{ name: actor.printedName, roles }} />
  );
}
