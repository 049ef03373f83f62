import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kept, keep, letGo, sendKept, type Answer, type KeptValue, type Store } from "#components/execution/kept.ts";
import { entryRefusalSentence, planEntry, type AskedValue, type StandingValue } from "#lib/batch/entry.ts";
import type { BatchState, StepState } from "#lib/batch/state.ts";

const asked: AskedValue = { id: "ph", name: "pH", unit: "pH", precision: 2, class: "CPP", source: "manual", limits: { normal: { low: 6.85, high: 7.15 }, absolute: { low: 0, high: 14 } } };
const start = Date.parse("2026-03-01T09:00:00Z");
const people = ["nico", "paul"] as const;
type Person = (typeof people)[number];
type Version = StandingValue & { readonly submission: string; readonly late: boolean; readonly eventAt: string };

/** The portal as a browser meets it: one parameter of one step, every version that was ever taken, and a clock in minutes. */
class Portal {
  readonly versions: Version[] = [];
  step: StepState = "active";
  batch: BatchState = "in_progress";
  minutes = 0;

  take(author: Person, value: KeptValue): Answer {
    if (this.versions.some((one) => one.submission === value.submission)) return { ok: true };
    const latest = this.versions.at(-1);
    const plan = planEntry({ batch: this.batch, step: this.step, asked, latest, lateAfterMin: 30 }, { ...value, eventAt: new Date(value.eventAt), now: this.now(), kept: value.kept ?? false });
    if (!plan.ok) return { ok: false, error: entryRefusalSentence(plan.refusal), kind: plan.refusal.reason === "confirm" || plan.refusal.reason === "conflict" ? plan.refusal.reason : "refused" };
    this.versions.push({ version: plan.value.version, value: plan.value.value, by: author, submission: value.submission, late: plan.value.late, eventAt: value.eventAt });
    return { ok: true };
  }
  now(): Date { return new Date(start + this.minutes * 60_000); }
}
/** A tablet both share; it is online, or off, or loses the answers. */
class Tablet {
  readonly held = new Map<string, string>();
  line: "online" | "offline" | "deaf" = "online";
  readonly store: Store = { getItem: (key) => this.held.get(key) ?? null, setItem: (key, text) => void this.held.set(key, text), removeItem: (key) => void this.held.delete(key) };
  readonly portal: Portal;
  constructor(portal: Portal) { this.portal = portal; }
  kept(author: Person): readonly KeptValue[] { return kept(this.store, at(author)); }
  send(author: Person): Promise<number> {
    return sendKept(this.store, at(author), (value) => {
      if (this.line === "offline") return Promise.resolve(undefined);
      const answer = this.portal.take(author, value);
      return Promise.resolve(this.line === "deaf" ? undefined : answer);
    });
  }
}
const at = (person: Person) => ({ address: "/api/batches/basel/B-1", person });

/** What must be true whatever happened: everything anybody ever handed in, by its number, with its author and the version he saw. */
type Handed = { readonly submission: string; readonly author: Person; readonly value: string; readonly basedOn: number; readonly eventAt: string; readonly whileOff: boolean };
type Model = { handed: Handed[]; putAway: Set<string>; n: number };
type Real = { readonly portal: Portal; readonly tablet: Tablet; before: readonly Version[] };

function holds(model: Model, real: Real): void {
  const { versions } = real.portal;
  expect(versions.slice(0, real.before.length)).toEqual(real.before);
  real.before = [...versions];
  expect(versions.map((v) => v.version)).toEqual(versions.map((_, i) => i + 1));
  expect(new Set(versions.map((v) => v.submission)).size).toBe(versions.length);
  for (const version of versions) {
    const source = model.handed.find((one) => one.submission === version.submission);
    expect(source && [source.author, source.value, source.basedOn, source.eventAt]).toEqual([version.by, version.value, version.version - 1, version.eventAt]);
  }
  for (const { submission, author } of model.handed) {
    const waits = real.tablet.kept(author).some((one) => one.submission === submission);
    expect([versions.some((v) => v.submission === submission) || waits || model.putAway.has(submission), submission]).toEqual([true, submission]);
    for (const other of people) if (other !== author) expect(real.tablet.kept(other).some((one) => one.submission === submission)).toBe(false);
  }
}

const seen = { recorded: 0, corrected: 0, conflicts: 0, doubled: 0, late: 0, waited: 0 };

class HandIn implements fc.AsyncCommand<Model, Real> {
  readonly author: Person; readonly value: string; readonly sees: number; readonly reason: string;
  constructor(author: Person, value: string, sees: number, reason: string) { this.author = author; this.value = value; this.sees = sees; this.reason = reason; }
  check = (): boolean => true;
  async run(model: Model, real: Real): Promise<void> {
    const { portal, tablet } = real;
    model.n += 1;
    // A page may be older than the record: it shows the version of a while ago.
    const basedOn = Math.max(0, portal.versions.length - this.sees);
    const value: KeptValue = { submission: `s${model.n}`, stepId: "1.1.1.1", parameter: "ph", value: this.value, unit: "pH", eventAt: portal.now().toISOString(), basedOn, reason: this.reason, instrument: "", confirmed: false };
    const giving = tablet.kept(this.author).filter((one) => one.refusal?.kind === "confirm");
    keep(tablet.store, at(this.author), value);
    for (const one of giving) model.putAway.add(one.submission);
    model.handed.push({ submission: value.submission, author: this.author, value: this.value, basedOn, eventAt: value.eventAt, whileOff: tablet.line !== "online" });
    const before = portal.versions.length;
    await tablet.send(this.author);
    if (portal.versions.length > before && basedOn > 0) seen.corrected += 1;
    if (tablet.kept(this.author).some((one) => one.refusal?.kind === "conflict")) seen.conflicts += 1;
    holds(model, real);
  }
  toString = (): string => `${this.author} hands in ${this.value}, ${this.sees} versions behind`;
}
class Line implements fc.AsyncCommand<Model, Real> {
  readonly to: Tablet["line"];
  constructor(to: Tablet["line"]) { this.to = to; }
  check = (): boolean => true;
  run(model: Model, real: Real): Promise<void> { real.tablet.line = this.to; holds(model, real); return Promise.resolve(); }
  toString = (): string => `the tablet is ${this.to}`;
}
class SendAgain implements fc.AsyncCommand<Model, Real> {
  readonly author: Person;
  constructor(author: Person) { this.author = author; }
  check = (): boolean => true;
  async run(model: Model, real: Real): Promise<void> {
    const known = new Set(real.portal.versions.map((v) => v.submission));
    const waiting = real.tablet.kept(this.author).filter((one) => !one.refusal);
    await real.tablet.send(this.author);
    seen.doubled += waiting.filter((one) => known.has(one.submission)).length;
    seen.waited += real.portal.versions.filter((v) => !known.has(v.submission)).length;
    for (const version of real.portal.versions) if (!known.has(version.submission) && waiting.some((one) => one.submission === version.submission && one.kept)) expect(version.late).toBe(true);
    holds(model, real);
  }
  toString = (): string => `${this.author}'s values are sent again`;
}
class PutAway implements fc.AsyncCommand<Model, Real> {
  readonly author: Person;
  constructor(author: Person) { this.author = author; }
  check = (): boolean => true;
  run(model: Model, real: Real): Promise<void> {
    const refused = real.tablet.kept(this.author).find((one) => one.refusal);
    if (refused) { letGo(real.tablet.store, at(this.author), refused.submission); model.putAway.add(refused.submission); }
    holds(model, real);
    return Promise.resolve();
  }
  toString = (): string => `${this.author} puts a refused value away`;
}
class Move implements fc.AsyncCommand<Model, Real> {
  readonly step: StepState; readonly batch: BatchState; readonly minutes: number;
  constructor(step: StepState, batch: BatchState, minutes: number) { this.step = step; this.batch = batch; this.minutes = minutes; }
  check = (): boolean => true;
  run(model: Model, real: Real): Promise<void> { Object.assign(real.portal, { step: this.step, batch: this.batch, minutes: real.portal.minutes + this.minutes }); holds(model, real); return Promise.resolve(); }
  toString = (): string => `step ${this.step}, batch ${this.batch}, ${this.minutes} min later`;
}

const person = fc.constantFrom(...people);
const commands = [
  fc.tuple(person, fc.constantFrom("7.02", "7.3", "6.9", "70", "15", "x"), fc.constantFrom(0, 0, 0, 1, 2), fc.constantFrom("misread", "misread", "")).map((all) => new HandIn(...all)),
  fc.constantFrom<Tablet["line"][]>("online", "online", "offline", "deaf").map((to) => new Line(to)), person.map((who) => new SendAgain(who)), person.map((who) => new PutAway(who)),
  fc.tuple(fc.constantFrom<StepState[]>("active", "active", "active", "done"), fc.constantFrom<BatchState[]>("in_progress", "in_progress", "in_progress", "held"), fc.constantFrom(0, 5, 45)).map((all) => new Move(...all)),
];

describe("values of two people on one tablet that loses its connection", () => {
  it("REQ-12, REQ-13 (ALCOA+) are each recorded exactly once as they were typed, or wait for their author with the reason; nothing is lost, rewritten or given to another", async () => {
    await fc.assert(fc.asyncProperty(fc.commands(commands, { maxCommands: 40, size: "max" }), async (sequence) => {
      const portal = new Portal();
      const real: Real = { portal, tablet: new Tablet(portal), before: [] };
      await fc.asyncModelRun(() => ({ model: { handed: [], putAway: new Set<string>(), n: 0 }, real }), sequence);
      seen.recorded += portal.versions.length;
      seen.late += portal.versions.filter((v) => v.late).length;
    }), { numRuns: 10_000 });
    // Without these the sequences would show little.
    expect(Object.entries(seen).filter(([, n]) => n < 300)).toEqual([]);
  }, 600_000);
});
