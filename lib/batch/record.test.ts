import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { currentEntries, executorsOf, recordDigest, recordText, type BatchRecord, type EntryRow } from "./record.ts";

const at = new Date("2026-03-01T10:00:00Z");
const entry = (change: Partial<EntryRow> = {}): EntryRow => ({
  siteId: "basel", batchId: "B-1", stepId: "5.1.1", parameter: "glucose", version: 1, value: "3.50", unit: "g/L", limits: { normal: { low: 2, high: 8 } }, parameterClass: "CPP", evaluation: "within", ruleId: "R-13 v4",
  source: "laboratory", instrument: null, eventAt: at, enteredAt: at, enteredBy: "operator", reason: null, basis: null, submission: null, late: null, ...change,
});
const record: BatchRecord = {
  site: { id: "basel", kind: "site", name: "Basel", code: "BAS", timeZone: "Europe/Zurich" }, product: { id: "P-1", name: "Test protein", strength: "1 g/L" }, master: { id: "M", version: 1, title: "Master", digest: "0" }, names: new Map([["operator", "O"]]),
  batch: {
    siteId: "basel", id: "B-1", productId: "P-1", masterId: "M", masterVersion: 1, masterDigest: "0", unitId: "U", scaleL: 2000, state: "qa_review", origin: "executed", plannedDurationH: 336, issuedAt: at, inoculatedAt: at, harvestedAt: null,
    completedAt: at, dueAt: at, priority: 1, quantityL: 1800.5, titerGL: 4.2, yieldPercent: 71.25, revision: 3, overlayVersion: null, overlayDigest: null, plannedStartAt: null, issuedBy: null, startedAt: null,
  },
  steps: [{
    siteId: "basel", batchId: "B-1", id: "5.1.1", position: 1, unitProcedure: "5", operation: "5.1", phase: "Sample", title: "Draw", detail: null, kind: "sample", state: "done", automatic: false,
    performedBy: "operator", performedAt: at, verifiedBy: "supervisor", verifiedAt: at, masterStep: null, after: null, verification: null, startedBy: null, startedAt: null, reason: null, dueAt: null,
  }],
  entries: [entry()],
  exceptions: [{
    siteId: "basel", batchId: "B-1", id: "EX-01", stepId: "5.1.1", parameter: "glucose", type: "out_of_trend", severity: "minor", state: "closed", title: "t", rule: "R", planned: "2 to 8", actual: "9", unit: "g/L", tag: null, windowFrom: null, windowTo: null,
    outsideMinutes: null, raisedAt: at, comment: null, commentBy: null, commentAt: null, decision: "ok", decidedBy: "qa", decidedAt: at, configurationVersion: null, raisedBy: null, blocks: null,
  }],
  materials: [], equipment: [], samples: [], results: [], attachments: [],
};

/** Every single value of a row, changed. */
const changes = (row: Record<string, unknown>): readonly Record<string, unknown>[] =>
  Object.entries(row).map(([name, value]) => ({ ...row, [name]: value instanceof Date ? new Date(value.getTime() + 1) : typeof value === "number" ? value + 0.5 : typeof value === "boolean" ? !value : `${String(value)}x` }));

describe("the digest of a record", () => {
  it("REQ-28 (21 CFR 11.70) changes with any single value of a step, an entry, an exception, the product or the master", () => {
    const changed = [
      ...changes(record.steps[0] ?? {}).map((row) => ({ ...record, steps: [row] })), ...changes(record.entries[0] ?? {}).map((row) => ({ ...record, entries: [row] })),
      ...changes(record.exceptions[0] ?? {}).map((row) => ({ ...record, exceptions: [row] })), ...changes(record.product).map((product) => ({ ...record, product })), ...changes(record.master ?? {}).map((master) => ({ ...record, master })),
      { ...record, steps: [] }, { ...record, entries: [] }, { ...record, exceptions: [] }, { ...record, entries: [...record.entries, entry({ version: 2 })] },
    ] as unknown as readonly BatchRecord[];
    const digests = changed.map(recordDigest);
    expect(digests.filter((digest) => digest === recordDigest(record))).toEqual([]);
    expect(new Set(digests).size).toBe(changed.length);
  });
  it("REQ-28 (21 CFR 11.70) changes with every fact of the batch, and with nothing that only comes to the record later", () => {
    const same = changes(record.batch).filter((batch) => recordDigest({ ...record, batch } as unknown as BatchRecord) === recordDigest(record));
    expect(same.flatMap((batch) => Object.keys(batch).filter((name) => batch[name] !== (record.batch as Record<string, unknown>)[name]))).toEqual(["state", "dueAt", "priority", "revision"]);
    expect(recordDigest({ ...record, names: new Map(), site: { ...record.site, name: "Basle" } })).toBe(recordDigest(record));
  });
  it("REQ-12 keeps every version of a value in the record that is signed", () => {
    const corrected = { ...record, entries: [entry({ value: "12.30" }), entry({ version: 2, reason: "Transcription" })] };
    expect(recordText(corrected)).toContain(`"value":"12.30"`);
  });
});

describe("who made a batch", () => {
  it("REQ-36 (21 CFR 211.188(b)(11)) is everybody who performed, verified or entered, and nobody else", () => {
    expect([...executorsOf(record)].sort()).toEqual(["operator", "supervisor"]);
    expect(executorsOf({ steps: record.steps.map((s) => ({ ...s, performedBy: null, verifiedBy: null })), entries: [entry({ enteredBy: null }), entry({ enteredBy: "analyst" })] })).toEqual(new Set(["analyst"]));
  });
});

describe("the entry that counts", () => {
  it("REQ-12 is the last version of each value of each step", () => {
    fc.assert(fc.property(fc.uniqueArray(fc.tuple(fc.constantFrom("1", "2"), fc.constantFrom("a", "b"), fc.integer({ min: 1, max: 6 })), { selector: (k) => k.join() }), (keys) => {
      const all = keys.map(([stepId, parameter, version]) => entry({ stepId, parameter, version })).sort((a, b) => a.version - b.version);
      const current = currentEntries(all);
      for (const e of current) expect(all.filter((o) => o.stepId === e.stepId && o.parameter === e.parameter && o.version > e.version)).toEqual([]);
      expect(current).toHaveLength(new Set(keys.map(([s, p]) => `${s}/${p}`)).size);
    }));
  });
});
