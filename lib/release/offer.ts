import { sitesWith, type Actor } from "#lib/access/actor.ts";
import type { BatchFile } from "./file-queries.ts";
import { batchStateName, openStates } from "#lib/batch/state.ts";
import { signatureMeanings, type SignatureMeaning } from "#lib/signature/meaning.ts";
import { meaningRule } from "./rule.ts";
import { planSigning, type Obstacle } from "./signing.ts";

/** The meanings a person of these roles signs on a batch in this state, each with what stands before it; already signed ones are left out. */
export function signingOffers(actor: Actor, siteId: string, file: BatchFile): readonly { readonly meaning: SignatureMeaning; readonly obstacles: readonly Obstacle[] }[] {
  const { state, origin } = file.record.batch;
  if (origin === "imported" || !openStates.includes(state)) return [];
  const alreadySigned = file.signatures.map(({ meaning, signerId, covers }) => ({ meaning, signerId, covers }));
  return signatureMeanings.flatMap((meaning) => {
    if (!sitesWith(actor, meaningRule[meaning].permission).includes(siteId)) return [];
    if (alreadySigned.some((s) => s.meaning === meaning && s.covers)) return [];
    const plan = planSigning(meaning, actor, { siteId, state, executors: file.executors, checks: file.checks, alreadySigned });
    const obstacles = plan.ok ? [] : plan.refusal;
    // Out of its state a signature is not "not yet possible" but somebody else's turn.
    return obstacles.some((o) => o.anchor === "facts" && o.sentence.includes(`"${batchStateName[state]}"`)) ? [] : [{ meaning, obstacles }];
  });
}
