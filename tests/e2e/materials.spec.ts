import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { acceptAccountability, pageOf, proveItIsMe } from "./person.ts";

const batch = "BAS-201-2601";
test.describe.configure({ mode: "serial" });
test.setTimeout(120_000);

/** Looks from the top: what the bar of the page covers half while one scrolls counts as too small a target. */
async function axe(page: Page): Promise<void> {
  await page.evaluate(() => window.scrollTo(0, 0));
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  expect(violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160))])).toEqual([]);
}

test.describe("REQ-47 (21 CFR 211.150(b)) from a batch back to its materials, and the exercise of a recall", () => {
  test("the trace of a batch shows what it was made of with quantities; a raw material leads forward to it", async ({ browser }) => {
    const page = await pageOf(browser, "qa.manager@demo");
    await page.goto("/trace");
    await expect(page.getByText("Scan or type the number of a lot, a container or a batch.")).toBeVisible();
    await axe(page);
    await page.locator(".trace-ask").getByRole("combobox").selectOption("basel");
    await page.getByLabel("Lot or batch").fill("no such lot");
    await page.getByRole("button", { name: "Trace", exact: true }).click();
    await expect(page.getByText("There is no lot or container “no such lot” at this site.")).toBeVisible();
    await page.getByLabel("Lot or batch").fill(batch);
    await page.getByRole("button", { name: "Trace", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText(`Trace of lot ${batch}`);
    const medium = page.getByRole("row").filter({ hasText: "Mineral medium concentrate" });
    await expect(medium).toContainText("340");
    await axe(page);
    await medium.getByRole("link").first().click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("RM-1101-BAS-");
    await expect(page.getByRole("row").filter({ hasText: batch }).first()).toBeVisible();
  });

  test("a mock recall is run with its reason, signed with presence proven, and printed with the signature", async ({ browser }) => {
    const page = await pageOf(browser, "qa.manager@demo");
    await acceptAccountability(page, "qa.manager@demo");
    await page.goto(`/trace?site=basel&lot=${batch}`);
    await page.getByText("Run mock recall", { exact: true }).click();
    await page.getByLabel("Why it is run").fill("Yearly exercise of the recall procedure");
    await page.getByRole("button", { name: "Run it" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Mock recall MR-BAS-");
    await expect(page.getByText("Not signed", { exact: true })).toBeVisible();
    await axe(page);
    await page.getByRole("link", { name: "Sign mock recall" }).click();
    await axe(page);
    await page.getByLabel("Comment").fill("Every lot of the batch was found.");
    await page.getByRole("button", { name: /^Sign in and/ }).click();
    await proveItIsMe(page, "qa.manager@demo");
    await expect(page.getByText("Signed. Make a numbered copy to take the signed document with you.")).toBeVisible();
    await page.getByRole("button", { name: "Make a numbered copy" }).click();
    const copy = page.getByRole("link", { name: /copy-1\.pdf|Copy 1/i });
    await expect(copy).toBeVisible();
    const file = await page.request.get(await copy.getAttribute("href") ?? "");
    expect([file.status(), file.headers()["content-type"]]).toEqual([200, "application/pdf"]);
    expect((await file.body()).subarray(0, 5).toString()).toBe("%PDF-");
    await page.goto("/recalls");
    await expect(page.getByRole("row").filter({ hasText: "MR-BAS-" }).first()).toContainText("Miriam Keller");
    await axe(page);
  });

  test("who may not run one sees the trace and no button for it", async ({ browser }) => {
    const page = await pageOf(browser, "warehouse.basel@demo");
    await page.goto(`/trace?site=basel&lot=${batch}`);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(batch);
    await expect(page.getByText("Run mock recall")).toHaveCount(0);
  });
});
