import { describe, expect, it } from "vitest";
import { inForce } from "./issue.ts";

const at = (day: number) => new Date(Date.UTC(2026, 0, day));

describe("a version of a master is issued from while it is in force (21 CFR 211.186)", () => {
  it.each<[string, Parameters<typeof inForce>, boolean]>([
    ["the effective one", [{ state: "effective", effectiveAt: at(1) }, undefined, at(5)], true],
    ["a superseded one, at the moment of the next and after it", [{ state: "superseded", effectiveAt: at(1) }, at(5), at(5)], false],
    ["a superseded one, before the next came", [{ state: "superseded", effectiveAt: at(1) }, at(5), at(4)], true],
    ["a superseded one, before it came itself", [{ state: "superseded", effectiveAt: at(2) }, at(5), at(1)], false],
    ["a superseded one whose next is not known", [{ state: "superseded", effectiveAt: at(1) }, undefined, at(4)], false],
    ["a withdrawn one", [{ state: "withdrawn", effectiveAt: at(1) }, at(5), at(4)], false],
    ["an approved one", [{ state: "approved", effectiveAt: null }, undefined, at(4)], false],
  ])("%s", (_, asked, allowed) => expect(inForce(...asked)).toBe(allowed));
});
