import { describe, expect, it } from "vitest";
import type { MasterStanding, MasterState } from "#lib/recipe/state.ts";
import { masterOffers, type MasterMay } from "./offers.ts";

const standing = (state: MasterState, change: Partial<MasterStanding> = {}): MasterStanding => ({ state, authors: new Set(["author"]), submittedBy: undefined, reviewedBy: undefined, gaps: 0, digest: "d", ...change });
const nobody: MasterMay = { author: false, review: false, approve: false };
const engineer: MasterMay = { author: true, review: true, approve: false };
const quality: MasterMay = { ...nobody, approve: true };
const words = ({ signing, ...rest }: ReturnType<typeof masterOffers>) => [...signing.map((s) => (s.hindered ? `${s.label}?` : s.label)), ...Object.entries(rest).filter(([, offered]) => offered).map(([name]) => name)].join(", ");

describe("what is offered on a version of a master (REQ-35, 21 CFR 211.186(a))", () => {
  it.each<[string, MasterStanding, MasterMay, string, string]>([
    ["a draft to its author", standing("draft"), engineer, "author", "Submit for review, edit, withdraw"], ["a draft with gaps", standing("draft", { gaps: 2 }), engineer, "author", "Submit for review?, edit, withdraw"],
    ["a draft to somebody who wrote nothing of it", standing("draft"), engineer, "other", "Submit for review?, edit, withdraw"], ["a draft to quality", standing("draft"), quality, "q", "withdraw"],
    ["a submitted version to its author", standing("in_review"), engineer, "author", "Sign review?, giveBack"], ["to a reviewer", standing("in_review"), engineer, "other", "Sign review, giveBack"], ["to quality before its review", standing("in_review"), quality, "q", "Approve?, giveBack, withdraw"],
    ["to quality after its review", standing("in_review", { reviewedBy: "other" }), quality, "q", "Approve, giveBack, withdraw"], ["an approved version to quality", standing("approved"), quality, "q", "makeEffective, withdraw"],
    ["an effective version", standing("effective"), quality, "q", "withdraw"], ["a superseded version", standing("superseded"), { ...engineer, ...quality, author: true, review: true }, "x", ""], ["anything to a reader", standing("in_review"), nobody, "x", ""],
  ])("%s", (_, at, may, person, expected) => expect(words(masterOffers(at, may, person))).toBe(expected));
  it("says of an overlay what it says of a master", () => expect(["master", "overlay"].map((what) => masterOffers(standing("in_review"), engineer, "author", what === "overlay" ? "overlay" : "master").signing[0]?.hindered)).toEqual(["You wrote a part of this master. Somebody else must review and approve it.", "You wrote a part of this overlay. Somebody else must review and approve it."]));
});
