import { PDF } from "@libpdf/core";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { addPart, fill, type Fields } from "./authoring.ts";
import { acceptAccountability, pageOf, proveItIsMe } from "./person.ts";

/**
 * The whole way of a person who never saw the product: an empty master, two others who agree, a batch, one value outside its limits and one correction, both found again
 * by quality. Nothing is brought in from a file.
 */
const id = "MBR-FIRST-01";
const address = `/masters/${id}/1`;
const edit = `${address}/edit`;
const [author, reviewer, quality, supervisor, operator, lead] = ["process.engineer@demo", "process.reviewer@demo", "qa.manager@demo", "supervisor.raleigh@demo", "operator.raleigh@demo", "lead.production.raleigh@demo"] as const;
let batch = "";
/** A vessel that is clean and calibrated when the batch is issued. */
let vessel = "";

test.describe.configure({ mode: "serial" });
test.setTimeout(240_000);

const add = (page: Page, query: string, word: string, fields: Fields) => addPart(page, edit, { query, word, fields });
async function sign(browser: Browser, who: string, button: string, act: RegExp): Promise<Page> {
  const page = await pageOf(browser, who);
  await acceptAccountability(page, who);
  await page.goto(address);
  await page.getByRole("link", { name: button }).click();
  await page.getByLabel("Comment").fill("Read from the first step to the last.");
  await page.getByRole("button", { name: act }).click();
  await proveItIsMe(page, who);
  await expect(page.getByRole("status").filter({ hasText: "Signed:" })).toBeVisible();
  return page;
}
const stepPage = (step: string): string => `/sites/raleigh/batches/${batch}/execute/${step}`;
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
async function begun(browser: Browser, step: string): Promise<Page> {
  const page = await pageOf(browser, operator);
  await page.goto(stepPage(step));
  await press(page, "Start step");
  return page;
}
async function performed(page: Page): Promise<void> {
  await press(page, "Performed");
  await expect(page.getByText("Performed by Daniel Okafor")).toBeVisible();
}
async function verified(browser: Browser, step: string): Promise<void> {
  const page = await pageOf(browser, lead);
  await page.goto(stepPage(step));
  await press(page, "Verified");
  await expect(page.getByText("Verified by Grace Lund")).toBeVisible();
}
async function record(page: Page, label: string, value: string): Promise<void> {
  await page.getByRole("textbox", { name: label, exact: true }).fill(value);
  await press(page, `Record ${label}`);
}

test.describe("REQ-12, REQ-35, REQ-39, REQ-40 (21 CFR 211.186, 211.188) the first master of a newcomer and its first batch", () => {
  test("an engineer writes a small master part by part until no gap is left", async ({ browser }) => {
    const page = await pageOf(browser, author);
    await page.goto("/masters");
    await page.getByRole("link", { name: "New master" }).click();
    await page.getByLabel("Id", { exact: true }).fill(id);
    await page.getByLabel("Title").fill("Phosphate buffer, 100 L, first master");
    await page.getByLabel("Purpose").fill("Equilibration of the capture column.");
    await page.getByLabel("Product", { exact: true }).selectOption({ label: "BUF-PBS Phosphate buffer" });
    await page.getByLabel("Batch size", { exact: true }).fill("100");
    await page.getByLabel("Planned time, hours").fill("6");
    await page.getByLabel("Why it is begun").fill("First master of a newcomer.");
    await page.getByRole("button", { name: "Begin the master" }).click();
    await expect(page).toHaveURL(new RegExp(`${edit}$`));
    await add(page, "material", "material", { Name: "Sodium chloride", Code: "RM-0042", Quantity: "8", Unit: { choose: "kg" } });
    await add(page, "equipment", "equipment", { Name: "Mixing vessel", Class: "mixing vessel 200 L" });
    await add(page, "parameter", "parameter", { Name: "pH", Unit: { choose: "pH" }, Class: { choose: "CPP" }, Target: "7.2", "Normal, low": "7.1", "Normal, high": "7.3", "Action, low": "7", "Action, high": "7.4" });
    await add(page, "parameter", "parameter", { Name: "Volume filtered", Unit: { choose: "L" }, Class: { choose: "KPP" }, "Normal, low": "95", "Normal, high": "100" });
    await add(page, "parameter", "parameter", { Name: "Volume planned", Unit: { choose: "L" } });
    await add(page, "parameter", "parameter", { Name: "Bioburden", Unit: { choose: "CFU/10 mL" }, "Digits after the point": "0", Class: { choose: "CQA" }, Source: { choose: "laboratory" }, Method: "USP <61>, membrane filtration", "Normal, high": "10" });
    await page.goto(`${edit}?part=parameter`);
    await fill(page, { Name: "Yield", Unit: { choose: "%" }, Class: { choose: "KPP" }, Source: { choose: "calculated" }, "Formula, text": "filtered / planned", "Normal, low": "94", "Normal, high": "100" });
    for (const [i, [name, parameter]] of [["filtered", "volume-filtered"], ["planned", "volume-planned"]].entries()) {
      await page.getByRole("button", { name: "Add an input" }).click();
      await fill(page, { [`Name of input ${i + 1}`]: name ?? "", [`Parameter of input ${i + 1}`]: { choose: parameter ?? "" } });
    }
    await page.getByRole("button", { name: "Add parameter", exact: true }).click();
    await expect(page.getByRole("status").filter({ hasText: "Added: Yield" })).toBeVisible();
    await add(page, "sample", "sample", { Name: "Bulk sample", "Drawn at": "Outlet of the filter", Quantity: "100", Storage: "2 to 8 °C, 24 h", Bioburden: true });
    await add(page, "unit-procedure", "unit procedure", { Name: "Buffer preparation" });
    await add(page, "operation&within=buffer-preparation", "operation", { Name: "Mixing" });
    await add(page, "phase&within=mixing", "phase", { Name: "All of it" });
    const step = (fields: Fields) => add(page, "step&within=all-of-it", "step", fields);
    await step({ Title: "Bind the vessel", Kind: { choose: "equipment" }, Instruction: "Scan the vessel.", Equipment: { choose: "mixing-vessel" } });
    await step({ Title: "Charge salt", Kind: { choose: "material" }, Instruction: "Weigh and charge.", Material: { choose: "sodium-chloride" }, "A second person verifies it": true });
    await step({ Title: "Adjust pH and filter", Kind: { choose: "entry" }, Instruction: "Adjust, read, filter.", pH: true, "Volume filtered": true, "Volume planned": true, "A second person verifies it": true });
    await step({ Title: "Draw the sample", Kind: { choose: "sample" }, Instruction: "Draw from the outlet.", Sample: { choose: "bulk-sample" } });
    await step({ Title: "Yield", Kind: { choose: "calculation" }, Instruction: "Read the yield.", Yield: true, "A second person verifies it": true });
    await page.goto(`${edit}?part=head`);
    await fill(page, { Precautions: "Protective goggles; salts raise dust.", "What comes out": "Filtered buffer", "At best": "100", "Unit of the yield": { choose: "L" }, "Judged by": { choose: "yield" } });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByRole("status").filter({ hasText: "Saved. No gap is left." })).toBeVisible();
  });

  test("two others agree to it: a second engineer reviews, quality approves and makes it effective", async ({ browser }) => {
    await sign(browser, author, "Submit for review", /Sign in and submit/);
    await sign(browser, reviewer, "Sign review", /Sign in and sign review/);
    const page = await sign(browser, quality, "Approve", /Sign in and approve/);
    await page.getByText("Make effective", { exact: true }).click();
    await page.getByLabel(/^Reason: Make effective/).fill("Approved and trained");
    await page.getByRole("button", { name: "Make it effective" }).click();
    await expect(page.getByRole("main").getByText("Effective", { exact: true }).first()).toBeVisible();
  });

  test("a supervisor issues a batch of it, and it is executed with one value outside its limits and one correction", async ({ browser }) => {
    const issuer = await pageOf(browser, supervisor);
    await issuer.goto("/sites/raleigh/issue");
    await issuer.getByLabel("Master batch record").selectOption({ value: `${id} v1` });
    vessel = (await issuer.getByLabel("Unit", { exact: true }).getByRole("option").filter({ hasText: /: clean$/ }).first().getAttribute("value")) ?? "";
    await issuer.getByLabel("Unit", { exact: true }).selectOption(vessel);
    await issuer.getByRole("button", { name: "Issue batch" }).click();
    await expect(issuer).toHaveURL(/\/execute$/);
    batch = /batches\/([^/]+)\/execute/.exec(issuer.url())?.[1] ?? "";
    await press(issuer, "Start the batch");
    await expect(issuer.getByRole("link", { name: /1\.1\.1\.1 Bind the vessel/ }).first()).toBeVisible();

    const binding = await begun(browser, "1.1.1.1");
    await binding.getByLabel("Unit", { exact: true }).fill(vessel);
    await press(binding, "Bind unit");
    await expect(binding.getByText(`${vessel} bound`, { exact: false }).first()).toBeVisible();
    await performed(binding);

    const charging = await begun(browser, "1.1.1.2");
    await charging.getByLabel("Lot or container").fill((await charging.locator("datalist option").first().getAttribute("value")) ?? "");
    await charging.getByLabel("Quantity, kg").fill("8");
    await press(charging, "Charge");
    await expect(charging.getByText("100.0 % of the plan with it")).toBeVisible();
    await performed(charging);
    await verified(browser, "1.1.1.2");

    const adjusting = await begun(browser, "1.1.1.3");
    await adjusting.getByRole("textbox", { name: "pH", exact: true }).fill("7.36");
    await expect(adjusting.getByText("Outside the limits: it will be recorded with an exception")).toBeVisible();
    await press(adjusting, "Record pH");
    await expect(adjusting.getByText("pH above the normal range")).toBeVisible();
    await record(adjusting, "Volume filtered", "97.5");
    await expect(adjusting.getByText("97.5 L").first()).toBeVisible();
    await record(adjusting, "Volume planned", "10");
    await expect(adjusting.getByText("10 L").first()).toBeVisible();
    await press(adjusting, "Correct Volume planned");
    await adjusting.getByRole("textbox", { name: /Volume planned, corrected/ }).fill("100");
    await adjusting.getByRole("textbox", { name: /^Reason/ }).fill("One digit was missing");
    await press(adjusting, "Record correction");
    await expect(adjusting.locator("del", { hasText: "10 L" })).toBeVisible();
    await performed(adjusting);
    await verified(browser, "1.1.1.3");

    const drawing = await begun(browser, "1.1.1.4");
    await press(drawing, "Draw the sample");
    await expect(drawing.getByText(`${batch}-S01`)).toBeVisible();
    await performed(drawing);
    const yielding = await begun(browser, "1.1.1.5");
    await performed(yielding);
    await expect(yielding.getByText("97.50 %").first()).toBeVisible();
    await verified(browser, "1.1.1.5");
    await binding.goto(stepPage("1.1.1.1"));
    await press(binding, `Release ${vessel}`);
    await expect(binding.getByText(/released 2/)).toBeVisible();
    await binding.goto(`/sites/raleigh/batches/${batch}/execute`);
    await press(binding, "Complete the record");
    await expect(binding.getByText("Complete, 5 of 5 steps ended")).toBeVisible();
  });

  test("quality finds the value and the correction in the record, in the audit trail and in the PDF", async ({ browser }) => {
    const page = await pageOf(browser, quality);
    await page.goto(`/sites/raleigh/batches/${batch}`);
    await expect(page.getByRole("heading", { name: "pH above the normal range" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Volume planned corrected" })).toBeVisible();
    await page.goto(`/sites/raleigh/batches/${batch}/record`);
    await expect(page.getByText("7.36").first()).toBeVisible();
    await expect(page.locator("del", { hasText: "10" }).first()).toBeVisible();
    await expect(page.getByText("nothing of 13 items is missing", { exact: false })).toBeVisible();
    await page.goto(`/audit?batch=${batch}&event=exception.raised&kind=acts&class=all`);
    await expect(page.getByText("pH above the normal range").first()).toBeVisible();
    await page.goto(`/audit?batch=${batch}&event=entry.recorded&kind=acts&class=all`);
    await expect(page.getByText("One digit was missing").first()).toBeVisible();
    const pdf = await page.request.get(`/sites/raleigh/batches/${batch}/report.pdf`, { timeout: 90_000 });
    expect(pdf.status()).toBe(200);
    const printed = (await PDF.load(await pdf.body())).getPages().map((one) => one.extractText().text).join(" ").replaceAll(/[\s\u00a0]+/g, " ");
    for (const found of [batch, "7.36", "pH above the normal range", "Volume planned corrected", "One digit was missing"]) expect(printed).toContain(found);
  });
});
