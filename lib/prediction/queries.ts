import { desc } from "drizzle-orm";
import { modelVersions } from "#db/schema/prediction.ts";
import type { SiteTx } from "#db/scope.ts";
import { modelCard, type ModelCard } from "./card.ts";

export type RegisteredModel = { readonly card: ModelCard; readonly digest: string; readonly registeredAt: Date };

/** Model versions, newest first, with their cards parsed. */
export async function registeredModels(tx: SiteTx): Promise<readonly RegisteredModel[]> {
  const rows = await tx.select().from(modelVersions).orderBy(desc(modelVersions.registeredAt));
  return rows.map((row) => ({ card: modelCard.parse(row.card), digest: row.artefactDigest, registeredAt: row.registeredAt }));
}
