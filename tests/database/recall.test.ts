import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { lots, recalls } from "#db/schema/material.ts";
import { withOwnMeans, withProgramme, withSites } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { provideInstallation } from "#lib/installation.ts";
import { runRecall } from "#lib/material/recall-commands.ts";
import { readRecall, signaturesOfRecall } from "#lib/material/recall-queries.ts";
import type { readSignableRecall } from "#lib/material/recall-sign-commands.ts";
import { recallDigest } from "#lib/material/recall.ts";
import { readSignable } from "#lib/signing/record-queries.ts";
import { completeOver, intentOf, openSigning } from "#lib/signature/sign-commands.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { everybodyUndertakes, inSession } from "#tests/signers.ts";
import { installation } from "#tests/signing-scene.ts";

const { signingKey: key } = inject("cluster");
const site = "basel";
const stamp = () => ({ now: new Date(), newId: randomUUID as () => string });
let db: TestDatabase;
let [quality, second, operator] = [] as unknown as [Actor, Actor, Actor];
const read = <T>(work: Parameters<typeof withProgramme<T>>[3]): Promise<T> => withProgramme(db.owner, "installation", [site, "enterprise"], work);

beforeAll(async () => {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  provideInstallation(installation);
  await everybodyUndertakes(db.owner);
  [quality, second, operator] = [await inSession(db.owner, await storyActor(db.portal, "qa.manager@demo"), new Date()), await inSession(db.owner, await storyActor(db.portal, "qa.second@demo"), new Date()), await inSession(db.owner, await storyActor(db.portal, "operator.basel@demo"), new Date())];
}, 600_000);
afterAll(() => db.close());

async function run(lotId: string, reason = "Yearly exercise of the recall procedure"): Promise<string> {
  const by = requirePermission(quality, "recall.run", site);
  return withSites(by, (tx) => runRecall(tx, by, { siteId: site, lotId, direction: "both", reason }, stamp()), { reason });
}
async function signable(...[tx, reference]: Parameters<typeof readSignableRecall>) {
  const record = await readSignable(tx, reference, key);
  if (!record) throw new Error("a mock recall cannot be signed");
  return record;
}
async function sign(who: Actor, id: string, meaning: "recall_reviewed" | "approved_for_release" = "recall_reviewed") {
  const by = requirePermission(who, "material.read", site);
  const reference = { type: "recall", siteId: site, recordId: id } as const;
  const opened = await withOwnMeans(who, async (tx) => {
    const record = await signable(tx, reference, key);
    return openSigning(tx, by, record, { meaning, reason: "Reviewed", comment: "Read from the first lot to the last.", shownDigest: record.digest }, { nonce: randomUUID(), oauthState: "s", codeVerifier: "v", idleMinutes: 30 }, stamp());
  }, { reason: "opens a signing" }, by);
  if (!opened.ok) return opened;
  const proof = { subject: who.subject, nonce: opened.value.statementDigest, authTime: Math.floor(Date.now() / 1000) + 1, evidence: { acr: "password" } };
  return withOwnMeans(who, async (tx) => {
    const intent = await intentOf(tx, site, opened.value.id, who.id);
    if (!intent) throw new Error("no intent");
    return completeOver(tx, by, intent, proof, () => signable(tx, reference, key), key, stamp());
  }, { reason: "completes a signing" }, by);
}
const sentencesOf = (outcome: unknown): string => JSON.stringify(outcome);

describe("a mock recall REQ-47 (21 CFR 211.150(b), EU GMP 8.30)", () => {
  it("finds the raw materials behind a batch and keeps what it found with its digest, its time and its reason", async () => {
    const id = await run("BAS-201-2601");
    expect(id).toMatch(/^MR-BAS-\d{4}$/);
    const { record, digest, holds } = await read((tx) => readRecall(tx, site, id));
    expect(holds).toBe(true);
    expect(record.tookMs).toBe((await read((tx) => tx.select({ ms: recalls.tookMs }).from(recalls).where(eq(recalls.id, id))))[0]?.ms);
    const charged = await read((tx) => tx.select({ id: lots.id }).from(lots).where(and(eq(lots.siteId, site), eq(lots.id, record.lots[0]?.id ?? ""))));
    expect(charged).toHaveLength(1);
    expect(record.figures.before).toBeGreaterThanOrEqual(8);
    expect(record.lots.every((lot) => lot.direction === "backward")).toBe(true);
    const [entry] = await read((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.event, "recall.run"), eq(auditEntries.subjectId, id))));
    expect([entry?.actorId, entry?.reason, (entry?.detail as { digest?: string } | undefined)?.digest]).toEqual([quality.id, "Yearly exercise of the recall procedure", digest]);
  });

  it("leads forward from a raw material to the batch it went into", async () => {
    const behind = await run("BAS-201-2601");
    const raw = (await read((tx) => readRecall(tx, site, behind))).record.lots[0]?.id ?? "";
    const ahead = await run(raw);
    const { record } = await read((tx) => readRecall(tx, site, ahead));
    expect(record.lots.filter((lot) => lot.direction === "forward").map((lot) => lot.id)).toContain("BAS-201-2601");
  });

  it("is signed once, by somebody else than who ran it, with his presence proven; the trail says so", async () => {
    const id = await run("BAS-201-2601", "Second exercise");
    expect(sentencesOf(await sign(operator, id))).toContain("Your roles do not allow signing a mock recall");
    expect(sentencesOf(await sign(second, id, "approved_for_release"))).toContain("Only “Mock recall reviewed”");
    expect(sentencesOf(await sign(quality, id))).toContain("You ran this mock recall, so somebody else reviews and signs it");
    expect(await sign(second, id)).toMatchObject({ ok: true });
    const [made, ...more] = await read((tx) => signaturesOfRecall(tx, site, id));
    expect([made?.meaning, made?.signerId, more.length]).toEqual(["recall_reviewed", second.id, 0]);
    expect(sentencesOf(await sign(second, id))).toContain("signed already");
    const acts = await read((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.event, "record.signed"), eq(auditEntries.subjectId, id))));
    expect(acts).toHaveLength(1);
  });

  it("cannot be altered by the portal, and an altered text has another digest", async () => {
    const id = await run("BAS-201-2601", "Third exercise");
    await expect(withProgramme(db.portal, "installation", [site], (tx) => tx.update(recalls).set({ canonical: "{}" }).where(eq(recalls.id, id)), { reason: "edit by hand" })).rejects.toThrow();
    const { record } = await read((tx) => readRecall(tx, site, id));
    const text = JSON.stringify({ ...record, reason: "Another reason" });
    expect(recallDigest(text)).not.toBe((await read((tx) => readRecall(tx, site, id))).digest);
  });

  it("of a lot that is not there writes nothing", async () => {
    const before = await read((tx) => tx.select({ id: recalls.id }).from(recalls));
    await expect(run("RM-9999-BAS-0001")).rejects.toThrow();
    expect(await read((tx) => tx.select({ id: recalls.id }).from(recalls))).toHaveLength(before.length);
  });

  it("is not for those who may not run one", () => {
    expect(() => requirePermission(operator, "recall.run", site)).toThrow();
  });
});
