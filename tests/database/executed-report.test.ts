import { randomUUID } from "node:crypto";
import { PDF } from "@libpdf/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyFile } from "#bin/verify/pdf.ts";
import { verifyBundle } from "#bin/verify/bundle.ts";
import { withSites } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import type { BatchRecord } from "#lib/batch/record.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { takeEvidence } from "#lib/evidence/commands.ts";
import { askReason, requestExport } from "#lib/report/export-commands.ts";
import { executionParts } from "#lib/report/execution-parts.ts";
import { readReport } from "#lib/report/queries.ts";
import { quantityText } from "#lib/report/numeral.ts";
import { shownSteps } from "#lib/report/shown-steps.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { storyActor } from "#tests/actors.ts";
import { reportScene, type Exported, type ReportScene } from "#tests/report-scene.ts";

const [siteId, batchId] = ["basel", "BAS-201-2601"];
let scene: ReportScene;
let auditor: Actor;
let record: BatchRecord;
let copy: Exported;
let printed: string;

/** Without spaces: where the reader joins lines of neighbouring columns it may lose one. */
const solid = (text: string): string => text.replaceAll(/[\s\u00a0\u2009]+/g, "");
const by = () => requirePermission(auditor, "report.read", siteId);

beforeAll(async () => {
  scene = await reportScene();
  auditor = await storyActor(scene.db.portal, "auditor@demo");
  record = await withSites(by(), (tx) => readRecord(tx, siteId, batchId));
  copy = await scene.make(auditor, siteId, () => withSites(by(), (tx) => requestExport(tx, by(), siteId, { kind: "batch-record", batchId, origin: null }, { now: new Date(), newId: randomUUID }), { reason: askReason }));
  printed = solid((await PDF.load(copy.bytes)).getPages().map((page) => page.extractText().text).join(" "));
});
afterAll(() => scene.close());

const missing = (texts: readonly string[]): readonly string[] => texts.filter((text) => !printed.includes(solid(text)));

describe("the printed record of a batch executed from a full master (21 CFR 211.188)", () => {
  it("REQ-02: names every lot with its quantity, every unit and every sample label", () => {
    expect([record.materials.length, record.equipment.length, record.samples.length].every((n) => n > 0)).toBe(true);
    expect(missing(record.materials.flatMap((use) => [`lot ${use.lotId}`, quantityText(use.quantity, use.unit)]))).toEqual([]);
    expect(missing(record.equipment.map((use) => `${use.unitId} bound as`))).toEqual([]);
    expect(missing(record.samples.map((sample) => `${sample.id}, ${sample.name}, drawn by`))).toEqual([]);
  });
  it("REQ-02: tells every line of what was done as the page tells it", async () => {
    const { master } = await withSites(by(), (tx) => readReport(tx, { siteId, batchId, key: publicHalf(scene.tools.attestation()) }, new Date()));
    expect(master?.full).toBeDefined();
    const lines = record.steps.flatMap((step) => executionParts(step, { record, master: master?.full }));
    expect(lines.length).toBeGreaterThan(record.steps.length / 2);
    // A file's digest is broken over lines wherever it must be; lines of files are not looked at here.
    expect(missing(lines.filter((part) => !part.file).map((part) => part.text))).toEqual([]);
  });
  it("REQ-02: shows each value as it was entered, with its unit", () => {
    expect(record.entries.length).toBeGreaterThan(0);
    expect(missing(record.entries.map((entry) => quantityText(entry.value, entry.unit)))).toEqual([]);
    expect(missing(record.exceptions.map((x) => `Exception ${x.id}`))).toEqual([]);
  });
  it("says who performed and who verified", () => {
    const people = new Set(record.steps.flatMap((step) => [step.performedBy, step.verifiedBy].flatMap((id) => (id ? [record.names.get(id) ?? id] : []))));
    expect(people.size).toBeGreaterThan(1);
    expect(missing([...people])).toEqual([]);
  });
  it("verifies with the evidence inside", async () => {
    expect((await verifyFile(copy.bytes)).verified).toBe(true);
  });
});

describe("the steps shown of a record", () => {
  it("are all of them, those with an exception, or those with a critical value", () => {
    const ids = (show: Parameters<typeof shownSteps>[1]) => shownSteps(record, show).map(({ step }) => step.id);
    expect(ids("all")).toEqual(record.steps.map((step) => step.id));
    expect(new Set(ids("exceptions"))).toEqual(new Set(record.exceptions.flatMap((x) => (x.stepId === null ? [] : [x.stepId]))));
    expect(ids("critical").length).toBeGreaterThan(0);
    expect(ids("critical").length).toBeLessThan(record.steps.length);
  });
});

describe("the evidence bundle of an executed batch", () => {
  it("REQ-01 (21 CFR 11.10(b)): verifies without a server, every check with its count", async () => {
    const outcome = await takeEvidence(by(), { siteId, batchId, reason: "evidence for the test", key: scene.tools.attestation }, scene.tools.moments);
    if (!outcome.ok) throw new Error(outcome.refusal);
    const report = verifyBundle(new TextEncoder().encode(outcome.value.text));
    expect(report.checks.filter((check) => !check.holds)).toEqual([]);
    expect(report.verified).toBe(true);
    expect(report.checks.find((check) => check.name === "entries")?.count).toBe(outcome.value.counts.entries);
  });
});
