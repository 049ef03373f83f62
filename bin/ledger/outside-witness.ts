import type { Database } from "#db/client.ts";
import { withProgramme } from "#db/scope.ts";
import { nativeCrypto, nativeSha256 } from "#lib/ledger/native.ts";
import { readVerifierKey } from "#lib/ledger/verifier-key.ts";
import { consistencyPath, headOf } from "#lib/ledger/queries.ts";
import { storeCosignatures } from "#lib/ledger/sequence-commands.ts";
import { submitHead, submitRefusalSentence } from "#lib/ledger/witness-client.ts";

type Outside = { readonly database: Database; readonly url: string; readonly key: string; readonly complain: (sentence: string) => void };

/**
 * Takes the newest heads to a witness elsewhere and keeps its co-signatures. What the witness knows is asked from it, so that nothing about it
 * is remembered here; a refusal is said once per sentence and tried again.
 */
export function outsideWitness({ database, url, key, complain }: Outside): (siteIds: readonly string[], now: Date) => Promise<void> {
  const known = readVerifierKey(key, nativeSha256);
  if (known?.kind !== "cosignature") throw new Error("WITNESS_KEY is not a verifier key of an outside witness. Copy the line that the witness prints at its start.");
  const sizes = new Map<string, number>();
  const said = new Map<string, string>();
  const submit = async (siteId: string, now: Date) => {
    const head = await withProgramme(database, "ledger", [siteId], (tx) => headOf(tx, siteId));
    const believed = sizes.get(siteId) ?? 0;
    if (!head || head.size <= believed) return;
    const proofFrom = (oldSize: number) => withProgramme(database, "ledger", [siteId], (tx) => consistencyPath(tx, siteId, oldSize, head.size));
    // Without the other sites' lines: a witness looks at the log's own signature.
    const outcome = await submitHead(url, { note: head.note, size: head.size, proofFrom }, believed, { keys: [known], crypto: nativeCrypto });
    if (!outcome.ok) {
      const sentence = submitRefusalSentence(outcome.refusal);
      if (said.get(siteId) !== sentence) complain(`Outside witness, ledger of ${siteId}: ${sentence}`);
      said.set(siteId, sentence);
      return;
    }
    said.delete(siteId);
    sizes.set(siteId, head.size);
    await withProgramme(database, "ledger", [siteId], (tx) => storeCosignatures(tx, { siteId, size: head.size }, outcome.value.map(({ witness, line }) => ({ witness, line })), now), { reason: "co-signature of an outside witness" });
  };
  return async (siteIds, now) => {
    for (const siteId of siteIds) await submit(siteId, now);
  };
}
