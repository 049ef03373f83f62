import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { pageOf } from "./person.ts";

const pages: readonly (readonly [string, string])[] = [
  ["qa.manager@demo", "/"], ["qa.manager@demo", "/batches"], ["qa.manager@demo", "/batches?q=nothing-like-this"], ["qa.manager@demo", "/sites/basel/batches/BAS-101-2608"], ["qa.manager@demo", "/sites/basel/batches/BAS-101-2608/record"],
  ["qa.manager@demo", "/sites/basel/batches/BAS-101-2607/signatures/1"], ["qa.manager@demo", "/sites/raleigh/batches/RAL-101-2606/sign?meaning=rejected"], ["qa.manager@demo", "/sites/raleigh"], ["qa.manager@demo", "/sites/raleigh/units/BR-3001"],
  ["qa.manager@demo", "/compare"], ["qa.manager@demo", "/audit"], ["qa.manager@demo", "/models"], ["admin@demo", "/people"], ["admin@demo", "/people/signing"], ["qa.manager@demo", "/account"], ["qa.manager@demo", "/account/notices"], ["auditor@demo", "/people/signing"], ["auditor@demo", "/audit"], ["operator.basel@demo", "/sites/basel"], ["site.lead.basel@demo", "/compare"],
];
const widths = [1440, 1024, 720] as const;

for (const [person, address] of pages) {
  test(`${address} as ${person}: no axe violation, nothing scrolls sideways, no error in the console`, async ({ browser }) => {
    const page = await pageOf(browser, person);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(address);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow, `${width} px wide`).toBeLessThanOrEqual(0);
      const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`), `${width} px wide`).toEqual([]);
    }
    expect(errors).toEqual([]);
    await page.context().close();
  });
}

test("REQ-07 (PI 041 9.8) every time on the pages carries its zone", async ({ browser }) => {
  const page = await pageOf(browser, "qa.manager@demo");
  for (const address of ["/batches", "/sites/singapore/batches/SIN-101-2604", "/sites/raleigh/batches/RAL-101-2606/record", "/audit", "/sites/raleigh/units/BR-3001"]) {
    await page.goto(address);
    const text = await page.locator("main").innerText();
    const bare = [...text.matchAll(/\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?(?! ?[A-Z]|:|Z)/g)].map((m) => m[0]);
    expect(bare, address).toEqual([]);
  }
});

test("the batch list sorts, filters and hides columns in the address, and works from the keyboard", async ({ browser }) => {
  const page = await pageOf(browser, "qa.manager@demo");
  await page.goto("/batches");
  await page.getByRole("link", { name: "Titer g/L" }).click();
  await expect(page).toHaveURL(/sort=titer/);
  await expect(page.getByRole("columnheader", { name: /Titer/ })).toHaveAttribute("aria-sort", "ascending");
  await page.getByText("Columns").click();
  await page.getByLabel("Yield %").uncheck();
  await expect(page).toHaveURL(/hide=yield/);
  await expect(page.getByRole("columnheader", { name: /Yield/ })).toHaveCount(0);
  await page.goto("/batches?state=released&site=raleigh&sort=id");
  await page.locator("body").press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("RAL-101-2602");
});

test("a page that does not exist says what to do", async ({ browser }) => {
  const page = await pageOf(browser, "qa.manager@demo");
  expect((await page.goto("/sites/basel/batches/NO-SUCH"))?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
});

test("answers carry a strict Content-Security-Policy with a nonce of their own", async ({ browser }) => {
  const page = await pageOf(browser, "qa.manager@demo");
  const policies = [await page.goto("/batches"), await page.goto("/batches")].map((r) => r?.headers()["content-security-policy"] ?? "");
  expect(policies[0]).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic'(;| )/);
  expect(policies[0]).not.toContain("unsafe-eval");
  expect(policies[0]).not.toBe(policies[1]);
});
