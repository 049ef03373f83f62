import { randomUUID } from "node:crypto";
import { PDF } from "@libpdf/core";
import { and, asc, eq } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyFile } from "#bin/verify/pdf.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { exports } from "#db/schema/export.ts";
import { withProgramme, withSites } from "#db/scope.ts";
import { NotFound, requirePermission, type Actor } from "#lib/access/actor.ts";
import { roleName } from "#lib/access/permission.ts";
import { digestOf, sha256 } from "#lib/digest/digest.ts";
import { loadFaces } from "#lib/document/face.ts";
import { pagesOf } from "#lib/document/page.ts";
import { printedRecord } from "#lib/report/batch-record.ts";
import { askReason, claimExport, noteProgress, requestExport, resumeExports, takeCopy } from "#lib/report/export-commands.ts";
import { exportOf } from "#lib/report/export-queries.ts";
import { makeExport } from "#lib/report/make-commands.ts";
import { quantityText } from "#lib/report/numeral.ts";
import { readReport } from "#lib/report/queries.ts";
import type { ReportSource } from "#lib/report/report-source.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { meaningName } from "#lib/signature/meaning.ts";
import { storyActor } from "#tests/actors.ts";
import { reportScene, type Exported, type ReportScene } from "#tests/report-scene.ts";

let scene: ReportScene;
let auditor: Actor;

beforeAll(async () => {
  scene = await reportScene();
  auditor = await storyActor(scene.db.portal, "auditor@demo");
});
afterAll(() => scene.close());

const proof = (...sites: readonly string[]) => requirePermission({ ...auditor, rolesBySite: new Map(sites.map((site) => [site, ["auditor"] as const])) }, "report.read");
const of = (batchId: string, siteId = "basel") => ({ siteId, batchId, key: publicHalf(scene.tools.attestation()) });
const ask = (batchId: string, siteId = "basel") => {
  const by = proof(siteId);
  return withSites(by, (tx) => requestExport(tx, by, siteId, { kind: "batch-record", batchId, origin: null }, { now: new Date(), newId: randomUUID }), { reason: askReason });
};
const exported = (batchId: string, siteId = "basel"): Promise<Exported> => scene.make(auditor, siteId, () => ask(batchId, siteId));
const source = (batchId: string, siteId = "basel"): Promise<ReportSource> => withSites(proof(siteId), (tx) => readReport(tx, of(batchId, siteId), new Date()));

type Read = { readonly pages: readonly string[]; readonly text: string; readonly attachment: (name: string) => string };
/** What a reader of the file can search: its text by page, a line break told from a space no more. */
async function read(bytes: Uint8Array): Promise<Read> {
  const pdf = await PDF.load(bytes);
  const pages = pdf.getPages().map((page) => page.extractText().text.replaceAll(/[\s\u00a0]+/g, " "));
  return { pages, text: pages.join(" "), attachment: (name) => new TextDecoder().decode(pdf.attachments.get(name) ?? new Uint8Array()) };
}
const spaced = (text: string): string => text.replaceAll(/[\s\u00a0]+/g, " ");
/** Without spaces at all: where the reader joins lines of neighbouring columns it may lose one. */
const solid = (text: string): string => text.replaceAll(/[\s\u00a0\u2009]+/g, "");

/** Clock times in a text that no zone follows; a UTC time in brackets ends with Z. */
const unzoned = (text: string): readonly string[] =>
  [...text.matchAll(/\d{2}:\d{2}(?::\d{2}(?:\.\d{3})?)?/g)].filter((m) => !/^(?:Z| [A-Z]{2,5}(?![A-Z])| GMT[+-]\d)/.test(text.slice(m.index + m[0].length))).map((m) => text.slice(Math.max(0, m.index - 20), m.index + 20));

describe.each(["BAS-101-2607", "BAS-101-2608"])("the printed record of %s", (batchId) => {
  let file: Exported;
  let printed: Read;
  let from: ReportSource;
  beforeAll(async () => {
    from = await source(batchId);
    file = await exported(batchId);
    printed = await read(file.bytes);
  });

  it("REQ-2 (21 CFR 11.10(b), 211.180(c)): holds every step with its title, and every value with its unit", () => {
    const { record } = from.file;
    expect(record.steps.length).toBeGreaterThan(50);
    expect(record.steps.filter((s) => !printed.text.includes(`${s.id}`) || !solid(printed.text).includes(solid(s.title))).map((s) => s.id)).toEqual([]);
    expect(record.entries.filter((e) => !solid(printed.text).includes(solid(quantityText(e.value, e.unit)))).map((e) => `${e.stepId} ${e.parameter}`)).toEqual([]);
  });
  it("REQ-2: holds every old value beside its correction with who, when and why", () => {
    for (const entry of from.file.record.entries.filter((e) => e.version > 1)) {
      const before = from.file.record.entries.find((e) => e.stepId === entry.stepId && e.parameter === entry.parameter && e.version === entry.version - 1);
      expect(printed.text).toContain(spaced(`${quantityText(before?.value ?? "", entry.unit)} → ${quantityText(entry.value, entry.unit)}`));
      expect(solid(printed.text)).toContain(solid(`Reason: ${entry.reason}`));
    }
  });
  it("REQ-2: tells each exception with rule, words and decision, and shows the trend of each that names a tag", () => {
    for (const x of from.file.record.exceptions) {
      for (const wanted of [`Exception ${x.id}, ${x.severity}: ${x.title}`, `rule ${x.rule}, ${x.state}`]) expect(solid(printed.text)).toContain(solid(wanted));
      if (x.tag && x.windowFrom) expect(solid(printed.text)).toContain(solid(`Figure ${x.id}. ${from.file.record.batch.unitId}`));
    }
  });
  it("REQ-27 (21 CFR 11.50): shows name, role, time with zone and in UTC, and meaning of every signature, and that the story's were planted", () => {
    expect(from.file.signatures.length).toBeGreaterThan(0);
    for (const s of from.file.signatures) {
      for (const wanted of [meaningName[s.meaning], s.printedName, roleName[s.role], s.userName, `UTC ${s.signedAt.toISOString()}`, s.digest]) expect(printed.text).toContain(wanted);
      expect(solid(printed.text)).toContain(solid(`Reason: ${s.reason}. Comment: “${s.comment}”`));
    }
    expect(printed.text).toContain("nobody re-authenticated");
  });
  it("REQ-40 (21 CFR 211.188): names master version and digest, and carries state, copy, digest and page number on each page", () => {
    const { record, digest } = from.file;
    expect(printed.text).toContain(`${record.master?.id} version ${record.master?.version}`);
    expect(printed.text).toContain(record.master?.digest);
    expect(printed.pages).toHaveLength(file.pages);
    for (const [i, page] of printed.pages.entries()) for (const wanted of ["Not released", `Copy ${file.copy}`, digest, `Page ${i + 1} of ${file.pages}`, "Paper is a copy"]) expect(page).toContain(wanted);
  });
  it("REQ-7 (PI 041 9.8): holds no time without its zone", () => {
    expect(unzoned("taken 2026-03-01 18:00 and")).toHaveLength(1);
    expect(unzoned(printed.text)).toEqual([]);
  });
  it("REQ-2: carries the canonical record and the signatures as files inside", () => {
    expect(digestOf("EBRREC/1", printed.attachment("record.json"))).toBe(from.file.digest);
    expect(JSON.parse(printed.attachment("signatures.json")).signatures.map((s: { digest: string }) => s.digest)).toEqual(from.file.signatures.map((s) => s.digest));
  });
  it("lets nothing overlap on any page", async () => {
    const type = await loadFaces(process.cwd());
    for (const page of pagesOf(printedRecord(from, { at: new Date(), by: "Eva Lindqvist", copy: 1 }), type)) {
      const texts = page.filter((mark) => mark.kind === "text");
      const touching = texts.flatMap((a, i) => texts.slice(i + 1).filter((b) => Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 0.5 && Math.min(a.y, b.y) > Math.max(a.y - a.size * 0.7, b.y - b.size * 0.7) + 0.5).map((b) => `${a.text} / ${b.text}`));
      expect(touching).toEqual([]);
    }
  });
  it("REQ-02 (211.180(c)): carries its evidence, which a program without our server verifies together with the seal of the whole file", async () => {
    const report = await verifyFile(file.bytes);
    expect(report.checks.filter((check) => !check.holds)).toEqual([]);
    expect(report.verified).toBe(true);
    expect(report.checks.map((check) => check.name)).toContain("pdf");
    const { manifest } = JSON.parse(printed.attachment("evidence.json"));
    expect(manifest).toMatchObject({ copy: file.copy, recordDigest: from.file.digest, exportedBy: { name: "Eva Lindqvist", role: "auditor" } });
  });
  it("names on each page who took it and the head of the ledger it was made under", () => {
    const bundle = JSON.parse(printed.attachment("evidence.json"));
    const [origin, size, root] = bundle.content.checkpoints.at(-1).note.split("\n");
    const hex = Buffer.from(root, "base64").toString("hex");
    for (const page of printed.pages) {
      expect(page).toContain("by Eva Lindqvist");
      expect(solid(page)).toContain(solid(`Checkpoint ${size} of ${origin}`));
      expect(solid(page)).toContain(`${hex.slice(0, 16)}…${hex.slice(-12)},co-signedby`);
    }
  });
  it("REQ-02: prints every act and change of the audit trail with old and new, and counts what was created", async () => {
    const rows = await withSites(proof("basel"), (tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.siteId, "basel"), eq(auditEntries.batchId, batchId))).orderBy(asc(auditEntries.seq)));
    const own = rows.find((row) => row.event === "report.exported" && (row.detail as { copy?: number }).copy === file.copy);
    const listed = rows.filter((row) => row.kind !== "creation" && row.seq < (own?.seq ?? 0));
    expect(listed.length).toBeGreaterThan(0);
    expect(listed.filter((row) => !solid(printed.text).includes(row.digest))).toEqual([]);
    const { trail } = await source(batchId);
    for (const row of trail.rows.filter((r) => listed.some((l) => l.id === r.id))) for (const field of row.fields) expect(solid(printed.text)).toContain(solid(`${field.name}: ${field.old ?? "none"} → ${field.new ?? "none"}`));
    const created = rows.filter((row) => row.kind === "creation").length;
    expect(trail.created.reduce((sum, c) => sum + c.n, 0)).toBe(created);
    expect(solid(printed.text)).toContain(`${created}rowswerecreated`);
  });
});

describe("the seal of a document", () => {
  it("REQ-01 (21 CFR 11.10(a)): is broken by a changed byte anywhere, and by anything appended", async () => {
    const { bytes } = await exported("BAS-101-2607");
    const sealHolds = async (file: Uint8Array): Promise<boolean> => (await verifyFile(file)).checks.some((check) => check.name === "pdf" && check.holds);
    expect(await sealHolds(bytes)).toBe(true);
    const from = Buffer.from(bytes).indexOf("/Contents <") + 11;
    const zeros = Buffer.from(bytes).indexOf("00000000".repeat(8), from);
    const places = [...Array.from({ length: 40 }, (_, i) => Math.floor(((i + 0.5) * bytes.length) / 40)), 9, from + 20, zeros + 16, bytes.length - 2];
    for (const place of places) {
      const changed = Uint8Array.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect([place, await sealHolds(changed)]).toEqual([place, false]);
    }
    expect(await sealHolds(Uint8Array.from([...bytes, 10]))).toBe(false);
  });
});

describe("copies of a record", () => {
  const trail = (batchId: string) => withSites(proof("raleigh"), (tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.batchId, batchId), eq(auditEntries.event, "report.exported"))).orderBy(asc(auditEntries.seq)));
  const viewOf = (siteId: string, id: string, actor: Actor = auditor) => withSites(requirePermission(actor, "report.read", siteId), (tx) => exportOf(tx, actor, siteId, id));

  it("REQ-02: are numbered, kept as handed out and written down with it", async () => {
    const batchId = "RAL-101-2606";
    const first = await exported(batchId, "raleigh");
    const second = await exported(batchId, "raleigh");
    expect([first, second].map((e) => e.copy)).toEqual([1, 2]);
    expect(first.fileName).toBe("RAL-101-2606-EBR-copy-1.pdf");
    const entries = await trail(batchId);
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({ subjectType: "report", subjectId: batchId, actorName: "Eva Lindqvist", role: "auditor", detail: { copy: 1, pages: first.pages, fileDigest: sha256(first.bytes) } });
    expect((await read(second.bytes)).text).toContain(sha256(first.bytes));
  });
  it("never take one number, however many ask at once", async () => {
    const asked = await Promise.all(Array.from({ length: 12 }, () => ask("RAL-101-2605", "raleigh")));
    expect(asked.map((a) => a.copy).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    await scene.drop("raleigh", asked.map((a) => a.id));
  });
  it("can be taken away by the person they were made for and by nobody else", async () => {
    const { siteId, id, digest, copy } = await exported("RAL-101-2605", "raleigh");
    const other = await storyActor(scene.db.portal, "qa.manager@demo");
    const fileFor = (actor: Actor) => {
      const by = requirePermission(actor, "report.read", siteId);
      return withSites(by, (tx) => takeCopy(tx, by, { siteId, id }, { now: new Date(), newId: randomUUID }), { reason: "test" });
    };
    expect(sha256((await fileFor(auditor))?.bytes ?? new Uint8Array())).toBe(digest);
    expect(await viewOf(siteId, id, other)).toMatchObject({ own: false, state: "done" });
    expect(await fileFor(other)).toBeUndefined();
    const taken = await withProgramme(scene.db.portal, "export", [siteId], (tx) => tx.select({ detail: auditEntries.detail, by: auditEntries.actorName }).from(auditEntries).where(eq(auditEntries.event, "copy.taken")));
    expect(taken).toEqual([{ detail: { copy, fileDigest: digest }, by: "Eva Lindqvist" }]);
  });
  it("of a released batch say so, and by whom", async () => {
    const { pages, text } = await read((await exported("RAL-101-2601", "raleigh")).bytes);
    expect(pages.every((page) => page.includes("Released") && !page.includes("Not released"))).toBe(true);
    expect(text).toContain("Approved for release by");
  });
  it("of another site's batch do not exist, and leave no trace", async () => {
    const by = proof("raleigh");
    const asked = { kind: "batch-record", batchId: "BAS-101-2601", origin: null } as const;
    await expect(withSites(by, (tx) => requestExport(tx, by, "basel", asked, { now: new Date(), newId: randomUUID }), { reason: askReason })).rejects.toBeInstanceOf(NotFound);
    const left = await withProgramme(scene.db.portal, "export", ["basel"], (tx) => tx.select().from(exports).where(eq(exports.subjectId, "BAS-101-2601")));
    expect(left).toEqual([]);
  });
  it("are not made any more when the right was revoked in between; the copy says so", async () => {
    const { siteId, id } = await scene.asFormer(() => ask("RAL-101-2604", "raleigh"), "raleigh");
    expect(await viewOf(siteId, id)).toMatchObject({ state: "failed", failure: expect.stringContaining("right to take this copy") });
    expect(await trail("RAL-101-2604")).toEqual([]);
  });
  it("REQ-01 (21 CFR 11.10(a)): say on each page that integrity failed when a stored signature was altered", async () => {
    const superuser = postgres(scene.db.superuserUrl, { max: 1, onnotice: () => {} });
    await superuser.unsafe("set session_replication_role = replica; update signatures set printed_name = 'Somebody Else' where batch_id = 'SIN-101-2601' and ordinal = 1");
    await superuser.end();
    const { pages, text } = await read((await exported("SIN-101-2601", "singapore")).bytes);
    expect(pages.every((page) => page.includes("Integrity failed"))).toBe(true);
    expect(text).toContain("Verification fails");
  });
  it("say that the evidence is not inside while the ledger stands still, and are sealed all the same", async () => {
    const file = await scene.ledgerAway(() => exported("BAS-101-2606"));
    const { text, attachment } = await read(file.bytes);
    expect(solid(text)).toContain(solid("is not in this file: the ledger had not yet given every entry about the batch its place"));
    expect(attachment("evidence.json")).toBe("");
    expect((await verifyFile(file.bytes)).verified).toBe(false);
    await scene.sequence();
  });
});

describe("a copy that was being made when the portal was killed", () => {
  it("is taken up again once, and has failed after the second time", async () => {
    const { siteId, id } = await ask("BAS-101-2605");
    const state = async () => (await withSites(proof("basel"), (tx) => exportOf(tx, auditor, siteId, id)));
    const job = await claimExport(scene.db.portal, new Date());
    if (!job) throw new Error("nothing to claim");
    await noteProgress(scene.db.portal, job, 3, 10);
    expect(await state()).toMatchObject({ state: "running", progress: 3, total: 10 });
    expect(await resumeExports(scene.db.portal, new Date())).toEqual({ waiting: 1, failed: 0 });
    expect(await state()).toMatchObject({ state: "waiting", progress: 0, failure: expect.stringContaining("taken up again") });
    expect((await claimExport(scene.db.portal, new Date()))?.id).toBe(id);
    expect(await resumeExports(scene.db.portal, new Date())).toEqual({ waiting: 0, failed: 1 });
    expect(await state()).toMatchObject({ state: "failed", failure: expect.stringContaining("stopped twice") });
    expect(await claimExport(scene.db.portal, new Date())).toBeUndefined();
  });
  it("cannot be finished by whoever was thought dead: no second audit entry, no bytes", async () => {
    const { siteId, id } = await ask("BAS-101-2605");
    const job = await claimExport(scene.db.portal, new Date());
    if (!job) throw new Error("nothing to claim");
    await resumeExports(scene.db.portal, new Date());
    const outcome = await makeExport(job, scene.tools);
    expect(outcome).toMatchObject({ made: false });
    const entries = await withSites(proof("basel"), (tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.event, "report.exported"), eq(auditEntries.subjectId, "BAS-101-2605"))));
    expect(entries).toEqual([]);
    expect(await withSites(proof("basel"), (tx) => exportOf(tx, auditor, siteId, id))).toMatchObject({ state: "waiting", digest: null });
    await scene.drop("basel", [id]);
  });
});
