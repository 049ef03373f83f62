import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { buildVerifier, verifierNames } from "#bin/verify/build.ts";
import { sha256 } from "#lib/digest/digest.ts";
import { synthetic } from "#tests/evidence/synthetic.ts";
import { pageOf } from "./person.ts";

let directory: string;
test.beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "veribatch-verifier-"));
  await buildVerifier(process.cwd(), directory);
});
test.afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The verifier's page as an inspector opens it: from the disk, and a sentence for every connection it tries. */
async function openVerifier(page: Page): Promise<readonly string[]> {
  const tried: string[] = [];
  page.on("request", (request) => void (/^https?:/.test(request.url()) && tried.push(request.url())));
  page.on("console", (message) => void (message.type() === "error" && tried.push(message.text())));
  page.on("pageerror", (error) => void tried.push(error.message));
  await page.goto(pathToFileURL(join(directory, verifierNames.page)).href);
  return tried;
}

test("REQ-26 (EU Annex 11 17): an inspector checks a bundle in a browser from file://, without any connection", async ({ browser }) => {
  const page = await (await browser.newContext()).newPage();
  const tried = await openVerifier(page);
  const made = synthetic();
  await page.locator("#file").setInputFiles({ name: "good.json", mimeType: "application/json", buffer: Buffer.from(made.text) });
  await expect(page.getByRole("heading", { name: "Verified", exact: true })).toBeFocused();
  await expect(page.getByRole("row")).toHaveCount(12);
  await expect(page.getByRole("cell", { name: "failed" })).toHaveCount(0);
  await expect(page.locator("#result")).toContainText(sha256(made.text));
  await expect(page.locator("#result")).toContainText("Nothing vouches for the keys");

  const fingerprint = /Fingerprint of the keys([0-9a-f]{64})/.exec((await page.locator("#result").textContent()) ?? "")?.[1] ?? "";
  await page.getByLabel("Fingerprint you trust").fill(fingerprint.slice(1));
  await page.keyboard.press("Tab");
  await expect(page.locator("#trust-hint")).toContainText("these are 63 characters");
  await page.getByLabel("Fingerprint you trust").fill(fingerprint);
  await page.keyboard.press("Enter");
  await expect(page.locator("#result")).toContainText("The keys are the ones you trust");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  const spoilt = made.text.replace("Record complete", "Record complett");
  await page.locator("#file").setInputFiles({ name: "bad.json", mimeType: "application/json", buffer: Buffer.from(spoilt) });
  await expect(page.getByRole("heading", { name: "Not verified" })).toBeFocused();
  await expect(page.getByRole("row", { name: /failed File/ })).toContainText("another digest");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.locator("#file").setInputFiles({ name: "other.txt", mimeType: "text/plain", buffer: Buffer.from("hello") });
  await expect(page.getByRole("row", { name: /failed File/ })).toContainText("not JSON");
  expect(tried).toEqual([]);
});

test("REQ-02 (21 CFR 11.10(b)), REQ-26 (EU Annex 11 17): an auditor exports evidence of a batch, and it verifies with the program and the page he downloaded beside it", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  await page.goto("/sites/basel/batches/BAS-101-2607");
  await page.getByRole("link", { name: "Evidence" }).click();
  await expect(page.getByRole("heading", { name: "BAS-101-2607, evidence" })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  const trusted = (await page.locator(".evidence-digest").filter({ hasText: /^[0-9a-f]{64}$/ }).last().textContent()) ?? "";

  const fetched = await Promise.all(Object.values(verifierNames).map(async (name) => {
    const answer = await page.request.get(`/verifier/${name}`);
    const path = join(directory, `served-${name}`);
    writeFileSync(path, await answer.body());
    await expect(page.locator(".evidence-file").filter({ hasText: name })).toContainText(sha256(readFileSync(path)));
    return path;
  }));
  await page.getByLabel("Reason").fill("Asked for by the inspector");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export evidence" }).click();
  const download = await saving;
  const path = join(directory, download.suggestedFilename());
  await download.saveAs(path);
  expect(download.suggestedFilename()).toMatch(/^BAS-101-2607-evidence-copy-\d+\.json$/);
  await expect(page.getByRole("status").filter({ hasText: "was saved" })).toContainText(sha256(readFileSync(path)));
  await expect(page.getByRole("region", { name: "Copies", exact: true })).toContainText("Asked for by the inspector");

  const program = fetched[0] ?? "";
  const said = execFileSync(process.execPath, [program, path, "--trust", trusted], { encoding: "utf8" });
  expect(said.trim().split("\n").at(-1)).toBe("VERIFIED");
  expect(said).toContain("the one you trust");
  const checker = await browser.newPage();
  await checker.goto(pathToFileURL(fetched[1] ?? "").href);
  await checker.locator("#file").setInputFiles(path);
  await expect(checker.getByRole("heading", { name: "Verified", exact: true })).toBeVisible();
  await expect(checker.locator("#result")).toContainText("BAS-101-2607, Basel");
});

test("REQ-04 (21 CFR 11.10(d)): evidence is exported by nobody who may not, and by no form of another page", async ({ browser }) => {
  const raleigh = await pageOf(browser, "supervisor.raleigh@demo");
  expect((await raleigh.request.post("/sites/basel/batches/BAS-101-2607/evidence/bundle", { form: { reason: "Not mine to take" } })).status()).toBe(404);
  const auditor = await pageOf(browser, "auditor@demo");
  const ask = (reason: string, origin?: string) => auditor.request.post("/sites/basel/batches/BAS-101-2607/evidence/bundle", { form: { reason }, headers: origin ? { origin } : {} });
  expect((await ask("Inspection", "https://example.com")).status()).toBe(403);
  expect((await ask("no")).status()).toBe(400);
  expect((await auditor.request.get("/sites/basel/batches/BAS-101-2607/evidence/bundle")).status()).toBe(405);
});
