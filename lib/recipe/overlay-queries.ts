import { and, desc, eq } from "drizzle-orm";
import { units } from "#db/schema/equipment.ts";
import { siteOverlays } from "#db/schema/recipe.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { digestOf } from "#lib/digest/digest.ts";
import { BrokenPromise } from "#lib/result.ts";
import type { MasterRecord } from "./master-record.ts";
import { applyOverlay, overlayFaults, siteOverlay, type OverlayFault, type SiteOverlay, type UnitOfClass } from "./overlay.ts";
import { readMasterFile } from "./queries.ts";
import type { MasterStanding } from "./state.ts";

export type OverlayRow = typeof siteOverlays.$inferSelect;
/** The version of a master at a site. */
export type OverlayPlace = { readonly siteId: string; readonly masterId: string; readonly masterVersion: number };
export type OverlayKey = OverlayPlace & { readonly version: number };
/** An overlay with its master and what stands in its way. */
export type OverlayFile = { readonly row: OverlayRow; readonly overlay: SiteOverlay; readonly master: MasterRecord; readonly faults: readonly OverlayFault[]; readonly standing: MasterStanding; /** Does the stored digest fit the stored text? */ readonly holds: boolean };

/** The name an overlay is signed and audited by. */
export const overlayName = ({ siteId, masterId, masterVersion, version }: OverlayKey): string => `${siteId} ${masterId} v${masterVersion} overlay ${version}`;

/** What such a name means; undefined when it is none. */
export function overlayOfName(name: string): OverlayKey | undefined {
  const [, siteId, masterId, masterVersion, version] = /^(\S+) (\S+) v([1-9]\d{0,5}) overlay ([1-9]\d{0,5})$/.exec(name) ?? [];
  return siteId && masterId ? { siteId, masterId, masterVersion: Number(masterVersion), version: Number(version) } : undefined;
}

export const overlayDigest = (canonical: string): string => digestOf("EBROVL/1", canonical);
/** The row with that key. */
export const thisOverlay = ({ siteId, masterId, masterVersion, version }: OverlayKey) => and(ofPlace({ siteId, masterId, masterVersion }), eq(siteOverlays.version, version));
const ofPlace = ({ siteId, masterId, masterVersion }: OverlayPlace) => and(eq(siteOverlays.siteId, siteId), eq(siteOverlays.masterId, masterId), eq(siteOverlays.masterVersion, masterVersion));

/** Units of a site with their classes. */
export const unitsOfSite = (tx: SiteTx, siteId: string): Promise<UnitOfClass[]> => tx.select({ id: units.id, equipmentClass: units.equipmentClass }).from(units).where(eq(units.siteId, siteId)).orderBy(units.id);

/** What a site wrote over a version of a master, newest first. */
export const overlaysOf = (tx: SiteTx, place: OverlayPlace): Promise<OverlayRow[]> => tx.select().from(siteOverlays).where(ofPlace(place)).orderBy(desc(siteOverlays.version));

/** The site's effective overlay of a version; undefined where the master counts as it is. */
export const effectiveOverlay = async (tx: SiteTx, place: OverlayPlace): Promise<OverlayRow | undefined> => (await overlaysOf(tx, place)).find((row) => row.state === "effective");

/** Reads an overlay. Throws `NotFound`. With `lock` the row stays as it is until the transaction ends. */
export async function readOverlayFile(tx: SiteTx, key: OverlayKey, lock = false): Promise<OverlayFile> {
  const asked = tx.select().from(siteOverlays).where(thisOverlay(key));
  const [row] = await (lock ? asked.for("update") : asked);
  const { record: master } = await readMasterFile(tx, key.masterId, key.masterVersion);
  if (!row || !master) throw new NotFound(overlayName(key));
  const overlay = siteOverlay.parse(JSON.parse(row.canonical));
  const faults = overlayFaults(overlay, master, await unitsOfSite(tx, key.siteId));
  const { state, authors, submittedBy, reviewedBy, digest } = row;
  return { row, overlay, master, faults, holds: overlayDigest(row.canonical) === digest, standing: { state, authors: new Set(authors), submittedBy: submittedBy ?? undefined, reviewedBy: reviewedBy ?? undefined, gaps: faults.length, digest } };
}

/** Which overlay a batch was issued with. */
export type FrozenOverlay = OverlayPlace & { readonly overlayVersion: number | null; readonly overlayDigest: string | null };

/** The overlay a batch was issued with, whatever was approved since; undefined where it was issued with none. Throws when the stored one is not the one that was frozen. */
export async function frozenOverlay(tx: SiteTx, { siteId, masterId, masterVersion, overlayVersion, overlayDigest: frozen }: FrozenOverlay): Promise<SiteOverlay | undefined> {
  if (overlayVersion === null) return undefined;
  const key = { siteId, masterId, masterVersion, version: overlayVersion };
  const [row] = await tx.select().from(siteOverlays).where(thisOverlay(key));
  if (!row || row.digest !== frozen || overlayDigest(row.canonical) !== frozen) throw new BrokenPromise("overlay-altered", `${overlayName(key)} is not the one that was frozen`);
  return siteOverlay.parse(JSON.parse(row.canonical));
}

/** The master as a batch's site executes it: with the overlay frozen at issue. Throws when that one was altered, or would widen anything. */
export async function masterWithOverlay(tx: SiteTx, master: MasterRecord, of: FrozenOverlay): Promise<MasterRecord> {
  const overlay = await frozenOverlay(tx, of);
  if (!overlay) return master;
  const applied = applyOverlay(master, overlay);
  if (!applied.ok) throw new BrokenPromise("overlay-altered", `${overlayName(overlay)} widens its master`);
  return applied.value;
}
