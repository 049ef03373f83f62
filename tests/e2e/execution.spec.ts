import { PDF } from "@libpdf/core";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { smallMaster } from "#tests/small-master.ts";
import { axe } from "./authoring.ts";
import { acceptAccountability, pageOf, proveItIsMe } from "./person.ts";

/** The small buffer master under a name of its own, without a waiting time that a test would have to sit through. */
const master = {
  ...smallMaster, id: "MBR-E2E-01", title: "Phosphate buffer, 100 L, browser test",
  procedure: smallMaster.procedure.map((up) => ({ ...up, operations: up.operations.map((op) => ({ ...op, phases: op.phases.map((ph) => ({ ...ph, steps: ph.steps.map((step) => (step.timer ? { ...step, timer: { since: step.timer.since, atMostMin: 120 } } : step)) })) })) })),
};
const address = `/masters/${master.id}/1`;
let batch = "";

test.describe.configure({ mode: "serial" });
test.setTimeout(180_000);

async function signMaster(browser: Browser, userName: string, meaning: string, act: RegExp): Promise<void> {
  const page = await pageOf(browser, userName);
  await acceptAccountability(page, userName);
  await page.goto(`${address}/sign?meaning=${meaning}`);
  await page.getByLabel("Comment").fill("Read from the first step to the last.");
  await page.getByRole("button", { name: act }).click();
  await proveItIsMe(page, userName);
  await expect(page).toHaveURL(new RegExp(`${address}\\?signed=`));
}

const stepPage = (step: string): string => `/sites/basel/batches/${batch}/execute/${step}`;
async function at(browser: Browser, userName: string, step: string): Promise<Page> {
  const page = await pageOf(browser, userName);
  await page.goto(stepPage(step));
  return page;
}
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}
/** Presses what says it cannot be done now, to hear why. */
async function pressRefused(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click({ force: true });
}
async function verify(browser: Browser, step: string): Promise<void> {
  const page = await at(browser, "lead.production.basel@demo", step);
  await press(page, "Verified");
  await expect(page.getByText("Verified by Paul Aebi")).toBeVisible();
}
async function type(page: Page, label: string, value: string): Promise<void> {
  await page.getByRole("textbox", { name: label, exact: true }).fill(value);
  await press(page, `Record ${label}`);
}

test.describe("REQ-18, REQ-36, REQ-39 (21 CFR 211.186, 211.188) from a master to an executed batch", () => {
  test("a process engineer brings a master in, a second reviews it, quality approves it and makes it effective", async ({ browser }) => {
    const author = await pageOf(browser, "process.engineer@demo");
    await author.goto("/masters/new");
    await author.getByLabel("File of the master").setInputFiles({ name: "buffer.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(master)) });
    await author.getByLabel("Why it is imported").fill("Buffer of the capture column, first version");
    await author.getByRole("button", { name: "Import the file" }).click();
    await expect(author).toHaveURL(new RegExp(address));
    await signMaster(browser, "process.engineer@demo", "authored", /Sign in and submit/);
    await signMaster(browser, "process.reviewer@demo", "master_reviewed", /Sign in and sign review/);
    await signMaster(browser, "qa.manager@demo", "master_approved", /Sign in and approve/);
    const quality = await pageOf(browser, "qa.manager@demo");
    await quality.goto(address);
    await quality.getByText("Make effective", { exact: true }).click();
    await quality.getByLabel(/^Reason: Make effective/).fill("Approved and trained");
    await quality.getByRole("button", { name: "Make it effective" }).click();
    await expect(quality.getByText("Effective", { exact: true }).first()).toBeVisible();
  });

  test("a supervisor issues a batch of it, which gets its number and its steps", async ({ browser }) => {
    const page = await pageOf(browser, "supervisor.basel@demo");
    await page.goto("/batches");
    await page.getByRole("link", { name: "Issue a batch" }).click();
    await page.getByLabel("Master batch record").selectOption({ value: `${master.id} v1` });
    await expect(page.getByLabel("Unit", { exact: true })).not.toHaveValue("");
    await page.getByLabel("Unit", { exact: true }).selectOption("MV-2002");
    await axe(page);
    await page.getByRole("button", { name: "Issue batch" }).click();
    await expect(page).toHaveURL(/\/execute$/);
    batch = /batches\/([^/]+)\/execute/.exec(page.url())?.[1] ?? "";
    expect(batch).toMatch(/^BAS-BUF-PBS-\d{4}$/);
    await expect(page.getByText("0 of 8 steps ended")).toBeVisible();
    await press(page, "Start the batch");
    await expect(page.getByRole("link", { name: /1\.1\.1\.1 Clear the area/ }).first()).toBeVisible();
    await axe(page);
  });

  test("an operator performs the first steps in their order; who took part cannot verify", async ({ browser }) => {
    const page = await at(browser, "operator.basel@demo", "1.1.1.2");
    await pressRefused(page, "Start step");
    await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toContainText(/follows 1\.1\.1\.1|stand where/);
    await page.goto(stepPage("1.1.1.1"));
    await press(page, "Start step");
    await press(page, "Performed");
    await expect(page.getByText("Performed by Nico Baumann")).toBeVisible();
    await pressRefused(page, "Verified");
    await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toContainText("You took part in this step");
    await verify(browser, "1.1.1.1");
    await page.goto(stepPage("1.1.1.2"));
    await press(page, "Start step");
    await page.getByLabel("Unit", { exact: true }).fill("MV-2002");
    await press(page, "Bind unit");
    await expect(page.getByText("MV-2002 bound", { exact: false }).first()).toBeVisible();
    await press(page, "Performed");
    await expect(page.getByText("Performed by Nico Baumann")).toBeVisible();
  });

  test("REQ-46 (21 CFR 211.84) a lot in quarantine is refused and quality finds it to decide about; a released one is charged, taken back and charged again", async ({ browser }) => {
    const warehouse = await pageOf(browser, "qa.manager@demo");
    await warehouse.goto("/sites/basel/lots?material=RM-0042&state=quarantined");
    const quarantined = (await warehouse.getByRole("row").nth(1).getByRole("link").first().innerText()).trim();
    const page = await at(browser, "operator.basel@demo", "1.1.2.1");
    await press(page, "Start step");
    await page.getByLabel("Lot or container").fill(quarantined);
    await page.getByLabel("Quantity, kg").fill("8");
    await press(page, "Charge");
    await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toContainText("in quarantine");
    await warehouse.goto(stepPage("1.1.2.1"));
    await expect(warehouse.getByRole("heading", { name: "Refused here" })).toBeVisible();
    await expect(warehouse.getByRole("link", { name: `Let ${quarantined} in by signature` })).toBeVisible();
    await axe(warehouse);
    await page.getByLabel("Lot or container").fill("NO-SUCH-LOT");
    await page.getByLabel("Quantity, kg").fill("8");
    await press(page, "Charge");
    await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toContainText("Nothing at this site has the number");
    const offered = await page.locator("datalist option").first().getAttribute("value");
    await page.getByLabel("Lot or container").fill(offered ?? "");
    await page.getByLabel("Quantity, kg").fill("16");
    await press(page, "Charge");
    await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toContainText("With it 200.0 % of the plan are charged");
    await page.getByLabel("Quantity, kg").fill("8");
    await press(page, "Charge");
    await expect(page.getByText("100.0 % of the plan with it")).toBeVisible();
    await press(page, "Take back charge 1");
    await page.getByLabel(/^Why was it wrong/).fill("The neighbour's label was scanned");
    await press(page, "Take back charge 1");
    await expect(page.locator("del", { hasText: "8 kg" })).toBeVisible();
    await expect(page.getByText("charge 1 taken back").first()).toBeVisible();
    await page.getByLabel("Lot or container").fill(offered ?? "");
    await page.getByLabel("Quantity, kg").fill("8");
    await press(page, "Charge");
    await expect(page.getByText("100.0 % of the plan with it")).toHaveCount(2);
    await axe(page);
    await press(page, "Performed");
    await expect(page.getByText("Performed by Nico Baumann")).toBeVisible();
    await verify(browser, "1.1.2.1");
  });

  test("a value outside its limits is recorded with its exception, a wrong one is corrected and both versions stay readable", async ({ browser }) => {
    const page = await at(browser, "operator.basel@demo", "1.1.2.2");
    await press(page, "Start step");
    await press(page, "Performed");
    await expect(page.getByText("Performed by Nico Baumann")).toBeVisible();
    await page.goto(stepPage("1.1.2.3"));
    await press(page, "Start step");
    await page.getByRole("textbox", { name: "pH", exact: true }).fill("7.36");
    await expect(page.getByText("Outside the limits: it will be recorded with an exception")).toBeVisible();
    await axe(page);
    await press(page, "Record pH");
    await expect(page.getByText("pH above the normal range")).toBeVisible();
    await page.getByLabel("Unit of Volume planned").selectOption("mL");
    await type(page, "Volume planned", "10000");
    await expect(page.getByRole("alert").filter({ hasText: "is this right?" })).toContainText("10000 mL is 10.0 L");
    await press(page, "Type it again");
    await page.getByLabel("Unit of Volume planned").selectOption("L");
    await type(page, "Volume planned", "10");
    await expect(page.getByText("10 L").first()).toBeVisible();
    await press(page, "Correct Volume planned");
    await page.getByRole("textbox", { name: /Volume planned, corrected/ }).fill("100");
    await page.getByRole("textbox", { name: /^Reason/ }).fill("One digit was missing");
    await press(page, "Record correction");
    await expect(page.locator("del", { hasText: "10 L" })).toBeVisible();
    await expect(page.getByText("One digit was missing").first()).toBeVisible();
    await press(page, "Performed");
    await expect(page.getByText("Performed by Nico Baumann")).toBeVisible();
    await verify(browser, "1.1.2.3");
  });

  test("two people enter the same value at once: the second is shown what the first wrote, and keeps what he typed", async ({ browser }) => {
    const [one, two] = [await at(browser, "operator.basel@demo", "1.1.3.1"), await at(browser, "lead.production.basel@demo", "1.1.3.1")];
    await press(one, "Start step");
    await expect(one.getByRole("textbox", { name: "Volume filtered", exact: true })).toBeVisible();
    await two.reload();
    await expect(two.getByRole("textbox", { name: "Volume filtered", exact: true })).toBeVisible();
    await one.getByRole("textbox", { name: "Volume filtered", exact: true }).fill("96.0");
    await two.getByRole("textbox", { name: "Volume filtered", exact: true }).fill("96.5");
    await press(one, "Record Volume filtered");
    await expect(one.getByText("96.0 L").first()).toBeVisible();
    await press(two, "Record Volume filtered");
    const told = two.getByRole("alert").filter({ hasText: "was not recorded" });
    await expect(told).toContainText("Somebody recorded 96.0 meanwhile");
    await expect(told).toContainText("96.5 L");
    await two.getByRole("button", { name: /^Correct with 96\.5 L/ }).click();
    await two.getByRole("textbox", { name: /^Reason/ }).fill("Read again by both");
    await press(two, "Record correction");
    await expect(two.locator("del", { hasText: "96.0 L" })).toBeVisible();
  });

  test("what is typed while the connection is lost stays in the browser, its author's alone, and is sent with its time and marked late", async ({ browser }) => {
    const page = await at(browser, "operator.basel@demo", "1.1.3.1");
    await press(page, "Correct Volume filtered");
    await page.context().setOffline(true);
    await page.getByRole("textbox", { name: /^Volume filtered, corrected/ }).fill("97.5");
    await page.getByRole("textbox", { name: /^Reason/ }).fill("The scale had not settled");
    await press(page, "Record correction");
    await expect(page.getByText(/is kept in this browser/)).toBeVisible();
    await page.context().setOffline(false);
    await expect(page.locator("b", { hasText: "97.5 L" })).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText("Late entry")).toBeVisible();
    await expect(page.getByText("Everything is recorded")).toBeVisible();
    await press(page, "Performed");
    await expect(page.getByText("Performed by Nico Baumann")).toBeVisible();
  });

  test("a step out of order over the API is a conflict and writes nothing", async ({ browser }) => {
    const page = await at(browser, "operator.basel@demo", "1.1.3.3");
    const answer = await page.request.post(`/api/batches/basel/${batch}/acts`, { data: { act: "start-step", stepId: "1.1.3.3" } });
    expect(answer.status()).toBe(409);
    await page.reload();
    await expect(page.getByText("Nobody has started it")).toBeVisible();
    expect((await page.request.post(`/api/batches/basel/${batch}/acts`, { data: { act: "start-step", stepId: "1.1.3.3" }, headers: { authorization: "Bearer x" } })).status()).toBe(403);
    expect((await page.request.post(`/api/batches/basel/${batch}/acts`, { data: { act: "dance" } })).status()).toBe(400);
  });

  test("the sample is drawn, the yield is calculated and the record completed", async ({ browser }) => {
    const page = await at(browser, "operator.basel@demo", "1.1.3.2");
    await press(page, "Start step");
    await press(page, "Draw the sample");
    await expect(page.getByText(`${batch}-S01`)).toBeVisible();
    await press(page, "Performed");
    await expect(page.getByText("Performed by Nico Baumann")).toBeVisible();
    await page.goto(stepPage("1.1.3.3"));
    await press(page, "Start step");
    await press(page, "Performed");
    await expect(page.getByText("Performed by Nico Baumann")).toBeVisible();
    await expect(page.getByText("97.5 %").first()).toBeVisible();
    await verify(browser, "1.1.3.3");
    await page.goto(stepPage("1.1.1.2"));
    await press(page, "Release MV-2002");
    await expect(page.getByText(/released 2/)).toBeVisible();
    await page.goto(`/sites/basel/batches/${batch}/execute`);
    await press(page, "Complete the record");
    await expect(page.getByText("Complete, 8 of 8 steps ended")).toBeVisible();
  });

  test("the value outside its limits and the correction are in the record, the audit trail and the PDF", async ({ browser }) => {
    const quality = await pageOf(browser, "qa.manager@demo");
    await quality.goto(`/sites/basel/batches/${batch}`);
    await expect(quality.getByRole("heading", { name: "pH above the normal range" })).toBeVisible();
    await expect(quality.getByRole("heading", { name: "Volume planned corrected" })).toBeVisible();
    await quality.goto(`/sites/basel/batches/${batch}/record`);
    await expect(quality.getByText("7.36").first()).toBeVisible();
    await expect(quality.locator("del", { hasText: "10" }).first()).toBeVisible();
    await axe(quality);
    await quality.goto(`/audit?batch=${batch}&event=entry.recorded&kind=acts&class=all`);
    await expect(quality.getByText("Value corrected").first()).toBeVisible();
    await expect(quality.getByText("One digit was missing").first()).toBeVisible();
    await quality.goto(`/audit?batch=${batch}&event=exception.raised&kind=acts&class=all`);
    await expect(quality.getByText("pH above the normal range").first()).toBeVisible();
    const pdf = await quality.request.get(`/sites/basel/batches/${batch}/report.pdf`, { timeout: 60_000 });
    expect(pdf.status()).toBe(200);
    const printed = (await PDF.load(await pdf.body())).getPages().map((one) => one.extractText().text).join(" ").replaceAll(/[\s\u00a0]+/g, " ");
    for (const found of ["7.36", "pH above the normal range", "Volume planned corrected", "One digit was missing", batch]) expect(printed).toContain(found);
  });
});
