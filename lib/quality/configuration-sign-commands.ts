import { eq, and, asc } from "drizzle-orm";
import { signatures } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise, NotFound, type Actor } from "#lib/access/actor.ts";
import { roleFor } from "#lib/access/permission.ts";
import { accept, refuse } from "#lib/result.ts";
import { meaningName } from "#lib/signature/meaning.ts";
import { meansObstacles } from "#lib/signature/means.ts";
import type { Obstacle } from "#lib/signature/obstacle.ts";
import type { RecordReference, Signable } from "#lib/signature/signable.ts";
import { putInForce } from "./configuration-commands.ts";
import { configurationId, readConfigurationVersion, versionOfId, type ConfigurationVersion } from "./configuration-queries.ts";
import { configurationRefusalSentence, planConfiguration } from "./configuration-state.ts";

const rolesOf = (actor: Actor) => [...actor.rolesBySite.values()].flat();

/** The one meaning signed over a version: quality's approval. */
export const configurationMeaning = "master_approved";

/** The sentence an approval signs: which version, and how much of it differs from the one in force. */
export function configurationSentence({ row, changes, before }: ConfigurationVersion): string {
  const weaker = changes.filter((change) => change.weaker).length;
  return `I approve for the quality unit version ${row.version} of the configuration of exceptions, with ${changes.length} ${changes.length === 1 ? "change" : "changes"} to version ${before?.row.version ?? 0}, ${weaker === 0 ? "none of which asks" : `${weaker} of which ${weaker === 1 ? "asks" : "ask"}`} for less than before. It weighs every exception raised from now on.`;
}

/** Signatures on a version, oldest first. The transaction must see the enterprise. */
export const configurationSignatures = (tx: SiteTx, version: number) =>
  tx.select().from(signatures).where(and(eq(signatures.siteId, enterprise), eq(signatures.recordType, "exception-configuration"), eq(signatures.recordId, configurationId(version)))).orderBy(asc(signatures.ordinal));

/** Locks the versions and reads one for signing. The transaction must see the enterprise. Throws `NotFound`. */
export async function readSignableConfiguration(tx: SiteTx, { recordId }: Pick<RecordReference, "recordId">): Promise<Signable> {
  const version = versionOfId(recordId);
  if (version === undefined) throw new NotFound(`configuration ${recordId}`);
  const file = await readConfigurationVersion(tx, version, true);
  const { row, holds } = file;
  const signed = await configurationSignatures(tx, version);
  return {
    type: "exception-configuration", siteId: enterprise, recordId, batchId: null, digest: row.digest, last: signed.at(-1), subject: { type: "exception-configuration", id: recordId },
    changed: "This version is not the one that was shown. Nothing was signed. Open it again.",
    decide: (actor, means, { meaning, ceremony }) => {
      const role = roleFor(rolesOf(actor), "exception.configure");
      const plan = planConfiguration(row, { command: "approve", by: actor.id });
      const { policies, ...rest } = means;
      const obstacles: Obstacle[] = [
        ...(meaning === configurationMeaning ? [] : [{ sentence: `"${meaningName[meaning]}" is not signed over the configuration of exceptions`, anchor: "signatures", holder: "Nobody" }]),
        ...(role ? [] : [{ sentence: "Your roles do not allow you to approve the configuration of exceptions", anchor: "signatures", holder: "Administrator" }]),
        ...(plan.ok ? [] : [{ sentence: configurationRefusalSentence(plan.refusal).replace(/\.$/, ""), anchor: "signatures", holder: plan.refusal.reason === "own-work" ? "Segregation of duties" : "Process" }]),
        ...(holds ? [] : [{ sentence: "The stored digest of this version does not fit its content", anchor: "facts", holder: "Integrity" }]),
        ...meansObstacles({ ...rest, policy: policies.get(meaning) ?? "either" }, ceremony, meaningName[meaning]),
      ];
      if (obstacles.length > 0 || !role || !plan.ok) return refuse(obstacles);
      return accept({
        role, sentence: configurationSentence(file),
        perform: async (inside, made, stamp) => {
          await putInForce(inside, row, { id: actor.id, name: actor.printedName, role }, made.reason, stamp);
          return { event: "exception.configuration-moved", detail: { command: "approve", from: row.state, to: plan.value, digest: row.digest } };
        },
      });
    },
  };
}
