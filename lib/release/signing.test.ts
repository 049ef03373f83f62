import { describe, expect, it } from "vitest";
import { roles, type Role } from "#lib/access/permission.ts";
import { batchStates, type BatchState } from "#lib/batch/state.ts";
import { ceremonies, policies, type Ceremony, type SigningPolicy, type Standing } from "#lib/signature/ceremony.ts";
import { signatureMeanings, type SignatureMeaning } from "#lib/signature/meaning.ts";
import { actorWith } from "#tests/actors.ts";
import { checksBefore, type Check, type CheckId } from "./check.ts";
import { planSigning, signingSentence, type Candidate } from "./signing.ts";

/** Who signs what, in which state, and where it leads: the whole plan, written once more by hand. */
const plan: Record<SignatureMeaning, { readonly role: Role; readonly from: Partial<Record<BatchState, BatchState>> }> = {
  production_reviewed: { role: "supervisor", from: { complete: "prod_reviewed" } },
  audit_trail_reviewed: { role: "qa-manager", from: { qa_review: "qa_review" } },
  site_confirmed: { role: "site-confirmer", from: { qa_review: "qa_review" } },
  approved_for_release: { role: "qa-manager", from: { qa_review: "released", conditional: "released" } },
  rejected: { role: "qa-manager", from: { qa_review: "rejected", conditional: "rejected" } },
};
const stateOf = (meaning: SignatureMeaning): BatchState => (meaning === "production_reviewed" ? "complete" : "qa_review");
const allChecks: readonly CheckId[] = ["completeness", "evaluation", "laboratory", "exceptions", "production_review", "audit_trail_review", "site_confirmation", "integrity"];
const checks = (open: readonly CheckId[] = []): readonly Check[] => allChecks.map((id) => ({ id, name: id, done: !open.includes(id), finding: open.includes(id) ? "open" : "good", owner: `owner of ${id}` }));
const standing: Standing = { undertaken: true, lockedSince: null, policy: "either", usablePasskeys: 0, coolingPasskeys: 0 };
const candidate = (change: Partial<Candidate> = {}): Candidate => ({ siteId: "basel", state: "qa_review", executors: new Set(["operator"]), checks: checks(), alreadySigned: [], standing, ...change });
const signer = (meaning: SignatureMeaning) => actorWith({ basel: [plan[meaning].role] });

describe.each(signatureMeanings)("to sign %s", (meaning) => {
  it("REQ-51 is possible exactly in the states of the plan, and leads where the plan says", () => {
    for (const state of batchStates) {
      const next = plan[meaning].from[state];
      const outcome = planSigning(meaning, signer(meaning), candidate({ state }));
      if (next) expect(outcome, state).toEqual({ ok: true, value: { role: plan[meaning].role, nextState: next } });
      else expect(outcome, state).toMatchObject({ ok: false, refusal: [{ anchor: "facts", holder: "Process" }] });
    }
  });
  it("REQ-19 (21 CFR 11.10(g)) is for its one role at this very site", () => {
    for (const role of roles) {
      expect(planSigning(meaning, actorWith({ basel: [role] }), candidate({ state: stateOf(meaning) })).ok, role).toBe(role === plan[meaning].role);
      expect(planSigning(meaning, actorWith({ raleigh: [role] }), candidate({ state: stateOf(meaning) }))).toMatchObject({ ok: false, refusal: [{ holder: "Administrator" }] });
    }
    expect(planSigning(meaning, actorWith({ basel: [...roles] }), candidate({ state: stateOf(meaning) }))).toMatchObject({ ok: true, value: { role: plan[meaning].role } });
  });
  it("REQ-36 (21 CFR 211.188(b)(11)) is refused to everybody who took part in making the batch", () => {
    const actor = signer(meaning);
    expect(planSigning(meaning, actor, candidate({ state: stateOf(meaning), executors: new Set(["operator", actor.id]) }))).toMatchObject({ ok: false, refusal: [{ holder: "Segregation of duties", anchor: "record" }] });
  });
  it("REQ-42 (21 CFR 211.192) waits for each of the checks it needs, and for no other", () => {
    for (const id of allChecks) {
      const outcome = planSigning(meaning, signer(meaning), candidate({ state: stateOf(meaning), checks: checks([id]) }));
      if (checksBefore[meaning].includes(id)) expect(outcome).toEqual({ ok: false, refusal: [{ sentence: `${id}: open`, anchor: `check-${id}`, holder: `owner of ${id}` }] });
      else expect(outcome.ok, id).toBe(true);
    }
  });
  it("REQ-37 is not repeated on the same record, but is on a changed one", () => {
    const signed = (covers: boolean) => planSigning(meaning, signer(meaning), candidate({ state: stateOf(meaning), alreadySigned: [{ meaning, signerId: "somebody", covers }] }));
    expect(signed(true)).toMatchObject({ ok: false, refusal: [{ holder: "Nobody" }] });
    expect(signed(false).ok).toBe(true);
  });
});

describe("the means of a signer", () => {
  const plan = (change: Partial<Standing>, ceremony?: Ceremony) => planSigning("rejected", signer("rejected"), candidate({ standing: { ...standing, ...change }, ceremony }));

  it("REQ-22 (21 CFR 11.10(j)) do not reach before the accountability statement is accepted; the obstacle leads there", () => {
    expect(plan({ undertaken: false })).toMatchObject({ ok: false, refusal: [{ holder: "You", address: "/account#undertaking", sentence: expect.stringContaining("accountability statement") }] });
  });
  it("REQ-32 (21 CFR 11.300(d)) do not reach while signing is locked", () => expect(plan({ lockedSince: new Date(0) })).toMatchObject({ ok: false, refusal: [{ holder: "Administrator", sentence: expect.stringContaining("locked") }] }));

  const open: readonly (readonly [SigningPolicy, number, readonly Ceremony[]])[] = [["either", 0, ["identity-provider"]], ["either", 1, ["identity-provider", "passkey"]], ["identity-provider", 0, ["identity-provider"]], ["identity-provider", 1, ["identity-provider"]], ["passkey", 0, []], ["passkey", 1, ["passkey"]]];
  it.each(open)("REQ-33 under the policy %s with %i usable passkeys reach for exactly %j", (policy, usablePasskeys, allowed) => {
    for (const ceremony of ceremonies) expect(plan({ policy, usablePasskeys }, ceremony).ok, ceremony).toBe(allowed.includes(ceremony));
    expect(plan({ policy, usablePasskeys }).ok).toBe(allowed.length > 0);
  });
  it("is the whole table of policies", () => expect(new Set(open.map(([policy]) => policy))).toEqual(new Set(policies)));
  it("REQ-33 say that a passkey has to be enrolled, or that one still waits", () => {
    expect(plan({ policy: "passkey" })).toMatchObject({ refusal: [{ sentence: expect.stringMatching(/asks for a passkey.*enrol one/), address: "/account#passkeys" }] });
    expect(plan({ policy: "passkey", coolingPasskeys: 1 })).toMatchObject({ refusal: [{ sentence: expect.stringMatching(/may not sign yet/) }] });
  });
});

describe("the obstacles of a signing", () => {
  it("are all named at once", () => {
    const actor = actorWith({ basel: ["operator"] });
    const outcome = planSigning("approved_for_release", actor, candidate({ state: "complete", executors: new Set([actor.id]), checks: checks(["exceptions", "integrity"]), alreadySigned: [{ meaning: "approved_for_release", signerId: "x", covers: true }] }));
    expect(outcome.ok ? [] : outcome.refusal.map((o) => o.holder)).toEqual(["Administrator", "Segregation of duties", "Process", "Nobody", "owner of exceptions", "owner of integrity"]);
  });
});

describe("the sentence that is signed", () => {
  it.each(signatureMeanings)("REQ-27 (21 CFR 11.50(a)(3)) of %s says in the first person what is done to which batch", (meaning) => {
    const sentence = signingSentence(meaning, { batchId: "B-1", product: "P-1 Protein", site: "Basel", master: "MBR-1 v2", checks: checks(["exceptions"]), exceptions: 1 });
    expect(sentence).toMatch(/^I [a-z]/);
    expect(sentence).toContain("batch B-1, P-1 Protein, made at Basel under MBR-1 v2, with 7 of 8 checks complete and 1 exception in its record.");
  });
  it("REQ-27 (21 CFR 11.50(a)(3)) is another one for every meaning", () => {
    const facts = { batchId: "B-1", product: "P", site: "S", master: "M", checks: checks(), exceptions: 2 };
    expect(new Set(signatureMeanings.map((meaning) => signingSentence(meaning, facts))).size).toBe(signatureMeanings.length);
  });
});
