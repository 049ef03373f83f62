import { and, eq } from "drizzle-orm";
import { masterBatchRecords } from "#db/schema/recipe.ts";
import type { SiteTx } from "#db/scope.ts";
import type { BatchRecord } from "#lib/batch/record.ts";
import { canonical } from "#lib/digest/digest.ts";
import { masterRecord, type MasterRecord } from "#lib/recipe/master-record.ts";
import { masterDigest, readMaster } from "#lib/recipe/master.ts";
import { overlayDigest, overlaysOf } from "#lib/recipe/overlay-queries.ts";
import { applyOverlay, siteOverlay } from "#lib/recipe/overlay.ts";
import type { FrozenMaster, FrozenOverlay } from "./report-source.ts";

type Frozen = { readonly overlay: FrozenOverlay | undefined; readonly holds: boolean };

async function readOverlay(tx: SiteTx, { siteId, masterId, masterVersion, overlayVersion, overlayDigest: frozen }: BatchRecord["batch"]): Promise<Frozen> {
  if (masterId === null || masterVersion === null || overlayVersion === null) return { overlay: undefined, holds: true };
  const row = (await overlaysOf(tx, { siteId, masterId, masterVersion })).find((one) => one.version === overlayVersion);
  if (!row) return { overlay: undefined, holds: false };
  const { version, digest, canonical: text, effectiveAt } = row;
  return { overlay: { version, digest, canonical: text, effectiveAt }, holds: digest === frozen && overlayDigest(text) === frozen };
}

/** The master with the overlay over it; undefined where the overlay would widen it or cannot be read. */
function narrowed(full: MasterRecord, overlay: FrozenOverlay | undefined): MasterRecord | undefined {
  if (!overlay) return full;
  const read = siteOverlay.safeParse(JSON.parse(overlay.canonical));
  const applied = read.success ? applyOverlay(full, read.data) : undefined;
  return applied?.ok ? applied.value : undefined;
}

/** The master frozen into a batch as its site executes it; undefined for a batch without one. What was altered since is read as it stands, and `holds` says so. */
export async function readFrozenMaster(tx: SiteTx, { batch }: BatchRecord): Promise<FrozenMaster | undefined> {
  const { masterId, masterVersion, masterDigest: frozen } = batch;
  if (masterId === null || masterVersion === null) return undefined;
  const [row] = await tx.select().from(masterBatchRecords).where(and(eq(masterBatchRecords.id, masterId), eq(masterBatchRecords.version, masterVersion)));
  if (!row) return undefined;
  const read = masterRecord.safeParse(JSON.parse(row.canonical)).data;
  const { overlay, holds } = await readOverlay(tx, batch);
  const full = read && narrowed(read, overlay);
  const sound = holds && row.digest === frozen && masterDigest(row.canonical) === frozen && (read === undefined || full !== undefined);
  return { content: readMaster(full ? canonical(full) : row.canonical), full: full ?? read, effectiveAt: row.effectiveAt, canonical: row.canonical, overlay, holds: sound };
}
