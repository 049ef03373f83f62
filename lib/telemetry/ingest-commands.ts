import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { tags } from "#db/schema/equipment.ts";
import { quarantinedSamples, sources } from "#db/schema/telemetry.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { liveChannel, valuesPerFrame, type ValuesFrame } from "./frame.ts";
import { judge, type Judged } from "./sample.ts";
import { keyMatches, type SourceKey } from "./source-key.ts";

export type IngestRefusal = { readonly reason: "unknown-key" | "expired-key" | "foreign-unit"; readonly sentence: string };
export type IngestReceipt = { readonly received: number; readonly stored: number; readonly duplicates: number; readonly quarantined: number; readonly reasons: readonly string[] };

type Stamp = { readonly now: Date; readonly newId: () => string };
type Source = typeof sources.$inferSelect;

const refusals = {
  "unknown-key": "This key is not known. Ask the administrator for a key of this source.",
  "expired-key": "This key has expired or was revoked. Ask the administrator for a new one.",
  "foreign-unit": "This key is bound to another unit. Nothing was stored.",
} as const;

async function admit(tx: SiteTx, key: SourceKey, unitId: string, stamp: Stamp): Promise<Result<Source, IngestRefusal>> {
  const [source] = await tx.select().from(sources).where(and(eq(sources.siteId, key.siteId), eq(sources.id, key.sourceId)));
  const reason = !source || !keyMatches(key.text, source.keyDigest) ? "unknown-key"
    : source.revokedAt || source.expiresAt <= stamp.now ? "expired-key"
    : source.unitId !== unitId ? "foreign-unit" : undefined;
  if (source && !reason) return accept(source);
  if (source && reason) {
    await writeAudit(tx, {
      event: "ingest.refused", detail: { cause: reason, sourceId: key.sourceId }, siteId: key.siteId, subject: { type: "source", id: key.sourceId },
      actor: { id: `source:${key.sourceId}`, name: source.name, role: "source" }, reason: `samples offered for ${unitId}`,
    }, stamp.now, stamp.newId);
  }
  return refuse({ reason: reason ?? "unknown-key", sentence: refusals[reason ?? "unknown-key"] });
}

type Valid = Extract<Judged, { kind: "valid" }>;
type SetAside = Extract<Judged, { kind: "quarantined" }>;

/** A sample repeated within one request counts once: the first stands. */
function firstOfEach(valid: readonly Valid[]): readonly Valid[] {
  return [...new Map([...valid].reverse().map((v) => [`${v.sample.tag}/${v.sample.seq}`, v])).values()].reverse();
}

type Stored = { readonly fresh: readonly Valid[]; readonly contradicting: readonly SetAside[] };
type Landed = { tag: string; seq: string; fresh: boolean; known: number | null };

/**
 * Bronze and silver in one statement; what is already there (same source, tag and number) is left and not counted. A value that
 * another number of the same tag already holds at the same time stays in bronze; silver keeps the first, and one that contradicts it
 * is set aside.
 */
async function store(tx: SiteTx, source: Source, valid: readonly Valid[], now: Date): Promise<Stored> {
  if (valid.length === 0) return { fresh: [], contradicting: [] };
  const rows = JSON.stringify(valid.map(({ sample, outOfRange }) => ({ ...sample, at: new Date(sample.at).toISOString(), out: outOfRange })));
  const landed = await tx.execute<Landed>(sql`
    with incoming as (
      select * from jsonb_to_recordset(${rows}::jsonb) as r(tag text, seq bigint, at timestamptz, value float8, unit text, quality text, origin text, out boolean)
    ), bronze as (
      insert into samples (site_id, source_id, tag, seq, sampled_at, value, unit, quality, received_at)
      select ${source.siteId}, ${source.id}, tag, seq, at, value, unit, quality, ${now.toISOString()}::timestamptz from incoming
      on conflict do nothing returning tag, seq
    ), silver as (
      insert into process_values (site_id, unit_id, tag, at, value, quality, origin, out_of_range, recorded_at)
      select ${source.siteId}, ${source.unitId}, tag, at, value, case when out then 'bad' else quality end, origin, out, ${now.toISOString()}::timestamptz
      from incoming join bronze using (tag, seq)
      on conflict do nothing returning tag, at, value
    )
    select i.tag, i.seq, coalesce(silver.value = i.value, false) and row_number() over (partition by i.tag, i.at, i.value order by i.seq) = 1 as fresh, coalesce(before.value, silver.value) as known
    from incoming i join bronze using (tag, seq) left join silver on silver.tag = i.tag and silver.at = i.at
    left join process_values before on before.site_id = ${source.siteId} and before.unit_id = ${source.unitId} and before.tag = i.tag and before.at = i.at`);
  const byPlace = new Map(landed.map((row) => [`${row.tag}/${row.seq}`, row]));
  const place = ({ sample }: Valid) => byPlace.get(`${sample.tag}/${sample.seq}`);
  const contradicts = (v: Valid) => { const row = place(v); return row !== undefined && !row.fresh && (row.known === null || Number(row.known) !== v.sample.value); };
  return {
    fresh: valid.filter((v) => place(v)?.fresh),
    contradicting: valid.filter(contradicts).map(({ sample }) => ({ kind: "quarantined", payload: sample, reason: "another value of this tag is stored for this time" })),
  };
}

async function quarantine(tx: SiteTx, source: Source, bad: readonly SetAside[], stamp: Stamp): Promise<void> {
  if (bad.length === 0) return;
  await tx.insert(quarantinedSamples).values(bad.map(({ payload, reason }) => ({
    siteId: source.siteId, id: stamp.newId(), sourceId: source.id, payload: JSON.stringify(payload ?? null), reason, receivedAt: stamp.now,
  })));
}

/** Announces committed values; PostgreSQL delivers the notification with the commit, never before. */
async function publish(tx: SiteTx, source: Source, fresh: readonly Valid[], arrived: Date): Promise<void> {
  for (let i = 0; i < fresh.length; i += valuesPerFrame) {
    const values = fresh.slice(i, i + valuesPerFrame).map(({ sample: s, outOfRange }) => [s.tag, Date.parse(s.at), s.value, outOfRange ? "bad" : s.quality]);
    const frame: Omit<ValuesFrame, "id" | "values"> & { values: unknown } = { kind: "values", site: source.siteId, unit: source.unitId, arrived: arrived.getTime(), values };
    await tx.execute(sql`select pg_notify(${liveChannel}, jsonb_set(${JSON.stringify(frame)}::jsonb, '{id}', to_jsonb(nextval('live_seq')))::text)`);
  }
}

/**
 * Takes in samples of one source: checks the key and its unit, judges every sample, stores bronze and silver, quarantines the
 * rest with the reason and announces what was stored, in one transaction. The receipt is given only after the commit.
 */
export async function ingest(database: Database, key: SourceKey, unitId: string, payload: readonly unknown[], stamp: Stamp): Promise<Result<IngestReceipt, IngestRefusal>> {
  return withProgramme(database, "ingest", [key.siteId], async (tx) => {
    const admitted = await admit(tx, key, unitId, stamp);
    if (!admitted.ok) return admitted;
    const source = admitted.value;
    const known = await tx.select().from(tags).where(and(eq(tags.siteId, source.siteId), eq(tags.unitId, source.unitId)));
    const rules = new Map(known.map((t) => [t.tag, { tag: t.tag, unit: t.unit, range: { low: t.rangeLow, high: t.rangeHigh } }]));
    const judged = payload.map((sample) => judge(sample, rules, stamp.now));
    const valid = firstOfEach(judged.filter((j) => j.kind === "valid"));
    const { fresh, contradicting } = await store(tx, source, valid, stamp.now);
    const bad = [...judged.filter((j) => j.kind === "quarantined"), ...contradicting];
    await quarantine(tx, source, bad, stamp);
    await publish(tx, source, fresh, stamp.now);
    return accept({
      received: payload.length, stored: fresh.length, duplicates: payload.length - bad.length - fresh.length, quarantined: bad.length,
      reasons: [...new Set(bad.map((b) => b.reason))].slice(0, 20),
    });
  }, { reason: "samples received" });
}
