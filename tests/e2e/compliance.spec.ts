import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { works } from "../../lib/compliance/clause.ts";
import { clauses } from "../../lib/compliance/clauses.ts";
import { checkStates, clauseMatrix, countsOf } from "../../lib/compliance/matrix.ts";
import { readTestRun, sourceDigest } from "../../lib/compliance/source-tree.ts";
import { pageOf } from "./person.ts";

const widths = [1440, 1024, 720] as const;

/** No axe violation, nothing that scrolls sideways. */
async function expectSound(page: Page, at: string): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow, at).toBeLessThanOrEqual(0);
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`), at).toEqual([]);
}

for (const [person, address] of [["qa.manager@demo", "/compliance"], ["auditor@demo", "/compliance?state=planned&regulation=ISA"], ["admin@demo", "/compliance/28"], ["site.lead.basel@demo", "/compliance/60"], ["auditor@demo", "/compliance/sandbox"]] as const) {
  test(`${address} as ${person}: no axe violation, nothing scrolls sideways, no error in the console`, async ({ browser }) => {
    const page = await pageOf(browser, person);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(address);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectSound(page, `${width} px wide`);
    }
    expect(errors).toEqual([]);
    await page.context().close();
  });
}

test("REQ-62 (GAMP 5) the matrix says of every row what the last test run says of it, and counts them", async ({ browser }) => {
  const rows = clauseMatrix(readTestRun(process.cwd()), sourceDigest(process.cwd()));
  const words = { passed: "Passed", failed: "Failed", "not-run": "Not run for this version", planned: "Planned" } as const;
  const page = await pageOf(browser, "qa.manager@demo");
  await page.goto("/");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Compliance" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Compliance");
  const shown = await page.getByRole("table").locator("tbody tr:not(.group)").evaluateAll((found) => found.map((row) => [row.children[0]?.textContent, row.children[5]?.querySelector(".check-state")?.textContent]));
  expect(shown).toEqual(rows.map((row) => [String(row.number), words[row.state]]));
  const counts = countsOf(rows);
  for (const state of checkStates) await expect(page.locator(".strip > div", { hasText: words[state] }).locator(".figure")).toHaveText(String(counts[state]));
});

test("the matrix is filtered in its address, and a filter nothing matches says what to do", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  await page.goto("/compliance");
  await page.getByLabel("Regulation").selectOption("EU Annex 22, draft 2025");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/regulation=EU\+Annex\+22/);
  await expect(page.getByRole("table").locator("tbody tr:not(.group)")).toHaveCount(10);
  await page.getByRole("navigation", { name: "State" }).getByRole("link", { name: "Planned" }).click();
  await expect(page).toHaveURL(/state=planned/);
  await expect(page.getByRole("rowheader", { name: /No generative model decides/ })).toHaveCount(0);
  await page.goto("/compliance?state=planned&regulation=eIDAS");
  await expect(page.getByText("No row matches these filters.")).toBeVisible();
});

test("a row's page shows control, evidence and the sentences of its tests; one that is not built names the work that brings it", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  const [row] = clauseMatrix(readTestRun(process.cwd()), sourceDigest(process.cwd())).filter((r) => r.number === 28);
  await page.goto("/compliance/28");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("A signature belongs to its record");
  await expect(page.getByRole("main")).toContainText("21 CFR 11.70");
  await expect(page.locator(".clause-tests li")).toHaveCount(row?.tests.length ?? 0);
  if (row?.tests[0]) await expect(page.getByRole("main")).toContainText(row.tests[0].sentence);
  await page.getByRole("link", { name: "Try to break it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Try to break it");
  const unbuilt = clauses.find((c) => c.state === "planned" && c.work === "later");
  await page.goto(`/compliance/${unbuilt?.number}`);
  await expect(page.getByRole("main")).toContainText(`It comes with: ${works.later}.`);
  expect((await page.goto("/compliance/76"))?.status()).toBe(404);
});

test("REQ-04 (21 CFR 11.10(d)) who reads no compliance finds neither the entry nor the pages", async ({ browser }) => {
  const page = await pageOf(browser, "operator.basel@demo");
  await page.goto("/sites/basel");
  await expect(page.getByRole("navigation", { name: "Main" })).not.toContainText("Compliance");
  for (const address of ["/compliance", "/compliance/1", "/compliance/sandbox"]) expect((await page.goto(address))?.status(), address).toBe(404);
});

test("REQ-01 (21 CFR 11.10(a)), REQ-26 (Annex 11 17) a visitor spoils a bundle in the sandbox, without a network, and sees which check finds it", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  await page.goto("/compliance/sandbox");
  const part = page.getByRole("region", { name: "An evidence bundle" });
  const verdict = part.getByRole("status");
  await expect(verdict).toHaveText(/Untouched, and nothing is reported/);
  await page.context().setOffline(true);
  for (const [press, found] of [["Flip a bit", /Detected by/], ["Change a value", /Detected by seal/], ["Move a signature", /Detected by .*signatures/], ["Back-date a signature", /Detected by .*signatures/], ["Drop an entry", /Detected by .*signatures/], ["Seal with a key of one's own", /Detected by seal\./]] as const) {
    await part.getByRole("button", { name: press }).click();
    await expect(verdict).toHaveText(found);
  }
  await part.getByLabel("Compare the keys").uncheck();
  await expect(verdict).toHaveText(/Not detected\. .*fingerprint/);
  await part.getByLabel("Compare the keys").check();
  await part.getByRole("button", { name: "Start again" }).click();
  await expect(verdict).toHaveText(/Untouched/);
  await part.getByLabel("The copy").focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" ");
  await expect(verdict).toContainText("Detected by container.");
  await expectSound(page, "with a spoilt copy");
  await page.context().close();
});

test("REQ-17 (Annex 11 7.1) a visitor who owns the database rewrites an entry and everything after it: the witness finds it, and the page says what nothing finds", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  await page.goto("/compliance/sandbox");
  const part = page.getByRole("region", { name: "A ledger" });
  const verdict = part.getByRole("status");
  await part.getByLabel("Row 6", { exact: true }).fill("Step 1.1.3 performed: viable cell density 3.43 10⁶/mL");
  for (const [power, found] of [["the rows in the database", "Detected by rows."], ["the whole database", "Detected by signature of the head, witness."], ["the database and the ledger's signing key", "Detected by witness."], ["database, key and the witness' file", /Not detected\. Who holds database, key and witness together can forge/]] as const) {
    await part.getByLabel(power).check();
    await expect(verdict).toContainText(found);
  }
  await part.getByRole("button", { name: "Start again" }).click();
  await part.getByLabel("the database and the ledger's signing key").check();
  for (let i = 0; i < 3; i += 1) await part.getByRole("button", { name: "Take out row 6" }).click();
  await expect(part).toContainText("The witness knows 6 rows, and the ledger holds 5: the log was shortened.");
  await expectSound(page, "with a rewritten ledger");
  await page.context().close();
});
