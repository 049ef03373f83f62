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

test("REQ-44 (21 CFR 211.165, 211.192, 211.194) an analyst's result out of specification is an exception at once, a second reviews it, quality authorises one retest, and every result stays visible", async ({ browser }) => {
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
  await entry.getByLabel(/raw value in %/).fill("90.04");
  await entry.getByLabel("Instrument").fill("MV-2001");
  await entry.getByRole("button", { name: "Enter result 2" }).click();
  await expect(entry.getByRole("alert")).toContainText("MV-2001 is no instrument of the laboratory");
  await entry.getByLabel("Instrument").fill("QH-2002");
  await entry.getByRole("button", { name: "Enter result 2" }).click();
  await expect(entry.getByRole("alert")).toContainText("The calibration of QH-2002 was due on");
  await expect(entry.getByLabel(/raw value in %/)).toHaveValue("90.04");
  await entry.getByLabel("Instrument").fill("QH-2001");
  await faultless(analyst);
  await entry.getByRole("button", { name: "Enter result 2" }).click();
  const second = (page: Page) => results(page).getByRole("row").nth(2);
  await expect(second(analyst)).toContainText(/90\.04 %.*90\.0 %.*Out of specification.*EX-\d+ open/);
  await expect(results(analyst)).toContainText("Another analyst reviews your result.");
  await expect(analyst.getByRole("button", { name: "Review result 2" })).toHaveCount(0);
  await expect(analyst.getByText("Record the sample as lost")).toHaveCount(0);

  const reviewer = await pageOf(browser, "second.analyst.basel@demo");
  await reviewer.goto("/laboratory");
  await expect(reviewer.getByRole("region", { name: "Samples" }).getByRole("row", { name: /Filtered bulk/ })).toContainText("1 to review");
  await reviewer.goto(address);
  await results(reviewer).getByRole("button", { name: "Review result 2" }).click();
  await expect(second(reviewer)).toContainText("reviewed by Stefan Graf");
  await analyst.goto(address);
  await expect(analyst.getByRole("form", { name: "Result 3 of Purity" })).toHaveCount(0);

  await quality.goto(address);
  await results(quality).getByText("Authorise a retest after result 2").click();
  await results(quality).getByLabel("What the investigation found, and why it is tested again").fill("Chromatogram and weighing examined, no cause found; retest of the retained sample.");
  await faultless(quality);
  await results(quality).getByRole("button", { name: "Authorise retest" }).click();
  await expect(second(quality)).toContainText(/retest authorised by Miriam Keller.*no cause found/);
  await expect(quality.getByText("Authorise a retest after result 2")).toHaveCount(0);

  await analyst.goto(address);
  const retest = analyst.getByRole("form", { name: "Result 3 of Purity" });
  await retest.getByLabel(/raw value in %/).fill("96.449");
  await retest.getByLabel("Instrument").fill("QH-2001");
  await retest.getByRole("button", { name: "Enter result 3" }).click();
  await expect(results(analyst).getByRole("row").nth(3)).toContainText(/96\.449 %.*96\.4 %.*Within specification/);

  await reviewer.goto(address);
  await results(reviewer).getByRole("button", { name: "Review result 3" }).click();
  await expect(results(reviewer).getByRole("row").nth(3)).toContainText("reviewed by Stefan Graf");
  await expect(reviewer.getByRole("region", { name: "Purity", exact: true })).toContainText("Reported: result 3, 96.4 %");
  await expect(results(reviewer).getByRole("row").nth(1)).toContainText("Invalidated");
  await expect(second(reviewer)).toContainText(/Out of specification.*EX-\d+ open.*Reviewed/);
  await expect(reviewer.getByRole("complementary")).toContainText("Complete");
  await reviewer.getByRole("complementary").getByRole("link", { name: /^BAS-/ }).click();
  await expect(reviewer.getByRole("link", { name: decodeURIComponent(address.split("/").at(-1) ?? "") })).toBeVisible();
});

test("a sample that is not there, and the laboratory of another site, is not found; an empty list says why", async ({ browser }) => {
  const page = await pageOf(browser, "analyst.raleigh@demo");
  for (const address of ["/sites/raleigh/laboratory/NONE", "/sites/basel/laboratory", "/sites/raleigh/laboratory/%00"]) expect((await page.goto(address))?.status(), address).toBe(404);
  await page.goto("/sites/raleigh/laboratory?show=lost");
  await expect(page.locator("main")).toContainText("No sample of this laboratory is shown by this filter.");
});
