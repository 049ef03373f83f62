import AxeBuilder from "@axe-core/playwright";
import { PDF } from "@libpdf/core";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { verifyFile } from "#bin/verify/pdf.ts";
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

/** The text of a document, its spaces alike. */
const textOf = async (pdf: Buffer): Promise<string> => (await PDF.load(pdf)).getPages().map((one) => one.extractText().text).join(" ").replaceAll(/[\s\u00a0\u2009\u202f]+/g, " ");

const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const lotOf = async (page: Page): Promise<string> => ((await page.getByRole("heading", { level: 1 }).textContent()) ?? "").replace("Lot ", "").trim();
const fold = (page: Page, title: string): Locator => page.locator("details.fold").filter({ has: page.locator("summary", { hasText: new RegExp(`^${title}$`) }) });
/** Opens one of the acts on a lot, unless it is open, and fills its fields. */
async function fillFold(page: Page, title: string, fields: Readonly<Record<string, string>>): Promise<Locator> {
  const form = fold(page, title);
  if ((await form.getAttribute("open")) === null) await form.locator("summary").click();
  for (const [label, value] of Object.entries(fields)) await form.getByLabel(label).fill(value);
  return form;
}
async function receive(page: Page, supplierLot: string, expires: string, each: string): Promise<string> {
  await page.goto("/sites/basel/lots/receive");
  await page.getByLabel("Material", { exact: true }).selectOption("RM-0042");
  await page.getByLabel("Supplier", { exact: true }).selectOption({ label: "Rheinchemie Pharma" });
  for (const [label, value] of [["Supplier's lot", supplierLot], ["Expires", expires], ["Potency, %", "99.5"], ["Number of containers", "2"], ["Held by each", each], ["Put at", "A-03-9"], ["Reason", "Delivery 4711 with its certificate"]] as const) await page.getByLabel(label).fill(value);
  await page.getByRole("button", { name: "Receive delivery" }).click();
  await expect(page.getByText("Received and in quarantine.")).toBeVisible();
  return lotOf(page);
}
async function release(page: Page, lot: string): Promise<void> {
  await page.goto(`/sites/basel/lots/${lot}`);
  const decision = page.locator("section[aria-labelledby=decide]");
  await decision.getByLabel("Decision").selectOption("release");
  await decision.getByLabel("Reason").fill("Certificate and identity test comply");
  await decision.getByRole("button", { name: "Decide" }).click();
  await expect(page.locator(".page-head .chip")).toHaveText("Released");
}

test.describe("REQ-46 (21 CFR 211.80 to 211.89) a lot from its receipt on", () => {
  let [first, second] = ["", ""];

  test("a delivery that cannot be received says why and keeps what was typed; a good one waits in quarantine", async ({ browser }) => {
    const page = await pageOf(browser, "warehouse.basel@demo");
    await page.goto("/sites/basel/lots/receive");
    await axe(page);
    await page.getByLabel("Material", { exact: true }).selectOption("RM-0042");
    for (const [label, value] of [["Supplier's lot", "E2E-1"], ["Expires", day(-1)], ["Number of containers", "2"], ["Held by each", "a lot"], ["Put at", "A-03-9"], ["Reason", "Delivery 4711"]] as const) await page.getByLabel(label).fill(value);
    await page.getByRole("button", { name: "Receive delivery" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "Enter what each container holds as a decimal number" })).toBeVisible();
    await expect(page.getByLabel("Supplier's lot")).toHaveValue("E2E-1");
    await expect(page.getByLabel("Material", { exact: true })).toHaveValue("RM-0042");
    await page.getByLabel("Held by each").fill("12.5");
    await page.getByLabel("Supplier", { exact: true }).selectOption({ label: "Quay Ingredients, suspended: nothing is received" });
    await page.getByRole("button", { name: "Receive delivery" }).click();
    await expect(page.getByText("Quay Ingredients is suspended as a supplier. Put the delivery aside and ask quality.")).toBeVisible();
    await page.getByLabel("Supplier", { exact: true }).selectOption({ label: "Rheinchemie Pharma" });
    await page.getByRole("button", { name: "Receive delivery" }).click();
    await expect(page.getByText("This delivery has expired already.")).toBeVisible();
    first = await receive(page, "E2E-1", day(200), "12.5");
    second = await receive(page, "E2E-2", day(400), "5");
    expect([first, second].every((id) => /^RM-0042-BAS-\d{4}$/.test(id))).toBe(true);
    await expect(page.locator("section[aria-labelledby=decide]")).toHaveCount(0);
    await axe(page);
  });

  test("a second person releases it; then it is split, its container parted, blended and put right", async ({ browser }) => {
    const quality = await pageOf(browser, "qa.manager@demo");
    await release(quality, second);
    await release(quality, first);
    const page = await pageOf(browser, "warehouse.basel@demo");
    await page.goto(`/sites/basel/lots/${first}`);
    const split = await fillFold(page, "Split", { "Amounts of the parts, kg": "5 999", "Put at": "W-01", "Reason": "For two weighing rooms" });
    await split.getByRole("button", { name: "Split lot" }).click();
    await expect(split.getByRole("alert")).toContainText("25 kg of lot");
    await expect(split.getByLabel("Amounts of the parts, kg")).toHaveValue("5 999");
    await split.getByLabel("Amounts of the parts, kg").fill("5 2.5");
    await split.getByLabel("Container").selectOption(`${first}/1`);
    await split.getByRole("button", { name: "Split lot" }).click();
    await expect(split.getByRole("status")).toHaveText(`Split into ${first}-S1, ${first}-S2.`);
    const containers = page.getByRole("region", { name: "Containers" });
    await expect(containers.getByRole("row").filter({ hasText: `${first}/1` }).getByRole("cell").nth(1)).toHaveText("5 kg");
    const part = await fillFold(page, "Part a container", { "Into the new container, kg": "2", "Put at": "W-02", "Reason": "Smaller bag" });
    await part.getByLabel("Container", { exact: true }).selectOption(`${first}/2`);
    await part.getByRole("button", { name: "Part container" }).click();
    await expect(part.getByRole("status")).toHaveText(`Container ${first}/3 is new. Print its label.`);
    await expect(containers.getByRole("row").filter({ hasText: `${first}/3` })).toContainText("W-02");
    await axe(page);

    await quality.goto(`/sites/basel/lots/${first}`);
    const blend = await fillFold(quality, "Blend with another lot", { "Of this lot, kg": "1", "Of the other lot, kg": "2", "Put at": "W-03", "Reason": "Rest of two lots" });
    await blend.getByLabel("Other lot", { exact: true }).selectOption(second);
    await blend.getByRole("button", { name: "Blend lots" }).click();
    await expect(blend.getByRole("status")).toContainText("which waits in quarantine");
    const adjust = await fillFold(quality, "Put the balance right", { "Difference, kg": "0.25", "Reason": "Counted after the blend" });
    await adjust.getByRole("button", { name: "Put right" }).click();
    await expect(adjust.getByRole("status")).toHaveText("Written down; the balance is as below.");
    await expect(quality.locator(".page-head .sub")).toContainText("16.25 kg left of 25 kg");
    await quality.goto(`/trace?site=basel&lot=${first}&view=charges`);
    const edge = quality.getByRole("row").filter({ hasText: `${first}-S1` });
    await expect(edge).toContainText("5 kg");
    await expect(edge).toContainText("20.00");
    await expect(edge).toContainText("100.00");
  });

  test("quality adds a material and a supplier, and approves him; others see them and no form", async ({ browser }) => {
    const page = await pageOf(browser, "qa.manager@demo");
    await page.goto("/materials");
    await axe(page);
    await page.getByRole("link", { name: "Add a material" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Add a material");
    await page.getByLabel("Code").fill("rm 1");
    for (const [label, value] of [["Name", "Sucrose, for the browser test"], ["Kept in", "kg"], ["Stored at", "15 to 25 °C"], ["Reason", "New formulation"]] as const) await page.getByLabel(label).fill(value);
    await page.getByRole("button", { name: "Add material" }).click();
    await expect(page.getByText("“rm 1” is no code.")).toBeVisible();
    await expect(page.getByLabel("Name")).toHaveValue("Sucrose, for the browser test");
    await page.getByLabel("Code").fill("RM-9001");
    await page.getByRole("button", { name: "Add material" }).click();
    await expect(page.getByRole("status")).toHaveText("Material RM-9001 is added; deliveries of it can be received.");
    await axe(page);
    await page.goto("/materials/suppliers");
    for (const [label, value] of [["Code", "SUP-91"], ["Name", "Alpina Sugars"]] as const) await page.getByLabel(label).fill(value);
    const add = page.locator("section[aria-labelledby=add-supplier]");
    await add.getByLabel("Reason").fill("Audited in May");
    await add.getByRole("button", { name: "Add supplier" }).click();
    await expect(add.getByRole("status")).toContainText("is added and suspended");
    const row = page.getByRole("row").filter({ hasText: "Alpina Sugars" });
    await row.getByText("Approve Alpina Sugars").click();
    await row.getByLabel("Reason").fill("Qualification is on file");
    await row.getByRole("button", { name: "Approve" }).click();
    await expect(row).toContainText("Approved");
    await axe(page);
    const other = await pageOf(browser, "warehouse.basel@demo");
    await other.goto("/materials/suppliers");
    await expect(other.getByRole("row").filter({ hasText: "Alpina Sugars" })).toBeVisible();
    await expect(other.getByRole("button", { name: /Approve|Suspend|Add supplier/ })).toHaveCount(0);
    await other.goto("/sites/basel/lots?sort=expiry");
    await axe(other);
    for (const address of ["/sites/basel/lots/%00", "/sites/basel/lots/%ff", "/recalls/basel/%00", "/trace?site=basel&lot=%00"]) expect((await other.request.get(address)).status(), address).toBe(address.startsWith("/trace") ? 200 : 404);
  });
});

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

  test("a mock recall is run with its reason, signed by a second person with presence proven, printed with the signature, and verified without the portal", async ({ browser }) => {
    const page = await pageOf(browser, "qa.manager@demo");
    await acceptAccountability(page, "qa.manager@demo");
    await page.goto(`/trace?site=basel&lot=${batch}`);
    await page.getByText("Run mock recall", { exact: true }).click();
    await page.getByLabel("Why it is run").fill("Yearly exercise of the recall procedure");
    await page.getByRole("button", { name: "Run it" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Mock recall MR-BAS-");
    await expect(page.getByText("Not signed", { exact: true })).toBeVisible();
    await axe(page);
    await expect(page.getByRole("link", { name: "Sign mock recall" })).toHaveCount(0);
    const address = page.url();
    const second = await pageOf(browser, "qa.second@demo");
    await acceptAccountability(second, "qa.second@demo");
    await second.goto(address);
    await second.getByRole("link", { name: "Sign mock recall" }).click();
    await axe(second);
    await second.getByLabel("Comment").fill("Every lot of the batch was found.");
    await second.getByRole("button", { name: /^Sign in and/ }).click();
    await proveItIsMe(second, "qa.second@demo");
    await expect(second.getByText("Signed. Make a numbered copy to take the signed document with you.")).toBeVisible();
    await second.getByRole("button", { name: "Make a numbered copy" }).click();
    const copy = second.getByRole("link", { name: /copy-1\.pdf|Copy 1/i });
    await expect(copy).toBeVisible();
    const file = await second.request.get(await copy.getAttribute("href") ?? "");
    expect([file.status(), file.headers()["content-type"]]).toEqual([200, "application/pdf"]);
    const pdf = await file.body();
    const report = await verifyFile(new Uint8Array(pdf));
    expect(report.checks.map((check) => [check.name, check.holds, check.finding]).filter(([, holds]) => !holds)).toEqual([]);
    expect(report.verified).toBe(true);
    const printed = await textOf(pdf);
    for (const part of ["Mock recall MR-BAS-", batch, "RM-1101-BAS-", "340 L", "Jonas Meier", "Mock recall reviewed", "Every lot of the batch was found.", "Yearly exercise of the recall procedure"]) expect(printed, part).toContain(part);
    await page.goto("/recalls");
    await expect(page.getByRole("row").filter({ hasText: "MR-BAS-" }).first()).toContainText("Jonas Meier");
    await axe(page);
  });

  test("who may not run one sees the trace and no button for it", async ({ browser }) => {
    const page = await pageOf(browser, "warehouse.basel@demo");
    await page.goto(`/trace?site=basel&lot=${batch}`);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(batch);
    await expect(page.getByText("Run mock recall")).toHaveCount(0);
  });
});
