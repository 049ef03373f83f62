import { expect, test, type Browser, type Page } from "@playwright/test";
import { smallMaster } from "#tests/small-master.ts";
import { addPart, axe, fill, type Fields } from "./authoring.ts";
import { acceptAccountability, pageOf, proveItIsMe } from "./person.ts";

const id = "MBR-AUTHOR-01";
const address = `/masters/${id}/1`;
const edit = `${address}/edit`;
const [author, reviewer, quality] = ["process.engineer@demo", "process.reviewer@demo", "qa.manager@demo"] as const;

test.describe.configure({ mode: "serial" });
test.setTimeout(180_000);


const add = (page: Page, query: string, word: string, fields: Fields) => addPart(page, edit, { query, word, fields });
async function sign(browser: Browser, who: string, button: string, act: RegExp): Promise<Page> {
  const page = await pageOf(browser, who);
  await acceptAccountability(page, who);
  await page.goto(address);
  await page.getByRole("link", { name: button }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(`${id} version 1`);
  await axe(page);
  await page.getByLabel("Comment").fill("Read from the first step to the last.");
  await page.getByRole("button", { name: act }).click();
  await proveItIsMe(page, who);
  await expect(page).toHaveURL(new RegExp(`${address}\\?signed=`));
  await expect(page.getByRole("status").filter({ hasText: "Signed:" })).toBeVisible();
  return page;
}

test.describe("REQ-35, REQ-39 (21 CFR 211.186) writing a master in the browser", () => {
  test("a process engineer begins one; what is wrong in the form is said at its field and nothing typed is lost", async ({ browser }) => {
    const page = await pageOf(browser, author);
    await page.goto("/masters");
    await axe(page);
    await page.getByRole("link", { name: "New master" }).click();
    await axe(page);
    await page.getByLabel("Id", { exact: true }).fill("small letters");
    await page.getByLabel("Title").fill("Phosphate buffer, 50 L");
    await page.getByLabel("Purpose").fill("Equilibration of the capture column.");
    await page.getByLabel("Product", { exact: true }).selectOption({ label: "BUF-PBS Phosphate buffer" });
    await page.getByLabel("Batch size", { exact: true }).fill("50");
    await page.getByLabel("Planned time, hours").fill("6");
    await page.getByLabel("Why it is begun").fill("Written for the browser test.");
    await page.getByRole("button", { name: "Begin the master" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "No master was begun" })).toContainText("capital letters");
    await expect(page.getByLabel("Title")).toHaveValue("Phosphate buffer, 50 L");
    await page.getByLabel("Id", { exact: true }).fill(id);
    await page.getByRole("button", { name: "Begin the master" }).click();
    await expect(page).toHaveURL(new RegExp(`${edit}$`));
    await expect(page.getByRole("heading", { name: /^\d+ gaps$/ })).toBeVisible();
    await page.goto(address);
    await expect(page.getByRole("button", { name: "Submit for review" })).toHaveAttribute("aria-disabled", "true");
    await expect(page.getByText(/gaps are open/)).toBeVisible();
    // Each gap names its part and leads to where it is written.
    await page.locator("#gaps").getByRole("link", { name: "Materials", exact: true }).click();
    await expect(page).toHaveURL(`${edit}?part=material`);
  });

  test("it is written part by part; limits and formulas are checked while they are typed", async ({ browser }) => {
    const page = await pageOf(browser, author);
    await page.goto(`${edit}?part=material`);
    await fill(page, { Name: "Sodium chloride", Code: "RM-0042", Quantity: "four", Unit: { choose: "kg" } });
    await page.getByRole("button", { name: "Add material", exact: true }).click();
    await expect(page.getByRole("alert").filter({ hasText: "Nothing was saved" })).toContainText("Write a number here");
    await expect(page.getByLabel("Quantity", { exact: true })).toHaveAccessibleDescription(/Write a number here/);
    page.once("dialog", (dialog) => void dialog.dismiss());
    await page.getByRole("navigation", { name: "Parts of the master" }).getByRole("link", { name: "Add a parameter" }).click();
    await expect(page.getByLabel("Code", { exact: true })).toHaveValue("RM-0042");
    await fill(page, { Quantity: "4" });
    await page.getByRole("button", { name: "Add material", exact: true }).click();
    await expect(page.getByRole("status").filter({ hasText: "Added: Sodium chloride" })).toBeVisible();
    await add(page, "equipment", "equipment", { Name: "Mixing vessel", Class: "mixing vessel 200 L" });
    await page.goto(`${edit}?part=parameter`);
    await fill(page, { Name: "pH", Unit: { choose: "pH" }, Class: { choose: "CPP" }, "Normal, low": "7.1", "Normal, high": "7.3", "Action, low": "7.2", "Action, high": "7.4", Target: "7.2" });
    await expect(page.getByText("Normal reaches beyond action.", { exact: false }).first()).toBeVisible();
    await axe(page);
    await fill(page, { "Action, low": "7" });
    await expect(page.locator(".limit-faults li")).toHaveCount(0);
    await page.getByRole("button", { name: "Add parameter", exact: true }).click();
    await expect(page.getByRole("status").filter({ hasText: "Added: pH" })).toBeVisible();
    await add(page, "parameter", "parameter", { Name: "Volume filtered", Unit: { choose: "L" }, Class: { choose: "KPP" }, "Normal, low": "47", "Normal, high": "50" });
    await add(page, "parameter", "parameter", { Name: "Volume planned", Unit: { choose: "L" } });
    await add(page, "parameter", "parameter", { Name: "Bioburden", Unit: { choose: "CFU/10 mL" }, "Digits after the point": "0", Class: { choose: "CQA" }, Source: { choose: "laboratory" }, Method: "USP <61>, membrane filtration", "Normal, high": "10" });
    await page.goto(`${edit}?part=parameter`);
    await fill(page, { Name: "Yield", Unit: { choose: "%" }, Class: { choose: "KPP" }, Source: { choose: "calculated" }, "Formula, text": "filtered * planned", "Normal, low": "94", "Normal, high": "100" });
    for (const [i, [name, parameter]] of [["filtered", "volume-filtered"], ["planned", "volume-planned"]].entries()) {
      await page.getByRole("button", { name: "Add an input" }).click();
      await fill(page, { [`Name of input ${i + 1}`]: name ?? "", [`Parameter of input ${i + 1}`]: { choose: parameter ?? "" } });
    }
    await expect(page.getByText("The result is not in %", { exact: false }).first()).toBeVisible();
    await fill(page, { "Formula, text": "filtered / planned" });
    await expect(page.getByText("This can be calculated")).toBeVisible();
    await axe(page);
    await page.getByRole("button", { name: "Add parameter", exact: true }).click();
    await expect(page.getByRole("status").filter({ hasText: "Added: Yield" })).toBeVisible();
    await add(page, "sample", "sample", { Name: "Bulk sample", "Drawn at": "Outlet of the filter", Quantity: "100", Storage: "2 to 8 °C, 24 h", Bioburden: true });
  });

  test("its procedure is built of steps, which can be moved and taken out", async ({ browser }) => {
    const page = await pageOf(browser, author);
    await add(page, "unit-procedure", "unit procedure", { Name: "Buffer preparation" });
    await add(page, "operation&within=buffer-preparation", "operation", { Name: "Mixing" });
    await add(page, "phase&within=mixing", "phase", { Name: "All of it" });
    const step = (fields: Fields) => add(page, "step&within=all-of-it", "step", fields);
    await step({ Title: "Bind the vessel", Kind: { choose: "equipment" }, Instruction: "Scan the vessel.", Equipment: { choose: "mixing-vessel" } });
    await step({ Title: "Charge salt", Kind: { choose: "material" }, Instruction: "Weigh and charge.", Material: { choose: "sodium-chloride" }, "A second person verifies it": true });
    await step({ Title: "Draw the sample", Kind: { choose: "sample" }, Instruction: "Draw from the outlet.", Sample: { choose: "bulk-sample" } });
    await step({ Title: "Adjust pH and filter", Kind: { choose: "entry" }, Instruction: "Adjust, read, filter.", pH: true, "Volume filtered": true, "Volume planned": true });
    await page.getByRole("button", { name: "Move up" }).click();
    await expect(page.getByRole("link", { name: "1.1.1.3 Adjust pH and filter" })).toBeVisible();
    await step({ Title: "Yield", Kind: { choose: "calculation" }, Instruction: "Read the yield.", Yield: true });
    await step({ Title: "One too many", Instruction: "Nothing." });
    await axe(page);
    await page.getByText("Remove", { exact: true }).click();
    await page.getByRole("button", { name: "Remove One too many" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Removed" })).toBeVisible();
    await expect(page.getByRole("link", { name: /One too many/ })).toHaveCount(0);
  });

  test("a save over somebody else's change is refused and loses nothing; the last gaps close and the draft is complete", async ({ browser }) => {
    const [page, other] = [await pageOf(browser, author), await pageOf(browser, author)];
    await page.goto(`${edit}?part=head`);
    await other.goto(`${edit}?part=material:sodium-chloride`);
    await fill(other, { Code: "RM-0043" });
    await other.getByRole("button", { name: "Save", exact: true }).click();
    await expect(other.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
    await fill(page, { Precautions: "Protective goggles; salts raise dust.", "What comes out": "Filtered buffer", "At best": "50", "Unit of the yield": { choose: "L" }, "Judged by": { choose: "yield" } });
    await expect(page.getByRole("heading", { name: "No gap", exact: true })).toBeVisible();
    await expect(page.getByText("with what you typed, not saved yet")).toBeVisible();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByRole("alert").filter({ hasText: "Nothing was saved" })).toContainText("Somebody changed this master");
    await expect(page.getByLabel("Precautions")).toHaveValue("Protective goggles; salts raise dust.");
    await axe(page);
    await page.getByRole("button", { name: "Save mine over this part" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Saved. No gap is left." })).toBeVisible();
    await page.goto(address);
    await expect(page.getByRole("cell", { name: "RM-0043", exact: true })).toBeVisible();
    await expect(page.getByText("Protective goggles").first()).toBeVisible();
    await axe(page);
    await other.context().close();
  });

  test("a second engineer reviews it, quality approves it and makes it effective; its author can do neither", async ({ browser }) => {
    await (await sign(browser, author, "Submit for review", /Sign in and submit/)).goto(address);
    const own = await pageOf(browser, author);
    await own.goto(address);
    await expect(own.getByRole("button", { name: "Sign review" })).toHaveAttribute("aria-disabled", "true");
    await expect(own.getByText("You wrote a part of this master", { exact: false })).toBeVisible();
    expect((await own.goto(edit))?.status()).toBe(404);
    await sign(browser, reviewer, "Sign review", /Sign in and sign review/);
    const page = await sign(browser, quality, "Approve", /Sign in and approve/);
    await page.getByText("Make effective", { exact: true }).click();
    await page.getByLabel(/^Reason: Make effective/).fill("Approved and trained");
    await page.getByRole("button", { name: "Make it effective" }).click();
    await expect(page.getByRole("main").getByText("Effective", { exact: true }).first()).toBeVisible();
    await expect(page.getByText(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(.*Z\)/)).toHaveCount(3);
    await axe(page);
    await page.goto("/masters?state=effective");
    await expect(page.getByRole("row").filter({ hasText: id })).toContainText("Lukas Brandt");
  });

  test("it is exported with its digest, and a file that is there or broken is refused with the place", async ({ browser }) => {
    const page = await pageOf(browser, author);
    const file = await page.request.get(`${address}/file`);
    expect([file.status(), file.headers()["content-disposition"]]).toEqual([200, `attachment; filename="${id}-v1.json"`]);
    expect(file.headers()["x-veribatch-digest"]).toMatch(/^[0-9a-f]{64}$/);
    await page.goto("/masters/new");
    const take = async (text: string) => {
      await page.getByLabel("File of the master").setInputFiles({ name: "master.json", mimeType: "application/json", buffer: Buffer.from(text) });
      await page.getByLabel("Why it is imported").fill("For the browser test");
      await page.getByRole("button", { name: "Import the file" }).click();
    };
    await take(await file.text());
    await expect(page.getByRole("alert").filter({ hasText: "Nothing was imported" })).toContainText("There is version 1 of this master already");
    await take(JSON.stringify({ ...smallMaster, parameters: [{ ...smallMaster.parameters[0], precision: "two" }] }));
    await expect(page.getByRole("alert").filter({ hasText: "parameters › 1 (ph) › precision" })).toContainText("Write a number here");
    await axe(page);
  });

  test("the next version begins as its copy; what differs is read before it is signed", async ({ browser }) => {
    const page = await pageOf(browser, author);
    await page.goto(address);
    await page.getByText("New version", { exact: true }).click();
    await page.getByLabel(/^Reason: New version/).fill("A larger charge of salt");
    await page.getByRole("button", { name: "Begin the next version" }).click();
    await expect(page).toHaveURL(`${edit.replace("/1/", "/2/")}`);
    await page.goto(`/masters/${id}/2/edit?part=material:sodium-chloride`);
    await fill(page, { Quantity: "5" });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
    await page.goto(`/masters/${id}/2`);
    const row = page.getByRole("region", { name: "Difference to version 1" }).getByRole("row").filter({ hasText: "Sodium chloride" });
    await expect(row).toContainText("quantity");
    await expect(row.locator("del")).toHaveText("4 kg");
    await expect(row.locator("ins")).toHaveText("5 kg");
    await axe(page);
    // The same stands where it is signed, against the effective version unless another is chosen.
    await page.goto(`/masters/${id}/2/sign?meaning=authored`);
    await expect(page.getByRole("heading", { name: "Difference to version 1" })).toBeVisible();
    await expect(page.getByRole("region", { name: "Difference to version 1" }).getByRole("row").filter({ hasText: "Sodium chloride" }).locator("ins")).toHaveText("5 kg");
    await expect(page.getByRole("navigation", { name: "Version to compare with" })).toHaveCount(0);
    await axe(page);
  });

  test("a further version is read against the effective one, or any other that is chosen", async ({ browser }) => {
    const page = await pageOf(browser, author);
    await page.goto(`/masters/${id}/2`);
    await page.getByText("Withdraw", { exact: true }).click();
    await page.getByLabel(/^Reason: Withdraw/).fill("The charge stays");
    await page.getByRole("button", { name: "Withdraw for good" }).click();
    await expect(page.getByRole("main").getByText("Withdrawn", { exact: true }).first()).toBeVisible();
    await page.getByText("New version", { exact: true }).click();
    await page.getByLabel(/^Reason: New version/).fill("Another code of the salt");
    await page.getByRole("button", { name: "Begin the next version" }).click();
    await expect(page).toHaveURL(`${edit.replace("/1/", "/3/")}`);
    await page.goto(`/masters/${id}/3`);
    await expect(page.getByRole("heading", { name: "Difference to version 1" })).toBeVisible();
    const versions = page.getByRole("navigation", { name: "Version to compare with" });
    await expect(versions.getByRole("link", { name: "version 1, effective" })).toHaveAttribute("aria-current", "true");
    await versions.getByRole("link", { name: "version 2, withdrawn" }).click();
    await expect(page).toHaveURL(/against=2/);
    await expect(page.getByText("Nothing differs from version 2 but the number of the version.")).toBeVisible();
    await axe(page);
  });
});
