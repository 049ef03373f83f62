import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clauses } from "#lib/compliance/clauses.ts";
import { readTestRun, resultsFile, sourceDigest, testTexts } from "#lib/compliance/source-tree.ts";
import { tagsOf } from "#lib/compliance/test-run.ts";

const root = resolve(import.meta.dirname, "../..");

/** Addresses of pages without a part that changes: the ones a row may name. */
function addresses(folder: string, address = ""): readonly string[] {
  const found = readdirSync(folder, { withFileTypes: true });
  return [...(found.some((f) => f.name === "page.tsx") ? [address || "/"] : []), ...found.filter((f) => f.isDirectory() && !f.name.startsWith("[")).flatMap((f) => addresses(join(folder, f.name), `${address}/${f.name}`))];
}

describe("the rows of the compliance matrix", () => {
  it("are numbered from 1 to 75 without a gap", () => expect(clauses.map((c) => c.number)).toEqual(Array.from({ length: 75 }, (_, i) => i + 1)));

  it("never say of software that it is compliant, and call a draft a draft", () => {
    const texts = clauses.map((c) => JSON.stringify(c));
    expect(texts.filter((text) => /complian(t|ce with)|certified/i.test(text))).toEqual([]);
    expect(clauses.filter((c) => c.regulations.some((r) => r.includes("draft")) && !/draft/.test(c.clause)).map((c) => [c.number, c.clause])).toEqual([[8, "Annex 11, 9"], [17, "Annex 11, 7.1 and 7.2"]]);
  });

  it("name as evidence only pages that there are and documents that come with the program", () => {
    const pages = addresses(join(root, "app"));
    const wrong = clauses.flatMap((c) => c.evidence.filter((e) => ("address" in e ? !pages.includes(e.address) : !existsSync(join(root, e.document)))).map((e) => `row ${c.number}: ${e.name}`));
    expect(pages.length).toBeGreaterThan(8);
    expect(wrong).toEqual([]);
  });

  it("REQ-62 (GAMP 5) that are claimed have evidence and a test that carries their tag", () => {
    const tags = new Set(testTexts(root).flatMap(tagsOf));
    expect(clauses.filter((c) => c.state === "claimed" && (c.evidence.length === 0 || !tags.has(c.number))).map((c) => c.number)).toEqual([]);
  });
});

describe("the version of a tree", () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), "veribatch-version-"));
    for (const part of ["lib/digest", "tests/rules", "package.json"]) cpSync(join(root, part), join(copy, part), { recursive: true });
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const withFile = <T>(path: string, text: string, look: () => T): T => {
    const before = existsSync(join(copy, path)) ? readFileSync(join(copy, path)) : undefined;
    mkdirSync(join(copy, path, ".."), { recursive: true });
    writeFileSync(join(copy, path), text);
    try {
      return look();
    } finally {
      if (before) writeFileSync(join(copy, path), before);
      else rmSync(join(copy, path));
    }
  };

  it("REQ-62 (GAMP 5) is another one when a source, a test or a dependency changes, comes or goes, and the same again without the change", () => {
    const first = sourceDigest(copy);
    const others = [["lib/digest/digest.ts", "export const sha = 1;\n"], ["tests/rules/more.test.ts", ""], ["package.json", "{}"], ["lib/digest/a\nb.ts", "x"]].map(([path = "", text = ""]) => withFile(path, text, () => sourceDigest(copy)));
    expect(new Set([first, ...others]).size).toBe(5);
    expect(sourceDigest(copy)).toBe(first);
  });

  it("is the same with a repository, results, a build or an editor's file beside the sources", () => {
    const first = sourceDigest(copy);
    for (const path of [".git/HEAD", ".test/results.json", ".next/build", "lib/.swap", "README.md"]) expect(withFile(path, "x", () => sourceDigest(copy)), path).toBe(first);
  });

  it("has no results in a clone, nor from a file that was cut off or is of another kind", () => {
    expect(readTestRun(copy)).toBeUndefined();
    for (const text of ["", "{", "[]", '{"format":"other","sections":[]}']) expect(withFile(".test/results.json", text, () => readTestRun(copy)), text).toBeUndefined();
    expect(withFile(".test/results.json", '{"format":"veribatch-test-run/1","sections":[]}', () => readTestRun(copy))).toEqual({ format: "veribatch-test-run/1", sections: [] });
    expect(resultsFile(copy)).toBe(join(copy, ".test/results.json"));
  });
});

describe("what decides about a batch", () => {
  const deciding = ["quantity", "quality", "recipe", "batch", "release", "signature"];
  const sources = deciding.flatMap((word) => readdirSync(join(root, "lib", word)).filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts")).map((f) => `lib/${word}/${f}`));
  const imports = (path: string): readonly string[] => [...readFileSync(join(root, path), "utf8").matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((m) => m[1] ?? "");

  it("REQ-75 (Annex 22 draft) asks no model, and reaches no network but the identity provider's", () => {
    expect(sources.length).toBeGreaterThan(25);
    const reached = sources.flatMap((path) => imports(path).filter((name) => /^#lib\/(prediction|twin|simulator)\/|onnx|^node:(http|https|net|tls)|^undici/.test(name)).map((name) => `${path}: ${name}`));
    const asked = sources.filter((path) => /\bfetch\(|\bWebSocket\(/.test(readFileSync(join(root, path), "utf8")));
    expect([reached, asked]).toEqual([[], []]);
    expect(sources.filter((path) => imports(path).includes("openid-client"))).toEqual(sources.filter((path) => path === "lib/signature/step-up.ts"));
  });

  it("REQ-75 (Annex 22 draft), REQ-43 (21 CFR 211.22) has no package of a generative model in the whole program, of any depth", () => {
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { packages: Record<string, unknown> };
    const names = Object.keys(lock.packages);
    expect(names.length).toBeGreaterThan(200);
    expect(names.filter((name) => /openai|anthropic|langchain|llama|ollama|mistral|cohere|generative-ai|huggingface|replicate|@ai-sdk|\/ai$/i.test(name))).toEqual([]);
  });
});
