import { clauses } from "./clauses.ts";
import { plainSentence, tagsOf, type TestResult } from "./test-run.ts";

/** What the last step of `npm test` says: `broken` stops a delivery, `hints` are for the next edit of the matrix. */
export type Verdict = { readonly broken: readonly string[]; readonly hints: readonly string[] };

const known = new Set(clauses.map((c) => c.number));
const unknownTags = (tags: Iterable<number>): readonly string[] => [...new Set(tags)].filter((tag) => !known.has(tag)).sort((a, b) => a - b).map((tag) => `REQ-${tag} is carried by a test, and the matrix has no such row`);
const untold = (number: number, clause: string): string => `row ${number} (${clause}) is claimed, and no test carries REQ-${number}`;

/** After a whole run: every claimed row has tests, and each of them passed. */
export function judgeRun(tests: readonly TestResult[]): Verdict {
  const byRow = Map.groupBy(tests.flatMap((test) => tagsOf(test.sentence).map((row) => ({ row, test }))), (t) => t.row);
  const claimed = clauses.filter((c) => c.state === "claimed");
  const broken = claimed.flatMap(({ number, clause }) => {
    const own = byRow.get(number);
    if (!own) return [untold(number, clause)];
    return own.filter(({ test }) => test.outcome !== "passed").map(({ test }) => `row ${number} (${clause}): ${test.outcome}: ${plainSentence(test.sentence)} (${test.file})`);
  });
  const hints = clauses.filter((c) => c.state === "planned" && byRow.get(c.number)?.some(({ test }) => test.outcome === "passed"));
  return { broken: [...broken, ...unknownTags(byRow.keys())], hints: hints.map((c) => `row ${c.number} (${c.clause}) is planned, and ${byRow.get(c.number)?.length ?? 0} tests carry its tag`) };
}

/** After a part of the steps: only what the tests' texts say; `texts` are the sources of the tests. */
export function judgeTexts(texts: readonly string[]): Verdict {
  const tags = new Set(texts.flatMap(tagsOf));
  return { broken: [...clauses.filter((c) => c.state === "claimed" && !tags.has(c.number)).map((c) => untold(c.number, c.clause)), ...unknownTags(tags)], hints: [] };
}
