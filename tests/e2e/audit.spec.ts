import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { exportHolds } from "../../lib/audit/export.ts";
import { pageOf } from "./person.ts";

const violations = async (page: Page) => (await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze()).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
const firstEntry = (page: Page) => page.locator("table[data-keys] a[data-row-link]").first();

test("an auditor starts in the inspection room and finds batch, person, unit and entry from there", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  await page.goto("/");
  await expect(page).toHaveURL(/\/inspection$/);
  for (const [words, kind] of [["BAS-101-2607", "Batch"], ["Miriam", "Person"], ["BR-2001", "Unit"], ["12", "Audit entry"]] as const) {
    await page.getByLabel("Batch, person, unit").fill(words);
    await page.getByRole("button", { name: "Look up" }).click();
    await expect(page.getByRole("row", { name: new RegExp(`^${kind} `) }).first()).toBeVisible();
  }
  expect(await violations(page)).toEqual([]);
  await page.context().close();
});

test("REQ-08 (Annex 11 §9) the explorer's filters stand in the address, can be added and removed, and hide creations until they are asked for", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  await page.goto("/audit");
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toContainText(/changes match/);
  await expect(page.getByText(/creations hidden/)).toBeVisible();
  await page.getByRole("link", { name: "Show", exact: true }).click();
  await expect(page).toHaveURL(/kind=all/);
  await page.getByText("Add filter").click();
  await page.getByLabel("Batch", { exact: true }).fill("BAS-101-2607");
  await page.getByRole("button", { name: "Apply filters" }).click();
  await expect(page).toHaveURL(/batch=BAS-101-2607/);
  await expect(page.getByRole("link", { name: "Remove filter Batch" })).toBeVisible();
  await expect(page.locator("table[data-keys] tbody tr").first()).toContainText(/Step|Batch|Exception|Signature/);
  const matched = await heading.textContent();
  await page.reload();
  await expect(heading).toHaveText(matched ?? "");
  await page.getByRole("link", { name: "Remove filter Batch" }).click();
  await expect(page).not.toHaveURL(/batch=/);
  await page.getByRole("link", { name: /^Late entries/ }).click();
  await expect(page).toHaveURL(/late=1/);
  const count = Number(/\d+/.exec((await heading.textContent()) ?? "")?.[0]);
  expect(count).toBeGreaterThan(0);
  await expect(page.getByRole("link", { name: /^Late entries/ })).toContainText(String(count));
  expect(await violations(page)).toEqual([]);
  await page.context().close();
});

test("REQ-01 (21 CFR 11.10(a)) an entry opened from the keyboard is proved in the browser, and its proof can be taken away", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  await page.goto("/audit?kind=all&class=all&batch=BAS-101-2607");
  await firstEntry(page).waitFor();
  await page.locator("body").press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/entry=[0-9a-f-]{36}/);
  const pane = page.getByRole("complementary", { name: /Entry/ });
  await expect(pane.getByText(/^Verified here/)).toBeVisible();
  await expect(pane.getByRole("img", { name: /equals the root in the checkpoint/ })).toBeVisible();
  await expect(pane.getByRole("row", { name: /co-signed/ })).toHaveCount(3);
  expect(await violations(page)).toEqual([]);
  const address = await pane.getByRole("link", { name: "Take the proof away" }).getAttribute("href");
  const taken = await page.request.get(address ?? "");
  expect(taken.headers()["content-disposition"]).toContain("attachment");
  const proof = (await taken.json()) as { format: string; canonical: string; path: string[]; note: string; keys: unknown[] };
  expect([proof.format, JSON.parse(proof.canonical).siteId, proof.keys.length]).toEqual(["EBRPROOF/1", "basel", 4]);
  // A server that tells another story is found out: the entry's bytes are changed on their way to the browser.
  const forged = await page.context().newPage();
  await forged.route(/\/audit\?/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll("demo story of a first start", "demo story of a later start") });
  });
  await forged.goto(page.url());
  await expect(forged.getByText("The proof does not hold")).toBeVisible();
  await page.context().close();
});

test("REQ-02 (21 CFR 11.10(b)) verifies all that match, says how many, and exports them signed and recorded", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  await page.goto("/audit?site=basel");
  const count = Number(/\d+/.exec((await page.getByRole("heading", { level: 1 }).textContent()) ?? "")?.[0]);
  await page.getByRole("button", { name: `Verify all ${count}` }).click();
  await expect(page.getByText(`${count} checked`)).toContainText(`${count} hold and are proved in the ledger`);
  await page.goto("/audit?batch=NO-SUCH");
  await expect(page.getByRole("button", { name: /^Verify/ })).toHaveCount(0);
  expect(await page.evaluate(async () => (await (await fetch("/audit/verify?batch=NO-SUCH", { method: "POST" })).json()) as unknown)).toMatchObject({ checked: 0, proved: 0 });
  expect((await page.request.get("/audit/export?batch=NO-SUCH&format=csv")).status()).toBe(409);
  await page.goto("/audit?site=basel");
  for (const [name, format] of [["CSV, for reading", "csv"], ["JSON, with the bytes of each entry", "json"]] as const) {
    await page.getByText(/^Export \d+ entries, signed/).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
    const text = readFileSync(await download.path(), "utf8");
    const key = /publicKey[\\"]+:[\\"]+([\w-]{43})/.exec(text)?.[1] ?? "";
    expect(exportHolds(text, key), format).toBe(true);
    expect(exportHolds(text.replace("glucose", "lactate"), key), format).toBe(false);
    await page.keyboard.press("Escape");
    await page.goto("/audit?site=basel");
  }
  await page.goto("/audit?site=basel&event=audit.exported&kind=acts&class=all");
  await expect(page.getByRole("row", { name: /Audit trail exported/ })).toHaveCount(2);
  await page.context().close();
});

test("REQ-04 (21 CFR 11.10(d)) ledgers answer to who may read the trail of their site, and to others they do not exist", async ({ browser }) => {
  const auditor = await pageOf(browser, "auditor@demo");
  const head = (await (await auditor.request.get("/api/ledger/basel/checkpoint")).json()) as { size: number; note: string };
  expect(head.size).toBeGreaterThan(100);
  expect((await auditor.request.get(`/api/ledger/basel/proof?first=1&second=${head.size}`)).status()).toBe(200);
  expect((await auditor.request.get(`/api/ledger/basel/proof?first=2&second=1`)).status()).toBe(404);
  expect((await auditor.request.get("/api/ledger/basel/proof?entry=x")).status()).toBe(400);
  expect((await auditor.request.get("/api/ledger/nowhere/checkpoint")).status()).toBe(404);
  for (const person of ["operator.basel@demo", "admin@demo"]) {
    const other = await pageOf(browser, person);
    expect((await other.request.get("/api/ledger/basel/checkpoint")).status(), person).toBe(404);
    expect((await other.request.get(`/api/ledger/basel/proof?first=1&second=2`)).status(), person).toBe(404);
    expect((await other.goto("/inspection"))?.status(), person).toBe(404);
    await other.context().close();
  }
  const admin = await pageOf(browser, "admin@demo");
  expect((await admin.request.get("/api/ledger/enterprise/checkpoint")).status()).toBe(200);
  await admin.context().close();
  await auditor.context().close();
});

test("what an inspector looks at is written down once a page view, and he can see it; a look of quality is not", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  const logged = async () => {
    await page.goto("/inspection/access-log");
    return Number(/^\d+/.exec((await page.locator(".page-head .sub").textContent()) ?? "")?.[0]);
  };
  const before = await logged();
  await page.goto("/sites/basel/batches/BAS-101-2607/storyline");
  await page.getByRole("link", { name: "All its entries" }).hover(); // what the browser fetches ahead is no view
  await page.waitForTimeout(500);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Audit trail" }).click();
  await expect(page).toHaveURL(/\/audit$/);
  expect(await logged()).toBe(before + 3);
  const rows = page.locator("table tbody tr");
  await expect(rows.nth(0)).toContainText("/inspection/access-log");
  await expect(rows.nth(1)).toContainText("/audit");
  await expect(rows.nth(2)).toContainText("/sites/basel/batches/BAS-101-2607/storyline");
  await expect(rows.nth(2)).toContainText("Basel");
  expect(await violations(page)).toEqual([]);
  const quality = await pageOf(browser, "qa.manager@demo");
  await quality.goto("/audit?event=record.viewed&kind=acts&class=all&actor=Keller");
  await expect(quality.getByText("No entry matches these filters.")).toBeVisible();
  await quality.context().close();
  await page.context().close();
});

test("keeps a view under a name, opens it and deletes it", async ({ browser }) => {
  const page = await pageOf(browser, "qa.manager@demo");
  await page.goto("/audit?after=1&site=raleigh");
  await page.getByText("My views").click();
  await page.getByLabel("Save these filters as").fill("Raleigh, after completion");
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(page.getByText("Saved as Raleigh, after completion.")).toBeVisible();
  await page.goto("/audit");
  await page.getByRole("link", { name: "Raleigh, after completion" }).click();
  await expect(page).toHaveURL(/site=raleigh/);
  await page.getByText("My views").click();
  await page.getByLabel("Save these filters as").fill("Raleigh, after completion");
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "already have a view of this name" })).toBeVisible();
  await page.getByRole("button", { name: "Delete Raleigh, after completion" }).click();
  await expect(page.getByRole("link", { name: "Raleigh, after completion" })).toHaveCount(0);
  await page.context().close();
});

test("tells the story of a batch and of one person in a month, act by act", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  for (const address of ["/sites/basel/batches/BAS-101-2607/storyline", "/audit/people/programme:story"]) {
    for (const width of [1440, 720]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(address);
      await expect(page.locator(".storyline > li").first()).toContainText("demo story of a first start");
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    }
    expect(await violations(page), address).toEqual([]);
  }
  await page.goto("/audit/people");
  await page.getByRole("link", { name: "Eva Lindqvist" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Everything Eva Lindqvist did in 20");
  await expect(page.locator(".storyline > li").first()).toContainText("Eva Lindqvist");
  expect((await page.goto("/audit/people/00000000-0000-4000-8000-000000000000"))?.status()).toBe(404);
  await page.context().close();
});
