import type { Clause, Evidence, Missing, Regulation, Work } from "./clause.ts";
import { clauses } from "./clauses.ts";
import { plainSentence, tagsOf, taggedSteps, type Outcome, type Section, type TestRun } from "./test-run.ts";

/**
 * What is known of a row on the version that runs: `passed` only when every step with tests ran on exactly this version and each
 * test of the row passed; `failed` when one failed or none carries the row's tag; `not-run` when this version was not (wholly) tested.
 */
export const checkStates = ["failed", "not-run", "passed", "planned"] as const;
export type CheckState = (typeof checkStates)[number];

export type ClauseTest = { readonly sentence: string; readonly file: string; readonly step: string; readonly outcome: Outcome; readonly at: Date; readonly commit: string | null; readonly current: boolean };

export type ClauseRow = {
  readonly number: number;
  readonly regulations: readonly Regulation[];
  readonly clause: string;
  readonly title: string;
  readonly must: string;
  readonly control: string;
  readonly evidence: readonly Evidence[];
  readonly missing: Missing | undefined;
  readonly work: Work | undefined;
  readonly state: CheckState;
  /** When the oldest of its tests ended that are told of; null when none ever ran. */
  readonly testedAt: Date | null;
  /** The version those tests saw; null when it is not known or nothing ran. `current`: it is the one that runs. */
  readonly commit: string | null;
  readonly current: boolean;
  readonly tests: readonly ClauseTest[];
};

/** Sections of exactly this version; none when the version is not known. */
const currentOf = (run: TestRun | undefined, source: string | undefined): readonly Section[] => run?.sections.filter((s) => source !== undefined && s.source === source) ?? [];

/** Did every step with tests run on exactly this version? */
export function wholeRun(run: TestRun | undefined, source: string | undefined): boolean {
  const current = currentOf(run, source);
  return taggedSteps.every((step) => current.some((s) => s.step === step));
}

function testsByRow(run: TestRun | undefined, source: string | undefined): ReadonlyMap<number, readonly ClauseTest[]> {
  const current = currentOf(run, source);
  const tests = (run?.sections ?? []).flatMap((s) => s.tests.flatMap((t) => tagsOf(t.sentence).map((row) => ({
    row, test: { sentence: plainSentence(t.sentence), file: t.file, step: s.step, outcome: t.outcome, at: new Date(s.finishedAt), commit: s.commit, current: current.includes(s) },
  }))));
  return new Map([...Map.groupBy(tests, (t) => t.row)].map(([row, found]) => [row, found.map((f) => f.test)]));
}

function stateOf(clause: Clause, tests: readonly ClauseTest[], whole: boolean): CheckState {
  if (clause.state === "planned") return "planned";
  const current = tests.filter((t) => t.current);
  if (current.some((t) => t.outcome === "failed") || (whole && current.length === 0)) return "failed";
  return whole && current.every((t) => t.outcome === "passed") ? "passed" : "not-run";
}

/** The matrix: every row with what the last test run says of it. `source`: digest of the tree that runs, undefined when not known. */
export function clauseMatrix(run: TestRun | undefined, source: string | undefined): readonly ClauseRow[] {
  const tested = testsByRow(run, source);
  const whole = wholeRun(run, source);
  return clauses.map((clause) => {
    const tests = tested.get(clause.number) ?? [];
    const oldest = tests.toSorted((a, b) => a.at.getTime() - b.at.getTime())[0];
    const { number, regulations, clause: name, title, must, control, evidence } = clause;
    return {
      number, regulations, clause: name, title, must, control, evidence, tests, state: stateOf(clause, tests, whole),
      missing: clause.state === "claimed" ? clause.missing : undefined, work: clause.state === "planned" ? clause.work : undefined,
      testedAt: oldest?.at ?? null, commit: oldest?.commit ?? null, current: tests.length > 0 && tests.every((t) => t.current),
    };
  });
}

/** How many rows are in each state. */
export const countsOf = (rows: readonly ClauseRow[]): Readonly<Record<CheckState, number>> => ({
  failed: rows.filter((r) => r.state === "failed").length, "not-run": rows.filter((r) => r.state === "not-run").length,
  passed: rows.filter((r) => r.state === "passed").length, planned: rows.filter((r) => r.state === "planned").length,
});
