import { mkdtempSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { browserLaunch } from "./tests/e2e/browser.ts";

const port = Number(process.env["E2E_PORT"] ?? 3917);
/** Made once by the process that starts the run; its workers inherit it. */
const data = (process.env["E2E_DATA_DIR"] ??= mkdtempSync(join(tmpdir(), "veribatch-e2e-")));
chmodSync(data, 0o755);
const launchOptions = await browserLaunch();

export default defineConfig({
  testDir: "tests/e2e",
  testMatch: "*.spec.ts",
  outputDir: ".test/e2e",
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  retries: 0,
  reporter: [["json", { outputFile: ".test/browser.json" }], ["line"]],
  use: { baseURL: `http://localhost:${port}`, launchOptions: { ...launchOptions }, viewport: { width: 1440, height: 900 }, screenshot: "only-on-failure" },
  webServer: {
    command: "node bin/run.mjs portal", url: `http://localhost:${port}/api/health`, timeout: 600_000, reuseExistingServer: false, gracefulShutdown: { signal: "SIGTERM", timeout: 20_000 }, stdout: "pipe",
    env: { PORT: String(port), DATA_DIR: data, DEMO_HISTORY: "off", PATH: `${process.cwd()}/node_modules/.bin:${process.env["PATH"] ?? ""}` },
  },
});
