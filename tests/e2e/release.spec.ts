import { expect, test } from "@playwright/test";
import { acceptAccountability, freshPageOf, pageOf, proveItIsMe } from "./person.ts";

const batch = "/sites/basel/batches/BAS-101-2607";

test.describe.configure({ mode: "serial" });

test.describe("REQ-27, REQ-28, REQ-30 (21 CFR 11.50, 11.70, 11.200) releasing a batch", () => {
  test("REQ-22 (11.10(j)) the first signing asks for the accountability statement, which its owner accepts by proving presence", async ({ browser }) => {
    const signer = "lead.production.basel@demo";
    const page = await pageOf(browser, signer);
    await page.goto("/sites/basel/batches/BAS-101-2610");
    await expect(page.getByRole("button", { name: "Sign production review" })).toHaveAttribute("aria-disabled", "true");
    await page.getByRole("link", { name: "You have not accepted the signature-accountability statement yet: accept it" }).click();
    await expect(page).toHaveURL(/\/account#undertaking/);
    await page.getByRole("button", { name: "Sign in and accept" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "Tick" })).toBeVisible();
    await acceptAccountability(page, signer);
    await page.goto("/sites/basel/batches/BAS-101-2610");
    await expect(page.getByRole("link", { name: "Sign production review" })).toBeVisible();
    for (const other of ["qa.manager@demo", "qp.singapore@demo"]) await acceptAccountability(await pageOf(browser, other), other);
  });

  test("an empty comment is refused in the form and nothing is sent", async ({ browser }) => {
    const page = await pageOf(browser, "qa.manager@demo");
    await page.goto(`${batch}/sign?meaning=approved_for_release`);
    await page.getByRole("button", { name: /Sign in and release batch/ }).click();
    await expect(page.getByRole("alert").filter({ hasText: "Nothing was signed" })).toContainText("at least 10 characters");
  });

  test("somebody else's password at the provider signs nothing, and the refusal is in the audit trail", async ({ browser }) => {
    const page = await pageOf(browser, "qa.manager@demo");
    await page.goto(`${batch}/sign?meaning=approved_for_release`);
    await page.getByLabel("Comment").fill("A comment of enough characters.");
    await page.getByRole("button", { name: /Sign in and release batch/ }).click();
    await proveItIsMe(page, "qp.basel@demo");
    await expect(page.getByRole("alert").filter({ hasText: "Nothing was signed" }).first()).toContainText("Somebody else proved his presence");
    await page.goto("/audit?event=signing.refused");
    await expect(page.getByRole("row").filter({ hasText: "Somebody else proved his presence" })).toHaveCount(1);
  });

  test("turning back at the provider signs nothing and says so", async ({ browser }) => {
    const page = await pageOf(browser, "qa.manager@demo");
    await page.goto(`${batch}/sign?meaning=approved_for_release`);
    await page.getByLabel("Comment").fill("A comment of enough characters.");
    await page.getByRole("button", { name: /Sign in and release batch/ }).click();
    await page.waitForURL(/\/oidc\/interaction\//);
    await page.goto(batch);
    await expect(page.getByText("QA review", { exact: true }).first()).toBeVisible();
  });

  test("a QA manager re-authenticates and releases; the manifest is on the page", async ({ browser }) => {
    const page = await freshPageOf(browser, "qa.manager@demo");
    await page.goto("/");
    await page.getByRole("link", { name: "BAS-101-2607" }).first().click();
    await page.getByRole("link", { name: "Sign and release batch" }).click();
    await expect(page.getByText("I approve for release batch BAS-101-2607")).toBeVisible();
    await page.getByLabel("Comment").fill("pH excursion assessed, no effect on the product.");
    await page.getByRole("button", { name: /Sign in and release batch/ }).click();
    await proveItIsMe(page, "qa.manager@demo");
    await expect(page).toHaveURL(/signatures\/4\?signed=1/);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Approved for release");
    await expect(page.getByText("Miriam Keller").first()).toBeVisible();
    await expect(page.getByText("pH excursion assessed, no effect on the product.")).toBeVisible();
    await expect(page.getByText(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d CES?T \(.*Z\)/).first()).toBeVisible();
    await expect(page.getByText("Holds")).toBeVisible();
    await page.goto(batch);
    await expect(page.getByText("This batch is released.")).toBeVisible();
    await page.goto("/audit?batch=BAS-101-2607");
    await expect(page.getByRole("row").filter({ hasText: "Signed: Approved for release" })).toContainText("Released");
  });

  test("the provider's answer cannot be used again", async ({ browser }) => {
    const page = await pageOf(browser, "qa.manager@demo");
    await page.goto("/api/signing/callback?code=x&state=basel.11111111-1111-4111-8111-111111111111.y");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing was signed");
  });

  test("REQ-36 who performed a batch cannot review it, and is told why", async ({ browser }) => {
    const page = await pageOf(browser, "supervisor.basel@demo");
    await page.goto("/sites/basel/batches/BAS-101-2610");
    await expect(page.getByText("You took part in making this batch")).toBeVisible();
    await expect(page.getByRole("button", { name: "Sign production review" })).toHaveAttribute("aria-disabled", "true");
    await page.goto("/sites/basel/batches/BAS-101-2610/sign?meaning=production_reviewed");
    await expect(page.getByRole("alert").filter({ hasText: "cannot be signed" })).toContainText("You took part in making this batch");
  });

  test("REQ-42 open exceptions and missing signatures stand before a release, each as a link", async ({ browser }) => {
    const page = await pageOf(browser, "qa.manager@demo");
    await page.goto("/sites/basel/batches/BAS-101-2608");
    await expect(page.getByRole("button", { name: "Sign and release batch" })).toHaveAttribute("aria-disabled", "true");
    await expect(page.getByText("3 things stand before signing")).toBeVisible();
    await expect(page.getByRole("link", { name: /^Exceptions: 2 of/ }).first()).toBeVisible();
  });

  test("a batch goes from production review through QA to the site's confirmation", async ({ browser }) => {
    const batch = "/sites/singapore/batches/SIN-101-2605";
    const qa = await pageOf(browser, "qa.manager@demo");
    await qa.goto(batch);
    await qa.getByRole("button", { name: "Take into QA review" }).click();
    await expect(qa.getByText("QA review", { exact: true }).first()).toBeVisible();
    const rationale = qa.getByLabel("Rationale");
    const open = await rationale.count();
    expect(open).toBeGreaterThan(0);
    for (let i = open; i > 0; i--) {
      await rationale.first().fill("Assessed with the trend, no effect on the product.");
      await qa.getByRole("button", { name: /^Accept EX-/ }).first().click();
      await expect(rationale).toHaveCount(i - 1);
    }
    await qa.getByRole("link", { name: "Sign audit-trail review" }).click();
    await qa.getByLabel("Comment").fill("Corrections have their reasons.");
    await qa.getByRole("button", { name: /Sign in and sign audit-trail review/ }).click();
    await proveItIsMe(qa);
    await expect(qa).toHaveURL(/signatures\/2/);
    const qp = await pageOf(browser, "qp.singapore@demo");
    await qp.goto(batch);
    await qp.getByRole("link", { name: "Sign site confirmation" }).click();
    await qp.getByLabel("Comment").fill("Made here under our authorisation.");
    await qp.getByRole("button", { name: /Sign in and confirm batch/ }).click();
    await proveItIsMe(qp, "qp.singapore@demo");
    await expect(qp).toHaveURL(/signatures\/3/);
    await qa.goto(batch);
    await expect(qa.getByRole("link", { name: "Sign and release batch" })).toBeVisible();
  });
});

test("REQ-30 (11.200(a)(1)) the first signing of a session asks for user name and password, a later one for the password alone", async ({ browser }) => {
  const page = await pageOf(browser, "qa.manager@demo");
  await page.goto("/sites/basel/batches/BAS-101-2607/signatures/4");
  await expect(page.getByText(/User name and password, the first signing of its period/i)).toBeVisible();
  await page.goto("/sites/singapore/batches/SIN-101-2605/signatures/2");
  await expect(page.getByText(/Password, a later signing of a continuous period/i)).toBeVisible();
});

test("REQ-27 (11.50(b)) the PDF prints the signature manifest with name, meaning and time", async ({ browser }) => {
  const page = await pageOf(browser, "qa.manager@demo");
  const response = await page.request.get("/sites/basel/batches/BAS-101-2607/report.pdf");
  expect(response.status()).toBe(200);
  expect(response.headers()["content-type"]).toBe("application/pdf");
  const bytes = await response.body();
  expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
  await page.goto("/audit?event=report.exported&class=all");
  await expect(page.getByRole("row").filter({ hasText: "Batch record exported" }).filter({ hasText: "BAS-101-2607" }).first()).toContainText("copy 1");
});
