import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { segmentText, segmentTextDigest, type Reading } from "#lib/telemetry/segment.ts";
import { tree } from "#lib/ledger/native.ts";
import { checkState, overdueAfter } from "./check.ts";
import { compareRounds, distinct, excerpts, findingSentence } from "./finding.ts";
import { compareHistory, compareRow, type ComparedRow, type FieldTexts } from "./record.ts";
import { compareReadings, compareSegment } from "./segment.ts";
import { TreeWalk } from "./walk.ts";

const texts = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue().map((value) => JSON.stringify(value)), { maxKeys: 8 });
const row = (recorded: FieldTexts | null | undefined, present: FieldTexts | null): ComparedRow => ({ table: "entries", recordId: "B/1", batchId: "B", recorded, present });

describe("a row beside what was recorded", () => {
  it("REQ-01 (21 CFR 11.10(a)) differs in exactly the fields that were changed", () => {
    fc.assert(fc.property(texts, fc.infiniteStream(fc.boolean()), (recorded, choose) => {
      const changed = Object.keys(recorded).filter(() => choose.next().value);
      const present = { ...recorded, ...Object.fromEntries(changed.map((field) => [field, `"other than ${JSON.stringify(recorded[field]).slice(1, -1)}"`])) };
      expect(compareRow(row(recorded, present)).map((f) => f.field).sort()).toEqual(changed.sort());
    }));
  });
  it("REQ-01 (21 CFR 11.10(a)) differs by one digit that a floating-point number would lose", () => {
    expect(compareRow(row({ n: "9007199254740993" }, { n: "9007199254740992" }))).toMatchObject([{ field: "n", recorded: "9007199254740993", found: "9007199254740992" }]);
  });
  it("REQ-01 (21 CFR 11.10(a)) is gone, was never recorded, or was recorded as deleted: each said as such", () => {
    expect(compareRow(row({ a: "1" }, null))).toMatchObject([{ field: "row", found: "no such row" }]);
    expect(compareRow(row(undefined, { a: "1" }))).toMatchObject([{ field: "row", recorded: "nothing" }]);
    expect(compareRow(row(null, { a: "1" }))).toMatchObject([{ field: "row", recorded: "deleted" }]);
    expect(compareRow(row(null, null))).toEqual([]);
    expect(compareRow(row(undefined, null))).toEqual([]);
  });
  it("REQ-01 (21 CFR 11.10(a)) from before a column was added holds nothing in it, or what the column began with, and nothing else", () => {
    expect(compareRow(row({ a: "1" }, { a: "1", later: "null" }))).toEqual([]);
    expect(compareRow(row({ a: "1" }, { a: "1", later: "7" }), { later: "7" })).toEqual([]);
    expect(compareRow(row({ a: "1" }, { a: "1", later: "8" }), { later: "7" })).toMatchObject([{ field: "later", recorded: "7", found: "8" }]);
    expect(compareRow(row({ a: "1" }, { a: "1", later: "8" }))).toMatchObject([{ field: "later", recorded: "null", found: "8" }]);
    expect(compareRow(row({ a: "1", dropped: "2" }, { a: "1" }))).toEqual([]);
  });
  it("REQ-05 (21 CFR 11.10(e)) has a history that follows on itself, or the entry that does not is named", () => {
    expect(compareHistory([{ entryId: "e", batchId: "B", subject: "batches B" }])).toMatchObject([{ table: "audit_entries", recordId: "e", field: "seq" }]);
  });
});

describe("a finding", () => {
  it("REQ-01 (21 CFR 11.10(a)) says table, row and field, what was recorded and what is there", () => {
    expect(findingSentence({ table: "entries", recordId: "B/5.3.1/ph/1", field: "value", recorded: "7.05", found: "7.15" })).toBe("Step value B/5.3.1/ph/1 (table entries), field value: recorded 7.05, found 7.15.");
    expect(findingSentence({ table: "steps", recordId: "B/1", field: "row", recorded: "a row", found: "no such row" })).toBe("Step B/1 (table steps) was recorded and is gone.");
    expect(findingSentence({ table: "steps", recordId: "B/1", field: "row", recorded: "nothing", found: "a row" })).toBe("Step B/1 (table steps) is there, and nobody recorded it.");
  });
  it("shows long texts around their first difference, well formed, however they differ", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 300, maxLength: 600 }), fc.nat(299), (text, at) => {
      const other = `${text.slice(0, at)}\u0001${text.slice(at + 1)}`;
      const cut = excerpts(text, other);
      expect(cut.recorded).not.toBe(cut.found);
      expect(cut.found).toContain("\u0001");
      for (const part of [cut.recorded, cut.found]) expect([part.isWellFormed(), part.length <= 164]).toEqual([true, true]);
    }));
  });
  const finding = (n: number) => ({ table: "t", recordId: String(n), field: "f", recorded: "a", found: "b" });
  it("is new once, still there afterwards, and gone when it is no longer found", () => {
    fc.assert(fc.property(fc.array(fc.nat(8)), fc.uniqueArray(fc.nat(8)), (found, open) => {
      const { fresh, seen, gone } = compareRounds(found.map(finding), open.map((n) => ({ ...finding(n), id: String(n) })));
      const [now, before] = [new Set(found), new Set(open)];
      expect(fresh.map((f) => Number(f.recordId)).sort()).toEqual([...now].filter((n) => !before.has(n)).sort());
      expect(seen.map((f) => Number(f.recordId)).sort()).toEqual(open.filter((n) => now.has(n)).sort());
      expect(gone.map((f) => Number(f.recordId)).sort()).toEqual(open.filter((n) => !now.has(n)).sort());
    }));
    expect(distinct([finding(1), { ...finding(1), found: "c" }])).toEqual([finding(1)]);
  });
});

describe("the state of a check", () => {
  const now = new Date("2026-03-16T12:00:00Z");
  const last = { finishedAt: now, rows: 1, entries: 1, checkpoints: 1 };
  it.each([
    ["never", undefined, 0], ["holds", last, 0], ["failed", last, 1], ["failed", { ...last, rows: 0 }, 1], ["nothing-examined", { ...last, rows: 0 }, 0], ["nothing-examined", { ...last, entries: 0 }, 0], ["nothing-examined", { ...last, checkpoints: 0 }, 0],
    ["holds", { ...last, finishedAt: new Date(now.getTime() - overdueAfter) }, 0], ["overdue", { ...last, finishedAt: new Date(now.getTime() - overdueAfter - 1) }, 0],
  ] as const)("is %s for %j with %d open findings", (state, check, open) => expect(checkState(check, open, now)).toBe(state));
});

describe("sealed readings", () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 0, minute));
  const readings: Reading[] = [0, 1, 2].map((m) => ({ at: at(m), value: 7 + m / 10, quality: "good", outOfRange: false }));
  const text = segmentText(readings);
  const segment = { batchId: "B", unitId: "BR-1", tag: "ph", day: "2026-03-01", readings: 3, digest: segmentTextDigest(text), text };
  const differing = (present: readonly Reading[], late: readonly Date[] = []) => compareReadings(segment, present, new Set(late.map((d) => d.toISOString()))).map((f) => [f.table, f.recordId, f.field, f.recorded, f.found]);
  it("REQ-01 (21 CFR 11.10(a)) that were altered, taken out or put in are named by tag, time and field", () => {
    expect(differing(readings)).toEqual([]);
    expect(differing(readings.map((r, i) => (i === 1 ? { ...r, value: 7.2 } : r)))).toEqual([["process_values", "BR-1/ph/2026-03-01T00:01:00.000Z", "value", "7.1", "7.2"]]);
    expect(differing(readings.map((r, i) => (i === 2 ? { ...r, quality: "bad", outOfRange: true } : r)))).toEqual([["process_values", "BR-1/ph/2026-03-01T00:02:00.000Z", "quality", "good", "bad"], ["process_values", "BR-1/ph/2026-03-01T00:02:00.000Z", "out_of_range", "false", "true"]]);
    expect(differing(readings.slice(1))).toEqual([["process_values", "BR-1/ph/2026-03-01T00:00:00.000Z", "row", "7", "no such row"]]);
    const extra = [...readings, { at: at(9), value: 1, quality: "good" as const, outOfRange: false }];
    expect(differing(extra)).toEqual([["process_values", "BR-1/ph/2026-03-01T00:09:00.000Z", "row", "nothing", "1"]]);
    expect(differing(extra, [at(9)])).toEqual([]);
  });
  it("REQ-01 (21 CFR 11.10(a)) do not hide behind a segment whose bytes, count or digest was altered", () => {
    expect(compareSegment(segment)).toEqual([]);
    expect(compareSegment({ ...segment, text: text.replace("7.1", "7.2") })).toMatchObject([{ field: "content" }]);
    expect(compareSegment({ ...segment, text: undefined })).toMatchObject([{ field: "content", found: "cannot be read" }]);
    expect(compareSegment({ ...segment, digest: "0" })).toMatchObject([{ field: "content" }]);
    expect(compareSegment({ ...segment, readings: 2 })).toMatchObject([{ field: "readings", recorded: "3", found: "2" }]);
    expect(compareSegment({ ...segment, text: "[1]", digest: segmentTextDigest("[1]") })).toMatchObject([{ field: "readings" }]);
  });
});

describe("a walk over a tree", () => {
  const leaf = (n: number) => new Uint8Array(createHash("sha256").update(String(n)).digest());
  const leaves = Array.from({ length: 1000 }, (_, i) => leaf(i));
  const nodes = () => {
    const made = new Map<string, Uint8Array>();
    const frontier = tree.frontier();
    for (const hash of leaves) frontier.append(hash, 0, (node, h) => void (node.level === 8 && made.set(`8/${node.number}`, h)));
    return made;
  };
  const walked = (hashes: readonly Uint8Array[], wanted: readonly number[], stored = nodes(), from = tree.frontier()) => {
    const walk = new TreeWalk(from, wanted, stored);
    for (const hash of hashes) walk.append(hash);
    return walk;
  };
  it("REQ-01 (21 CFR 11.10(a)) gives the root at every size that was asked for, also when it goes on from an earlier one", () => {
    const sizes = [1, 2, 255, 256, 257, 999, 1000];
    const whole = walked(leaves, sizes);
    for (const size of sizes) expect(whole.roots.get(size), String(size)).toEqual(tree.rootOf(leaves.slice(0, size)));
    const first = walked(leaves.slice(0, 300), []);
    expect(walked(leaves.slice(300), [999], nodes(), first.frontier.copy()).roots.get(999)).toEqual(whole.roots.get(999));
    expect(whole.altered).toEqual([]);
  });
  it("REQ-01 (21 CFR 11.10(a)) names the stored subtree that an altered or missing hash stands for", () => {
    const stored = nodes();
    stored.set("8/1", leaf(7));
    stored.delete("8/2");
    expect(walked(leaves, [], stored).altered.map((a) => a.node)).toEqual(["8/1", "8/2"]);
    expect(walked(leaves.map((h, i) => (i === 700 ? leaf(-1) : h)), []).altered.map((a) => a.node)).toEqual(["8/2"]);
  });
});
