import { describe, expect, it } from "vitest";
import { batchesInDoubt, doubtOf, instrumentStandings, type LastCalibration, type MeasuredPoint, type UseLine } from "./calibration.ts";

const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const last = (unitId: string, tag: string | null, change: Partial<LastCalibration> = {}): LastCalibration => ({ unitId, parentId: null, tag, dueAt: day(300), passed: true, ...change });
const point = (unitId: string, tag: string, parentId: string | null = null): MeasuredPoint => ({ unitId, parentId, tag });
const names = (standings: ReturnType<typeof instrumentStandings>) => standings.map(({ tag, dueAt, passed }) => `${tag ?? "whole"} ${dueAt ? (passed ? "good" : "failed") : "never"}`);

describe("REQ-45 (21 CFR 211.68(a)) how the instruments of a unit stand", () => {
  it.each<[string, readonly LastCalibration[], readonly MeasuredPoint[], readonly string[]]>([
    ["nothing measures, nothing was calibrated", [], [], []], ["one calibrated instrument does not clear the others", [last("V", "ph")], [point("V", "ph"), point("V", "do")], ["ph good", "do never"]], ["a calibration of the unit as a whole covers all of it", [last("V", null)], [point("V", "ph"), point("V", "do")], ["whole good"]],
    ["one that failed as a whole covers nothing, and says so", [last("V", null, { passed: false })], [point("V", "ph")], ["whole failed"]], ["another unit's calibration is none of its own", [last("W", null)], [point("V", "ph")], ["ph never"]],
    ["a module is named, and its instruments are the unit's", [last("V-M", "flow", { parentId: "V" })], [point("V-M", "flow", "V"), point("V-M", "valve", "V")], ["V-M flow good", "V-M valve never"]], ["a module calibrated as a whole covers itself only", [last("V-M", null, { parentId: "V" })], [point("V-M", "flow", "V"), point("V", "ph")], ["V-M good", "ph never"]],
    ["the unit as a whole covers its modules", [last("V", null)], [point("V-M", "flow", "V")], ["whole good"]],
  ])("%s", (_, calibrated, measured, expected) => expect(names(instrumentStandings("V", calibrated, measured))).toEqual(expected));
  it("are a module's own when the module is looked at", () => expect(names(instrumentStandings("V-M", [last("V", "ph"), last("V-M", "flow", { parentId: "V" })], [point("V", "ph")]))).toEqual(["flow good"]));
});

describe("REQ-45 (21 CFR 211.68(a), 211.192) a failed calibration", () => {
  const line = (id: string, n: number, passed: "yes" | "no", tag: string | null = "ph") => ({ id, tag, performedAt: day(n), passed });
  const failed = line("f", 20, "no");
  it.each<[string, Parameters<typeof doubtOf>[1], Date | null, Date | null]>([
    ["is in doubt without end and beginning where there is no good one", [failed], null, null], ["begins at the last good one", [line("a", 1, "yes"), line("b", 10, "yes"), failed], day(10), null], ["ends at the next good one", [line("b", 10, "yes"), failed, line("c", 22, "yes"), line("d", 30, "yes")], day(10), day(22)],
    ["is not bounded by another instrument's, nor by one that failed too", [line("b", 10, "yes", "do"), line("c", 15, "no"), failed, line("d", 25, "yes", null)], null, null],
  ])("%s", (_, lines, since, until) => expect(doubtOf(failed, lines)).toEqual({ id: "f", since, until }));
  const bind = (batchId: string, n: number): UseLine => ({ batchId, at: day(n), event: "bind" });
  const release = (batchId: string, n: number): UseLine => ({ batchId, at: day(n), event: "release" });
  const uses = [bind("A", 1), release("A", 5), bind("B", 8), release("B", 12), bind("C", 14), release("C", 18), bind("D", 24), release("D", 26), bind("E", 28)];
  it.each<[string, Date | null, Date | null, readonly string[]]>([["from one good one to the next", day(10), day(22), ["B", "C"]], ["up to now", day(10), null, ["B", "C", "D", "E"]], ["from the beginning", null, day(22), ["A", "B", "C"]], ["touching at its ends only is none", day(12), day(24), ["C"]]])("touches the batches of its time %s", (_, since, until, expected) => expect(batchesInDoubt(uses, { since, until })).toEqual(expected));
  it("touches a batch once, however often it bound the unit", () => expect(batchesInDoubt([bind("A", 1), release("A", 5), bind("A", 8), release("A", 12)], { since: null, until: null })).toEqual(["A"]));
});
