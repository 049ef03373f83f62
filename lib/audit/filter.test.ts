import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auditAddress, auditFilter, auditKinds, auditViews, cursorOf, filterQuery, noFilter, placeOf, viewOf, type AuditFilter, type AuditView } from "./filter.ts";

const parse = (query: string): AuditFilter => auditFilter.parse(Object.fromEntries(new URLSearchParams(query)));
const text = fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).map((s) => s.trim()).filter((s) => s !== "" && s.isWellFormed() && !s.includes("\0"));
const flag = fc.boolean();
const anyFilter: fc.Arbitrary<AuditFilter> = fc.record({
  from: fc.constantFrom(undefined, "2026-02-28"), to: fc.constantFrom(undefined, "2028-02-29"), site: fc.option(text, { nil: undefined }), actor: fc.option(text, { nil: undefined }), batch: fc.option(text, { nil: undefined }), record: fc.option(text, { nil: undefined }), subject: fc.option(text, { nil: undefined }),
  event: fc.constantFrom(undefined, "record.signed" as const), kind: fc.constantFrom(...auditKinds), class: fc.constantFrom("critical" as const, "all" as const), after: flag, off: flag, late: flag, failed: flag, reason: fc.option(text, { nil: undefined }),
  older: fc.constantFrom(undefined, "1700000000000~00000000-0000-4000-8000-000000000001"), newer: fc.constant(undefined), entry: fc.option(fc.uuid(), { nil: undefined }),
});

describe("REQ-08 (Annex 11 §9) the filter of the trail", () => {
  it("stands in the address whole: a pasted link shows the same", () => {
    fc.assert(fc.property(anyFilter, (filter) => { expect(parse(filterQuery(filter))).toEqual(filter); }));
  });
  it("is never an error: what the address says that it does not know is dropped", () => {
    fc.assert(fc.property(fc.dictionary(fc.constantFrom("from", "to", "site", "kind", "class", "after", "older", "entry", "event", "reason", "x"), fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "2026-02-30", "0", "null", "\0", "\ud800", "2026-13-01~x", "0000-01-01", "999999999999999~00000000-0000-4000-8000-000000000001", `1~${"-".repeat(36)}`))), (query) => {
      const filter = auditFilter.parse(query);
      expect(parse(filterQuery(filter))).toEqual(filter);
    }));
    expect(auditFilter.parse({ from: "2026-02-30", kind: "x", class: "", older: "1~2", entry: "7", site: ["a", "b"] })).toEqual(noFilter);
  });
  it("begins with critical changes, creations hidden, and its address is then the plain one", () => {
    expect([noFilter.kind, noFilter.class, auditAddress(noFilter)]).toEqual(["no-creations", "critical", "/audit"]);
  });
  it("starts at the newest entry with nothing selected when it changes, and keeps its place when an entry is selected", () => {
    const filter = { ...noFilter, batch: "B", older: "1~00000000-0000-4000-8000-000000000001", entry: "00000000-0000-4000-8000-000000000002" };
    expect(auditAddress(filter, { site: "basel" })).toBe("/audit?site=basel&batch=B");
    expect(auditAddress(filter, { entry: "00000000-0000-4000-8000-000000000003" })).toContain("older=");
  });
  it("has the tab whose settings it has, and none beside them", () => {
    for (const view of Object.keys(auditViews) as AuditView[]) expect(viewOf({ ...noFilter, batch: "B", ...auditViews[view] })).toBe(view);
    expect(viewOf({ ...noFilter, off: true, after: true })).toBeUndefined();
  });
  it("names a place by time and id, to the millisecond", () => {
    fc.assert(fc.property(fc.date({ min: new Date(0), max: new Date("2099-01-01"), noInvalidDate: true }), fc.uuid(), (at, id) => { expect(placeOf(cursorOf({ at, id }))).toEqual({ at, id }); }));
  });
});
