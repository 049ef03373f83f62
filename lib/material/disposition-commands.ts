import { and, eq, sql } from "drizzle-orm";
import { lots } from "#db/schema/material.ts";
import type { SiteTx } from "#db/scope.ts";
import { lotAfter, type Disposition, type Kinship } from "./disposition.ts";
import type { LotState } from "./lot.ts";

type Of = { readonly siteId: string; readonly batchId: string; /** For the lot's record: what was decided about the batch. */ readonly decision: string };
type Relative = { readonly id: string; readonly kinship: Kinship };
export type Followed = { readonly lotId: string; readonly from: LotState; readonly to: LotState };

/** The batch's lot, what was split off it, and what was blended of these, however often. A lot that is reached in both ways counts as a blend. */
async function relatives(tx: SiteTx, siteId: string, batchId: string): Promise<readonly Relative[]> {
  return tx.execute<Relative>(sql`with recursive kin(id, blended) as (
      select ${batchId}::text, false
      union select m.other_lot_id, k.blended or m.kind = 'blended' from kin k join lot_movements m on m.site_id = ${siteId} and m.lot_id = k.id and m.kind in ('split', 'blended') and m.quantity < 0)
    select id, case when bool_or(blended) then 'blend' when id = ${batchId} then 'itself' else 'part' end as kinship from kin group by id order by id`);
}

/**
 * Lets the lots of a batch follow its disposition, which quality signed over the batch's record, in the signature's transaction. The audit entry is the signature's; each lot's
 * change stands in its history. Returns what moved; nothing where the batch has no lot, as those from before lots were kept.
 */
export async function followBatch(tx: SiteTx, { siteId, batchId, decision, ...disposition }: Of & Disposition, personId: string, { now }: { readonly now: Date }): Promise<readonly Followed[]> {
  const followed: Followed[] = [];
  // In the order of their ids, as every act that holds several lots.
  for (const { id, kinship } of await relatives(tx, siteId, batchId)) {
    const place = and(eq(lots.siteId, siteId), eq(lots.id, id));
    const [lot] = await tx.select({ state: lots.state }).from(lots).where(place).for("update");
    if (!lot) continue;
    const to = lotAfter(lot.state, kinship, disposition);
    if (to === lot.state) continue;
    await tx.update(lots).set({ state: to, decision, decidedBy: personId, decidedAt: now }).where(place);
    followed.push({ lotId: id, from: lot.state, to });
  }
  return followed;
}
