import { describe, expect, it } from "vitest";
import type { Role } from "#lib/access/permission.ts";
import { batchStates, type BatchState } from "#lib/batch/state.ts";
import { signatureMeanings, type SignatureMeaning } from "#lib/signature/meaning.ts";
import { actorWith } from "#tests/actors.ts";
import { countingSignatures, withdrawals } from "./counting.ts";
import type { Candidate } from "./signing.ts";
import { planWithdrawal, withdrawalSentence, type Target } from "./withdrawal.ts";

const signerId = "11111111-1111-4111-8111-111111111111";
const other = "22222222-2222-4222-8222-222222222222";
/** Who withdraws what, in which state, and where it leads: written once more by hand. `own`: only the signer. */
const plan: Record<SignatureMeaning, { readonly role: Role; readonly own: boolean; readonly from: Partial<Record<BatchState, BatchState>> }> = {
  production_reviewed: { role: "supervisor", own: true, from: { prod_reviewed: "complete", qa_review: "complete" } },
  audit_trail_reviewed: { role: "qa-manager", own: true, from: { qa_review: "qa_review" } },
  site_confirmed: { role: "site-confirmer", own: true, from: { qa_review: "qa_review" } },
  approved_for_release: { role: "qa-manager", own: false, from: { released: "qa_review" } },
  rejected: { role: "qa-manager", own: false, from: { rejected: "qa_review" } },
};
const integrity = (done: boolean) => [{ id: "integrity" as const, name: "Record integrity", done, finding: done ? "holds" : "entries E-1, value", owner: "Automatic" }];
const candidate = (change: Partial<Candidate> = {}): Candidate => ({ siteId: "basel", state: "qa_review", executors: new Set(), checks: integrity(true), alreadySigned: [], standing: { undertaken: true, lockedSince: null, policy: "either", usablePasskeys: 0, coolingPasskeys: 0 }, ...change });
const target = (meaning: Target["meaning"], change: Partial<Target> = {}): Target => ({ ordinal: 3, meaning, signerId, printedName: "Miriam Keller", withdrawnBy: null, counts: true, ...change });
const stateOf = (meaning: SignatureMeaning) => Object.keys(plan[meaning].from)[0] as BatchState;

describe.each(signatureMeanings)("withdrawing %s", (meaning) => {
  const { role, own, from } = plan[meaning];
  const signer = actorWith({ basel: [role] });

  it("REQ-38 is possible exactly in the states of the plan, and leads where the plan says", () => {
    for (const state of batchStates) {
      const next = from[state];
      expect(planWithdrawal(target(meaning), signer, candidate({ state })), state).toEqual(next ? { ok: true, value: { role, nextState: next } } : { ok: false, refusal: [expect.objectContaining({ anchor: "facts" })] });
    }
  });
  it("REQ-38 (21 CFR 11.10(g)) is for its signer, or for whoever disposes where it was a disposition, with the role still held", () => {
    const state = stateOf(meaning);
    expect(planWithdrawal(target(meaning), actorWith({ basel: [role] }, other), candidate({ state })).ok).toBe(!own);
    expect(planWithdrawal(target(meaning), actorWith({ basel: ["auditor"] }), candidate({ state }))).toMatchObject({ ok: false, refusal: [{ holder: "Administrator" }] });
    expect(planWithdrawal(target(meaning), actorWith({ raleigh: [role] }), candidate({ state })).ok).toBe(false);
  });
  it("REQ-38 is refused a second time, for what counts no more, and on a record whose integrity failed", () => {
    const state = stateOf(meaning);
    expect(planWithdrawal(target(meaning, { withdrawnBy: 5, counts: false }), signer, candidate({ state }))).toMatchObject({ ok: false, refusal: [{ sentence: "Signature 3 is withdrawn already" }] });
    expect(planWithdrawal(target(meaning, { counts: false }), signer, candidate({ state })).ok).toBe(false);
    expect(planWithdrawal(target(meaning), signer, candidate({ state, checks: integrity(false) }))).toMatchObject({ ok: false, refusal: [{ anchor: "check-integrity", sentence: expect.stringContaining("entries E-1, value") }] });
  });
  it("REQ-27 says in the first person what is taken back", () => expect(withdrawalSentence(target(meaning), "B-1")).toMatch(/^I withdraw signature 3, ".+" by Miriam Keller, on batch B-1\./));
});

describe("a withdrawal", () => {
  it("REQ-38 is not withdrawn, nor is what does not exist", () => {
    for (const it of [undefined, target("withdrawn")]) expect(planWithdrawal(it, actorWith({ basel: ["qa-manager"] }), candidate())).toMatchObject({ ok: false, refusal: [{ holder: "Nobody" }] });
  });
});

describe("the signatures that count", () => {
  type Given = readonly [Target["meaning"], number?];
  const placed = (...meanings: readonly Given[]) => meanings.map(([meaning, withdraws], i) => ({ ordinal: i + 1, meaning, withdraws: withdraws ?? null }));
  const counting = (...meanings: readonly Given[]) => countingSignatures(placed(...meanings)).map((s) => s.ordinal);

  it("REQ-38 are neither withdrawn nor withdrawals", () => {
    expect(counting(["production_reviewed"], ["audit_trail_reviewed"], ["withdrawn", 2])).toEqual([1]);
    expect([...withdrawals(placed(["production_reviewed"], ["withdrawn", 1]))]).toEqual([[1, 2]]);
  });
  it("REQ-38 are no reviews that stand on a production review which was signed anew after them", () => {
    expect(counting(["production_reviewed"], ["audit_trail_reviewed"], ["site_confirmed"], ["withdrawn", 1])).toEqual([2, 3]);
    expect(counting(["production_reviewed"], ["audit_trail_reviewed"], ["site_confirmed"], ["withdrawn", 1], ["production_reviewed"])).toEqual([5]);
    expect(counting(["production_reviewed"], ["audit_trail_reviewed"], ["withdrawn", 1], ["production_reviewed"], ["audit_trail_reviewed"])).toEqual([4, 5]);
  });
});
