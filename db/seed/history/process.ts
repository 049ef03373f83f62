import { sql } from "drizzle-orm";
import type { SiteTx } from "#db/scope.ts";

/** Values of a unit's tags minute by minute from `from` on; null where nothing was measured. */
export type ProcessMinutes = { readonly from: Date; readonly values: ReadonlyMap<string, readonly (number | null)[]> };
/** The process behind a past batch: told what people did, it says what the instruments of its unit measured. Times come in order. */
export type Process = {
  readonly unitId: string;
  readonly measures: (tag: string) => boolean;
  /** Are steps that capture what it measures started as soon as they may be, so that they capture everything up to their end? */
  readonly early: boolean;
  /** A step of the master was done. */
  readonly did: (step: string, at: Date) => void;
  /** A step people wait with until the process is so far; undefined where they do not. */
  readonly notBefore: (step: string) => Date | undefined;
  /** A measured value leaves for some minutes. */
  readonly leaves: (tag: string, from: Date, minutes: number, to: number) => void;
  /** What was measured since it was asked last, up to `to`; undefined before anything was. */
  readonly until: (to: Date) => ProcessMinutes | undefined;
};

const listed = (values: readonly (number | null)[]): string => `{${values.map((value) => (value === null ? "NULL" : String(value))).join(",")}}`;

/** Stores what a process measured up to `to`, as one statement: a row per tag travels, a row per value is stored. */
export async function storeProcess(tx: SiteTx, siteId: string, process: Process, to: Date): Promise<void> {
  const minutes = process.until(to);
  const measured = minutes ? [...minutes.values].filter(([, values]) => values.some((value) => value !== null)) : [];
  if (!minutes || measured.length === 0) return;
  const rows = measured.map(([tag, values]) => sql`(${tag}::text, ${listed(values)}::float8[])`);
  await tx.execute(sql`insert into process_values (site_id, unit_id, tag, at, value, quality, origin, recorded_at)
    select ${siteId}, ${process.unitId}, s.tag, s.at, s.value, 'good', 'online', s.at from (
      select t.tag, ${minutes.from.toISOString()}::timestamptz + (v.n - 1) * interval '1 minute' as at, v.value from (values ${sql.join(rows, sql`, `)}) as t(tag, list) cross join lateral unnest(t.list) with ordinality as v(value, n)) s
    where s.value is not null on conflict do nothing`);
}
