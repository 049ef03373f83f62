import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keepRunning } from "./child.ts";

/** A program that notes each of its starts and ends with the code it is handed. */
function programRoot(): { readonly root: string; readonly starts: () => number } {
  const root = mkdtempSync(join(tmpdir(), "veribatch-child-"));
  mkdirSync(join(root, "bin"));
  writeFileSync(join(root, "bin/run.mjs"), `import { appendFileSync } from "node:fs";\nappendFileSync("starts", "x");\nprocess.once("message", ({ code }) => process.exit(code));\n`);
  return { root, starts: () => readFileSync(join(root, "starts"), "utf8").length };
}

describe("a program of the portal that ends when its work is done", () => {
  it("is started again so often as it is told when it dies, and then left", async () => {
    const { root, starts } = programRoot();
    await new Promise<void>((left) => { keepRunning({ root, program: "any", handover: { code: 1 }, restarts: [5, 5], left }); });
    expect(starts()).toBe(3);
  });

  it("is not started again when it ended well", async () => {
    const { root, starts } = programRoot();
    const child = keepRunning({ root, program: "any", handover: { code: 0 }, restarts: [1], left: () => { throw new Error("it was given up"); } });
    await new Promise((ended) => child.current().once("exit", ended));
    await new Promise((waited) => setTimeout(waited, 50));
    expect(starts()).toBe(1);
  });
});
