import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { pageOf } from "./person.ts";

async function faultless(page: Page): Promise<void> {
  for (const width of [1440, 1024, 720]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${width} px wide`).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
    expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`), `${width} px wide`).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test("REQ-44 (21 CFR 211.165, 211.192, 211.194) quality invalidates a result, an analyst enters the next one, another reviews it, and every one stays visible", async ({ browser }) => {
  const quality = await pageOf(browser, "qa.manager@demo");
  await quality.goto("/sites/basel/laboratory?show=complete");
  await expect(quality.getByRole("heading", { level: 1 })).toContainText("Laboratory of Basel");
  await faultless(quality);
  await quality.getByRole("region", { name: "Samples" }).getByRole("row", { name: /Filtered bulk/ }).getByRole("link").first().click();
  await expect(quality.getByRole("heading", { level: 1 })).toContainText("Filtered bulk");
  const address = quality.url();
  const results = (page: Page) => page.getByRole("region", { name: "Results of Purity" });
  await results(quality).getByText("Invalidate result 1").click();
  await results(quality).getByLabel("Cause, and how it was found").fill("Column was not equilibrated; seen in the baseline.");
  await results(quality).getByRole("button", { name: "Invalidate result" }).click();
  await expect(results(quality).getByRole("row").nth(1)).toContainText(/Invalidated.*invalidated by Miriam Keller.*Column was not equilibrated/);
  await expect(results(quality).getByRole("row").nth(1).locator("del")).toHaveCount(2);
  await expect(quality.getByRole("button", { name: /Enter result/ })).toHaveCount(0);

  const analyst = await pageOf(browser, "analyst.basel@demo");
  await analyst.goto(address);
  const entry = analyst.getByRole("form", { name: "Result 2 of Purity" });
  await entry.getByLabel(/raw value in %/).fill("96.449");
  await entry.getByLabel("Instrument").fill("QH-2002");
  await entry.getByRole("button", { name: "Enter result 2" }).click();
  await expect(entry.getByRole("alert")).toContainText("The calibration of QH-2002 was due on");
  await expect(entry.getByLabel(/raw value in %/)).toHaveValue("96.449");
  await entry.getByLabel("Instrument").fill("QH-2001");
  await faultless(analyst);
  await entry.getByRole("button", { name: "Enter result 2" }).click();
  await expect(results(analyst).getByRole("row").nth(2)).toContainText(/96\.449 %.*96\.4 %.*Within specification/);
  await expect(results(analyst)).toContainText("Another analyst reviews your result.");
  await expect(analyst.getByRole("button", { name: "Review result 2" })).toHaveCount(0);

  const reviewer = await pageOf(browser, "second.analyst.basel@demo");
  await reviewer.goto("/laboratory");
  await expect(reviewer.getByRole("region", { name: "Samples" }).getByRole("row", { name: /Filtered bulk/ })).toContainText("1 to review");
  await reviewer.goto(address);
  await results(reviewer).getByRole("button", { name: "Review result 2" }).click();
  await expect(results(reviewer).getByRole("row").nth(2)).toContainText("reviewed by Stefan Graf");
  await expect(results(reviewer).getByRole("row").nth(1)).toContainText("Invalidated");
  await expect(reviewer.getByRole("complementary")).toContainText("Complete");
});

test("a sample that is not there, and the laboratory of another site, is not found; an empty list says why", async ({ browser }) => {
  const page = await pageOf(browser, "analyst.raleigh@demo");
  for (const address of ["/sites/raleigh/laboratory/NONE", "/sites/basel/laboratory", "/sites/raleigh/laboratory/%00"]) expect((await page.goto(address))?.status(), address).toBe(404);
  await page.goto("/sites/raleigh/laboratory?show=lost");
  await expect(page.locator("main")).toContainText("No sample of this laboratory is shown by this filter.");
});
