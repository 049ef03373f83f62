import { expect, test, type Browser, type Page } from "@playwright/test";
import { smallMaster } from "#tests/small-master.ts";
import { axe } from "./authoring.ts";
import { acceptAccountability, pageOf, proveItIsMe } from "./person.ts";

const master = { ...smallMaster, id: "MBR-OVL-E2E", title: "Phosphate buffer for the overlay" };
const masterAddress = `/masters/${master.id}/1`;
const address = `${masterAddress}/overlays/basel`;
const [author, reviewer, quality] = ["process.engineer@demo", "process.reviewer@demo", "qa.manager@demo"] as const;
const signers = [[author, "authored", /Sign in and submit/], [reviewer, "master_reviewed", /Sign in and sign review/], [quality, "master_approved", /Sign in and approve/]] as const;

test.describe.configure({ mode: "serial" });
test.setTimeout(180_000);

async function sign(browser: Browser, [who, meaning, act]: (typeof signers)[number], of: string): Promise<Page> {
  const page = await pageOf(browser, who);
  await acceptAccountability(page, who);
  await page.goto(`${of}/sign?meaning=${meaning}`);
  await page.getByLabel("Comment").fill("Read against the master, range by range.");
  await page.getByRole("button", { name: act }).click();
  await proveItIsMe(page, who);
  await expect(page).toHaveURL(new RegExp(`${of}\\?signed=`));
  await expect(page.getByRole("status").filter({ hasText: "Signed:" })).toBeVisible();
  return page;
}
async function makeEffective(browser: Browser, of: string): Promise<void> {
  const page = await pageOf(browser, quality);
  await page.goto(of);
  await page.getByText("Make effective", { exact: true }).click();
  await page.getByLabel(/^Reason: Make effective/).fill("Approved and trained");
  await page.getByRole("button", { name: "Make it effective" }).click();
  await expect(page.getByRole("main").getByText("Effective", { exact: true }).first()).toBeVisible();
}
const limit = (page: Page, label: string) => page.locator("form").filter({ hasText: "at this site" }).getByLabel(label, { exact: true });

test.describe("REQ-35, REQ-39 (21 CFR 211.186) a site's overlay in the browser", () => {
  test("a site writes none over a master that is still reviewed", async ({ browser }) => {
    const page = await pageOf(browser, author);
    await page.goto("/masters/new");
    await page.getByLabel("File of the master").setInputFiles({ name: "buffer.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(master)) });
    await page.getByLabel("Why it is imported").fill("Buffer for the test of overlays");
    await page.getByRole("button", { name: "Import the file" }).click();
    await expect(page).toHaveURL(new RegExp(masterAddress));
    await page.goto(address);
    await expect(page.getByText("this one is neither", { exact: false })).toBeVisible();
    await expect(page.getByRole("link", { name: "Narrow pH" })).toHaveCount(0);
    for (const signer of signers) await sign(browser, signer, masterAddress);
    await makeEffective(browser, masterAddress);
  });

  test("wider limits are said while they are typed and refused when they are saved; narrower ones are kept in a draft", async ({ browser }) => {
    const page = await pageOf(browser, author);
    await page.goto(masterAddress);
    await page.getByRole("link", { name: "Basel", exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`${address}$`));
    await expect(page.getByText("the master counts as it is", { exact: false })).toBeVisible();
    await axe(page);
    await page.getByRole("link", { name: "Narrow pH" }).click();
    await limit(page, "Action, high").fill("7.6");
    await expect(page.getByText("Action reaches beyond the master's. A site may narrow a range, never widen it.")).toBeVisible();
    await expect(limit(page, "Action, high")).toHaveAttribute("aria-invalid", "true");
    await axe(page);
    await page.getByLabel("Reason", { exact: true }).first().fill("Basel measures twice");
    await page.getByRole("button", { name: "Save into the draft" }).first().click();
    const problem = page.getByRole("alert").filter({ hasText: "Nothing was saved" });
    await expect(problem).toContainText("Action reaches beyond the master's");
    await expect(limit(page, "Action, high")).toHaveValue("7.6");
    await limit(page, "Action, high").fill("7.3");
    await limit(page, "Normal, low").fill("7.15");
    await limit(page, "Normal, high").fill("7.25");
    await expect(page.getByText("A site may narrow a range, never widen it.")).toHaveCount(1);
    await page.getByRole("button", { name: "Save into the draft" }).first().click();
    await expect(page).toHaveURL(new RegExp(`${address}$`));
    const row = page.getByRole("region", { name: "Limits at the site" }).getByRole("row").filter({ hasText: "Change pH" }).or(page.locator("#parameter-ph"));
    await expect(row.first()).toContainText("7.15 to 7.25");
    await expect(row.first()).toContainText("master 7.10 to 7.30");
    await expect(page.getByRole("main").getByText("Draft", { exact: true }).first()).toBeVisible();
    await axe(page);
  });

  test("it may name the unit it uses", async ({ browser }) => {
    const page = await pageOf(browser, author);
    await page.goto(address);
    await page.getByText("Choose", { exact: true }).click();
    const form = page.locator("form").filter({ has: page.getByLabel("Unit", { exact: true }) });
    await form.getByLabel("Unit", { exact: true }).selectOption("MV-2002");
    await form.getByLabel("Reason", { exact: true }).fill("MV-2001 is kept for another product");
    await form.getByRole("button", { name: "Save into the draft" }).click();
    await expect(page.getByRole("region", { name: "Units at the site" }).getByRole("row").filter({ hasText: "Mixing vessel" })).toContainText("MV-2002");
    await axe(page);
  });

  test("it is signed by three people, who read what it narrows, and made effective", async ({ browser }) => {
    const own = await pageOf(browser, author);
    await own.goto(`${address}/sign?meaning=authored`);
    await expect(own.getByRole("region", { name: "Limits at the site" })).toContainText("7.15 to 7.25");
    await expect(own.getByText("MV-2002")).toBeVisible();
    await axe(own);
    await sign(browser, signers[0], address);
    await own.goto(address);
    await expect(own.getByRole("button", { name: "Sign review" })).toHaveAttribute("aria-disabled", "true");
    await expect(own.getByText("You wrote a part of this overlay", { exact: false })).toBeVisible();
    await expect(own.getByRole("link", { name: "Change pH" })).toHaveCount(0);
    await sign(browser, signers[1], address);
    await sign(browser, signers[2], address);
    await makeEffective(browser, address);
    await own.goto(masterAddress);
    await expect(own.getByText("Overlay 1 effective")).toBeVisible();
  });

  test("who issues a batch sees it, and is offered the unit it names and no other", async ({ browser }) => {
    const page = await pageOf(browser, "supervisor.basel@demo");
    await page.goto("/sites/basel/issue");
    await page.getByLabel("Master batch record").selectOption({ value: `${master.id} v1` });
    await expect(page.getByText("it narrows pH; uses MV-2002 for Mixing vessel", { exact: false })).toBeVisible();
    await expect(page.getByLabel("Unit", { exact: true }).getByRole("option")).toHaveText([/^MV-2002, Mixing vessel: /]);
    await axe(page);
    await page.getByRole("button", { name: "Issue batch" }).click();
    await expect(page).toHaveURL(/\/execute$/);
  });
});
