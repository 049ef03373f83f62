import { and, eq, sql } from "drizzle-orm";
import { signingPolicies } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { SigningPolicy } from "./ceremony.ts";
import type { SignedMeaning } from "./meaning.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type PolicyChange = { readonly siteId: string; readonly meaning: SignedMeaning; readonly policy: SigningPolicy; readonly shownRevision: number; readonly reason: string };
export type PolicyRefusal = "same" | "changed-meanwhile";
export const policyRefusalSentence: Record<PolicyRefusal, string> = {
  same: "The site asks for that already. Nothing was changed.",
  "changed-meanwhile": "Somebody else changed this policy meanwhile. Nothing was changed. Reload the page.",
};

/** Changes which ceremony a site asks for a meaning; counts from the next opening and completion of a signing on. `shownRevision`: 0 where no row was shown. */
export async function changePolicy(tx: SiteTx, by: Granted<"account.manage">, change: PolicyChange, { now, newId }: Stamp): Promise<Result<void, PolicyRefusal>> {
  const { siteId, meaning, policy, shownRevision, reason } = change;
  const place = and(eq(signingPolicies.siteId, siteId), eq(signingPolicies.meaning, meaning));
  const [old] = await tx.select().from(signingPolicies).where(place).for("update");
  if ((old?.revision ?? 0) !== shownRevision) return refuse("changed-meanwhile");
  const from = old?.ceremony ?? "either";
  if (from === policy) return refuse("same");
  if (old) await tx.update(signingPolicies).set({ ceremony: policy, revision: sql`${signingPolicies.revision} + 1` }).where(place);
  else if ((await tx.insert(signingPolicies).values({ siteId, meaning, ceremony: policy }).onConflictDoNothing().returning()).length === 0) return refuse("changed-meanwhile");
  await writeAudit(tx, {
    event: "policy.changed", detail: { meaning, from, to: policy }, siteId, subject: { type: "policy", id: `signing/${meaning}` }, actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason,
  }, now, newId);
  return accept(undefined);
}
