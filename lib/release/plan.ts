import type { Actor } from "#lib/access/actor.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { SigningPolicy, Standing } from "#lib/signature/ceremony.ts";
import { meaningName, signatureMeanings, type SignedMeaning } from "#lib/signature/meaning.ts";
import type { SigningMeans } from "#lib/signature/standing-queries.ts";
import type { BatchFile } from "./file-queries.ts";
import { countingSignatures } from "./counting.ts";
import type { Obstacle } from "#lib/signature/obstacle.ts";
import type { SigningRequest } from "#lib/signature/signable.ts";
import { planSigning, signingSentence, type Candidate, type SigningPlan } from "./signing.ts";
import { planWithdrawal, withdrawalSentence } from "./withdrawal.ts";

export type { SigningRequest } from "#lib/signature/signable.ts";

const standingOf = ({ policies, ...means }: SigningMeans, meaning: SignedMeaning): Standing => ({ ...means, policy: policies.get(meaning) ?? ("either" satisfies SigningPolicy) });

/** A batch file as the rules see it for one person and one request. */
export function candidateOf(siteId: string, file: BatchFile, means: SigningMeans, { meaning, ceremony }: SigningRequest): Candidate {
  return { siteId, state: file.record.batch.state, executors: file.executors, checks: file.checks, alreadySigned: countingSignatures(file.signatures), standing: standingOf(means, meaning), ceremony };
}

/** The whole decision over a batch file, with the sentence that would be signed. */
export function planOver(file: BatchFile, actor: Actor, means: SigningMeans, request: SigningRequest): Result<SigningPlan & { readonly sentence: string }, readonly Obstacle[]> {
  const candidate = candidateOf(file.record.site.id, file, means, request);
  const meaning = signatureMeanings.find((m) => m === request.meaning);
  if (!meaning && request.meaning !== "withdrawn") return refuse([{ sentence: `"${meaningName[request.meaning]}" is not signed over a whole batch record`, anchor: "signatures", holder: "Nobody" }]);
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
