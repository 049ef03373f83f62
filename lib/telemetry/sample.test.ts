import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { futureTolerance, ingestRequest, judge, type TagRule } from "./sample.ts";

const now = new Date("2026-03-01T10:00:00Z");
const rules = new Map<string, TagRule>([["ph", { tag: "ph", unit: "pH", range: { low: 2, high: 12 } }]]);
const good = { tag: "ph", seq: 1, at: "2026-03-01T09:59:59.5Z", value: 7, unit: "pH", quality: "good" };
const judged = (change: object = {}) => judge({ ...good, ...change }, rules, now);

describe("a sample", () => {
  it.each<[string, object, object]>([
    ["as it should be", {}, { outOfRange: false }], ["at the ends of the instrument's range", { value: 12 }, { outOfRange: false }], ["above the range", { value: 12.001 }, { outOfRange: true }], ["below the range", { value: 1.999 }, { outOfRange: true }],
    ["with an offset instead of Z", { at: "2026-03-01T10:59:59+01:00" }, {}], ["five minutes ahead", { at: "2026-03-01T10:05:00Z" }, {}], ["of bad quality", { quality: "bad" }, {}],
  ])("REQ-14 (ALCOA+ Original) %s is taken with its value untouched", (_, change, mark) => {
    expect(judged(change)).toMatchObject({ kind: "valid", sample: { ...good, ...change, origin: "online" }, ...mark });
  });
  it.each<[string, object, string | RegExp]>([
    ["another unit than its tag's", { unit: "PH" }, "unit PH instead of pH"], ["a tag nobody knows", { tag: "pH" }, "unknown tag pH"], ["a time six minutes ahead", { at: "2026-03-01T10:06:00Z" }, "time 2026-03-01T10:06:00Z lies in the future"],
    ["a value in words", { value: "7" }, /^malformed: value: /], ["no value", { value: null }, /^malformed: value: /], ["no number", { value: Number.NaN }, /^malformed: value: /], ["infinity", { value: Infinity }, /^malformed: value: /], ["a time without zone", { at: "2026-03-01 09:00" }, /^malformed: at: /],
    ["a number past counting", { seq: 2 ** 53 }, /^malformed: seq: /], ["an empty tag", { tag: "" }, /^malformed: tag: /], ["a tag that is too long", { tag: "x".repeat(65) }, /^malformed: tag: /], ["another origin", { origin: "import" }, /^malformed: origin: /],
  ])("REQ-20 (21 CFR 11.10(h)) with %s is set aside as it came, with the reason", (_, change, reason) => {
    expect(judged(change)).toEqual({ kind: "quarantined", payload: { ...good, ...change }, reason: typeof reason === "string" ? reason : expect.stringMatching(reason) });
  });
  it("REQ-15 (ALCOA+ Complete) is either valid or set aside, whatever it is, and never corrected", () => {
    fc.assert(fc.property(fc.oneof(fc.anything(), fc.record({ tag: fc.constantFrom("ph", "x"), seq: fc.nat(), at: fc.date({ noInvalidDate: true }).map((d) => d.toISOString()), value: fc.double(), unit: fc.constantFrom("pH", "bar"), quality: fc.constantFrom("good", "bad", "fine") })), (payload) => {
      const outcome = judge(payload, rules, now);
      if (outcome.kind === "quarantined") expect([Object.is(outcome.payload, payload), outcome.reason.length > 5]).toEqual([true, true]);
      else expect(payload).toMatchObject({ tag: outcome.sample.tag, seq: outcome.sample.seq, value: outcome.sample.value, at: outcome.sample.at, unit: "pH" });
    }), { numRuns: 500 });
  });
  it("of a clock that runs ahead is believed for five minutes", () => expect(futureTolerance).toBe(300_000));
});

describe("a request of samples", () => {
  it.each<[string, unknown, boolean]>([
    ["with one", { unit: "U", samples: [good] }, true], ["with bad ones: they are judged one by one", { unit: "U", samples: [null, 1] }, true], ["without any", { unit: "U", samples: [] }, false], ["with a unit PostgreSQL cannot hold", { unit: "a\u0000b", samples: [good] }, false],
    ["without a unit", { samples: [good] }, false], ["with 5,000", { unit: "U", samples: Array(5000).fill(0) }, true], ["with 5,001", { unit: "U", samples: Array(5001).fill(0) }, false],
  ])("%s is %s", (_, body, taken) => expect(ingestRequest.safeParse(body).success).toBe(taken));
});
