import { randomUUID } from "node:crypto";
import { PDF } from "@libpdf/core";
import { and, asc, eq } from "drizzle-orm";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoPeople } from "#bin/portal/demo-people.ts";
import { providePortalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { withSites } from "#db/scope.ts";
import { plantStory } from "#db/seed/story.ts";
import { NotFound, requirePermission, type Actor } from "#lib/access/actor.ts";
import { roleName, type Role } from "#lib/access/permission.ts";
import { digestOf, sha256 } from "#lib/digest/digest.ts";
import { loadFaces } from "#lib/document/face.ts";
import { pagesOf } from "#lib/document/page.ts";
import { printedRecord } from "#lib/report/batch-record.ts";
import { exportReason, exportReport, type ExportedReport } from "#lib/report/commands.ts";
import { quantityText } from "#lib/report/numeral.ts";
import { readReport } from "#lib/report/queries.ts";
import type { ReportSource } from "#lib/report/report-source.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { meaningName } from "#lib/signature/meaning.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

const now = new Date("2026-03-16T13:05:41Z");
let db: TestDatabase;
let key: JWK;

beforeAll(async () => {
  db = await freshDatabase();
  const { privateKey } = await generateKeyPair("Ed25519", { extractable: true });
  key = { ...(await exportJWK(privateKey)), kid: "test" };
  await plantStory({ ownerUrl: db.ownerUrl, people: demoPeople, issuer: "https://issuer.test", signingKey: key, sourceKeys: {}, now, say: () => {} });
  providePortalDatabase(db.portal);
});
afterAll(() => db.close());

const auditor = (...sites: readonly string[]): Actor => ({ id: "00000000-0000-4000-8000-000000000001", printedName: "Eva Lindqvist", userName: "auditor@demo", subject: "auditor", rolesBySite: new Map(sites.map((site) => [site, ["auditor"] satisfies Role[]])) });
const proof = (...sites: readonly string[]) => requirePermission(auditor(...sites), "report.read");
const of = (batchId: string, siteId = "basel") => ({ siteId, batchId, key: publicHalf(key) });

const exported = (batchId: string, siteId = "basel"): Promise<ExportedReport> => {
  const by = proof(siteId);
  return withSites(by, (tx) => exportReport(tx, by, of(batchId, siteId), { now, newId: randomUUID }), { reason: exportReason });
};
const source = (batchId: string, siteId = "basel"): Promise<ReportSource> => withSites(proof(siteId), (tx) => readReport(tx, of(batchId, siteId), now));

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
  [...text.matchAll(/\d{2}:\d{2}(?::\d{2}(?:\.\d{3})?)?/g)].filter((m) => !/^(?:Z| [A-Z]{2,5}\b| GMT[+-]\d)/.test(text.slice(m.index + m[0].length))).map((m) => text.slice(Math.max(0, m.index - 20), m.index + 20));

describe.each(["BAS-101-2607", "BAS-101-2608"])("the printed record of %s", (batchId) => {
  let file: ExportedReport;
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
    for (const page of pagesOf(printedRecord(from, { at: now, by: "Eva Lindqvist", copy: 1 }), type)) {
      const texts = page.filter((mark) => mark.kind === "text");
      const touching = texts.flatMap((a, i) => texts.slice(i + 1).filter((b) => Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 0.5 && Math.min(a.y, b.y) > Math.max(a.y - a.size * 0.7, b.y - b.size * 0.7) + 0.5).map((b) => `${a.text} / ${b.text}`));
      expect(touching).toEqual([]);
    }
  });
});

describe("copies of a record", () => {
  const trail = (batchId: string) => withSites(proof("raleigh"), (tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.batchId, batchId), eq(auditEntries.event, "report.exported"))).orderBy(asc(auditEntries.seq)));

  it("REQ-2: are numbered and written down, also when two people export at once", async () => {
    const batchId = "RAL-101-2606";
    const first = await exported(batchId, "raleigh");
    const both = await Promise.all([exported(batchId, "raleigh"), exported(batchId, "raleigh")]);
    expect(first).toMatchObject({ copy: 1, fileName: "RAL-101-2606-EBR-copy-1.pdf" });
    expect(both.map((e) => e.copy).sort()).toEqual([2, 3]);
    const entries = await trail(batchId);
    expect(entries).toHaveLength(3);
    expect(entries[0]).toMatchObject({ subjectType: "report", subjectId: batchId, actorName: "Eva Lindqvist", role: "auditor", detail: { copy: 1, pages: first.pages, fileDigest: sha256(first.bytes) } });
    expect((await read(both[0].bytes)).text).toContain(sha256(first.bytes));
  });
  it("of a released batch say so, and by whom", async () => {
    const { pages, text } = await read((await exported("RAL-101-2601", "raleigh")).bytes);
    expect(pages.every((page) => page.includes("Released") && !page.includes("Not released"))).toBe(true);
    expect(text).toContain("Approved for release by");
  });
  it("of another site's batch do not exist, and leave no trace", async () => {
    const by = proof("raleigh");
    const trailOfBasel = () => withSites(proof("basel"), (tx) => tx.select().from(auditEntries).where(eq(auditEntries.batchId, "BAS-101-2601")).orderBy(asc(auditEntries.seq)));
    const before = await trailOfBasel();
    await expect(withSites(by, (tx) => exportReport(tx, by, of("BAS-101-2601"), { now, newId: randomUUID }), { reason: exportReason })).rejects.toBeInstanceOf(NotFound);
    expect(await trailOfBasel()).toEqual(before);
    expect(before.filter((e) => e.event === "report.exported")).toEqual([]);
    expect(before.length).toBeGreaterThan(0);
  });
  it("REQ-1 (21 CFR 11.10(a)): say on each page that integrity failed when a stored signature was altered", async () => {
    const superuser = postgres(db.superuserUrl, { max: 1, onnotice: () => {} });
    await superuser.unsafe("set session_replication_role = replica; update signatures set printed_name = 'Somebody Else' where batch_id = 'SIN-101-2601' and ordinal = 1");
    await superuser.end();
    const { pages, text } = await read((await exported("SIN-101-2601", "singapore")).bytes);
    expect(pages.every((page) => page.includes("Integrity failed"))).toBe(true);
    expect(text).toContain("Verification fails");
  });
});
