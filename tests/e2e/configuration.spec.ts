import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { acceptAccountability, freshPageOf, pageOf, proveItIsMe } from "./person.ts";

const author = "qa.manager@demo";
const approver = "qa.second@demo";
let address = "";

test.describe.configure({ mode: "serial" });
test.setTimeout(120_000);

const axe = async (page: Page) => expect((await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze()).violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160))])).toEqual([]);
const weight = (page: Page, region: string, type: string) => page.getByRole("region", { name: region }).getByRole("row").filter({ has: page.getByRole("rowheader", { name: type, exact: true }) });

test.describe("REQ-23 the configuration of exceptions in the browser", () => {
  test("everybody who reads batches reads it; an operator changes nothing", async ({ browser }) => {
    const page = await pageOf(browser, "operator.basel@demo");
    await page.goto("/overview");
    await page.getByRole("link", { name: "Exception types" }).click();
    await expect(page.getByRole("region", { name: "Types in force" }).getByRole("row")).toHaveCount(36);
    await expect(weight(page, "Types in force", "Wrong material")).toContainText("Critical");
    await expect(page.getByRole("link", { name: "New version" })).toHaveCount(0);
    await axe(page);
    expect((await page.goto("/exception-types/new"))?.status()).toBe(404);
  });

  test("quality proposes a version with a reason; what is wrong is said and nothing chosen is lost; its author does not approve it", async ({ browser }) => {
    const page = await pageOf(browser, author);
    await page.goto("/exception-types");
    await page.getByRole("link", { name: "New version" }).click();
    await axe(page);
    await page.getByLabel("Default severity: Redline", { exact: true }).selectOption("major");
    await page.getByRole("button", { name: "Propose this version" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "No version was proposed" })).toContainText("Write the reason");
    await expect(page.getByLabel("Default severity: Redline", { exact: true })).toHaveValue("major");
    await page.getByLabel("Reason").fill("Redlines turned out to touch the process.");
    await page.getByRole("button", { name: "Propose this version" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "No version was proposed" })).toContainText("closed by quality");
    await page.getByLabel("Required signature: Redline", { exact: true }).selectOption("quality");
    await page.getByLabel("Blocks execution: Batch or phase aborted", { exact: true }).uncheck();
    await page.getByRole("button", { name: "Propose this version" }).click();
    await expect(page).toHaveURL(/\/exception-types\/\d+$/);
    address = new URL(page.url()).pathname;
    await expect(page.getByRole("region", { name: /^Difference to version/ }).getByRole("row")).toHaveCount(4);
    await expect(page.getByText("asks for less")).toHaveCount(1);
    await expect(page.getByRole("button", { name: "Approve" })).toHaveAttribute("aria-disabled", "true");
    await expect(page.getByText("You wrote this version. Another person of quality approves it.")).toBeVisible();
    await axe(page);
    await page.goto(`${address}/sign`);
    await expect(page.getByRole("alert").filter({ hasText: "This cannot be signed now" })).toContainText("You wrote this version");
    await page.goto("/exception-types");
    await expect(weight(page, "Types in force", "Redline")).toContainText("Minor");
  });

  test("another person of quality puts it in force with his signature; the version before stays readable", async ({ browser }) => {
    const page = await freshPageOf(browser, approver);
    await acceptAccountability(page, approver);
    await page.goto(address);
    await page.getByRole("link", { name: "Approve" }).click();
    await expect(page.getByText(/I approve for the quality unit version \d+ of the configuration of exceptions, with 3 changes/)).toBeVisible();
    await axe(page);
    await page.getByLabel("Comment").fill("Read type by type with production.");
    await page.getByRole("button", { name: "Sign in and approve" }).click();
    await proveItIsMe(page, approver);
    await expect(page).toHaveURL(new RegExp(`${address}\\?signed=1$`));
    await expect(page.getByRole("status").filter({ hasText: "is in force" })).toBeVisible();
    await axe(page);
    await page.goto("/exception-types");
    await expect(weight(page, "Types in force", "Redline")).toContainText("Major");
    await page.getByRole("region", { name: "Versions" }).getByRole("link", { name: "Version 1", exact: true }).click();
    await expect(page.getByText("Superseded").first()).toBeVisible();
    await expect(weight(page, "Types of version 1", "Redline")).toContainText("Minor");
    await axe(page);
  });

  test("a draft is withdrawn by its author, with a reason; what is in force stays", async ({ browser }) => {
    const page = await pageOf(browser, author);
    await page.goto("/exception-types/new");
    await page.getByLabel("Reason").fill("Proposed to be taken back again.");
    await page.getByLabel("Default severity: Late entry", { exact: true }).selectOption("critical");
    await page.getByLabel("Required signature: Late entry", { exact: true }).selectOption("quality");
    await page.getByRole("button", { name: "Propose this version" }).click();
    await expect(page).toHaveURL(/\/exception-types\/\d+$/);
    await page.getByText("Withdraw", { exact: true }).click();
    await page.getByRole("textbox", { name: /Reason: Withdraw/ }).fill("It asks for too much.");
    await page.getByRole("button", { name: "Withdraw for good" }).click();
    await expect(page.getByText("Withdrawn").first()).toBeVisible();
    await page.goto("/exception-types");
    await expect(weight(page, "Types in force", "Late entry")).toContainText("Minor");
  });
});
