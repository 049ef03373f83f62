import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { testRun, type TestRun } from "./test-run.ts";

const folders = ["app", "bin", "components", "db", "examples", "lib", "tests"];
const files = [
  ".dependency-cruiser.mjs", "drizzle.config.ts", "eslint.config.mjs", "middleware.ts", "next.config.mjs", "package-lock.json", "package.json",
  "playwright.config.ts", "postcss.config.mjs", "tsconfig.json", "vitest.config.ts",
];

/** Paths below a folder in one order on every machine; what begins with a dot is an editor's, not ours. */
function pathsIn(root: string, folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  const found = readdirSync(join(root, folder), { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1)).filter((f) => !f.name.startsWith("."));
  return found.flatMap((f) => (f.isDirectory() ? pathsIn(root, `${folder}/${f.name}`) : f.isFile() ? [`${folder}/${f.name}`] : []));
}

/**
 * Digest of the version in `root`: SHA-256 over path, length and bytes of every file that makes or tests the program, hex.
 * The same with and without a repository, in a clone, a copy or an archive; documents are not part of it.
 */
export function sourceDigest(root: string): string {
  const hash = createHash("sha256");
  for (const path of [...folders.flatMap((folder) => pathsIn(root, folder)), ...files.filter((file) => existsSync(join(root, file)))]) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

/** The sources of all tests below `root`: where tags stand. */
export function testTexts(root: string): readonly string[] {
  const tests = folders.flatMap((folder) => pathsIn(root, folder)).filter((path) => /\.(test|spec)\.tsx?$/.test(path));
  return tests.map((path) => readFileSync(join(root, path), "utf8"));
}

export const resultsFile = (root: string): string => join(root, ".test", "results.json");

/** The results of the last test run below `root`; undefined when there are none, or none that can be read. */
export function readTestRun(root: string): TestRun | undefined {
  if (!existsSync(resultsFile(root))) return undefined;
  try {
    return testRun.safeParse(JSON.parse(readFileSync(resultsFile(root), "utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // a run that was killed while it wrote
    throw error;
  }
}
