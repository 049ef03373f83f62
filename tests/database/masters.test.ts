import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { and, asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { masterBatchRecords, products } from "#db/schema/recipe.ts";
import { withOwnMeans, withProgramme, type SiteTx } from "#db/scope.ts";
import { PermissionDenied, requirePermission, type Actor, type Granted } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { createMaster, editMaster, importMaster, makeMasterEffective, newVersion, returnMaster, withdrawMaster } from "#lib/recipe/commands.ts";
import { changePart, type Head } from "#lib/recipe/edit.ts";
import { saveTyped } from "#lib/recipe/edit-form.ts";
import { readMasterText } from "#lib/recipe/file.ts";
import type { MasterRecord } from "#lib/recipe/master-record.ts";
import { masterLines, readMasterFile, signaturesOfRecord, versionsOf } from "#lib/recipe/queries.ts";
import { readSignableMaster } from "#lib/recipe/sign-commands.ts";
import { accept } from "#lib/result.ts";
import type { MasterMeaning } from "#lib/signature/meaning.ts";
import { completeOver, intentOf, openSigning } from "#lib/signature/sign-commands.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { everybodyUndertakes, inSession } from "#tests/signers.ts";
import { smallMaster } from "#tests/small-master.ts";

const { signingKey: key } = inject("cluster");
const reason = "Written for the test.";
const stamp = (now = new Date()) => ({ now, newId: randomUUID as () => string });
let db: TestDatabase;
let [author, reviewer, quality, operator] = [] as unknown as [Actor, Actor, Actor, Actor];

const asOwner = <T>(work: (tx: SiteTx) => Promise<T>, change?: { reason: string }) => withProgramme(db.owner, "installation", ["basel", "raleigh", "singapore", "enterprise"], work, change);
const acts = (name: string) => asOwner((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.kind, "act"), eq(auditEntries.subjectType, "master"), eq(auditEntries.subjectId, name))).orderBy(asc(auditEntries.seq)));
const stored = (id: string, version = 1) => asOwner((tx) => readMasterFile(tx, id, version));
const seenOf = async (id: string, version = 1) => ({ id, version, seen: (await stored(id, version)).row.digest });

/** Runs a command through both doors, as an action does. */
async function act<P extends Permission, T>(who: Actor, permission: P, work: (tx: SiteTx, by: Granted<P>) => Promise<T>): Promise<T> {
  const by = requirePermission(who, permission);
  return withOwnMeans(who, (tx) => work(tx, by), { reason }, by);
}
const head = (id: string) => ({ id, productId: "BUF-PBS", title: smallMaster.title, purpose: smallMaster.purpose, batchSize: smallMaster.batchSize, durationH: smallMaster.durationH, reason });
const create = (id: string, who = author) => act(who, "master.author", (tx, by) => createMaster(tx, by, head(id), stamp()));
const edit = (asked: { id: string; version: number; seen: string }, change: (record: MasterRecord) => MasterRecord, who = author) => act(who, "master.author", (tx, by) => editMaster(tx, by, { ...asked, reason, change: (record) => accept(change(record)) }, stamp()));
const filled = (record: MasterRecord): MasterRecord => ({ ...smallMaster, id: record.id, version: record.version });
/** A complete draft of the author. */
async function draft(id: string): Promise<void> {
  await create(id);
  await edit(await seenOf(id), filled);
}

/** Opens and completes a signing as the provider's proof would. */
async function sign(who: Actor, meaning: MasterMeaning, name: string, between: () => Promise<unknown> = async () => undefined) {
  const by = requirePermission(who, "master.read");
  const reference = { type: "master", siteId: "enterprise", recordId: name } as const;
  const opened = await withOwnMeans(who, async (tx) => {
    const record = await readSignableMaster(tx, reference);
    return openSigning(tx, by, record, { meaning, reason, comment: "Read from the first line to the last.", shownDigest: record.digest }, { nonce: randomUUID(), oauthState: "s", codeVerifier: "v", idleMinutes: 30 }, stamp());
  }, { reason }, by);
  if (!opened.ok) return opened;
  await between();
  const proof = { subject: who.subject, nonce: opened.value.statementDigest, authTime: Math.floor(Date.now() / 1000) + 1, evidence: { acr: "password" } };
  return withOwnMeans(who, async (tx) => {
    const intent = await intentOf(tx, "enterprise", opened.value.id, who.id);
    if (!intent) throw new Error("no intent");
    return completeOver(tx, by, intent, proof, () => readSignableMaster(tx, reference), key, stamp());
  }, { reason }, by);
}
const signed = async (who: Actor, meaning: MasterMeaning, name: string) => expect(await sign(who, meaning, name)).toMatchObject({ ok: true });
async function approved(id: string, version = 1): Promise<void> {
  await signed(author, "authored", `${id} v${version}`);
  await signed(reviewer, "master_reviewed", `${id} v${version}`);
  await signed(quality, "master_approved", `${id} v${version}`);
}
const effective = async (id: string, version: number) => { const seen = await seenOf(id, version); return act(quality, "master.approve", (tx, by) => makeMasterEffective(tx, by, { ...seen, reason }, stamp())); };

beforeAll(async () => {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  await everybodyUndertakes(db.owner);
  await asOwner((tx) => tx.insert(products).values({ id: "BUF-PBS", name: "Phosphate buffer", strength: "1 ×" }).onConflictDoNothing(), { reason });
  [author, reviewer, quality, operator] = await Promise.all((["process.engineer@demo", "process.reviewer@demo", "qa.manager@demo", "operator.basel@demo"] as const).map(async (name) => inSession(db.owner, await storyActor(db.portal, name), new Date()))) as [Actor, Actor, Actor, Actor];
});
afterAll(() => db.close());

describe("a master batch record (REQ-35, REQ-39, 21 CFR 211.186)", () => {
  it("goes from an empty draft to the effective version by three people, each act with its audit entry", async () => {
    expect(await create("MBR-WAY")).toEqual({ ok: true, value: { id: "MBR-WAY", version: 1 } });
    const first = await stored("MBR-WAY");
    expect(first.gaps.length).toBeGreaterThan(5);
    expect(await sign(author, "authored", "MBR-WAY v1")).toMatchObject({ ok: false, refusal: { cause: "obstacles", sentence: expect.stringContaining("gaps are open") } });
    const edited = await edit(await seenOf("MBR-WAY"), filled);
    expect(edited).toMatchObject({ ok: true, value: { gaps: 0 } });
    await approved("MBR-WAY");
    expect(await effective("MBR-WAY", 1)).toEqual({ ok: true, value: undefined });
    const { row, holds } = await stored("MBR-WAY");
    expect(row).toMatchObject({ state: "effective", authors: [author.id], submittedBy: author.id, reviewedBy: reviewer.id, approvedBy: quality.id, reason });
    expect([holds, row.effectiveAt instanceof Date]).toEqual([true, true]);
    const signatures = await asOwner((tx) => signaturesOfRecord(tx, "master", "MBR-WAY v1"));
    expect(signatures.map((s) => [s.meaning, s.signerId, s.recordDigest === row.digest, s.role])).toEqual([["authored", author.id, true, "process-engineer"], ["master_reviewed", reviewer.id, true, "process-engineer"], ["master_approved", quality.id, true, "qa-manager"]]);
    expect((await acts("MBR-WAY v1")).filter((e) => !e.event.startsWith("signing.")).map((e) => [e.event, e.actorId, (e.detail as { command?: string }).command, e.reason])).toEqual([
      ["master.created", author.id, undefined, reason], ["master.edited", author.id, undefined, reason], ["master.moved", author.id, "submit", reason], ["master.moved", reviewer.id, "review", reason], ["master.moved", quality.id, "approve", reason], ["master.moved", quality.id, "make_effective", reason],
    ]);
    expect((await acts("MBR-WAY v1"))[0]).toMatchObject({ siteId: "enterprise" });
  });

  it("counts changes and gaps of an edit in the audit trail, and writes nothing where nothing changed", async () => {
    await draft("MBR-COUNT");
    const seen = await seenOf("MBR-COUNT");
    const dropped = await edit(seen, (record) => ({ ...record, precautions: undefined, title: "Another title" }) as MasterRecord);
    expect(dropped).toMatchObject({ ok: true, value: { changes: 2, gaps: 1 } });
    const before = await acts("MBR-COUNT v1");
    expect(before.at(-1)?.detail).toMatchObject({ before: seen.seen, digest: dropped.ok && dropped.value.digest, changes: 2, gaps: 1 });
    expect(await edit(await seenOf("MBR-COUNT"), (record) => record)).toMatchObject({ ok: true, value: { changes: 0 } });
    expect(await acts("MBR-COUNT v1")).toEqual(before);
    expect((await asOwner((tx) => masterLines(tx))).find((line) => line.id === "MBR-COUNT")).toMatchObject({ gaps: 1, title: "Another title", productName: "Phosphate buffer" });
  });

  it("makes everybody who edited it its author, who then neither reviews nor approves", async () => {
    await draft("MBR-OWN");
    const title = (text: string) => (record: MasterRecord) => ({ ...record, title: text });
    expect(await edit(await seenOf("MBR-OWN"), title("Second hand"), reviewer)).toMatchObject({ ok: true });
    expect((await stored("MBR-OWN")).row.authors).toEqual([author.id, reviewer.id]);
    await signed(reviewer, "authored", "MBR-OWN v1");
    for (const who of [author, reviewer]) expect(await sign(who, "master_reviewed", "MBR-OWN v1")).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("You wrote a part of this master") } });
    expect(await sign(quality, "master_approved", "MBR-OWN v1")).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("Nobody has reviewed") } });
  });

  it("refuses who has not the role: nobody but a process engineer writes, nobody but quality approves", async () => {
    await draft("MBR-ROLE");
    expect(() => requirePermission(operator, "master.author")).toThrow(PermissionDenied);
    expect(() => requirePermission(quality, "master.author")).toThrow(PermissionDenied);
    expect(() => requirePermission(author, "master.approve")).toThrow(PermissionDenied);
    await signed(author, "authored", "MBR-ROLE v1");
    await signed(reviewer, "master_reviewed", "MBR-ROLE v1");
    expect(await sign(operator, "master_approved", "MBR-ROLE v1")).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("Your roles do not allow") } });
    expect((await stored("MBR-ROLE")).row.state).toBe("in_review");
  });

  it("refuses an edit and a signature of a content that changed since it was shown", async () => {
    await draft("MBR-STALE");
    const seen = await seenOf("MBR-STALE");
    await edit(seen, (record) => ({ ...record, title: "First" }));
    expect(await edit(seen, (record) => ({ ...record, title: "Second" }), reviewer)).toEqual({ ok: false, refusal: { reason: "changed-meanwhile" } });
    expect((await stored("MBR-STALE")).row).toMatchObject({ title: "First", authors: [author.id] });
    const meanwhile = await sign(author, "authored", "MBR-STALE v1", async () => edit(await seenOf("MBR-STALE"), (record) => ({ ...record, title: "Third" }), reviewer));
    expect(meanwhile).toMatchObject({ ok: false, refusal: { cause: "record-changed" } });
    expect((await stored("MBR-STALE")).row.state).toBe("draft");
  });

  it("is frozen from its submission on, by the command and by the database itself, and free again when it is returned with a reason", async () => {
    await draft("MBR-FROZEN");
    await signed(author, "authored", "MBR-FROZEN v1");
    await signed(reviewer, "master_reviewed", "MBR-FROZEN v1");
    const seen = await seenOf("MBR-FROZEN");
    expect(await edit(seen, (record) => ({ ...record, title: "No" }))).toMatchObject({ ok: false, refusal: { reason: "command-not-allowed", state: "in_review" } });
    const bySql = asOwner((tx) => tx.update(masterBatchRecords).set({ canonical: "{}", digest: "0".repeat(64) }).where(eq(masterBatchRecords.id, "MBR-FROZEN")), { reason });
    await expect(bySql).rejects.toMatchObject({ cause: { code: "VB003" } });
    expect(await act(reviewer, "master.review", (tx, by) => returnMaster(tx, by, { ...seen, reason: " " }, stamp()))).toEqual({ ok: false, refusal: { reason: "reason-missing" } });
    expect(await act(reviewer, "master.review", (tx, by) => returnMaster(tx, by, { ...seen, reason: "The pH has no target." }, stamp()))).toEqual({ ok: true, value: undefined });
    expect((await stored("MBR-FROZEN")).row).toMatchObject({ state: "draft", submittedBy: null, reviewedBy: null });
    expect((await acts("MBR-FROZEN v1")).at(-1)).toMatchObject({ event: "master.moved", reason: "The pH has no target.", critical: true, detail: { command: "return", from: "in_review", to: "draft" } });
    expect(await edit(seen, (record) => ({ ...record, title: "Yes" }))).toMatchObject({ ok: true });
    expect(await sign(quality, "master_approved", "MBR-FROZEN v1")).toMatchObject({ ok: false });
  });

  it("has one effective version: the next one supersedes it in the same act, also when two become effective at once", async () => {
    await draft("MBR-NEXT");
    const copy = (version: number) => act(author, "master.author", (tx, by) => newVersion(tx, by, { id: "MBR-NEXT", reason: `Version ${version} begins.` }, stamp()));
    expect(await copy(2)).toEqual({ ok: false, refusal: { reason: "version-open", version: 1 } });
    await approved("MBR-NEXT");
    await effective("MBR-NEXT", 1);
    for (const version of [2, 3]) {
      expect(await copy(version)).toEqual({ ok: true, value: { id: "MBR-NEXT", version } });
      await approved("MBR-NEXT", version);
    }
    expect((await stored("MBR-NEXT", 2)).record).toEqual({ ...smallMaster, id: "MBR-NEXT", version: 2 });
    expect((await acts("MBR-NEXT v2"))[0]).toMatchObject({ event: "master.created", detail: { from: "MBR-NEXT v1" }, reason: "Version 2 begins." });
    const outcomes = await Promise.all([effective("MBR-NEXT", 2), effective("MBR-NEXT", 3)]);
    expect(outcomes.map((o) => o.ok)).toEqual([true, true]);
    const states = (await asOwner((tx) => versionsOf(tx, "MBR-NEXT"))).map((row) => row.state);
    expect([...states].sort()).toEqual(["effective", "superseded", "superseded"]);
    expect((await acts("MBR-NEXT v1")).at(-1)).toMatchObject({ event: "master.moved", detail: { command: "supersede", from: "effective", to: "superseded" } });
  });

  it("is withdrawn by quality with a reason; an author withdraws his draft only", async () => {
    await draft("MBR-GONE");
    await draft("MBR-GONE-2");
    await approved("MBR-GONE");
    const [approvedOne, drafted] = [await seenOf("MBR-GONE"), await seenOf("MBR-GONE-2")];
    expect(await act(author, "master.author", (tx, by) => withdrawMaster(tx, by, { ...approvedOne, reason }, stamp()))).toMatchObject({ ok: false, refusal: { reason: "command-not-allowed" } });
    expect(await act(author, "master.author", (tx, by) => withdrawMaster(tx, by, { ...drafted, reason }, stamp()))).toMatchObject({ ok: true });
    expect(await act(quality, "master.approve", (tx, by) => withdrawMaster(tx, by, { ...approvedOne, reason }, stamp()))).toMatchObject({ ok: true });
    expect([(await stored("MBR-GONE")).row.state, (await stored("MBR-GONE-2")).row.state]).toEqual(["withdrawn", "withdrawn"]);
    expect(await effective("MBR-GONE", 1)).toMatchObject({ ok: false, refusal: { reason: "command-not-allowed" } });
  });
});

describe("the file of a master", () => {
  const take = (record: MasterRecord) => act(author, "master.author", (tx, by) => importMaster(tx, by, { record, fileName: "master.json", reason }, stamp()));
  it("is imported as what was exported, to the digest, and never over a version there is", async () => {
    await draft("MBR-FILE");
    const { row } = await stored("MBR-FILE");
    const read = readMasterText(row.canonical);
    if (!read.ok) throw new Error("not read");
    expect(await take(read.value)).toEqual({ ok: false, refusal: { reason: "version-taken", newest: 1 } });
    const text = JSON.stringify({ ...read.value, id: "MBR-FILE-2" }, undefined, 2);
    const other = readMasterText(text);
    expect(await take(other.ok ? other.value : smallMaster)).toEqual({ ok: true, value: { id: "MBR-FILE-2", version: 1 } });
    const back = await stored("MBR-FILE-2");
    expect(back.record).toEqual({ ...read.value, id: "MBR-FILE-2" });
    expect([back.holds, back.row.state]).toEqual([true, "draft"]);
    expect((await acts("MBR-FILE-2 v1"))[0]).toMatchObject({ event: "master.created", detail: { from: "file master.json", digest: back.row.digest } });
  });
  it.each(["MBR-201-v1.json", "MBR-VB-102-v1.json"])("is shipped as examples/%s, which is taken over as a draft without a gap and can be submitted", async (name) => {
    const read = readMasterText(await readFile(`examples/${name}`, "utf8"));
    if (!read.ok) throw new Error("not read");
    const id = `${read.value.id}-COPY`;
    expect(await take(read.value)).toMatchObject({ ok: false, refusal: { reason: "version-taken" } });
    expect(await take({ ...read.value, id })).toEqual({ ok: true, value: { id, version: 1 } });
    const { row, gaps, record } = await stored(id);
    expect([row.state, gaps, record]).toEqual(["draft", [], { ...read.value, id }]);
    await signed(author, "authored", `${id} v1`);
  });
  it("of a product that is not here is refused, and a form of a wrong shape changes nothing", async () => {
    expect(await take({ ...smallMaster, id: "MBR-ELSE", productId: "NOWHERE" })).toEqual({ ok: false, refusal: { reason: "product-unknown" } });
    await draft("MBR-SHAPE");
    const seen = await seenOf("MBR-SHAPE");
    const typed = { name: "", unit: "pH" };
    const saved = await act(author, "master.author", (tx, by) => editMaster(tx, by, { ...seen, reason, change: (record) => saveTyped(record, { selection: { kind: "parameter", id: "ph" }, typed, place: { within: "" } }) }, stamp()));
    expect(saved).toMatchObject({ ok: false, refusal: { reason: "shape" } });
    const elsewhere: Head["productId"] = "NOWHERE";
    expect(await edit(seen, (record) => ({ ...record, productId: elsewhere }))).toEqual({ ok: false, refusal: { reason: "product-unknown" } });
    const moved = await act(author, "master.author", (tx, by) => editMaster(tx, by, { ...seen, reason, change: (record) => changePart(record, "step", "charge", (step) => ({ ...step, title: "Charge the salt" })) }, stamp()));
    expect(moved).toMatchObject({ ok: true, value: { changes: 1, gaps: 0 } });
  });
});
