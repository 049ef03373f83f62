import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseMapping } from "./mapping.ts";

const text = readFileSync(new URL("../../examples/nistcho.mapping.json", import.meta.url), "utf8");
type Example = { run: Record<string, unknown>; time: { date: Record<string, unknown> }; values: Record<string, unknown>[]; [key: string]: unknown };
const example = (): Example => JSON.parse(text) as Example;
const sentenceFor = (change: (mapping: Example) => void): string => {
  const mapping = example();
  change(mapping);
  const parsed = parseMapping(JSON.stringify(mapping));
  return parsed.ok ? "accepted" : parsed.refusal;
};

describe("a mapping", () => {
  it("is accepted as the example has it", () => expect(parseMapping(text).ok).toBe(true));
  it("is refused when it is no JSON", () => expect(parseMapping("{")).toMatchObject({ ok: false }));

  it.each<[string, (m: Example) => void, RegExp]>([
    ["another format", (m) => void (m["format"] = "VBMAP/2"), /wrong at format/],
    ["a misspelt field", (m) => void (m["decimal"] = ","), /decimal/],
    ["a template that leaves a key out", (m) => void (m.run["batchId"] = "NIST-{Batch}-{Condition}"), /batchId must hold each column/],
    ["a template with a column twice", (m) => void (m.run["unitId"] = "{Batch}-{Batch}-{Condition}-{Replicate}"), /unitId must hold/],
    ["a template that lets two runs share an id", (m) => void (m.run["batchId"] = "{Batch}{Condition}-{Replicate}"), /hyphen/],
    ["a template with a slash", (m) => void (m.run["batchId"] = "x/{Batch}-{Condition}-{Replicate}"), /letters, digits/],
    ["a unit nobody stores", (m) => void (m.values[0]!["storedUnit"] = "furlong"), /furlong/],
    ["a unit that cannot become the stored one", (m) => void (m.values[1]!["fileUnit"] = { fixed: "g/L" }), /not from g\/L/],
    ["one tag twice", (m) => void (m.values[1]!["tag"] = m.values[0]!["tag"]), /named twice/],
    ["a range upside down", (m) => void (m.values[1]!["range"] = { low: 9, high: 1 }), /low must lie below/],
    ["a place for a zone", (m) => void (m.time.date["zone"] = "Europe/Atlantis"), /time zone/],
    ["one mark for two purposes", (m) => void (m["decimalMark"] = ","), /same/],
  ])("is refused with %s", (_, change, sentence) => expect(sentenceFor(change)).toMatch(sentence));
});
