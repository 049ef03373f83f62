import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isOpen, planMaster, supersededBy, type MasterCommand, type MasterStanding, type MasterState } from "./state.ts";

/** The versions of one master as they are kept: what `planMaster` decides is carried out, and nothing else. */
type Kept = MasterStanding & { readonly version: number };
class World {
  versions: Kept[] = [];
  private contents = 0;
  private digest = (): string => `content ${++this.contents}`;
  private put(kept: Kept): void { this.versions = this.versions.map((one) => (one.version === kept.version ? kept : one)); }
  begin(by: string): boolean {
    const newest = this.versions.at(-1);
    if (newest && isOpen(newest.state)) return false;
    this.versions.push({ version: (newest?.version ?? 0) + 1, state: "draft", authors: new Set([by]), submittedBy: undefined, reviewedBy: undefined, gaps: 1, digest: this.digest() });
    return true;
  }
  act(version: number, command: MasterCommand, by: string, { stale, reason, gaps }: { readonly stale: boolean; readonly reason: string; readonly gaps: number }): boolean {
    const kept = this.versions.find((one) => one.version === version);
    if (!kept) return false;
    const plan = planMaster(kept, { command, by, seen: stale ? "content seen long ago" : kept.digest, reason });
    if (!plan.ok) return false;
    this.put({ ...kept, ...plan.value, ...(command === "edit" ? { digest: this.digest(), gaps, authors: new Set([...kept.authors, by]) } : {}) });
    if (command !== "make_effective") return true;
    for (const before of supersededBy(this.versions, version)) {
      const superseded = planMaster(before, { command: "supersede", by, seen: before.digest });
      if (superseded.ok) this.put({ ...before, ...superseded.value });
    }
    return true;
  }
}

/**
 * What ought to be true, told by what was signed and never by a state: a version is what its signatures of the present round make of it. It knows neither the table of
 * transitions nor the code under test.
 */
type Told = { writers: Set<string>; complete: boolean; submitted: string | undefined; reviewed: string | undefined; approved: string | undefined; put: "never" | "in force" | "replaced"; gone: boolean };
type Model = { told: Told[] };

const takenBack = { submitted: undefined, reviewed: undefined, approved: undefined };
const finished = (one: Told): boolean => one.gone || one.put === "replaced";

function allowed(one: Told, command: MasterCommand, by: string, stale: boolean, reason: string): boolean {
  if (stale || finished(one)) return false;
  const underReview = one.submitted !== undefined && one.approved === undefined;
  const other = !one.writers.has(by);
  switch (command) {
    case "edit": return one.submitted === undefined;
    case "submit": return one.submitted === undefined && one.complete && one.writers.has(by);
    case "review": return underReview && one.reviewed === undefined && one.complete && other;
    case "approve": return underReview && one.reviewed !== undefined && one.reviewed !== by && one.complete && other;
    case "return": return underReview && reason.trim() !== "";
    case "make_effective": return one.approved !== undefined && one.put === "never";
    case "supersede": return one.put === "in force";
    case "withdraw": return reason.trim() !== "";
  }
}

function tell(model: Model, one: Told, command: MasterCommand, by: string, complete: boolean): void {
  switch (command) {
    case "edit": Object.assign(one, takenBack, { complete }); one.writers.add(by); break;
    case "submit": one.submitted = by; break;
    case "review": one.reviewed = by; break;
    case "approve": one.approved = by; break;
    case "return": Object.assign(one, takenBack); break;
    case "make_effective": for (const other of model.told) if (other.put === "in force" && !other.gone) other.put = "replaced"; one.put = "in force"; break;
    case "supersede": one.put = "replaced"; break;
    case "withdraw": one.gone = true; break;
  }
}

const stateOf = (one: Told): MasterState => (one.gone ? "withdrawn" : one.put === "in force" ? "effective" : one.put === "replaced" ? "superseded" : one.approved ? "approved" : one.submitted ? "in_review" : "draft");
const seen = new Map<string, number>();
const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

/** What must hold whatever was done; everything that does not, at once (an assertion for each would take most of the time of ten thousand runs). */
function holds({ told }: Model, { versions }: World): void {
  const effective = versions.filter((one) => one.state === "effective").length;
  const wrong = told.flatMap((one, i) => {
    const kept = versions[i];
    const people = [one.submitted, one.reviewed, one.approved];
    const own = one.approved !== undefined && (new Set(people).size !== 3 || [one.reviewed, one.approved].some((person) => person !== undefined && one.writers.has(person)));
    return [...(kept?.state === stateOf(one) ? [] : [`version ${i + 1} is ${kept?.state ?? "missing"}, not ${stateOf(one)}`]), ...(kept?.submittedBy === one.submitted && kept?.reviewedBy === one.reviewed ? [] : [`version ${i + 1} keeps other signatures`]), ...(own ? [`version ${i + 1} was signed by its own people`] : [])];
  });
  if (effective > 1 || effective !== told.filter((one) => one.put === "in force" && !one.gone).length) wrong.push(`${effective} versions are effective`);
  if (versions.length !== told.length) wrong.push(`there are ${versions.length} versions, not ${told.length}`);
  if (wrong.length > 0) expect(wrong).toEqual([]);
}

class Begin implements fc.Command<Model, World> {
  readonly by: string;
  constructor(by: string) { this.by = by; }
  check = (): boolean => true;
  run(model: Model, world: World): void {
    const newest = model.told.at(-1);
    const may = newest === undefined || newest.gone || newest.approved !== undefined;
    if (world.begin(this.by) !== may) expect(`a further version was ${may ? "refused" : "begun"}`).toBe("otherwise");
    if (may) model.told.push({ writers: new Set([this.by]), complete: false, submitted: undefined, reviewed: undefined, approved: undefined, put: "never", gone: false });
    holds(model, world);
  }
  toString = (): string => `begin(${this.by})`;
}

type Asked = { readonly command: MasterCommand; readonly by: string; readonly pick: number; readonly stale: boolean; readonly reason: string; readonly gaps: number };
function perform(model: Model, world: World, { command, by, pick, stale, reason, gaps }: Asked): void {
  const at = model.told.length - 1 - (pick % Math.max(1, model.told.length));
  const one = model.told[at];
  if (!one) return;
  const expected = allowed(one, command, by, stale, reason);
  if (world.act(at + 1, command, by, { stale, reason, gaps }) !== expected) expect(`${command} by ${by} was ${expected ? "refused" : "allowed"}`).toBe("otherwise");
  count(`${command} ${expected ? "done" : "refused"}`);
  if (expected) tell(model, one, command, by, gaps === 0);
  if (expected && command === "make_effective" && model.told.some((other) => other.put === "replaced")) count("superseded");
  holds(model, world);
}

class Act implements fc.Command<Model, World> {
  readonly asked: Asked;
  constructor(asked: Asked) { this.asked = asked; }
  check = ({ told }: Readonly<Model>): boolean => told.length > 0;
  run(model: Model, world: World): void { perform(model, world, this.asked); }
  toString = (): string => JSON.stringify(this.asked);
}

/** The usual way of the newest version, each act asked for like any other; one of its people may be another. */
class Through implements fc.Command<Model, World> {
  readonly by: readonly [string, string, string];
  constructor(by: readonly [string, string, string]) { this.by = by; }
  check = ({ told }: Readonly<Model>): boolean => told.length > 0;
  run(model: Model, world: World): void {
    const [author, reviewer, quality] = this.by;
    const way: readonly (readonly [MasterCommand, string])[] = [["edit", author], ["submit", author], ["review", reviewer], ["approve", quality], ["make_effective", quality]];
    for (const [command, by] of way) perform(model, world, { command, by, pick: 0, stale: false, reason: "", gaps: 0 });
  }
  toString = (): string => `through(${this.by.join(", ")})`;
}

const person = fc.constantFrom("ana", "ben", "cem", "dora");
const seldom = fc.integer({ min: 0, max: 7 }).map((n) => n === 0);
const command = fc.constantFrom<MasterCommand>("edit", "edit", "submit", "submit", "review", "review", "approve", "approve", "make_effective", "make_effective", "return", "supersede", "withdraw");
const commands = fc.commands([
  person.map((by) => new Begin(by)),
  fc.record({ command, by: person, pick: fc.constantFrom(0, 0, 0, 1, 2), stale: seldom, reason: fc.constantFrom("because", "because", " "), gaps: seldom.map(Number) }).map((asked) => new Act(asked)),
  fc.tuple(person, person, person).map((by) => new Through(by)),
], { maxCommands: 40, size: "max" });

describe("any sequence of acts on the versions of a master (REQ-35, REQ-39, 21 CFR 211.186(a))", () => {
  it("does what the signatures of the present round allow and nothing else; nobody reviews or approves his own; an edit takes the review back; one version is effective at most", () => {
    seen.clear();
    fc.assert(fc.property(commands, (sequence) => {
      fc.modelRun(() => ({ model: { told: [] }, real: new World() }), sequence);
    }), { numRuns: 10_000 });
    const rare = ["edit done", "submit done", "review done", "approve done", "make_effective done", "return done", "withdraw done", "superseded", "review refused", "approve refused", "supersede done"].filter((what) => (seen.get(what) ?? 0) < 100);
    expect(rare).toEqual([]);
  }, 120_000);
});
