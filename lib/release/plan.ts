import type { Actor } from "#lib/access/actor.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { Ceremony, SigningPolicy, Standing } from "#lib/signature/ceremony.ts";
import { signatureMeanings, type SignedMeaning } from "#lib/signature/meaning.ts";
import type { SigningMeans } from "#lib/signature/standing-queries.ts";
import type { BatchFile } from "./file-queries.ts";
import { countingSignatures } from "./counting.ts";
import { planSigning, signingSentence, type Candidate, type Obstacle, type SigningPlan } from "./signing.ts";
import { planWithdrawal, withdrawalSentence } from "./withdrawal.ts";

/** What a person asks to sign: a meaning, or taking the signature with that ordinal back. */
export type SigningRequest = { readonly meaning: SignedMeaning; readonly withdraws?: number | undefined; readonly ceremony?: Ceremony | undefined };

const standingOf = ({ policies, ...means }: SigningMeans, meaning: SignedMeaning): Standing => ({ ...means, policy: policies.get(meaning) ?? ("either" satisfies SigningPolicy) });

/** A batch file as the rules see it for one person and one request. */
export function candidateOf(siteId: string, file: BatchFile, means: SigningMeans, { meaning, ceremony }: SigningRequest): Candidate {
  return { siteId, state: file.record.batch.state, executors: file.executors, checks: file.checks, alreadySigned: countingSignatures(file.signatures), standing: standingOf(means, meaning), ceremony };
}

/** The whole decision over a batch file, with the sentence that would be signed. */
export function planOver(file: BatchFile, actor: Actor, means: SigningMeans, request: SigningRequest): Result<SigningPlan & { readonly sentence: string }, readonly Obstacle[]> {
  const candidate = candidateOf(file.record.site.id, file, means, request);
  const meaning = signatureMeanings.find((m) => m === request.meaning);
  const plan = meaning ? planSigning(meaning, actor, candidate) : planWithdrawal(file.signatures.find((s) => s.ordinal === request.withdraws), actor, candidate);
  return plan.ok ? accept({ ...plan.value, sentence: sentenceOver(file, request) }) : refuse(plan.refusal);
}

/** The sentence a request signs, for showing it before it may be signed as well. */
export function sentenceOver({ record, checks, signatures }: BatchFile, request: SigningRequest): string {
  const meaning = signatureMeanings.find((m) => m === request.meaning);
  const target = signatures.find((s) => s.ordinal === request.withdraws);
  if (!meaning) return target ? withdrawalSentence(target, record.batch.id) : "";
  const master = record.master ? `${record.master.id} v${record.master.version}` : "no master record";
  return signingSentence(meaning, { batchId: record.batch.id, product: `${record.product.id} ${record.product.name}`, site: record.site.name, master, checks, exceptions: record.exceptions.length });
}
