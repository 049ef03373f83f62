import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smallMaster } from "#tests/small-master.ts";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { fileRefusalSentence, greatestFile, readMasterText, type FileRefusal } from "./file.ts";
import { masterGaps } from "./gaps.ts";

const refusal = (text: string): FileRefusal => {
  const read = readMasterText(text);
  if (read.ok) throw new Error("accepted");
  return read.refusal;
};
const withParameter = (change: object) => JSON.stringify({ ...smallMaster, parameters: [{ ...smallMaster.parameters[0], ...change }, ...smallMaster.parameters.slice(1)] });

describe("the file of a master (REQ-39, 21 CFR 211.186)", () => {
  it("is read back as exactly what was written, to the same digest", () => {
    const text = canonical(smallMaster);
    const read = readMasterText(text);
    expect(read).toEqual({ ok: true, value: smallMaster });
    expect(digestOf("EBRMBR/2", canonical(read.ok && read.value))).toBe(digestOf("EBRMBR/2", text));
  });
  it("is refused with the place and a sentence for everything that is wrong", () => {
    const { reason, faults } = refusal(withParameter({ precision: 2.5, class: "important", limits: { normal: { low: "7.1" } }, colour: "red", id: "P H" }));
    expect(reason).toBe("no-master");
    expect(faults.map(({ place, sentence }) => `${place}: ${sentence}`)).toEqual([
      "parameters › 1 (P H) › id: An id has small letters, digits and hyphens, at most 60.",
      expect.stringMatching(/^parameters › 1 \(P H\) › precision: /),
      "parameters › 1 (P H) › class: This must be one of: CPP, KPP, CQA, IPC, info.",
      "parameters › 1 (P H) › limits › normal › low: Write a number here, with a point and without a thousands separator.",
      "parameters › 1 (P H): “colour” is not a member known here.",
    ]);
  });
  it.each<[string, string, FileRefusal["reason"]]>([
    ["no JSON", "master: 1", "no-json"], ["another form", JSON.stringify({ ...smallMaster, format: "EBRMBR/1" }), "other-form"], ["BatchML", "<MasterRecipe/>", "no-json"], ["a list", "[]", "other-form"], ["null", "null", "other-form"],
    ["with a null in its title", JSON.stringify({ ...smallMaster, title: "a\0b" }), "unkeepable"], ["with half of a character", JSON.stringify({ ...smallMaster, purpose: "a\ud800" }), "unkeepable"],
    ["larger than 2 MB", `${JSON.stringify(smallMaster)}${" ".repeat(greatestFile)}`, "too-large"], ["no version", JSON.stringify({ ...smallMaster, version: 0 }), "no-master"],
  ])("is refused when it is %s", (_, text, reason) => {
    expect(refusal(text).reason).toBe(reason);
    expect(fileRefusalSentence[reason]).toMatch(/\.$/);
  });
  it("lists twenty faults at most and counts the others", () => {
    const { faults, more } = refusal(JSON.stringify({ ...smallMaster, materials: Array.from({ length: 30 }, () => ({})) }));
    expect([faults.length, more > 100]).toEqual([20, true]);
  });
  it("never throws, whatever stands in a member", () => {
    fc.assert(fc.property(fc.constantFrom(...Object.keys(smallMaster)), fc.jsonValue(), (member, value) => { readMasterText(JSON.stringify({ ...smallMaster, [member]: value })); }), { numRuns: 1_000 });
  });
});

describe("docs/master-file.md", () => {
  it("shows a complete example that is read, has no gap and the digest it says", () => {
    const page = readFileSync("docs/master-file.md", "utf8");
    const example = /```json\n([\s\S]+?)\n```/.exec(page)?.[1] ?? "";
    const read = readMasterText(example);
    expect(read).toEqual({ ok: true, value: smallMaster });
    expect(read.ok && masterGaps(read.value)).toEqual([]);
    expect(page).toContain(digestOf("EBRMBR/2", canonical(read.ok && read.value)));
  });
});
