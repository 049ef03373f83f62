import { randomUUID } from "node:crypto";
import { PDF } from "@libpdf/core";
import { and, eq, inArray, like } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyFile } from "#bin/verify/pdf.ts";
import { verifyBundle } from "#bin/verify/bundle.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { attachmentContents } from "#db/schema/batch.ts";
import { calibrations, equipmentLog, tags } from "#db/schema/equipment.ts";
import { equipmentUses } from "#db/schema/execution.ts";
import { exports } from "#db/schema/export.ts";
import { segments } from "#db/schema/integrity.ts";
import { containers, lotMovements } from "#db/schema/material.ts";
import { processValues } from "#db/schema/telemetry.ts";
import { withProgramme, withSites } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import type { BatchRecord } from "#lib/batch/record.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { prepareEvidence, takeEvidence } from "#lib/evidence/commands.ts";
import type { Bundle } from "#lib/evidence/shape.ts";
import { sha256 } from "#lib/digest/digest.ts";
import { loadFaces } from "#lib/document/face.ts";
import { pagesOf } from "#lib/document/page.ts";
import type { PrintedDocument } from "#lib/document/model.ts";
import { rangeText } from "#lib/quantity/limit.ts";
import { placedSteps, type MasterRecord } from "#lib/recipe/master-record.ts";
import { printedRecord } from "#lib/report/batch-record.ts";
import { issuedRecord } from "#lib/report/issued-record.ts";
import { masterDocument } from "#lib/report/master-document.ts";
import { askReason, requestExport } from "#lib/report/export-commands.ts";
import { executionParts } from "#lib/report/execution-parts.ts";
import { readIssued, readMasterCopy, readReport } from "#lib/report/queries.ts";
import { numerals, quantityText } from "#lib/report/numeral.ts";
import { chargeRange } from "#lib/report/planned.ts";
import { shownSteps } from "#lib/report/shown-steps.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { storyActor } from "#tests/actors.ts";
import { playedBatch } from "#tests/played-batch.ts";
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
}, 600_000);
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

/** Text of a PDF without spaces. */
const textOf = async (bytes: Uint8Array): Promise<string> => solid((await PDF.load(bytes)).getPages().map((page) => page.extractText().text).join(" "));

/** Texts of a document that lie over each other. */
async function touching(document: PrintedDocument): Promise<readonly string[]> {
  const type = await loadFaces(process.cwd());
  return [...pagesOf(document, type)].flatMap((page) => {
    const texts = page.filter((mark) => mark.kind === "text");
    return texts.flatMap((a, i) => texts.slice(i + 1).filter((b) => Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 0.5 && Math.min(a.y, b.y) > Math.max(a.y - a.size * 0.7, b.y - b.size * 0.7) + 0.5).map((b) => `${a.text} / ${b.text}`));
  });
}

/** What a document says, in its order, without spaces: cells of a row one after the other, which a page shows side by side. */
function saidBy(document: PrintedDocument): string {
  const walk = (value: unknown): readonly string[] => {
    if (Array.isArray(value)) return value.flatMap(walk);
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([name, held]) => (name === "text" && typeof held === "string" ? [held] : walk(held)));
  };
  return solid(walk(document.blocks).join(" "));
}

/** Words of texts that a file does not show; lines of neighbouring columns come mixed out of a page, words do not. */
const lostWords = (texts: readonly string[], file: string): readonly string[] => [...new Set(texts.flatMap((one) => one.split(/[\s\u00a0]+/)))].filter((word) => word.length < 14 && !file.includes(solid(word)));

/** Every range of a parameter as it is printed, from the inside outwards. */
const rangesOf = ({ limits, precision }: MasterRecord["parameters"][number]): string =>
  (["normal", "alert", "action", "validated", "absolute"] as const).flatMap((name) => { const range = limits[name]; return range ? [`${name === "normal" ? "" : `${name === "validated" ? "proven acceptable" : name} `}${numerals(rangeText(range, precision))}`] : []; }).join(", ");

const masterTexts = (full: MasterRecord): readonly string[] => [
  ...full.parameters.flatMap((p) => [p.name, rangesOf(p)]), ...placedSteps(full).flatMap(({ number, step }) => [`${number} ${step.title}`, step.instruction, step.precaution ?? ""]), ...full.materials.flatMap((m) => [`${m.code} ${m.name}`, `${m.tolerance.low} to ${m.tolerance.high} %`]),
  ...full.equipment.map((e) => `class ${e.equipmentClass}`), ...full.samples.flatMap((one) => [one.name, one.point]), ...full.parameters.flatMap((p) => (p.formula ? [`= ${p.formula.text}`] : [])), full.theoreticalYield?.name ?? "", full.purpose, full.precautions ?? "",
];

describe("the issued record (21 CFR 211.188(a), 211.186(b))", () => {
  it("REQ-40 (21 CFR 211.188(a)): reproduces the frozen master: every step, parameter with each range, material, class, sample, formula; with a field for each and the digest on each page", async () => {
    const blank = await scene.make(auditor, siteId, () => withSites(by(), (tx) => requestExport(tx, by(), siteId, { kind: "issued-record", batchId, origin: null }, { now: new Date(), newId: randomUUID }), { reason: askReason }));
    const source = await withSites(by(), (tx) => readIssued(tx, siteId, batchId));
    const text = await textOf(blank.bytes);
    const full = source.master.full;
    if (!full) throw new Error("the batch has a full master");
    expect(full.parameters.length).toBeGreaterThan(20);
    const document = issuedRecord(source, { at: new Date(), by: "Eva Lindqvist", copy: 1 });
    expect(masterTexts(full).filter((one) => !saidBy(document).includes(solid(one)))).toEqual([]);
    expect(lostWords(masterTexts(full), text)).toEqual([]);
    expect(text.split("____").length).toBeGreaterThan(full.parameters.length + 2 * record.steps.length);
    expect([text.includes("Issued,blank"), text.includes("Notanaccuratereproduction"), text.includes(record.batch.masterDigest ?? "none"), blank.fileName]).toEqual([true, false, true, `${batchId}-issued-copy-1.pdf`]);
    // Nothing of the execution stands in it.
    expect(record.materials.filter((use) => text.includes(use.lotId))).toEqual([]);
    expect(record.entries.filter((entry) => entry.value.length > 3 && text.includes(solid(`${quantityText(entry.value, entry.unit)}by`)))).toEqual([]);
    const issuer = record.names.get(record.batch.issuedBy ?? "") ?? "nobody";
    expect(text).toContain(solid(`by ${issuer}`));
    expect(await touching(document)).toEqual([]);
  });
  it("REQ-05 (21 CFR 11.10(e)): is a numbered copy of its own kind, told in the trail with the master's digest", async () => {
    const [told] = await withSites(by(), (tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.siteId, siteId), eq(auditEntries.event, "issued-record.exported"), eq(auditEntries.batchId, batchId))));
    expect(told).toMatchObject({ actorName: "Eva Lindqvist", detail: { copy: 1, masterDigest: record.batch.masterDigest } });
    const kept = await withSites(by(), (tx) => tx.select({ copy: exports.copy }).from(exports).where(and(eq(exports.kind, "batch-record"), eq(exports.subjectId, batchId))));
    expect(kept.map((one) => one.copy)).toEqual([1]);
  });
  it("says so, and of which steps, where the batch's steps are not those of the master", async () => {
    const source = await withSites(by(), (tx) => readIssued(tx, siteId, batchId));
    const altered = { ...source, record: { ...source.record, steps: source.record.steps.map((step, i) => (i === 2 ? { ...step, detail: "Do something else" } : step)) } };
    const { blocks: [banner] } = issuedRecord(altered, { at: new Date(), by: "Eva Lindqvist", copy: 1 });
    expect(JSON.stringify(banner)).toContain(`Not an accurate reproduction: step ${record.steps[2]?.id} differs`);
  });
  it("of a master alone has the same layout and says that it is no batch record", async () => {
    const source = await withSites(by(), (tx) => readMasterCopy(tx, siteId, { masterId: record.batch.masterId ?? "", masterVersion: record.batch.masterVersion ?? 0 }));
    const document = masterDocument(source, { at: new Date(), by: "Eva Lindqvist", copy: 3 });
    expect(await touching(document)).toEqual([]);
    expect(document.header.stamps).toContain("Not a batch record");
    const made = await scene.make(auditor, siteId, () => withSites(by(), (tx) => requestExport(tx, by(), siteId, { kind: "master-record", masterId: source.full.id, masterVersion: source.full.version, origin: null }, { now: new Date(), newId: randomUUID }), { reason: askReason }));
    const text = await textOf(made.bytes);
    expect(masterTexts(source.full).filter((one) => !saidBy(document).includes(solid(one)))).toEqual([]);
    expect(lostWords(masterTexts(source.full), text)).toEqual([]);
  });
});

describe("a batch that went otherwise than planned, executed by the commands of real use", () => {
  const at = "raleigh";
  const proof = () => requirePermission(auditor, "report.read", at);
  let own: BatchRecord;
  let text: string;
  let document: PrintedDocument;
  let said: string;
  let bundle: Bundle;
  let full: MasterRecord;
  beforeAll(async () => {
    const start = new Date(Date.now() - 4 * 86_400_000);
    const { batchId: played } = await playedBatch(scene, at, { values: { "induction-density": "160.0" }, corrected: { "seed-volume": "The display was read a line too low" } }, start);
    own = await withSites(proof(), (tx) => readRecord(tx, at, played));
    const made = await scene.make(auditor, at, () => withSites(proof(), (tx) => requestExport(tx, proof(), at, { kind: "batch-record", batchId: played, origin: null }, { now: new Date(), newId: randomUUID }), { reason: askReason }));
    text = await textOf(made.bytes);
    expect((await verifyFile(made.bytes)).verified).toBe(true);
    const source = await withSites(proof(), (tx) => readReport(tx, { siteId: at, batchId: played, key: publicHalf(scene.tools.attestation()) }, new Date()));
    if (!source.master?.full) throw new Error("the batch has a full master");
    full = source.master.full;
    document = printedRecord(source, { at: new Date(), by: "Eva Lindqvist", copy: 1 });
    said = saidBy(document);
    expect(await touching(document)).toEqual([]);
    const outcome = await takeEvidence(proof(), { siteId: at, batchId: played, reason: "evidence for the test", key: scene.tools.attestation }, scene.tools.moments);
    if (!outcome.ok) throw new Error(outcome.refusal);
    expect(verifyBundle(new TextEncoder().encode(outcome.value.text)).checks.filter((check) => !check.holds)).toEqual([]);
    bundle = JSON.parse(outcome.value.text) as Bundle;
  }, 600_000);

  it("REQ-02: prints every range of every value, struck what was corrected, and the value outside its limits with its exception", () => {
    const out = own.exceptions.find((x) => x.parameter === "induction-density");
    const density = full.parameters.find((p) => p.id === "induction-density");
    expect(density && said.includes(solid(rangesOf(density)))).toBe(true);
    expect(full.parameters.map(rangesOf).filter((ranges) => ranges.includes("proven acceptable") && ranges.includes("absolute") && said.includes(solid(ranges))).length).toBeGreaterThan(3);
    expect(out).toBeDefined();
    expect(said).toContain(solid(`160.0 OD600 ${out?.id}`));
    expect([text.includes(solid("160.0 OD600")), text.includes(solid(`Exception ${out?.id}, ${out?.severity}`))]).toEqual([true, true]);
    const [first, second] = own.entries.filter((entry) => entry.parameter === "seed-volume");
    expect([first?.version, second?.version]).toEqual([1, 2]);
    expect(JSON.stringify(document.blocks)).toContain(JSON.stringify({ text: quantityText(first?.value ?? "", "L"), tone: "struck" }));
    expect(text).toContain(solid(`version 1 to 2: ${quantityText(first?.value ?? "", "L")} → ${quantityText(second?.value ?? "", "L")}. Reason: The display was read a line too low`));
  });
  it("REQ-02: prints what was planned beside what was charged, the units bound, and the yield with its percentage; started and completed, not inoculated and harvested", () => {
    const lots = full.materials.map((material) => ({ material, uses: own.materials.filter((use) => use.material === material.id) }));
    expect(lots.every(({ uses }) => uses.length > 0)).toBe(true);
    for (const { material, uses } of lots) {
      const planned = `${quantityText(String(material.quantity), material.unit)} ${material.tolerance.low} to ${material.tolerance.high} % ${chargeRange(material)}`;
      expect(said).toContain(solid(`${planned} ${quantityText(String(material.quantity), material.unit)} ${numerals((uses.at(-1)?.percentOfPlan ?? 0).toFixed(1))} % ${[...new Set(uses.map((use) => use.lotId))].join(", ")}`));
    }
    for (const use of own.equipment) expect(said).toContain(solid(`${use.unitId} step ${use.stepId}`));
    expect(text).toContain(solid(`${numerals(String(Math.round(8 * Number(own.batch.yieldPercent) * 1e4) / 1e4))} g`));
    expect([text.includes("Started"), text.includes("Completed"), text.includes("Inoculated"), text.includes("Harvested")]).toEqual([true, true, false, false]);
  });
  it("REQ-02: prints where a captured value comes from with its window, and plots every unit that was bound", () => {
    const captured = own.entries.flatMap((entry) => (entry.basis?.kind === "captured" ? [entry.basis] : []));
    expect(captured.length).toBeGreaterThan(3);
    for (const basis of captured) expect(text).toContain(solid(`Captured from ${basis.unitId} ${basis.tag},`));
    const plotted = document.blocks.flatMap((block) => (block.kind === "figure" ? [block.caption.runs.map((run) => run.text).join("")] : []));
    for (const unitId of new Set(captured.map((basis) => basis.unitId))) expect(plotted.filter((caption) => caption.startsWith(`${unitId}, `) && caption.includes("means of the good values")).length).toBeGreaterThan(0);
    expect(text).toContain("Measuredontheequipment");
  });
  it("REQ-02 (21 CFR 11.10(b)): has a bundle with steps, every version of every entry, exceptions, charges, uses, samples and results", () => {
    const held = JSON.parse(bundle.content.record) as Record<string, readonly Record<string, unknown>[]>;
    const of = (name: string, rows: readonly unknown[]) => [name, held[name]?.length, rows.length > 0] as const;
    expect([of("steps", own.steps), of("entries", own.entries), of("exceptions", own.exceptions), of("materials", own.materials), of("equipment", own.equipment), of("samples", own.samples), of("results", own.results), of("attachments", own.attachments)])
      .toEqual([["steps", own.steps], ["entries", own.entries], ["exceptions", own.exceptions], ["materials", own.materials], ["equipment", own.equipment], ["samples", own.samples], ["results", own.results], ["attachments", own.attachments]].map(([name, rows]) => [name, rows?.length, true]));
    expect(held["entries"]?.filter((entry) => entry["parameter"] === "seed-volume").map((entry) => entry["version"])).toEqual([1, 2]);
  });
  it("REQ-02 (21 CFR 11.10(b)): has the frozen master, the configuration that weighed its exceptions and the bytes of its files", async () => {
    const { documents = [], files = [] } = bundle.content;
    expect(documents.map((document) => [document.kind, document.id])).toEqual([["exception-configuration", "exceptions v1"], ["master", `${own.batch.masterId} v${own.batch.masterVersion}`]]);
    expect(documents[1]).toMatchObject({ digest: own.batch.masterDigest, signatures: [{ ordinal: 1 }, { ordinal: 2 }, { ordinal: 3 }] });
    const stored = await withSites(proof(), (tx) => tx.select().from(attachmentContents).where(inArray(attachmentContents.digest, own.attachments.map((file) => file.digest))));
    expect(stored.length).toBeGreaterThan(0);
    expect(files.map((file) => [file.digest, sha256(Buffer.from(file.content, "base64"))]).sort()).toEqual(stored.map((file) => [file.digest, file.digest]).sort());
  });
  it("REQ-02 (21 CFR 11.10(b)): tells of the lots charged with containers and movements, the units with their log and the calibrations valid then, and of the documents", async () => {
    const told = new Set([...bundle.content.entries, ...(bundle.content.related ?? []).flatMap((group) => group.entries)].map(({ canonical }) => { const { subjectType, subjectId } = JSON.parse(canonical) as Record<string, string>; return `${subjectType}/${subjectId}`; }));
    const rows = await withSites(proof(), async (tx) => {
      const lotIds = [...new Set(own.materials.map((use) => use.lotId))];
      const unitIds = [...new Set(own.equipment.map((use) => use.unitId))];
      return {
        lots: [...lotIds, own.batch.id], units: unitIds,
        containers: (await tx.select({ id: containers.id }).from(containers).where(inArray(containers.lotId, lotIds))).map((one) => one.id),
        lot_movements: (await tx.select({ id: lotMovements.id }).from(lotMovements).where(and(eq(lotMovements.siteId, at), eq(lotMovements.batchId, own.batch.id)))).map((one) => one.id),
        equipment_log: (await tx.select({ id: equipmentLog.id }).from(equipmentLog).where(and(eq(equipmentLog.siteId, at), eq(equipmentLog.batchId, own.batch.id)))).map((one) => one.id),
        calibrations: (await tx.select().from(calibrations).where(and(eq(calibrations.siteId, at), inArray(calibrations.unitId, unitIds)))).filter((one) => own.equipment.some((use) => use.unitId === one.unitId && one.performedAt <= use.boundAt && one.dueAt >= use.boundAt)).map((one) => one.id),
        equipment_uses: own.equipment.map((use) => `${own.batch.id}/${use.stepId}/${use.number}`), material_uses: own.materials.map((use) => `${own.batch.id}/${use.number}`),
        laboratory_samples: own.samples.map((one) => one.id), test_results: own.results.map((one) => `${one.sampleId}/${one.parameter}/${one.number}`), attachments: own.attachments.map((one) => one.id),
        master_batch_records: [`${own.batch.masterId}/${own.batch.masterVersion}`], exception_configurations: ["1"], signatures: [1, 2, 3].map((n) => `${own.batch.masterId} v${own.batch.masterVersion}/${n}`),
      };
    });
    expect(Object.entries(rows).filter(([, ids]) => ids.length === 0).map(([table]) => table)).toEqual([]);
    expect(Object.entries(rows).flatMap(([table, ids]) => ids.filter((id) => !told.has(`${table}/${id}`)).map((id) => `${table}/${id}`))).toEqual([]);
  });
  it("REQ-03 (21 CFR 11.10(c)): has sealed the readings of every unit it was bound to, for the time it was bound", async () => {
    const measured = [...new Set(own.entries.flatMap((entry) => (entry.basis?.kind === "captured" ? [entry.basis.unitId] : [])))].sort();
    expect(measured.length).toBeGreaterThan(1);
    expect([...new Set(bundle.content.segments.map((segment) => segment.unitId))].sort()).toEqual(expect.arrayContaining(measured));
    for (const segment of bundle.content.segments) {
      const windows = own.equipment.filter((use) => use.unitId === segment.unitId);
      const times = (JSON.parse(segment.text) as { at: string }[]).map((reading) => new Date(reading.at));
      expect(times.every((time) => windows.some((use) => time >= use.boundAt && use.releasedAt !== null && time <= use.releasedAt))).toBe(true);
    }
  });
});

describe("an aborted batch", () => {
  it("REQ-03 (21 CFR 11.10(c)): ends at the abort: what its unit measured afterwards is not its own", async () => {
    const at = "singapore";
    const { batchId: aborted, endedAt } = await playedBatch(scene, at, { abort: { before: "capture-expression", reason: "Power failed, the culture is lost" } }, new Date(Date.now() - 4 * 86_400_000));
    const proof = requirePermission(auditor, "report.read", at);
    const [use] = await withSites(proof, (tx) => tx.select().from(equipmentUses).where(and(eq(equipmentUses.siteId, at), eq(equipmentUses.batchId, aborted), like(equipmentUses.unitId, "FM-%"))));
    if (!use) throw new Error("the batch was bound to its fermenter");
    await withProgramme(scene.db.owner, "story", [at], async (tx) => {
      // Released long after, as where nobody came to it at once; and measured meanwhile.
      await tx.update(equipmentUses).set({ releasedAt: new Date(endedAt.getTime() + 2 * 86_400_000) }).where(and(eq(equipmentUses.siteId, at), eq(equipmentUses.batchId, aborted)));
      const [tag] = await tx.select().from(tags).where(and(eq(tags.siteId, at), eq(tags.unitId, use.unitId), eq(tags.tag, "temperature")));
      if (!tag) throw new Error("a fermenter has its temperature");
      const later = [10, 60, 24 * 60].map((minutes) => new Date(endedAt.getTime() + minutes * 60_000));
      await tx.insert(processValues).values(later.map((time) => ({ siteId: at, unitId: use.unitId, tag: tag.tag, at: time, value: 20, quality: "good" as const, origin: "online" as const, recordedAt: time })));
    }, { reason: "a unit nobody released" });
    const prepared = await prepareEvidence(proof, { siteId: at, batchId: aborted }, scene.tools.moments);
    expect(prepared).toMatchObject({ ok: true, value: { sealing: { runs: false } } });
    const made = await takeEvidence(proof, { siteId: at, batchId: aborted, reason: "evidence for the test", key: scene.tools.attestation }, scene.tools.moments);
    if (!made.ok) throw new Error(made.refusal);
    const { content } = JSON.parse(made.value.text) as Bundle;
    const times = content.segments.flatMap((segment) => (JSON.parse(segment.text) as { at: string }[]).map((reading) => reading.at));
    expect(times.length).toBeGreaterThan(10);
    expect(times.filter((time) => new Date(time) > endedAt)).toEqual([]);
    const sealed = await withSites(proof, (tx) => tx.select().from(segments).where(and(eq(segments.siteId, at), eq(segments.batchId, aborted))));
    expect(sealed).toHaveLength(content.segments.length);
    expect(verifyBundle(new TextEncoder().encode(made.value.text)).verified).toBe(true);
  }, 600_000);
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
