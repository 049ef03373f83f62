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

test("REQ-58 (ISA-95, ISA-88) the equipment of a site stands by area, process cell, unit and module, and its filter is in the address", async ({ browser }) => {
  const page = await pageOf(browser, "operator.basel@demo");
  await page.goto("/equipment");
  await expect(page).toHaveURL(/\/sites\/basel\/equipment$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Equipment of Basel");
  const table = page.getByRole("region", { name: "Equipment" });
  await expect(table.getByRole("rowheader", { name: /Enterprise › Basel › Downstream › Purification/ })).toBeVisible();
  await expect(table.getByRole("row", { name: /BR-2001-GAS/ })).toContainText("Equipment module of BR-2001");
  await faultless(page);
  await page.getByRole("navigation", { name: "Show" }).getByRole("link", { name: /Calibration due/ }).click();
  await expect(page).toHaveURL(/show=calibration_due/);
  await expect(table.getByRole("rowheader").filter({ hasText: "QH-2002" })).toBeVisible();
  await expect(table.getByRole("row", { name: /MV-2001/ })).toHaveCount(0);
});

test("REQ-45 (21 CFR 211.67, 211.182) an operator cleans a unit, the log says who, when and by which procedure, and maintenance is not his", async ({ browser }) => {
  const page = await pageOf(browser, "operator.singapore@demo");
  await page.goto("/sites/singapore/equipment/MV-4002");
  await expect(page.getByRole("button", { name: "Put on hold" })).toHaveCount(0);
  await expect(page.getByText("Record a calibration")).toHaveCount(0);
  const form = page.locator("form").filter({ has: page.getByRole("heading", { name: "Cleaning" }) });
  await form.getByLabel("What was done, and why").fill("Before the next buffer.");
  await form.getByRole("button", { name: "Start cleaning" }).click();
  await expect(page.getByRole("complementary")).toContainText("Being cleaned");
  await form.getByLabel("What was done, and why").fill("Final rinse within limits, dry.");
  await form.getByRole("button", { name: "Record as clean" }).click();
  await expect(page.getByRole("region", { name: "Use and cleaning log" }).getByRole("row").nth(1)).toContainText(/Cleaned.*Being cleaned → Clean.*Hui Lim.*Final rinse within limits, dry\..*SOP-CL-012/);
  await faultless(page);
});

test("REQ-45 (21 CFR 211.68) maintenance takes a unit out of service and back, records its calibration and a part; a refusal keeps what was typed", async ({ browser }) => {
  const page = await pageOf(browser, "supervisor.raleigh@demo");
  await page.goto("/sites/raleigh/equipment/MV-3001");
  const form = page.locator("form").filter({ has: page.getByRole("heading", { name: "Maintenance" }) });
  await form.getByLabel("Reason").fill("Agitator vibrates.");
  await form.getByRole("button", { name: "Take out of service" }).click();
  await expect(page.getByRole("complementary")).toContainText("Out of service");
  await form.getByLabel("Reason").fill("Bearing replaced.");
  await form.getByRole("button", { name: "Return to service" }).click();
  await expect(page.getByRole("complementary")).toContainText("Dirty");

  await page.getByText("Record a calibration").click();
  const calibration = page.locator("form").filter({ has: page.getByRole("button", { name: "Record calibration" }) });
  await calibration.getByLabel("Error as found").fill("fine");
  await calibration.getByLabel("Error as left").fill("0.00");
  await calibration.getByLabel("Unit", { exact: true }).fill("kg");
  await calibration.getByLabel("Reference").fill("Test weights class F1");
  await calibration.getByLabel("Passed").check();
  await calibration.getByRole("button", { name: "Record calibration" }).click();
  await expect(calibration.getByRole("alert")).toContainText("Write both readings as numbers");
  await expect(calibration.getByLabel("Reference")).toHaveValue("Test weights class F1");
  await calibration.getByLabel("Error as found").fill("0.04");
  await calibration.getByRole("button", { name: "Record calibration" }).click();
  await expect(calibration.getByRole("status")).toContainText("The calibration is recorded");
  await expect(page.getByRole("region", { name: "Calibrations" }).getByRole("row").nth(1)).toContainText(/0\.04 kg.*Test weights class F1.*Passed.*Rachel Hayes/);

  await page.getByText("Record a part").click();
  const part = page.locator("form").filter({ has: page.getByRole("button", { name: "Record part" }) });
  await part.getByLabel("Place in the unit").fill("Manway");
  await part.getByLabel("Part", { exact: true }).fill("Gasket, EPDM");
  await part.getByLabel("Serial number").fill("99001");
  await part.getByLabel("Reason").fill("Worn edge.");
  await part.getByRole("button", { name: "Record part" }).click();
  await expect(part.getByRole("status")).toContainText("The part is recorded");
  const parts = page.getByRole("region", { name: "Parts" });
  await expect(parts.getByRole("row", { name: /99001/ })).toContainText(/Worn edge.*in place/);
  await expect(parts.getByRole("row").filter({ has: page.locator("del") }).first()).toContainText("replaced");
  await page.getByText("Record a removal").click();
  const removal = page.locator("form").filter({ has: page.getByRole("button", { name: "Record removal" }) });
  await removal.getByLabel("Place it is taken out of").selectOption("Manway");
  await removal.getByLabel("Why, and why nothing takes its place").fill("Leaks; none on stock.");
  await removal.getByRole("button", { name: "Record removal" }).click();
  await expect(parts.getByRole("rowheader", { name: /Manway/ })).toContainText("empty now");
  await expect(parts.getByRole("row", { name: /99001/ })).toContainText("Leaks; none on stock.");
  await faultless(page);
});

test("REQ-45 (21 CFR 211.182) a second person checks a cleaning; who cleaned is not asked to", async ({ browser }) => {
  const operator = await pageOf(browser, "operator.singapore@demo");
  const address = "/sites/singapore/equipment/MV-4001";
  await operator.goto(address);
  const form = operator.locator("form").filter({ has: operator.getByRole("heading", { name: "Cleaning", exact: true }) });
  await form.getByLabel("What was done, and why").fill("Before the next buffer.");
  await form.getByRole("button", { name: "Start cleaning" }).click();
  await expect(operator.getByRole("complementary")).toContainText("Being cleaned");
  await form.getByLabel("What was done, and why").fill("Final rinse within limits, dry.");
  await form.getByRole("button", { name: "Record as clean" }).click();
  await expect(operator.getByRole("complementary")).toContainText("not checked by a second person");
  await expect(operator.getByRole("button", { name: "Record as checked" })).toHaveCount(0);
  const second = await pageOf(browser, "supervisor.singapore@demo");
  await second.goto(address);
  await second.getByLabel("What was looked at").fill("Spray ball and outlet, dry and clean.");
  await second.getByRole("button", { name: "Record as checked" }).click();
  await expect(second.getByRole("complementary")).toContainText("checked by");
  await expect(second.getByRole("region", { name: "Use and cleaning log" }).getByRole("row").nth(1)).toContainText(/Cleaning checked.*Spray ball and outlet/);
  await faultless(second);
});

test("REQ-45 (21 CFR 211.67, 211.68(a), 211.192) a unit that fails in use is held and stays bound; its failed calibration names the batches it touches", async ({ browser }) => {
  const page = await pageOf(browser, "supervisor.raleigh@demo");
  await page.goto("/sites/raleigh/equipment?show=in_use");
  await page.getByRole("region", { name: "Equipment" }).getByRole("rowheader").filter({ hasText: "BR-3001" }).getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("BR-3001");
  const state = page.getByRole("complementary");
  await expect(state).toContainText(/in use for RAL-/);
  const form = page.locator("form").filter({ has: page.getByRole("heading", { name: "Maintenance" }) });
  await form.getByLabel("Reason").fill("Agitator vibrates, drive is looked at.");
  await form.getByRole("button", { name: "Put on hold" }).click();
  await expect(form.getByRole("status")).toContainText(/Put on hold\. Exceptions: EX-\d+ of RAL-/);
  await expect(state).toContainText("On hold, in use");
  await expect(state).toContainText(/in use for RAL-/);
  await faultless(page);
  await form.getByLabel("Reason").fill("Bolt of the drive tightened.");
  await form.getByRole("button", { name: "Lift the hold" }).click();
  await expect(state.getByText("In use", { exact: true })).toBeVisible();

  await page.getByText("Record a calibration").click();
  const calibration = page.locator("form").filter({ has: page.getByRole("button", { name: "Record calibration" }) });
  await calibration.getByLabel("Instrument").selectOption({ label: "pH" });
  await calibration.getByLabel("Error as found").fill("0.21");
  await calibration.getByLabel("Error as left").fill("0.01");
  await calibration.getByLabel("Unit", { exact: true }).fill("pH");
  await calibration.getByLabel("Reference").fill("Buffers pH 4.01 and 7.00");
  await calibration.getByLabel("Failed").check();
  await calibration.getByRole("button", { name: "Record calibration" }).click();
  await expect(calibration.getByRole("status")).toContainText(/The calibration is recorded\. Exceptions: EX-\d+ of RAL-/);
  const failed = page.getByRole("region", { name: "Calibrations" }).getByRole("row").nth(1);
  await expect(failed).toContainText(/0\.21 pH.*Failed.*batches since the last good one: RAL-.*in progress/);
  await faultless(page);
  await failed.getByRole("link").first().click();
  await expect(page).toHaveURL(/\/sites\/raleigh\/batches\/RAL-/);
  await page.goto("/sites/raleigh/units/BR-3001");
  await page.getByRole("link", { name: "Equipment record" }).click();
  await expect(page.getByRole("link", { name: "Current values" })).toBeVisible();
});

test("a unit that is not there, and one of another site, is not found", async ({ browser }) => {
  const page = await pageOf(browser, "operator.basel@demo");
  for (const address of ["/sites/basel/equipment/NONE", "/sites/raleigh/equipment", "/sites/raleigh/equipment/MV-3001", "/sites/basel/equipment/MV-3001", "/sites/basel/equipment/%00"]) expect((await page.goto(address))?.status(), address).toBe(404);
});
