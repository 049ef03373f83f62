import { z } from "zod";

export const outcomes = ["passed", "failed", "skipped"] as const;
export type Outcome = (typeof outcomes)[number];

/** One test as its runner named it: the whole sentence, with its tags. */
const testResult = z.object({ sentence: z.string(), file: z.string(), outcome: z.enum(outcomes) });
export type TestResult = z.infer<typeof testResult>;

/**
 * What one step of `npm test` found. `source` is the digest of the source tree that was tested, null when the tree changed
 * meanwhile; `commit` is null without a repository, `changed` says that the tree held changes beyond that commit.
 */
const section = z.object({ step: z.string(), finishedAt: z.iso.datetime(), commit: z.string().nullable(), changed: z.boolean(), source: z.string().nullable(), tests: z.array(testResult) });
export type Section = z.infer<typeof section>;

/** The file of results: the last run of each step. */
export const testRun = z.object({ format: z.literal("veribatch-test-run/1"), sections: z.array(section) });
export type TestRun = z.infer<typeof testRun>;

/** Steps whose tests carry tags: all three must have run on a version before a row of it counts as checked. */
export const taggedSteps = ["unit", "database", "browser"] as const;

/** The last run of each step, with the sections of a new run in place of the older ones. */
export const withSections = (run: TestRun | undefined, fresh: readonly Section[]): TestRun => ({
  format: "veribatch-test-run/1", sections: [...(run?.sections ?? []).filter((old) => fresh.every((s) => s.step !== old.step)), ...fresh],
});

/** Rows that a sentence says it shows: `REQ-07` and `REQ-7` are row 7. Each once, in the order of the sentence. */
export const tagsOf = (sentence: string): readonly number[] => [...new Set([...sentence.matchAll(/\bREQ-(\d+)/g)].map((match) => Number(match[1])))];

const tags = String.raw`REQ-\d+(?:, REQ-\d+)*`;
const clauseText = String.raw`\((?:[^()]|\([^()]*\))*\)`;
const inBrackets = new RegExp(String.raw` ?\(${tags}[^()]*(?:\([^()]*\)[^()]*)*\)`, "g");
const inFront = new RegExp(String.raw`${tags}(?: ${clauseText})?:? ?`, "g");

/** The sentence as a reader wants it: without its tags and the clauses they stand for. */
export const plainSentence = (sentence: string): string => sentence.replaceAll(inBrackets, "").replaceAll(inFront, "").replaceAll(/\s+/g, " ").trim();
