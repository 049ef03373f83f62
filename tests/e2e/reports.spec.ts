import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { pageOf } from "./person.ts";

test("REQ-02 (211.180(c)) a person asks for a batch record, watches it being made and takes it away", async ({ browser }) => {
  const page = await pageOf(browser, "qa.manager@demo");
  await page.goto("/reports");
  await page.getByLabel("Batch", { exact: true }).fill("RAL-101-2601");
  await page.getByRole("button", { name: "Make a copy" }).click();
  await expect(page).toHaveURL(/\/reports\/raleigh\/[0-9a-f-]{36}/);
  const link = page.getByRole("link", { name: /^Download RAL-101-2601-EBR-copy-\d+\.pdf$/ });
  await expect(link).toBeVisible({ timeout: 60_000 });
  const digest = await page.locator(".report-digest").innerText();
  const response = await page.request.get((await link.getAttribute("href")) ?? "");
  expect(response.headers()["content-type"]).toBe("application/pdf");
  const bytes = await response.body();
  expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
  const found = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  expect(Buffer.from(found).toString("hex")).toBe(digest);
  await page.goto("/reports");
  await expect(page.getByRole("row").filter({ hasText: "RAL-101-2601" }).first()).toContainText("Ready");
});

test("REQ-40 (21 CFR 211.188(a)) the issued record of a batch is a numbered copy of its own, from Reports and from the batch; a master has one from its version", async ({ browser }) => {
  const page = await pageOf(browser, "qa.manager@demo");
  await page.goto("/reports");
  await page.getByLabel("Batch", { exact: true }).fill("BAS-201-2601");
  await page.getByLabel("As issued, blank").check();
  await page.getByRole("button", { name: "Make a copy" }).click();
  await expect(page.getByRole("link", { name: /^Download BAS-201-2601-issued-copy-\d+\.pdf$/ })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("heading", { level: 1, name: "Issued record, blank, PDF" })).toBeVisible();
  await page.goto("/sites/basel/batches/BAS-201-2601");
  const issued = await page.request.get((await page.getByRole("link", { name: "Issued record, PDF" }).getAttribute("href")) ?? "", { timeout: 60_000 });
  expect([issued.status(), issued.headers()["content-type"]]).toEqual([200, "application/pdf"]);
  await page.goto("/masters/MBR-201/2");
  const master = await page.request.get((await page.getByRole("link", { name: "PDF", exact: true }).getAttribute("href")) ?? "", { timeout: 60_000 });
  expect([master.status(), master.headers()["content-type"]]).toEqual([200, "application/pdf"]);
});

test("REQ-62, REQ-63 an auditor makes a compliance report; without JavaScript as well", async ({ browser }) => {
  await (await pageOf(browser, "auditor@demo")).context().close(); // signing in needs scripts, the report does not
  const page = await pageOf(browser, "auditor@demo", { javaScriptEnabled: false });
  await page.goto("/reports");
  await page.getByRole("button", { name: "Make the report" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Compliance report, PDF" })).toBeVisible();
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("link", { name: /^Download compliance-/ })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 90_000 });
  const file = await page.request.get((await page.getByRole("link", { name: /^Download compliance-/ }).getAttribute("href")) ?? "");
  expect((await file.body()).subarray(0, 5).toString()).toBe("%PDF-");
});

test("a period that ends before it begins is refused with a sentence", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  await page.goto("/reports");
  await page.getByLabel("First day, UTC").fill("2026-03-02");
  await page.getByLabel("Last day, UTC").fill("2026-03-01");
  await page.getByRole("button", { name: "Make the report" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "ends before it begins" })).toBeVisible();
});

test("REQ-04 (21 CFR 11.10(d)) a copy is somebody's own: others neither take it away nor, without the right, know of it", async ({ browser }) => {
  const page = await pageOf(browser, "qa.manager@demo");
  const taken = await page.request.get("/sites/singapore/batches/SIN-101-2604/report.pdf");
  expect(taken.status()).toBe(200);
  await page.goto("/reports");
  const address = await page.getByRole("row").filter({ hasText: "SIN-101-2604" }).first().getByRole("link", { name: "Download" }).getAttribute("href");
  const own = address ?? "";
  expect((await page.request.get(own)).status()).toBe(200);
  const auditor = await pageOf(browser, "auditor@demo");
  expect((await auditor.request.get(own)).status()).toBe(404);
  await auditor.goto(own.replace(/\/file$/, ""));
  await expect(auditor.getByText("who alone can take it away")).toBeVisible();
  const operator = await pageOf(browser, "operator.basel@demo");
  expect((await operator.request.get(own)).status()).toBe(404);
  expect((await operator.goto(own.replace(/\/file$/, "")))?.status()).toBe(404);
  await operator.goto("/reports");
  await expect(operator.getByRole("button", { name: "Make a copy" })).toBeVisible();
  await expect(operator.getByRole("button", { name: "Make the report" })).toHaveCount(0);
});

test("the page Reports: no axe violation, nothing scrolls sideways, every time carries its zone", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  for (const width of [1440, 1024, 720]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto("/reports");
    await expect(page.getByRole("heading", { level: 1, name: "Reports" })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${width} px wide`).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
    expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`), `${width} px wide`).toEqual([]);
  }
  const text = await page.locator("main").innerText();
  expect([...text.matchAll(/\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?(?! ?[A-Z]|:|Z)/g)].map((m) => m[0])).toEqual([]);
});
