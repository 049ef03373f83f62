import { expect, test } from "@playwright/test";
import { pageOf } from "./person.ts";

test.describe("an address nobody made", () => {
  for (const address of ["/sites/basel/batches/%E0%A4%A", "/sites/basel/batches/BAS-101-2607%00", "/sites/basel/units/%FF", "/audit/people/%C3%28", "/nowhere"]) {
    test(`${address} says that there is nothing, with a way on`, async ({ browser }) => {
      const page = await pageOf(browser, "auditor@demo");
      const response = await page.goto(address);
      expect(response?.status()).toBe(404);
      await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
      await page.getByRole("link", { name: "Go to the start page" }).click();
      await expect(page.getByRole("main")).toBeVisible();
      await expect(page.getByRole("heading", { name: "There is nothing here" })).toHaveCount(0);
    });
  }
  for (const address of ["/inspection/access-log?page=999", "/sites/basel/batches/BAS-101-2607/storyline?page=999", "/audit/people/programme:story?page=999"]) {
    test(`${address} leads to the last page there is`, async ({ browser }) => {
      const page = await pageOf(browser, "auditor@demo");
      await page.goto(address);
      await expect(page).not.toHaveURL(/page=999/);
      await expect(page.getByText(/page \d+ of \d+/)).toBeVisible();
    });
  }
  test("the page for people without a role sends those who have one to their start page", async ({ browser }) => {
    const page = await pageOf(browser, "auditor@demo");
    await page.goto("/nothing");
    await expect(page).not.toHaveURL(/\/nothing/);
  });
});

test("the comparison counts plants, not the enterprise", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  await page.goto("/compare");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("at 3 sites");
  await expect(page.getByText("no batch", { exact: false })).toHaveCount(0);
});

test("nothing that matches is neither exported nor verified", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  await page.goto("/audit?from=2001-01-01&to=2001-01-02");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("0");
  await expect(page.getByRole("button", { name: /^Verify/ })).toHaveCount(0);
  await expect(page.getByText(/^Export 0/)).toHaveCount(0);
});
