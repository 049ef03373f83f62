import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sessions } from "#db/schema/access.ts";
import { signingIntents } from "#db/schema/signature.ts";
import { withProgramme } from "#db/scope.ts";
import type { Actor } from "#lib/access/actor.ts";
import { readBatchFile } from "#lib/release/file-queries.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { storyActor } from "#tests/actors.ts";
import { everybodyUndertakes, inSession } from "#tests/signers.ts";
import { acts, batchId, chain, closeScene, complete, db, enterprise, key, open, openScene, opened, qa } from "#tests/signing-scene.ts";

beforeEach(openScene);
afterEach(closeScene);

describe("a continuous period of signings", () => {
  beforeEach(() => everybodyUndertakes(db.owner));

  it("REQ-30 (21 CFR 11.200(a)(1)(i)) begins with the first signing of a session; the attestation says which each was", async () => {
    const first = await opened(qa);
    expect(first.continuity).toBe("first");
    await complete(qa, first);
    const second = await opened(qa, { meaning: "withdrawn", withdraws: 4 });
    expect(second.continuity).toBe("later");
    expect((await opened(await inSession(db.owner, qa, new Date()), { meaning: "withdrawn", withdraws: 4 })).continuity).toBe("first");
    await complete(qa, second);
    expect((await chain()).slice(3).map((s) => (JSON.parse(Buffer.from(s.attestation.split(".")[1] ?? "", "base64url").toString()) as { evidence: object }).evidence)).toMatchObject([{ continuity: "first", components: "user name and password" }, { continuity: "later", components: "password" }]);
    await db.owner.update(sessions).set({ lastSignedAt: new Date(Date.now() - 31 * 60_000) }).where(eq(sessions.id, qa.sessionId));
    expect((await opened(qa)).continuity).toBe("first");
  });
});

describe("a withdrawal", () => {
  beforeEach(() => everybodyUndertakes(db.owner));
  const file = () => enterprise((tx) => readBatchFile(tx, "basel", batchId, publicHalf(key)));
  const withdraw = async (who: Actor, withdraws: number) => { const intent = await open(who, { meaning: "withdrawn", withdraws, reason: "Signed in error" }); return intent.ok ? complete(who, intent.value) : intent; };

  it("REQ-38 takes a release back by a signature of its own: both stay, the batch is in QA review again, and is released anew", async () => {
    await complete(qa, await opened(qa));
    expect(await withdraw(qa, 4)).toMatchObject({ ok: true, value: { ordinal: 5 } });
    const now = await file();
    expect(now.record.batch.state).toBe("qa_review");
    expect(now.signatures.map((s) => [s.ordinal, s.meaning, s.withdraws, s.withdrawnBy, s.counts, s.verification.holds])).toEqual([
      [1, "production_reviewed", null, null, true, true], [2, "audit_trail_reviewed", null, null, true, true], [3, "site_confirmed", null, null, true, true], [4, "approved_for_release", null, 5, false, true], [5, "withdrawn", 4, null, false, true],
    ]);
    expect((await acts("signature.withdrawn")).map((e) => e.detail)).toMatchObject([{ meaning: "approved_for_release", ordinal: 5, withdraws: 4, from: "released", to: "qa_review" }]);
    expect(await withdraw(qa, 4)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("Signature 4 is withdrawn already") } });
    expect(await withdraw(qa, 5)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("A withdrawal is not withdrawn") } });
    expect(await complete(qa, await opened(qa))).toMatchObject({ ok: true, value: { ordinal: 6 } });
    expect((await file()).record.batch.state).toBe("released");
  });
  it("REQ-38 of a review re-opens its check, and is its signer's alone", async () => {
    const qp = await inSession(db.owner, await storyActor(db.portal, "qp.basel@demo"), new Date());
    expect(await withdraw(qp, 2)).toMatchObject({ ok: false });
    expect(await withdraw(qa, 2)).toMatchObject({ ok: true });
    expect((await file()).checks.filter((c) => !c.done).map((c) => c.id)).toEqual(["audit_trail_review"]);
    expect(await open(qa)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("Audit-trail review: Not signed") } });
  });
  it("REQ-38 of the production review sends the batch back to complete; the reviews that stood on it count no more once it is signed anew", async () => {
    const lead = await inSession(db.owner, await storyActor(db.portal, "lead.production.basel@demo"), new Date());
    expect(await withdraw(lead, 1)).toMatchObject({ ok: true });
    expect((await file()).record.batch.state).toBe("complete");
    expect(await complete(lead, await opened(lead, { meaning: "production_reviewed", reason: "Record complete" }))).toMatchObject({ ok: true, value: { ordinal: 5 } });
    const now = await file();
    expect([now.record.batch.state, now.signatures.filter((s) => s.counts).map((s) => s.ordinal)]).toEqual(["prod_reviewed", [5]]);
    expect(now.checks.filter((c) => !c.done).map((c) => c.id)).toEqual(["audit_trail_review", "site_confirmation"]);
  });
  it("REQ-38 of nothing is not opened, and a signature row is never removed or rewritten", async () => {
    expect(await withdraw(qa, 9)).toMatchObject({ ok: false, refusal: { sentence: expect.stringContaining("no such signature") } });
    for (const change of [sql`delete from signatures`, sql`update signatures set withdraws = 1`]) await expect(withProgramme(db.owner, "installation", ["basel"], (tx) => tx.execute(change), { reason: "by hand" })).rejects.toMatchObject({ cause: { code: "VB002" } });
  });
});

describe("an open finding of the integrity check", () => {
  beforeEach(() => everybodyUndertakes(db.owner));
  it("REQ-01 (21 CFR 11.10(a)) stands before every signature and names table, record and field", async () => {
    const intent = await opened(qa);
    await withProgramme(db.owner, "installation", ["basel"], (tx) => tx.execute(sql`insert into integrity_findings (site_id, id, found_at, last_seen_at, table_name, record_id, batch_id, field, recorded, found) values ('basel', ${randomUUID()}, now(), now(), 'entries', 'BAS-101-2607/5.3.1/ph/1', ${batchId}, 'value', '7.0', '7.4')`), { reason: "found by the test" });
    const said = expect.stringContaining("Integrity failed: entries BAS-101-2607/5.3.1/ph/1, value");
    expect(await complete(qa, intent)).toMatchObject({ ok: false, refusal: { cause: "obstacles", sentence: said } });
    expect(await open(qa, { meaning: "rejected", reason: "Contamination" })).toMatchObject({ ok: false, refusal: { sentence: said, obstacles: [{ anchor: "check-integrity" }] } });
    expect((await enterprise((tx) => tx.select().from(signingIntents))).map((i) => i.outcome)).toEqual(["refused: obstacles"]);
  });
});
