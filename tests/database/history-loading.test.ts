import type { ChildProcess } from "node:child_process";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, describe, expect, inject, it } from "vitest";
import { people } from "#db/schema/access.ts";
import { withProgramme } from "#db/scope.ts";
import { keepLoading, loadHistory } from "#db/seed/history/load.ts";
import { historyDays, pastTotal } from "#db/seed/history/plan.ts";
import { plantSites } from "#db/seed/organisation.ts";
import { loadingPast } from "#lib/batch/past-queries.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { recordDigest } from "#lib/batch/record.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { pastBatchesOf, readAsPortal, startLoading, storyNow } from "#tests/past.ts";

const { signingKey } = inject("cluster");
let endsAt: Date;
let until: Date;
const databases: TestDatabase[] = [];
const processes: ChildProcess[] = [];
const fresh = async (): Promise<TestDatabase> => { const db = await freshDatabase("story"); databases.push(db); endsAt = await storyNow(db); until = new Date(endsAt.getTime() - historyDays.until * 86_400_000); return db; };
const rename = (db: TestDatabase, from: string, to: string) => withProgramme(db.owner, "story", ["enterprise"], (tx) => tx.update(people).set({ userName: to }).where(eq(people.userName, from)), { reason: "test" });

afterEach(() => { for (const child of processes.splice(0)) child.kill("SIGKILL"); });
afterAll(async () => void (await Promise.all(databases.map((db) => db.close()))));

describe("the loading of the past", () => {
  it("says that it began before anything is in, pauses after a refusal, stops with its reason after the last, and goes on at the next start", async () => {
    const db = await fresh();
    const input = { database: db.owner, siteId: "singapore", signingKey, endsAt, atMost: 1 } as const;
    await rename(db, "operator.singapore@demo", "gone@demo");
    const pauses: number[] = [];
    const seen: unknown[] = [];
    expect(await keepLoading(input, async (ms) => { pauses.push(ms); seen.push(await readAsPortal(db, loadingPast)); })).toBe(0);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(seen).toEqual(pauses.map(() => ({ loaded: 0, of: pastTotal("singapore"), loading: true, stopped: [] })));
    expect(await readAsPortal(db, loadingPast)).toEqual({ loaded: 0, of: pastTotal("singapore"), loading: false, stopped: [{ siteId: "singapore", siteName: "Singapore", loaded: 0, of: pastTotal("singapore"), cause: "the story has no operator.singapore@demo" }] });
    await rename(db, "gone@demo", "operator.singapore@demo");
    expect(await keepLoading(input, () => Promise.reject(new Error("it paused")))).toBe(1);
    expect(await readAsPortal(db, loadingPast)).toEqual({ loaded: 1, of: pastTotal("singapore"), loading: true, stopped: [] });
  });

  it("makes the same record of a batch whenever it is loaded from the same story: one seed", async () => {
    const digests = await Promise.all([await fresh(), await fresh()].map(async (db) => {
      await loadHistory({ database: db.owner, siteId: "raleigh", signingKey, endsAt, atMost: 1 });
      const [first] = await pastBatchesOf(db, until);
      if (!first) throw new Error("nothing was loaded");
      return recordDigest(await readAsPortal(db, (tx) => readRecord(tx, first.siteId, first.row.id)));
    }));
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
  });

  it("loses nothing when its process is killed: what was begun is taken back, the next process goes on", async () => {
    const db = await fresh();
    const start = (atMost: number): ChildProcess => {
      const child = startLoading(db, signingKey, endsAt, atMost);
      processes.push(child);
      return child;
    };
    const loaded = async () => (await readAsPortal(db, loadingPast))?.loaded ?? 0;
    const killed = start(5);
    while (await loaded() === 0) await new Promise((looked) => setTimeout(looked, 100));
    const gone = new Promise((ended) => killed.once("exit", ended));
    killed.kill("SIGKILL");
    await gone;
    const before = await loaded();
    const next = start(1);
    expect(await new Promise((ended) => next.once("exit", ended))).toBe(0);
    expect(await loaded()).toBe(before + plantSites.length);
    const past = await pastBatchesOf(db, until);
    expect(past).toHaveLength(before + plantSites.length);
    expect(past.filter(({ row }) => row.state !== "released").map(({ row }) => row.id)).toEqual([]);
  });
});
