import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { keyIdOfJwk } from "#lib/digest/digest.ts";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { withSites } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { csvCell, exportHolds, type ExportFormat, type ExportManifest } from "#lib/audit/export.ts";
import { exportReason, recordExport, writeExport } from "#lib/audit/export-commands.ts";
import { noFilter, type AuditFilter } from "#lib/audit/filter.ts";
import { countMatches } from "#lib/audit/queries.ts";
import { mulberry32 } from "#lib/simulator/random.ts";
import { actorWith } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { asOwner, fillTrail } from "#tests/trail.ts";

const everything = { ...noFilter, kind: "all", class: "all" } as const satisfies AuditFilter;
const auditor = actorWith({ basel: ["auditor"], raleigh: ["auditor"], singapore: ["auditor"], enterprise: ["auditor"] });
const key = () => inject("cluster").signingKey;
const publicKey = () => key().x ?? "";

let db: TestDatabase;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "veribatch-export-test-"));
  db = await freshDatabase("empty");
  providePortalDatabase(db.portal);
  await fillTrail(db, 400, mulberry32(11));
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await db.close();
});

/** After every entry of the test's trail, so that the entries about exports can be left out. */
const later = new Date("2099-12-31T12:00:00Z");
type Asked = { readonly filter: AuditFilter; readonly format: ExportFormat; readonly actor?: Actor; readonly limit?: number };
async function exported({ filter, format, actor = auditor, limit }: Asked) {
  const by = requirePermission(actor, "audit.read");
  const path = join(directory, `${randomUUID()}.${format}`);
  const outcome = await withSites(by, (tx) => writeExport(tx, by, { filter, format, path, at: new Date("2026-04-01T00:00:00Z") }, { headOf: async () => ({ size: 10, note: "note" }), key: key(), ...(limit ? { limit } : {}) }));
  if (outcome.ok) await withSites(by, (tx) => recordExport(tx, by, outcome.value, { now: later, newId: randomUUID }), { reason: exportReason });
  return { outcome, path, text: outcome.ok ? readFileSync(path, "utf8") : "" };
}
const counted = (filter: AuditFilter) => withSites(requirePermission(auditor, "audit.read"), (tx) => countMatches(tx, filter));
type JsonFile = { entries: readonly { number: number | null; site: string; canonical: string; digest: string; integrity: string }[]; manifest: ExportManifest; signature: string };

describe("an export of the trail", () => {
  it.each<[string, Partial<AuditFilter>]>([["as the list opens", noFilter], ["of everything", everything], ["of one site", { ...everything, site: "basel" }], ["by reason", { ...everything, reason: "second" }]])(
    "REQ-02 (21 CFR 11.10(b)) %s holds every entry that matches, says how many and from which number to which, in CSV as in JSON", async (_, change) => {
      const filter = { ...noFilter, ...change, to: "2099-12-30" };
      const due = filter.reason === undefined ? await counted(filter) : undefined;
      const json = await exported({ filter, format: "json" });
      const file = JSON.parse(json.text) as JsonFile;
      expect(file.entries.length).toBeGreaterThan(5);
      if (due !== undefined) expect(file.entries).toHaveLength(due);
      expect(file.manifest).toMatchObject({ count: file.entries.length, exportedBy: { id: auditor.id, role: "auditor" }, keyId: keyIdOfJwk({ x: publicKey() }) });
      for (const share of file.manifest.sites) {
        const numbers = file.entries.flatMap((e) => (e.site === share.siteId && e.number !== null ? [e.number] : []));
        expect([share.firstNumber, share.lastNumber, share.entries]).toEqual([Math.min(...numbers), Math.max(...numbers), file.entries.filter((e) => e.site === share.siteId).length]);
      }
      expect(file.manifest.sites.reduce((n, s) => n + s.entries, 0)).toBe(file.manifest.count);
      for (const e of file.entries) expect([createHash("sha256").update(`EBRLEAF/1\n${e.canonical}`).digest("hex"), e.integrity]).toEqual([e.digest, "holds"]);
      const csv = await exported({ filter, format: "csv" });
      const rows = parse(csv.text, { relax_column_count: true }) as string[][];
      expect(rows.at(-2)?.[0]).toBe("#manifest");
      const manifest = JSON.parse(rows.at(-2)?.[1] ?? "") as ExportManifest;
      expect([manifest.count, rows.length]).toEqual([file.manifest.count, file.manifest.count + 3]);
      expect(rows[0]?.length).toBe(rows[1]?.length);
    });

  it("REQ-08 (Annex 11 §9) leaves an entry with filter and count in the trail of each site it holds entries of", async () => {
    const { outcome } = await exported({ filter: { ...everything, actor: "ann" }, format: "csv" });
    if (!outcome.ok) throw new Error(outcome.refusal);
    const told = await asOwner(db, (tx) => tx.execute<{ site_id: string; detail: { filter: string; count: number }; actor_id: string }>(sql`select site_id, detail, actor_id from audit_entries where event = 'audit.exported' and detail ->> 'filter' = 'actor=ann&kind=all&class=all' order by site_id`));
    expect(told).toHaveLength(outcome.value.manifest.sites.length);
    expect(told.map((t) => [t.site_id, t.detail.count])).toEqual(outcome.value.manifest.sites.map((s) => [s.siteId, s.entries]));
    expect(told.every((t) => t.actor_id === auditor.id)).toBe(true);
  });
  it("REQ-04 (21 CFR 11.10(d)) by a person of Basel holds nothing of another site", async () => {
    const { text } = await exported({ filter: everything, format: "json", actor: actorWith({ basel: ["qa-manager"] }) });
    const { entries } = JSON.parse(text) as JsonFile;
    expect(new Set(entries.map((e) => e.site))).toEqual(new Set(["basel"]));
  });
  it("is refused with a sentence when too many match or none does, by filter and by reason, and then nothing is written down", async () => {
    const before = await counted(everything);
    expect(before).toBeGreaterThan(100);
    for (const filter of [everything, { ...everything, reason: "a" }]) expect((await exported({ filter, format: "csv", limit: 20 })).outcome).toEqual({ ok: false, refusal: "too-many" });
    expect((await exported({ filter: { ...everything, batch: "B-9" }, format: "csv" })).outcome).toEqual({ ok: false, refusal: "nothing" });
    expect(await counted(everything)).toBe(before);
  });
});

describe("the signature of an export", () => {
  it.each(["csv", "json"] as const)("REQ-24 (21 CFR 11.30) covers every byte of a %s file: any changed, added or removed one breaks it, and another key never signed it", async (format) => {
    const { text } = await exported({ filter: { ...noFilter, site: "basel" }, format });
    expect(exportHolds(text, publicKey())).toBe(true);
    expect(exportHolds(text, Buffer.alloc(32, 7).toString("base64url"))).toBe(false);
    const bytes = Buffer.from(text, "utf8");
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 7 }), fc.constantFrom("flip", "remove", "add"), (at, bit, how) => {
      const changed = how === "flip" ? Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte))) : Buffer.concat([bytes.subarray(0, at), ...(how === "add" ? [Buffer.from("x")] : []), bytes.subarray(how === "add" ? at : at + 1)]);
      expect(exportHolds(changed.toString("utf8"), publicKey())).toBe(false);
    }), { numRuns: 400 });
  });
  it("is checked by the two commands of the documentation", async () => {
    const documented = readFileSync("docs/audit-export.md", "utf8");
    const program = /node -e '([^']+)'/.exec(documented)?.[1] ?? "";
    expect(program.length).toBeGreaterThan(100);
    for (const format of ["csv", "json"] as const) {
      const { path, text, outcome } = await exported({ filter: noFilter, format });
      const said = () => execFileSync(process.execPath, ["-e", program, path, publicKey()], { encoding: "utf8" }).trim();
      const digest = execFileSync("sh", ["-c", `head -n -1 "${path}" | sha256sum`], { encoding: "utf8" }).split(" ")[0];
      expect(outcome.ok && outcome.value.digest).toBe(digest);
      expect(said()).toBe(`VERIFIED ${digest}`);
      writeFileSync(path, text.replace("transcription", "Transcription"));
      expect(said()).toBe("NOT VERIFIED");
    }
  });
});

describe("a cell of the CSV", () => {
  it("never begins a formula, and gives back what was put in", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.constantFrom("=1+1", "+1", "-1", "@x", "\t=1", " =1", "-2.5", "+41", "a,b", 'say "x"', "line\nbreak", "=cmd|' /C calc'!A0", "-", "−1")), (value) => {
      const cell = csvCell(value);
      const [[read] = [""]] = parse(`${cell},end\r\n`, { relax_quotes: false }) as string[][];
      const plain = read ?? "";
      expect([value, `'${value}`]).toContain(plain);
      expect(/^\s*[=+\-@]/.test(plain) && !/^[+-]?\d+(\.\d+)?$/.test(plain)).toBe(false);
    }), { numRuns: 1000 });
  });
});
