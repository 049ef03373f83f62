import { performance } from "node:perf_hooks";
import { openDatabase, type Database } from "#db/client.ts";
import { withProgramme } from "#db/scope.ts";
import { noFilter, type AuditFilter } from "#lib/audit/filter.ts";
import { auditPage, countMatches, viewCounts } from "#lib/audit/queries.ts";
import type { Benchmark } from "../bench.ts";
import { writeTrail } from "./explorer-trail.ts";
import { percentile, rounded } from "./statistics.ts";
import { withThrowawayDatabase } from "./throwaway.ts";

const sites = ["basel", "raleigh", "singapore", "enterprise"] as const;
const everything = { ...noFilter, kind: "all", class: "all" } as const satisfies AuditFilter;

/** The mix: what an inspector asks, from the page he opens first to a search in words nobody wrote. */
const mix: readonly (readonly [string, AuditFilter])[] = [
  ["critical changes (as opened)", noFilter], ["everything", everything], ["one site", { ...noFilter, site: "singapore" }], ["a month", { ...noFilter, from: "2025-03-01", to: "2025-03-31" }], ["an old day, all entries", { ...everything, from: "2024-07-01", to: "2024-07-01" }],
  ["a batch, all entries", { ...everything, batch: "B-700" }], ["a person", { ...noFilter, actor: "Person 17" }], ["a person in a month", { ...everything, actor: "Person 3", from: "2024-09-01", to: "2024-09-30" }], ["nobody of that name", { ...everything, actor: "no such person" }],
  ["acts", { ...everything, kind: "acts" }], ["changes of rows", { ...everything, kind: "changes" }], ["creations", { ...everything, kind: "creations" }], ["kind of record", { ...everything, record: "exceptions" }], ["an event", { ...everything, event: "record.signed" }],
  ["an event that never was", { ...everything, event: "key.rotated" }], ["after completion", { ...noFilter, after: true }], ["after completion of a batch", { ...noFilter, after: true, batch: "B-300" }], ["nights and weekends", { ...noFilter, off: true }],
  ["late entries", { ...everything, late: true }], ["failed signings", { ...everything, failed: true, kind: "acts" }], ["reason, frequent", { ...noFilter, reason: "transcription" }], ["reason, rare", { ...everything, reason: "observed 00" }], ["reason, never", { ...everything, reason: "zzz" }],
  ["person, nights, critical", { ...noFilter, actor: "Person 11", off: true }], ["record and person", { ...everything, record: "batches", actor: "Person 29" }], ["late entries of a person", { ...everything, late: true, actor: "Person 5" }],
];

type Login = { readonly name: string; readonly database: Database };
type Asked = { readonly name: string; readonly ms: number[] };

/** One page as the explorer asks for it: the rows and how many match; every third time the next page as well. */
async function ask({ database }: Login, filter: AuditFilter, deep: boolean): Promise<number[]> {
  return withProgramme(database, "installation", sites, async (tx) => {
    const timed: number[] = [];
    const measure = async <T>(work: () => Promise<T>): Promise<T> => {
      const begun = performance.now();
      const result = await work();
      timed.push(performance.now() - begun);
      return result;
    };
    const page = await measure(async () => {
      if (filter.reason === undefined) await countMatches(tx, filter);
      return auditPage(tx, filter);
    });
    if (deep && page.older) await measure(() => auditPage(tx, { ...filter, older: page.older }));
    return timed;
  });
}

async function round(logins: readonly Login[], asked: ReadonlyMap<string, readonly Asked[]>, deep: boolean): Promise<void> {
  for (const [name, filter] of mix) for (const [i, login] of logins.entries()) asked.get(name)?.[i]?.ms.push(...(await ask(login, filter, deep)));
}

const p95 = (ms: readonly number[]): number => percentile([...ms].sort((a, b) => a - b), 0.95);
const figure = (ms: number): string => rounded(ms).toFixed(1).padStart(9);

export async function compare(logins: readonly Login[], rounds: number, say: (line: string) => void): Promise<object> {
  const asked = new Map(mix.map(([name]) => [name, logins.map((login): Asked => ({ name: login.name, ms: [] }))]));
  await round(logins, new Map(mix.map(([name]) => [name, []])), true); // warm: plans, caches
  for (let i = 0; i < rounds; i++) await round(i % 2 ? [...logins].reverse() : logins, i % 2 ? new Map([...asked].map(([name, pair]) => [name, [...pair].reverse()])) : asked, i % 3 === 0);
  say("filter                                with row security     without    (p95, ms)");
  for (const [name, pair] of asked) say(`${name.padEnd(36)} ${pair.map((a) => figure(p95(a.ms))).join("      ")}`);
  const [secured, plain] = logins.map((_, i) => [...asked.values()].flatMap((pair) => pair[i]?.ms ?? []));
  const views: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const begun = performance.now();
    await withProgramme(logins[0]?.database as Database, "installation", sites, (tx) => viewCounts(tx, noFilter));
    views.push(performance.now() - begun);
  }
  say(`${"all filters".padEnd(36)} ${figure(p95(secured ?? []))}      ${figure(p95(plain ?? []))}`);
  say(`${"counts of the tabs".padEnd(36)} ${figure(p95(views))}`);
  return { pages: secured?.length ?? 0, p95_ms: rounded(p95(secured ?? [])), baseline_p95_ms: rounded(p95(plain ?? [])), worst_ms: rounded(Math.max(...(secured ?? [])), 1), tabs_p95_ms: rounded(p95(views)) };
}

/**
 * A filtered page of the trail among a million entries: the explorer's own query under row-level security as the portal's login,
 * beside the same query as a superuser, whom row-level security does not bind, in turns.
 */
export const explorer: Benchmark = ({ full, say }) => withThrowawayDatabase(async ({ ownerUrl, portalUrl, superuserUrl }) => {
  const entries = 1_000_000;
  say(`Writing ${entries.toLocaleString("en-GB")} entries …`);
  await writeTrail(ownerUrl, { entries, batches: 1_500, people: 60 }, say);
  const logins: readonly Login[] = [{ name: "portal", database: openDatabase(portalUrl, 1) }, { name: "superuser", database: openDatabase(superuserUrl, 1) }];
  try {
    return { bench: "explorer", entries, ...(await compare(logins, full ? 30 : 9, say)) };
  } finally {
    for (const { database } of logins) await database.$client.end();
  }
});
