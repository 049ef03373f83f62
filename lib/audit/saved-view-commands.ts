import { and, count, eq } from "drizzle-orm";
import { savedViews } from "#db/schema/audit.ts";
import type { SiteTx } from "#db/scope.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { explorer } from "./saved-view-queries.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type ViewRefusal = "name-taken" | "too-many";
export const viewRefusalSentence: Record<ViewRefusal, string> = {
  "name-taken": "You already have a view of this name. Choose another, or delete that one first.",
  "too-many": "You keep 50 views already. Delete one that you no longer use, then save again.",
};
const most = 50;

/** Keeps a filter under a name for one person. A way of looking is no GMP record: it leaves no entry in the trail. */
export async function saveView(tx: SiteTx, personId: string, view: { readonly name: string; readonly query: string }, { now, newId }: Stamp): Promise<Result<string, ViewRefusal>> {
  const [kept] = await tx.select({ n: count() }).from(savedViews).where(and(eq(savedViews.personId, personId), eq(savedViews.page, explorer)));
  if ((kept?.n ?? 0) >= most) return refuse("too-many");
  const id = newId();
  const [made] = await tx.insert(savedViews).values({ id, personId, page: explorer, ...view, createdAt: now }).onConflictDoNothing().returning({ id: savedViews.id });
  return made ? accept(id) : refuse("name-taken");
}

/** Deletes a view of this person; of another's nothing happens. */
export async function deleteView(tx: SiteTx, personId: string, id: string): Promise<void> {
  await tx.delete(savedViews).where(and(eq(savedViews.id, id), eq(savedViews.personId, personId)));
}
