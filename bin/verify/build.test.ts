import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { synthetic } from "#tests/evidence/synthetic.ts";
import { verifyBundle } from "./bundle.ts";
import { buildVerifier, verifierNames, type BuiltVerifier } from "./build.ts";
import { jsonOf } from "./report.ts";

const root = resolve(import.meta.dirname, "../..");
let directory: string;
let built: readonly BuiltVerifier[];
const made = synthetic();
const path = (name: string): string => join(directory, name);
/** The built program as an inspector runs it: in its own folder, with an environment of its own. */
const run = (...words: readonly string[]) => spawnSync(process.execPath, [path(verifierNames.program), ...words], { cwd: directory, env: { NODE_ENV: "production" }, encoding: "utf8" });

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "veribatch-built-"));
  built = await buildVerifier(root, directory);
  writeFileSync(path("good.json"), made.text);
  writeFileSync(path("bad.json"), made.text.replace("Record complete", "Record complett"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the verifier as one file", () => {
  it("REQ-26 (EU Annex 11 17) runs on its own, says each check with its count, and ends with 0 only when all hold", () => {
    const good = run("good.json");
    expect([good.status, good.stdout.trim().split("\n").length, good.stdout.trim().split("\n").at(-1)]).toEqual([0, 13, "VERIFIED"]);
    expect(good.stdout).toMatch(/^ok {5}entries: {5}5 entries with their proofs\./m);
    const bad = run("bad.json");
    expect([bad.status, bad.stdout.trim().split("\n").at(-1)]).toEqual([1, "NOT VERIFIED"]);
    expect(bad.stdout).toMatch(/^FAILED container:/m);
  });
  it("REQ-26 (EU Annex 11 17) says the same for programs, and knows a trusted fingerprint from a file", () => {
    const report = verifyBundle(Buffer.from(made.text));
    expect(run("good.json", "--json").stdout.trim()).toBe(jsonOf(report));
    writeFileSync(path("trust.txt"), `Fingerprint of 2 March:\n  ${report.fingerprint}\n`);
    expect(JSON.parse(run("--trust", "trust.txt", "--json", "good.json").stdout)).toMatchObject({ verified: true, trusted: true });
    expect(run("good.json", "--trust", "0".repeat(64)).status).toBe(1);
  });
  it.each([[[]], [["missing.json"]], [["good.json", "--trust"]], [["good.json", "--trust", "short"]], [["good.json", "bad.json"]]])("ends with 2 and a sentence when there is nothing to check: %j", (words) => {
    const { status, stdout, stderr } = run(...words);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr.trim().length).toBeGreaterThan(20);
  });
  it("is built to the same bytes again", async () => {
    const again = mkdtempSync(join(tmpdir(), "veribatch-again-"));
    expect(await buildVerifier(root, again)).toEqual(built);
    rmSync(again, { recursive: true, force: true });
    for (const { name, sha256 } of built) expect(createHash("sha256").update(readFileSync(path(name))).digest("hex")).toBe(sha256);
  });
  it("names no address and asks nothing of Node but to read a file", () => {
    const text = readFileSync(path(verifierNames.program), "utf8");
    expect(execFileSync(process.execPath, ["--check", path(verifierNames.program)], { encoding: "utf8" })).toBe("");
    expect([...text.matchAll(/\bimport\b[^"';]*from"([^"]+)"/g)].map((m) => m[1])).toEqual(["node:fs"]);
    expect(text).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|node:(http|https|net|child_process)/);
  });
});

describe("the verifier's page", () => {
  const page = (): string => readFileSync(path(verifierNames.page), "utf8");
  it("REQ-24 (21 CFR 11.30) runs its one script and its one style and may reach nothing", () => {
    const script = /<script>([\s\S]*)<\/script>/.exec(page())?.[1] ?? "";
    const style = /<style>([\s\S]*)<\/style>/.exec(page())?.[1] ?? "";
    const digest = (text: string) => `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
    expect(page()).toContain(`content="default-src 'none'; script-src '${digest(script)}'; style-src '${digest(style)}'; base-uri 'none'; form-action 'none'"`);
    expect(script.length).toBeGreaterThan(50_000);
    expect(page()).not.toMatch(/<(script|link|img|iframe)[^>]*(src|href)=/i);
  });
});
