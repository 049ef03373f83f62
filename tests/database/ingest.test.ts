import { randomBytes, randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { processValues, quarantinedSamples, samples, sources } from "#db/schema/telemetry.ts";
import { withProgramme } from "#db/scope.ts";
import { liveChannel, liveFrame, valuesPerFrame } from "#lib/telemetry/frame.ts";
import { ingest } from "#lib/telemetry/ingest-commands.ts";
import { composeSourceKey, parseSourceKey, sourceKeyDigest, type SourceKey } from "#lib/telemetry/source-key.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

const now = new Date("2026-09-01T12:00:00Z");
const unit = "BR-2003";
let db: TestDatabase;
let key: SourceKey;

type Change = { readonly siteId?: string; readonly unitId?: string; readonly expiresAt?: Date; readonly revokedAt?: Date };
/** Registers a source and hands out its key. */
async function sourceWith(id: string, { siteId = "basel", unitId = unit, expiresAt = new Date(now.getTime() + 1), revokedAt }: Change = {}): Promise<SourceKey> {
  const text = composeSourceKey(siteId, id, randomBytes(24));
  await withProgramme(db.owner, "installation", [siteId], (tx) => tx.insert(sources).values({ siteId, id, unitId, name: `Gateway ${id}`, keyDigest: sourceKeyDigest(text), issuedAt: now, expiresAt, revokedAt }), { reason: "source for the test" });
  const parsed = parseSourceKey(`Bearer ${text}`);
  if (!parsed) throw new Error("a composed key must parse");
  return parsed;
}
beforeAll(async () => {
  db = await freshDatabase("story");
  key = await sourceWith("line-1");
});
afterAll(() => db.close());

let count = 0;
const sample = (change: object = {}) => ({ tag: "ph", seq: ++count, at: new Date(now.getTime() - count * 1000).toISOString(), value: 7, unit: "pH", quality: "good", ...change });
const send = (payload: readonly unknown[], { by = key, unitId = unit, at = now, database = db.portal as Database, newId = randomUUID as () => string } = {}) => ingest(database, by, unitId, payload, { now: at, newId });
const received = async (payload: readonly unknown[], options = {}) => {
  const outcome = await send(payload, options);
  if (!outcome.ok) throw new Error(outcome.refusal.sentence);
  return outcome.value;
};
/** All that an ingest may write, beyond what the story planted. */
const holding = (siteId = "basel") => withProgramme(db.owner, "installation", [siteId], async (tx) => ({
  bronze: await tx.select().from(samples).orderBy(samples.sourceId, samples.tag, samples.seq),
  silver: await tx.select().from(processValues).where(sql`recorded_at = ${now.toISOString()}::timestamptz`).orderBy(processValues.tag, processValues.at),
  quarantined: await tx.select().from(quarantinedSamples).orderBy(quarantinedSamples.id),
  audit: await tx.select().from(auditEntries).where(eq(auditEntries.kind, "act")).orderBy(auditEntries.seq),
}));

describe("samples that come in", () => {
  it("REQ-14 (ALCOA+ Original) are kept as they came, and stand among the process values", async () => {
    const before = await holding();
    const [first, second] = [sample({ value: 7.123456789, at: "2026-09-01T13:30:00.250+02:00" }), sample({ tag: "glucose", value: 3.5, unit: "g/L", quality: "uncertain", origin: "laboratory" })];
    expect(await received([first, second])).toEqual({ received: 2, stored: 2, duplicates: 0, quarantined: 0, reasons: [] });
    const after = await holding();
    expect([before.bronze, before.silver]).toEqual([[], []]);
    expect(after.bronze).toEqual([
      { siteId: "basel", sourceId: "line-1", tag: "glucose", seq: second.seq, sampledAt: new Date(second.at), value: 3.5, unit: "g/L", quality: "uncertain", receivedAt: now },
      { siteId: "basel", sourceId: "line-1", tag: "ph", seq: first.seq, sampledAt: new Date("2026-09-01T11:30:00.250Z"), value: 7.123456789, unit: "pH", quality: "good", receivedAt: now },
    ]);
    expect(after.silver).toEqual([
      { siteId: "basel", unitId: unit, tag: "glucose", at: new Date(second.at), value: 3.5, quality: "uncertain", origin: "laboratory", outOfRange: false, recordedAt: now },
      { siteId: "basel", unitId: unit, tag: "ph", at: new Date("2026-09-01T11:30:00.250Z"), value: 7.123456789, quality: "good", origin: "online", outOfRange: false, recordedAt: now },
    ]);
    expect(after.audit).toEqual(before.audit);
  });

  it("REQ-14 (ALCOA+ Original) beyond the instrument's range are kept with their value and marked as bad", async () => {
    const [high, low, edge] = [sample({ value: 12.01 }), sample({ value: -3 }), sample({ value: 12 })];
    expect(await received([high, low, edge])).toMatchObject({ stored: 3, quarantined: 0 });
    const { bronze, silver } = await holding();
    const at = (s: { at: string }) => silver.find((v) => v.tag === "ph" && v.at.getTime() === Date.parse(s.at));
    expect([high, low, edge].map((s) => at(s))).toMatchObject([{ value: 12.01, quality: "bad", outOfRange: true }, { value: -3, quality: "bad", outOfRange: true }, { value: 12, quality: "good", outOfRange: false }]);
    expect(bronze.find((row) => row.seq === high.seq)).toMatchObject({ value: 12.01, quality: "good" });
  });

  it.each<[string, unknown, RegExp]>([
    ["no object", "ph 7.0", /^malformed: sample: /], ["null", null, /^malformed: sample: /], ["a missing tag", { ...sample(), tag: undefined }, /^malformed: tag: /],
    ["a broken number", sample({ seq: 1.5 }), /^malformed: seq: /], ["a negative number", sample({ seq: -1 }), /^malformed: seq: /], ["a time without zone", sample({ at: "2026-09-01T11:00:00" }), /^malformed: at: /],
    ["a day that does not exist", sample({ at: "2026-02-30T11:00:00Z" }), /^malformed: at: /], ["text for a value", sample({ value: "7.0" }), /^malformed: value: /], ["an unknown quality", sample({ quality: "fine" }), /^malformed: quality: /],
    ["an unknown origin", sample({ origin: "import" }), /^malformed: origin: /], ["an unknown tag", sample({ tag: "humidity" }), /^unknown tag humidity$/], ["another unit", sample({ unit: "g/L" }), /^unit g\/L instead of pH$/],
    ["a time in the future", sample({ at: new Date(now.getTime() + 300_001).toISOString() }), /^time 2026-09-01T12:05:00.001Z lies in the future$/],
  ])("REQ-20 (21 CFR 11.10(h)) with %s are set aside with the reason, beside good ones", async (_, bad, reason) => {
    const before = await holding();
    expect(await received([sample(), bad, sample()])).toEqual({ received: 3, stored: 2, duplicates: 0, quarantined: 1, reasons: [expect.stringMatching(reason)] });
    const fresh = (await holding()).quarantined.filter((row) => !before.quarantined.some((b) => b.id === row.id));
    expect(fresh).toEqual([{ siteId: "basel", id: expect.any(String), sourceId: "line-1", payload: JSON.stringify(bad), reason: expect.stringMatching(reason), receivedAt: now }]);
  });
  it("REQ-14 (ALCOA+ Original) with another number for the same time: an equal value is a duplicate, another one is set aside and never announced as stored", async () => {
    const at = new Date(now.getTime() - 7_777_000).toISOString();
    const first = sample({ at, value: 7.01 });
    expect(await received([first])).toMatchObject({ stored: 1, duplicates: 0, quarantined: 0 });
    expect(await received([sample({ at, value: 7.01 })])).toMatchObject({ stored: 0, duplicates: 1, quarantined: 0 });
    expect(await received([sample({ at, value: 7.02 })])).toMatchObject({ stored: 0, duplicates: 0, quarantined: 1, reasons: ["another value of this tag is stored for this time"] });
    const later = new Date(now.getTime() - 7_776_000).toISOString();
    expect(await received([sample({ at: later, value: 7.03 }), sample({ at: later, value: 7.03 }), sample({ at: later, value: 7.04 })])).toMatchObject({ received: 3, stored: 1, duplicates: 1, quarantined: 1 });
  });
  it("may run ahead of the portal's clock by five minutes", async () => {
    expect(await received([sample({ at: new Date(now.getTime() + 300_000).toISOString() })])).toMatchObject({ stored: 1 });
  });

  it("REQ-15 (ALCOA+ Complete) come twice without harm: the repeated request stores nothing new", async () => {
    const request = [sample(), sample({ tag: "temperature", unit: "°C", value: 36.5 }), sample({ value: 99 })];
    expect(await received(request)).toMatchObject({ stored: 3, duplicates: 0 });
    const before = await holding();
    expect(await received(request)).toEqual({ received: 3, stored: 0, duplicates: 3, quarantined: 0, reasons: [] });
    expect(await received([{ ...request[0], value: 6.9, at: new Date(now.getTime() - 3_600_000).toISOString() }])).toMatchObject({ stored: 0, duplicates: 1 });
    expect(await holding()).toEqual(before);
  });
  it("REQ-15 (ALCOA+ Complete) twice in one request are stored once, and the second counts as a duplicate", async () => {
    const first = sample();
    const before = await holding();
    expect(await received([first, { ...first, value: 6.5, at: new Date(now.getTime() - 7_200_000).toISOString() }])).toMatchObject({ received: 2, stored: 1, duplicates: 1 });
    const after = await holding();
    expect([after.bronze.length - before.bronze.length, after.silver.length - before.silver.length]).toEqual([1, 1]);
    expect(after.bronze.find((row) => row.seq === first.seq)?.value).toBe(7);
  });
  it.each<[string, unknown]>([
    ["a NUL character in a tag", sample({ tag: "p\u0000h" })], ["half a surrogate pair", sample({ tag: "\ud800" })], ["a year PostgreSQL does not know", sample({ at: "0000-01-01T00:00:00Z" })],
    ["an offset PostgreSQL does not know", sample({ at: "2026-09-01T11:00:00+23:00" })],
  ])("REQ-20 (21 CFR 11.10(h)) with %s do not throw away the good ones of the request", async (_, strange) => {
    const { received: all, stored, duplicates, quarantined } = await received([sample(), strange]);
    expect([all, stored + quarantined, duplicates]).toEqual([2, 2, 0]);
  });

  it("REQ-25 (Annex 11 4.8) are accounted for, whatever comes: received = stored + duplicates + quarantined, as the tables say", async () => {
    const sound = fc.record({ tag: fc.constantFrom("ph", "temperature", "volume"), seq: fc.integer({ min: 1_000_000, max: 1_000_400 }), value: fc.double({ noNaN: true, min: -50, max: 5000 }), quality: fc.constantFrom("good", "uncertain", "bad") })
      .map((s) => ({ ...s, at: new Date(now.getTime() - (s.seq - 900_000) * 10).toISOString(), unit: { ph: "pH", temperature: "°C", volume: "L" }[s.tag] ?? "" }));
    const odd = fc.oneof(fc.jsonValue(), sound.map((s) => ({ ...s, unit: "bar" })), fc.tuple(sound, fc.constantFrom("tag", "seq", "at", "value", "unit", "quality"), fc.jsonValue()).map(([s, field, junk]) => ({ ...s, [field]: junk })));
    const key2 = await sourceWith("line-2");
    await fc.assert(fc.asyncProperty(fc.uniqueArray(fc.oneof({ weight: 4, arbitrary: sound }, { weight: 1, arbitrary: odd }), { minLength: 1, maxLength: 40, selector: (s) => (typeof s === "object" && s !== null && "seq" in s && "tag" in s ? `${String(s.tag)}/${String(s.seq)}` : s) }), async (payload) => {
      const before = await holding();
      const receipt = await received(payload, { by: key2 });
      const after = await holding();
      expect(receipt.received).toBe(payload.length);
      expect(receipt.stored + receipt.duplicates + receipt.quarantined).toBe(payload.length);
      expect(after.bronze.length - before.bronze.length).toBe(receipt.stored);
      expect(after.silver.length - before.silver.length).toBe(receipt.stored);
      expect(after.quarantined.length - before.quarantined.length).toBe(receipt.quarantined);
      expect(await received(payload, { by: key2 })).toMatchObject({ stored: 0, duplicates: receipt.stored + receipt.duplicates, quarantined: receipt.quarantined });
    }), { numRuns: 25 });
  });
});

describe("a key that must not be admitted", () => {
  const refused = (reason: string) => ({ ok: false, refusal: { reason } });
  const foreignText = (k: SourceKey): SourceKey => ({ ...k, text: composeSourceKey(k.siteId, k.sourceId, randomBytes(24)) });

  it.each<[string, () => Promise<{ by: SourceKey; unitId?: string; at?: Date }>, string]>([
    ["whose secret is wrong", async () => ({ by: foreignText(key) }), "unknown-key"],
    ["that has expired", async () => ({ by: await sourceWith("expired", { expiresAt: now }) }), "expired-key"],
    ["that was revoked", async () => ({ by: await sourceWith("revoked", { revokedAt: new Date(now.getTime() - 1) }) }), "expired-key"],
    ["that is bound to another unit of the site", async () => ({ by: key, unitId: "BR-2001" }), "foreign-unit"],
    ["that is bound to a unit of another site", async () => ({ by: key, unitId: "BR-3001" }), "foreign-unit"],
  ])("REQ-20 (21 CFR 11.10(h)) %s: nothing is stored, and the source's site reads of it", async (_, offer, reason) => {
    const { by, unitId = unit } = await offer();
    const before = await holding();
    expect(await send([sample(), { bad: true }], { by, unitId })).toMatchObject(refused(reason));
    const after = await holding();
    expect({ ...after, audit: [] }).toEqual({ ...before, audit: [] });
    expect(after.audit.slice(0, -1)).toEqual(before.audit);
    expect(after.audit.at(-1)).toMatchObject({ event: "ingest.refused", subjectType: "source", subjectId: by.sourceId, actorId: `source:${by.sourceId}`, role: "source", detail: { cause: reason, sourceId: by.sourceId }, reason: `samples offered for ${unitId}` });
  });

  it.each<[string, Partial<SourceKey>]>([["of a source nobody knows", { sourceId: "nobody" }], ["that names another site than its own", { siteId: "raleigh" }], ["that names a site there is not", { siteId: "atlantis" }]])("REQ-20 (21 CFR 11.10(h)) %s: nothing is stored anywhere", async (_, change) => {
    const before = [await holding(), await holding("raleigh")];
    expect(await send([sample()], { by: { ...key, ...change } })).toMatchObject(refused("unknown-key"));
    expect([await holding(), await holding("raleigh")]).toEqual(before);
  });

  it("REQ-20 (21 CFR 11.10(h)) is good until the very instant it expires", async () => {
    const by = await sourceWith("until", { expiresAt: now });
    expect(await send([sample()], { by, at: new Date(now.getTime() - 1) })).toMatchObject({ ok: true });
    expect(await send([sample()], { by, at: now })).toMatchObject(refused("expired-key"));
  });
});

describe("the live bus", () => {
  /** Frames in the order they arrive; a sentinel from another connection shows that everything before it is there. */
  async function listener() {
    const client = postgres(db.portalUrl, { max: 1, onnotice: () => {} });
    const heard: string[] = [];
    let awaited: { text: string; done: () => void } | undefined;
    await client.listen(liveChannel, (payload) => { heard.push(payload); if (payload === awaited?.text) awaited.done(); });
    const upToHere = async () => {
      const text = randomUUID();
      const arrived = new Promise<void>((done) => (awaited = { text, done }));
      await db.portal.execute(sql`select pg_notify(${liveChannel}, ${text})`);
      await arrived;
      return heard.splice(0).filter((payload) => payload !== text).map((payload) => liveFrame.parse(JSON.parse(payload)));
    };
    return { upToHere, end: () => client.end() };
  }
  /** Runs an ingest inside a transaction that is held open, then committed or rolled back. */
  async function held(bus: Awaited<ReturnType<typeof listener>>, payload: readonly unknown[], end: "commit" | "rollback") {
    let during: unknown;
    await db.portal.transaction(async (tx) => {
      await received(payload, { database: tx as unknown as Database });
      during = await bus.upToHere();
      if (end === "rollback") throw new Error("rolled back");
    }).catch((error: Error) => { if (error.message !== "rolled back") throw error; });
    return { during, after: await bus.upToHere() };
  }

  it("announces what was stored with the commit, never before, and nothing when it is rolled back", async () => {
    const bus = await listener();
    const kept = sample({ value: 7.2 });
    expect(await held(bus, [sample()], "rollback")).toEqual({ during: [], after: [] });
    expect(await held(bus, [kept, sample({ unit: "bar" })], "commit")).toEqual({ during: [], after: [{ kind: "values", id: expect.any(Number), site: "basel", unit, arrived: now.getTime(), values: [["ph", Date.parse(kept.at), 7.2, "good"]] }] });
    await received([kept]);
    expect(await bus.upToHere()).toEqual([]);
    await bus.end();
  });

  it("cuts a large request into frames that a notification can hold, in order and without loss", async () => {
    const bus = await listener();
    const many = Array.from({ length: 2 * valuesPerFrame + 1 }, () => sample({ tag: "viable-cell-density-online", unit: "10⁶/mL", value: 12.345678901234567 }));
    await received(many);
    const frames = await bus.upToHere();
    expect(frames.map((f) => (f.kind === "values" ? f.values.length : 0))).toEqual([valuesPerFrame, valuesPerFrame, 1]);
    expect(frames.flatMap((f) => (f.kind === "values" ? f.values.map((v) => v[1]) : []))).toEqual(many.map((s) => Date.parse(s.at)));
    expect(new Set(frames.map((f) => f.id)).size).toBe(3);
    await bus.end();
  });

  it("says what the screens show of an out-of-range value: its stored quality", async () => {
    const bus = await listener();
    await received([sample({ value: 13 })]);
    expect(await bus.upToHere()).toMatchObject([{ values: [["ph", expect.any(Number), 13, "bad"]] }]);
    await bus.end();
  });
});
