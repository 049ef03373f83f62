import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
let copy: string;

/** Runs the project's own rules over a small tree of planted files. */
function cruise(files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  const { stdout, stderr } = spawnSync(join(root, "node_modules/.bin/depcruise"), ["--config", ".dependency-cruiser.mjs", "app", "components", "lib", "db", "bin"], { cwd: copy, encoding: "utf8", env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}` } });
  return stdout + stderr;
}

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "veribatch-rules-"));
  for (const file of [".dependency-cruiser.mjs", "package.json", "tsconfig.json"]) cpSync(join(root, file), join(copy, file));
  for (const folder of ["app", "components", "lib", "db", "bin"]) mkdirSync(join(copy, folder));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

const state = { "lib/batch/state.ts": "export const state = 1;\n", "db/client.ts": "export const pool = 1;\n" };

describe("the dependency rule", () => {
  it("accepts arrows that point downwards, and saw them", () => {
    const said = cruise({ ...state, "lib/release/plan.ts": 'import { state } from "#lib/batch/state.ts";\nexport const plan = state;\n' });
    expect(said).toContain("no dependency violations found (3 modules, 1 dependencies cruised)");
  });

  it("lets a component run the verifier, which is made for a browser, and nothing else of the programs", () => {
    const said = cruise({ "bin/verify/bundle.ts": "export const verify = 1;\n", "components/a.tsx": 'import { verify } from "#bin/verify/bundle.ts";\nexport const A = () => verify;\n' });
    expect(said).toContain("no dependency violations found (2 modules, 1 dependencies cruised)");
  });

  it.each([
    ["a circle", "no-circle", { "lib/batch/a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;\n', "lib/batch/b.ts": 'import { a } from "./a.ts";\nexport const b = () => a;\n' }],
    ["a lower word that uses a higher one", "lower-floor-quantity", { "lib/quantity/limit.ts": 'import { state } from "#lib/batch/state.ts";\nexport const limit = state;\n' }],
    ["a rule that reaches the database", "core-without-io", { "lib/batch/rule.ts": 'import { pool } from "#db/client.ts";\nexport const rule = pool;\n' }],
    ["a rule that reads a file", "core-without-io", { "lib/batch/rule.ts": 'import { readFile } from "node:fs/promises";\nexport const rule = readFile;\n' }],
    ["a component that reaches the database", "components-show", { "components/a.tsx": 'import { pool } from "#db/client.ts";\nexport const A = () => pool;\n' }],
    ["a component that runs a program", "components-show", { "bin/portal.ts": "export const portal = 1;\n", "components/a.tsx": 'import { portal } from "#bin/portal.ts";\nexport const A = () => portal;\n' }],
    ["a page that reaches the pool", "app-is-addresses", { "app/page.tsx": 'import { pool } from "#db/client.ts";\nexport default () => pool;\n' }],
    ["a library that imports a program", "nobody-imports-programs", { "bin/portal.ts": "export const portal = 1;\n", "lib/batch/rule.ts": 'import { portal } from "#bin/portal.ts";\nexport const rule = portal;\n' }],
    ["a verifier that leans on what writes", "verifier-stands-alone", { "bin/verify/bundle.ts": 'import { state } from "#lib/batch/state.ts";\nexport const verify = state;\n' }],
    ["a verifier that no browser can run", "verifier-in-a-browser", { "bin/verify/bundle.ts": 'import { readFileSync } from "node:fs";\nexport const verify = readFileSync;\n' }],
    ["an import that leads nowhere", "resolvable", { "lib/batch/rule.ts": 'import { gone } from "#lib/batch/gone.ts";\nexport const rule = gone;\n' }],
  ])("catches %s", (_what, rule, files) => {
    expect(cruise({ ...state, ...files })).toContain(`error ${rule}`);
  });
});
