import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparedWith, masterRefusalSentence, planMaster, type MasterAct, type MasterCommand, type MasterRefusal, type MasterStanding } from "./state.ts";

const standing = (change: Partial<MasterStanding> = {}): MasterStanding => ({ state: "draft", authors: new Set(["ana"]), submittedBy: undefined, reviewedBy: undefined, gaps: 0, digest: "d1", ...change });
const act = (command: MasterCommand, by: string, change: Partial<MasterAct> = {}): MasterAct => ({ command, by, seen: "d1", reason: "because", ...change });
const answer = (s: MasterStanding, a: MasterAct): string => {
  const plan = planMaster(s, a);
  return plan.ok ? plan.value.state : plan.refusal.reason;
};
const inReview = { state: "in_review", submittedBy: "ana" } as const;

describe("a version of a master (REQ-35, 21 CFR 211.186(a))", () => {
  it.each<[string, MasterStanding, MasterAct, string]>([
    ["an author submits it", standing(), act("submit", "ana"), "in_review"], ["nobody else does", standing(), act("submit", "ben"), "not-an-author"], ["a second person reviews it", standing(inReview), act("review", "ben"), "in_review"],
    ["the author does not", standing(inReview), act("review", "ana"), "own-work"], ["a third approves it", standing({ ...inReview, reviewedBy: "ben" }), act("approve", "cem"), "approved"], ["the reviewer does not", standing({ ...inReview, reviewedBy: "ben" }), act("approve", "ben"), "own-work"],
    ["the author does not approve", standing({ ...inReview, reviewedBy: "ben" }), act("approve", "ana"), "own-work"], ["nobody who ever edited it does", standing({ ...inReview, authors: new Set(["ana", "cem"]), reviewedBy: "ben" }), act("approve", "cem"), "own-work"],
    ["not before its review", standing(inReview), act("approve", "cem"), "not-reviewed"], ["not twice reviewed", standing({ ...inReview, reviewedBy: "ben" }), act("review", "cem"), "already-reviewed"], ["not with a gap (REQ-39)", standing({ ...inReview, reviewedBy: "ben", gaps: 2 }), act("approve", "cem"), "incomplete"],
    ["not submitted with a gap", standing({ gaps: 1 }), act("submit", "ana"), "incomplete"], ["edited with a gap it may be", standing({ gaps: 1 }), act("edit", "ben"), "draft"], ["not over another content than was seen", standing(), act("submit", "ana", { seen: "d0" }), "changed-meanwhile"],
    ["a return needs its reason", standing(inReview), act("return", "ben", { reason: " " }), "reason-missing"], ["and leads back to the draft", standing({ ...inReview, reviewedBy: "ben" }), act("return", "cem"), "draft"], ["effective after approval", standing({ state: "approved" }), act("make_effective", "cem"), "effective"],
    ["not before", standing(inReview), act("make_effective", "cem"), "command-not-allowed"], ["no edit after submission", standing(inReview), act("edit", "ana"), "command-not-allowed"], ["no edit when effective", standing({ state: "effective" }), act("edit", "ana"), "command-not-allowed"],
    ["superseded is the end", standing({ state: "superseded" }), act("make_effective", "cem"), "command-not-allowed"], ["withdrawn is the end", standing({ state: "withdrawn" }), act("edit", "ana"), "command-not-allowed"],
  ])("%s", (_, s, a, expected) => expect(answer(s, a)).toBe(expected));

  it("loses its review when it is returned", () => expect(planMaster(standing({ ...inReview, reviewedBy: "ben" }), act("return", "cem"))).toEqual({ ok: true, value: { state: "draft", reviewedBy: undefined, submittedBy: undefined } }));

  it("says every refusal as a sentence", () => {
    const refusals: readonly MasterRefusal[] = [{ reason: "command-not-allowed", state: "draft", command: "approve" }, { reason: "changed-meanwhile" }, { reason: "incomplete", gaps: 1 }, { reason: "incomplete", gaps: 3 }, { reason: "own-work", part: "author" }, { reason: "own-work", part: "reviewer" }, { reason: "not-reviewed" }, { reason: "already-reviewed" }, { reason: "not-an-author" }, { reason: "reason-missing" }];
    for (const refusal of refusals) expect(masterRefusalSentence(refusal)).toMatch(/^[A-Z0-9].*\.$/);
  });
});

describe("the version another is read against before it is signed", () => {
  const others = [{ version: 5, state: "draft" }, { version: 3, state: "withdrawn" }, { version: 2, state: "effective" }, { version: 1, state: "superseded" }] as const;
  it.each<[string, readonly (typeof others)[number][], number, number | undefined, number | undefined]>([
    ["is the effective one", others, 4, undefined, 2], ["is the one asked for", others, 4, 1, 1], ["is not one that there is not", others, 4, 9, 2], ["is the one before where none is effective", [others[0], others[1], others[3]], 4, undefined, 3], ["is a later one where none is before", [others[0]], 4, undefined, 5], ["is none where it is alone", [], 1, 1, undefined],
  ])("%s", (_, known, version, asked, expected) => expect(comparedWith(known, version, asked)).toBe(expected));
});

const people = ["ana", "ben", "cem", "dora"];
/** Acts that lead on come more often, so that many sequences get to the end. */
const command = fc.oneof(...([["edit", 2], ["submit", 6], ["review", 6], ["approve", 6], ["make_effective", 4], ["return", 1], ["supersede", 1], ["withdraw", 1]] as const).map(([name, weight]) => ({ arbitrary: fc.constant<MasterCommand>(name), weight })));
const seldom = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);
/** Acts in any order by anybody; an edit changes the content, and some act on what they saw before. */
const acts = fc.array(fc.record({ command, by: fc.constantFrom(...people), stale: seldom, gaps: seldom.map(Number) }), { maxLength: 60, size: "max" });

describe("any sequence of acts on a master", () => {
  it("never makes it effective without author, reviewer and approver being three people who saw this very content, complete", () => {
    let effective = 0;
    fc.assert(fc.property(acts, (sequence) => {
      let s = standing({ authors: new Set() });
      let revision = 1;
      let signed: { readonly command: MasterCommand; readonly by: string; readonly revision: number; readonly gaps: number }[] = [];
      for (const one of sequence) {
        const plan = planMaster({ ...s, gaps: one.gaps }, act(one.command, one.by, { seen: one.stale ? "old" : s.digest }));
        if (!plan.ok) continue;
        expect(one.stale).toBe(false);
        if (one.command === "edit") revision += 1;
        s = { ...s, ...plan.value, digest: `d${revision}`, authors: one.command === "edit" ? new Set([...s.authors, one.by]) : s.authors };
        signed = [...signed, { command: one.command, by: one.by, revision, gaps: one.gaps }];
        if (s.state !== "effective" || one.command !== "make_effective") continue;
        effective += 1;
        const last = (command: MasterCommand) => signed.filter((x) => x.command === command).at(-1);
        const [submitted, reviewed, approved] = [last("submit"), last("review"), last("approve")];
        expect(new Set([submitted?.by, reviewed?.by, approved?.by]).size).toBe(3);
        expect([submitted, reviewed, approved].every((x) => x?.revision === revision && x.gaps === 0)).toBe(true);
        expect([...s.authors].some((author) => author === reviewed?.by || author === approved?.by)).toBe(false);
      }
    }), { numRuns: 20_000 });
    expect(effective).toBeGreaterThan(300);
  });
});
