import { describe, expect, it } from "vitest";
import { smallMaster } from "#tests/small-master.ts";
import { masterRecord } from "./master-record.ts";
import { overlayBase, limitsFromForm, withLimits, withUnit } from "./overlay-form.ts";
import type { OverlayRow } from "./overlay-queries.ts";

const master = masterRecord.parse(smallMaster);
const ph = master.parameters.find((p) => p.id === "ph");
if (!ph?.limits.normal) throw new TypeError("the small master has no normal range of its pH");
const asTyped = (limits: typeof ph.limits): Map<string, string> => new Map(Object.entries(limits).flatMap(([name, value]): [string, string][] => typeof value === "number" ? [[name, String(value)]] : Object.entries(value ?? {}).map(([end, of]): [string, string] => [`${name}.${end}`, String(of)])));
const row = (state: OverlayRow["state"], version: number): OverlayRow => ({
  siteId: "basel", masterId: master.id, masterVersion: 1, version, state, digest: "", authors: [], submittedBy: null, reviewedBy: null, approvedBy: null, createdAt: new Date(0), effectiveAt: null, reason: "",
  canonical: JSON.stringify({ format: "EBROVL/1", siteId: "basel", masterId: master.id, masterVersion: 1, version, limits: [{ parameter: "ph", limits: { target: version } }], units: [] }),
});
const targetOf = (rows: readonly OverlayRow[]) => overlayBase(rows).limits[0]?.limits.target;

describe("REQ-35 what a form says of a site's overlay", () => {
  it("reads back the limits it was filled with, and an empty end as open", () => {
    expect(limitsFromForm(asTyped(ph.limits), ph)).toEqual({ ok: true, value: ph.limits });
    const typed = asTyped(ph.limits).set("normal.low", " ");
    expect(limitsFromForm(typed, ph)).toMatchObject({ ok: true, value: { normal: { high: ph.limits.normal?.high } } });
  });

  it("names the field that is no number, and never takes a range the master has not", () => {
    expect(limitsFromForm(asTyped(ph.limits).set("normal.high", "7,2"), ph)).toMatchObject({ ok: false, refusal: { field: "normal.high", sentence: "Normal, high: write a number with a point, for example 7.10." } });
    const { normal: _normal, ...rest } = ph.limits;
    const read = limitsFromForm(asTyped(ph.limits), { limits: rest });
    expect(read.ok && read.value.normal).toBeUndefined();
  });

  it("begins with the draft, else with what is effective, and with nothing after all was withdrawn", () => {
    expect(targetOf([row("draft", 3), row("effective", 2), row("superseded", 1)])).toBe(3);
    expect(targetOf([row("withdrawn", 3), row("effective", 2), row("superseded", 1)])).toBe(2);
    expect(overlayBase([row("withdrawn", 1)])).toEqual({ limits: [], units: [] });
    expect(overlayBase([])).toEqual({ limits: [], units: [] });
  });

  it("sets, replaces and takes back what a site says of one parameter or equipment, and leaves the others", () => {
    const begun = withLimits(withLimits({ limits: [], units: [] }, "temperature", { target: 37 }), "ph", { target: 7 });
    expect(begun.limits.map((one) => one.parameter)).toEqual(["ph", "temperature"]);
    expect(withLimits(begun, "ph", { target: 7.1 }).limits).toEqual([{ parameter: "ph", limits: { target: 7.1 } }, { parameter: "temperature", limits: { target: 37 } }]);
    expect(withLimits(begun, "ph", undefined).limits.map((one) => one.parameter)).toEqual(["temperature"]);
    const named = withUnit(withUnit(begun, "vessel", "MV-01"), "vessel", "MV-02");
    expect(named).toEqual({ limits: begun.limits, units: [{ equipment: "vessel", unitId: "MV-02" }] });
    expect(withUnit(named, "vessel", "").units).toEqual([]);
  });
});
