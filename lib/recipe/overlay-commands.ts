import { siteOverlays } from "#db/schema/recipe.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import type { AuditEvent } from "#lib/audit/event.ts";
import { canonical } from "#lib/digest/digest.ts";
import { accept, BrokenPromise, refuse, type Result } from "#lib/result.ts";
import { overlayFaults, type OverlayFault, type SiteOverlay } from "./overlay.ts";
import { overlayDigest, overlayName, overlaysOf, readOverlayFile, thisOverlay, unitsOfSite, type OverlayKey, type OverlayPlace, type OverlayRow } from "./overlay-queries.ts";
import { readMasterFile } from "./queries.ts";
import { masterRefusalSentence, planMaster, supersededBy, type MasterCommand, type MasterRefusal } from "./state.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type OverlayPermission = "overlay.author" | "master.review" | "master.approve";
export type OverlayRefusal = MasterRefusal | { readonly reason: "widens"; readonly faults: readonly OverlayFault[] } | { readonly reason: "master-open" } | { readonly reason: "in-review" };

/** What a refusal says to the person. */
export function overlayRefusalSentence(refusal: OverlayRefusal): string {
  switch (refusal.reason) {
    case "widens": return `Nothing was saved. ${refusal.faults.map(({ part, sentence }) => `${part}: ${sentence}`).join(" ")}`;
    case "master-open": return "A site writes its overlay over a master that is approved or effective. This version is neither.";
    case "in-review": return "The overlay is in review. It is returned to its authors before it changes.";
    default: return masterRefusalSentence(refusal, "overlay");
  }
}

const audit = (tx: SiteTx, by: Granted<OverlayPermission>, key: OverlayKey, event: AuditEvent, reason: string, { now, newId }: Stamp) =>
  writeAudit(tx, { ...event, siteId: key.siteId, subject: { type: "overlay", id: overlayName(key) }, actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason }, now, newId);

const keyOf = ({ siteId, masterId, masterVersion, version }: OverlayRow): OverlayKey => ({ siteId, masterId, masterVersion, version });
const countChanges = (before: SiteOverlay, next: SiteOverlay): number => {
  const [old, own] = [before, next].map(({ limits, units }) => new Set([...limits, ...units].map((one) => canonical(one)))) as [Set<string>, Set<string>];
  return [...old].filter((one) => !own.has(one)).length + [...own].filter((one) => !old.has(one)).length;
};

export type WrittenOverlay = OverlayPlace & Pick<SiteOverlay, "limits" | "units"> & { /** Digest of the overlay that was shown; undefined where there was none. */ readonly seen: string | undefined; readonly reason: string };

/**
 * Writes what a site says of a master's version: into the draft there is, or as its next version. Refused where it would widen anything, where somebody
 * changed it since it was shown, while it is reviewed, and over a master that is itself still written.
 */
export async function writeOverlay(tx: SiteTx, by: Granted<"overlay.author">, { seen, reason, limits, units, ...place }: WrittenOverlay, stamp: Stamp): Promise<Result<OverlayKey, OverlayRefusal>> {
  // The master's row is locked: two who begin an overlay at once come one after the other.
  const { row: masterRow, record: master } = await readMasterFile(tx, place.masterId, place.masterVersion, true);
  if (!master || (masterRow.state !== "approved" && masterRow.state !== "effective")) return refuse({ reason: "master-open" });
  const [newest] = await overlaysOf(tx, place);
  if (newest?.digest !== seen) return refuse({ reason: "changed-meanwhile" });
  if (newest?.state === "in_review") return refuse({ reason: "in-review" });
  const version = newest === undefined ? 1 : newest.version + (newest.state === "draft" ? 0 : 1);
  const overlay: SiteOverlay = { format: "EBROVL/1", ...place, version, limits: [...limits], units: [...units] };
  const faults = overlayFaults(overlay, master, await unitsOfSite(tx, place.siteId));
  if (faults.length > 0) return refuse({ reason: "widens", faults });
  const text = canonical(overlay);
  const content = { canonical: text, digest: overlayDigest(text) };
  const key = { ...place, version };
  if (newest?.state !== "draft") {
    await tx.insert(siteOverlays).values({ ...key, ...content, state: "draft", authors: [by.actor.id], createdAt: stamp.now, reason });
    await audit(tx, by, key, { event: "overlay.created", detail: { digest: content.digest } }, reason, stamp);
    return accept(key);
  }
  const { overlay: before } = await readOverlayFile(tx, key, true);
  await tx.update(siteOverlays).set({ ...content, authors: [...new Set([...newest.authors, by.actor.id])], submittedBy: null, reviewedBy: null }).where(thisOverlay(key));
  await audit(tx, by, key, { event: "overlay.edited", detail: { before: newest.digest, digest: content.digest, changes: countChanges(before, overlay) } }, reason, stamp);
  return accept(key);
}

type Seen = { readonly seen: string; readonly reason: string };
type Move = Extract<MasterCommand, "return" | "make_effective" | "supersede" | "withdraw">;

async function move(tx: SiteTx, by: Granted<OverlayPermission>, key: OverlayKey, command: Move, { seen, reason }: Seen, stamp: Stamp): Promise<Result<void, OverlayRefusal>> {
  const { row, standing } = await readOverlayFile(tx, key, true);
  if (command === "withdraw" && by.permission === "overlay.author" && row.state !== "draft") return refuse({ reason: "command-not-allowed", state: row.state, command });
  const plan = planMaster(standing, { command, by: by.actor.id, seen, reason });
  if (!plan.ok) return plan;
  const { state, submittedBy, reviewedBy } = plan.value;
  await tx.update(siteOverlays).set({ state, submittedBy: submittedBy ?? null, reviewedBy: reviewedBy ?? null, ...(command === "make_effective" ? { effectiveAt: stamp.now } : {}) }).where(thisOverlay(key));
  await audit(tx, by, key, { event: "overlay.moved", detail: { command, from: row.state, to: state, digest: row.digest } }, reason, stamp);
  return accept(undefined);
}

/** Gives an overlay in review back to its authors, with the reason. */
export const returnOverlay = (tx: SiteTx, by: Granted<"master.review" | "master.approve">, { seen, reason, ...key }: OverlayKey & Seen, stamp: Stamp) => move(tx, by, key, "return", { seen, reason }, stamp);
/** Takes an overlay out of use for good: its authors a draft, the quality unit anything later. Batches issued with it keep it. */
export const withdrawOverlay = (tx: SiteTx, by: Granted<"overlay.author" | "master.approve">, { seen, reason, ...key }: OverlayKey & Seen, stamp: Stamp) => move(tx, by, key, "withdraw", { seen, reason }, stamp);

/** Makes an approved overlay the one batches of the site are issued with; the one effective before is superseded in the same transaction. */
export async function makeOverlayEffective(tx: SiteTx, by: Granted<"master.approve">, { seen, reason, ...key }: OverlayKey & Seen, stamp: Stamp): Promise<Result<void, OverlayRefusal>> {
  await readMasterFile(tx, key.masterId, key.masterVersion, true);
  const done = await move(tx, by, key, "make_effective", { seen, reason }, stamp);
  if (!done.ok) return done;
  for (const before of supersededBy(await overlaysOf(tx, key), key.version)) {
    const superseded = await move(tx, by, keyOf(before), "supersede", { seen: before.digest, reason: `superseded by ${overlayName(key)}: ${reason}` }, stamp);
    if (!superseded.ok) throw new BrokenPromise("overlay-not-superseded", `${overlayName(keyOf(before))} is effective and was not superseded`);
  }
  return accept(undefined);
}
