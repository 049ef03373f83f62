import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readTestRun, resultsFile, sourceDigest } from "#lib/compliance/source-tree.ts";
import { withSections, type Section, type TestResult } from "#lib/compliance/test-run.ts";

const git = (root: string, ...args: readonly string[]): string | undefined => {
  const { status, stdout } = spawnSync("git", ["-C", root, ...args], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
};

/** The commit the tree stands on, and whether it holds more; no commit without a repository, or without git. */
export function commitOf(root: string): Pick<Section, "commit" | "changed"> {
  const commit = git(root, "rev-parse", "HEAD");
  return commit === undefined ? { commit: null, changed: false } : { commit, changed: git(root, "status", "--porcelain") !== "" };
}

/** Runs a step and says which version its results belong to: none when a file changed meanwhile. */
export async function sectionOf<T extends { readonly tests: readonly TestResult[] }>(root: string, step: string, run: () => Promise<T>): Promise<{ readonly found: T; readonly section: Section }> {
  const before = sourceDigest(root);
  const found = await run();
  const source = sourceDigest(root) === before ? before : null;
  return { found, section: { step, finishedAt: new Date().toISOString(), ...commitOf(root), source, tests: [...found.tests] } };
}

/** Keeps what was found where the portal of the same tree reads it; whole or not at all. */
export function keepSections(root: string, sections: readonly Section[]): void {
  const file = resultsFile(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(withSections(readTestRun(root), sections)));
  renameSync(`${file}.new`, file);
}
