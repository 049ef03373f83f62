import { sitesWith, type Actor } from "#lib/access/actor.ts";
import type { BatchFile } from "./file-queries.ts";
import { batchStateName, openStates } from "#lib/batch/state.ts";
import { signatureMeanings, type SignatureMeaning } from "#lib/signature/meaning.ts";
import type { SigningMeans } from "#lib/signature/standing-queries.ts";
import { candidateOf, planOver } from "./plan.ts";
import { meaningRule } from "./rule.ts";
import type { Obstacle } from "#lib/signature/obstacle.ts";

/** The meanings a person of these roles signs on a batch in this state, each with what stands before it; already signed ones are left out. */
export function signingOffers(actor: Actor, siteId: string, file: BatchFile, means: SigningMeans): readonly { readonly meaning: SignatureMeaning; readonly obstacles: readonly Obstacle[] }[] {
  const { state, origin } = file.record.batch;
  if (origin === "imported" || !openStates.includes(state)) return [];
  return signatureMeanings.flatMap((meaning) => {
    if (!sitesWith(actor, meaningRule[meaning].permission).includes(siteId)) return [];
    if (candidateOf(siteId, file, means, { meaning }).alreadySigned.some((s) => s.meaning === meaning && s.covers)) return [];
    const plan = planOver(file, actor, means, { meaning });
    const obstacles = plan.ok ? [] : plan.refusal;
    // Out of its state a signature is not "not yet possible" but somebody else's turn.
    return obstacles.some((o) => o.anchor === "facts" && o.sentence.includes(`"${batchStateName[state]}"`)) ? [] : [{ meaning, obstacles }];
  });
}

/** Ordinals of the signatures this person may withdraw now. */
export const withdrawalOffers = (actor: Actor, file: BatchFile, means: SigningMeans): readonly number[] =>
  file.signatures.map((s) => s.ordinal).filter((withdraws) => planOver(file, actor, means, { meaning: "withdrawn", withdraws }).ok);
