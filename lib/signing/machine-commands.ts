import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { portalDatabase } from "#db/client.ts";
import { sources } from "#db/schema/telemetry.ts";
import { withProgramme } from "#db/scope.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { keyMatches, parseSourceKey } from "#lib/telemetry/source-key.ts";

/** A machine that asks for a signature gets none, whatever it sends. A key of ours is named in the audit trail of its site. */
export async function refuseMachine(authorization: string): Promise<void> {
  const key = parseSourceKey(authorization);
  if (!key) return;
  await withProgramme(portalDatabase(), "signing", [key.siteId], async (tx) => {
    const [source] = await tx.select().from(sources).where(and(eq(sources.siteId, key.siteId), eq(sources.id, key.sourceId)));
    if (!source || !keyMatches(key.text, source.keyDigest)) return;
    await writeAudit(tx, {
      event: "ingest.refused", detail: { cause: "a machine never signs", sourceId: key.sourceId }, siteId: key.siteId, subject: { type: "source", id: key.sourceId },
      actor: { id: `source:${key.sourceId}`, name: source.name, role: "source" }, reason: "key of a source used on a signing route",
    }, new Date(), randomUUID);
  }, { reason: "key of a source used on a signing route" });
}
