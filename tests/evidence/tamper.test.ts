import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type * as Edwards from "@noble/curves/ed25519.js";
import type * as Nist from "@noble/curves/nist.js";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { verifyFile } from "#bin/verify/pdf.ts";
import { canonical } from "#lib/digest/digest.ts";
import { tamperings } from "./tamper-cases.ts";
import { chanceOf } from "./tamper-chance.ts";
import { partTamperings } from "./tamper-parts.ts";
import { programme, pythonMissing, startPython, type PythonVerifier } from "./tamper-python.ts";
import { attack, tallyLines } from "./tamper-run.ts";
import { draftOf, fingerprintOf, newSubject, recount, seal } from "./tamper-subject.ts";

// The cases differ from one bundle in one place each: what the curves once answered is not computed anew (as tamper-memo.ts does for the command).
const { remembering } = await vi.hoisted(() => import("./tamper-remember.ts"));
vi.mock("@noble/curves/ed25519.js", async (original) => { const curves = await original<typeof Edwards>(); return { ...curves, ed25519: remembering(curves.ed25519) }; });
vi.mock("@noble/curves/nist.js", async (original) => { const curves = await original<typeof Nist>(); return { ...curves, p256: remembering(curves.p256) }; });

const folder = fileURLToPath(new URL("../verifier/", import.meta.url));
let python: PythonVerifier;
let scratch: string;

/** Runs Python to its end; without Python the test fails and says what to install. */
function ran(args: readonly string[]): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr, error } = spawnSync("python3", ["-B", ...args], { cwd: folder, encoding: "utf8" });
  if (error) throw new Error(pythonMissing, { cause: error });
  return { code: status, said: stdout + stderr };
}

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "veribatch-tamper-"));
  python = await startPython();
});
afterAll(async () => {
  await python?.end();
  rmSync(scratch, { recursive: true, force: true });
});

describe("the second verifier, in Python", () => {
  it("REQ-26 (EU Annex 11 17) holds to the published vectors and to its own rules", () => {
    const { code, said } = ran(["-m", "unittest"]);
    expect(said).toMatch(/Ran (2[4-9]|[3-9]\d) tests/);
    expect([code, said.trimEnd().split("\n").at(-1)]).toEqual([0, "OK"]);
  });
  it("REQ-26 (EU Annex 11 17) uses nothing but Python itself and shares no code with the first", () => {
    // -I and -S leave the standard library alone to import from.
    const isolated = ran(["-I", "-S", "-c", `import sys; sys.path.insert(0, ${JSON.stringify(folder)}); import verify, generate; print(sum(getattr(m, "__file__", None) is not None and m.__file__.startswith(sys.path[0]) for m in sys.modules.values()))`]);
    expect([isolated.code, Number(isolated.said) > 20]).toEqual([0, true]);
  });
  it("REQ-26 (EU Annex 11 17) tells a file it cannot read from one that does not hold", () => {
    expect(ran([programme, join(scratch, "none.json")]).code).toBe(2);
    expect(ran([programme, join(folder, "verify.py")]).code).toBe(1);
  });
});

describe("bundles written in Python from the document alone", () => {
  it("REQ-26 (EU Annex 11 17) are verified by both verifiers, and by each under the fingerprint of their register only", async () => {
    expect(ran(["generate.py", scratch, "30"]).code).toBe(0);
    const files = readdirSync(scratch).filter((name) => name.endsWith(".json"));
    expect(files.length).toBe(30);
    for (const name of files) {
      const bytes = readFileSync(join(scratch, name));
      const trust = fingerprintOf((JSON.parse(bytes.toString("utf8")) as { content: { keys: { id: string; publicKey: string }[] } }).content.keys);
      for (const [fingerprint, holds] of [[trust, true], ["0".repeat(64), false]] as const) {
        const [js, second] = [await verifyFile(bytes, { trust: fingerprint }), await python.ask(bytes, fingerprint)];
        expect([js.verified, second.verified], name).toEqual([holds, holds]);
        expect(js.fingerprint).toBe(second.fingerprint);
        expect(js.checks.filter((c) => !c.holds).map((c) => c.name)).toEqual(second.checks.filter((c) => !c.holds).map((c) => c.name));
      }
    }
  });
});

describe("an evidence bundle under attack", () => {
  it("REQ-01 (21 CFR 11.10(a)) has at least 7 KB, and is damaged in more than a hundred ways", () => {
    expect([newSubject(true), newSubject(false)].every((subject) => subject.bytes.length > 7 * 1024)).toBe(true);
    expect(tamperings.length).toBeGreaterThan(100);
    expect(new Set(tamperings.map((t) => t.name)).size).toBe(tamperings.length);
  });
  it("REQ-01 (21 CFR 11.10(a)) is refused by both verifiers after any flipped bit and any structural change of a sample; clean exports raise no alarm", async () => {
    const wanted = { flips: 300, structural: 1_400, clean: 20, pdf: 40, forged: 200, seed: 20_260_301 };
    const tally = await attack(wanted, python);
    expect(tally.misses.map(({ found, js, python: second }) => `${found.kind} (${found.by}), wanted ${found.wanted}: JavaScript ${js.fault ?? js.verified}, Python ${second.fault ?? second.verified}`)).toEqual([]);
    const rows = [...tally.rows.values()];
    expect(rows.reduce((n, row) => n + row.cases, 0)).toBe(wanted.flips + wanted.structural + wanted.clean + wanted.pdf + 1 + wanted.forged);
    expect(tally.rows.get("flip one bit")).toEqual({ cases: 300, refusedByJs: 300, refusedByPython: 300, disagreements: 0, misses: 0 });
    expect(tally.rows.get("clean")).toEqual({ cases: 20, refusedByJs: 0, refusedByPython: 0, disagreements: 0, misses: 0 });
    expect(tally.rows.size).toBeGreaterThan(100);
    expect(tallyLines(tally).at(-1)).toMatch(/^all /);
  }, 120_000);
  it.each(partTamperings.map((tampering) => [tampering.name, tampering] as const))("REQ-01 (21 CFR 11.10(a)) is refused by both when damaged in a part of the second form: %s", async (_name, { change, sealed }) => {
    const subject = newSubject(true);
    const draft = draftOf(subject.made);
    expect(change(draft, subject, chanceOf(7))).toBe(true);
    recount(draft);
    seal(draft, subject.made.keys.attestation);
    const bytes = Buffer.from(canonical(draft));
    const [js, second] = [await verifyFile(bytes, { trust: subject.trust }), await python.ask(bytes, subject.trust)];
    expect(second.fault).toBeUndefined();
    expect([js.verified, second.verified]).toEqual(sealed === "refused" ? [false, false] : [true, true]);
    expect(second.checks.filter((c) => !c.holds).map((c) => c.name)).toEqual(js.checks.filter((c) => !c.holds).map((c) => c.name));
  });
  it("REQ-01 (21 CFR 11.10(a)) has its harness report a verifier that lets something through", async () => {
    const blind: PythonVerifier = { ask: () => Promise.resolve({ verified: true, checks: [], fingerprint: "" }), end: () => Promise.resolve() };
    const tally = await attack({ flips: 5, structural: 0, clean: 1, pdf: 0, forged: 0, seed: 1 }, blind);
    expect(tally.rows.get("flip one bit")).toEqual({ cases: 5, refusedByJs: 5, refusedByPython: 0, disagreements: 5, misses: 5 });
    expect(tally.misses.length).toBe(5);
  });
});
