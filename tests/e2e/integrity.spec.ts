import { readFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import postgres from "postgres";
import { pageOf } from "./person.ts";

const batchId = "SIN-101-2604";
const address = `/sites/singapore/batches/${batchId}`;

/** The database's superuser, as somebody has it who owns the machine. */
function superuser(): postgres.Sql {
  const directory = process.env["E2E_DATA_DIR"] ?? "";
  const { databasePasswords } = JSON.parse(readFileSync(join(directory, "secrets", "installation.json"), "utf8")) as { databasePasswords: { superuser: string } };
  const port = readFileSync(join(directory, "postgres", "postmaster.pid"), "utf8").split("\n")[3];
  return postgres(`postgres://postgres:${databasePasswords.superuser}@127.0.0.1:${port}/veribatch`, { max: 1, onnotice: () => {} });
}

test("REQ-01 (21 CFR 11.10(a)) a value altered by SQL past every trigger shows on the record with table, row and field, and stands before the signature until it is restored", async ({ browser }) => {
  test.setTimeout(240_000);
  const page = await pageOf(browser, "qa.manager@demo");
  await page.goto(address);
  await expect(page.getByRole("heading", { name: batchId })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Integrity failed" })).toHaveCount(0);
  const database = superuser();
  try {
    await database`set session_replication_role = replica`;
    const [was] = await database<{ titer: number }[]>`select titer_g_l as titer from batches where site_id = 'singapore' and id = ${batchId}`;
    await database`update batches set titer_g_l = titer_g_l + 0.01 where site_id = 'singapore' and id = ${batchId}`;
    for (const place of [address, `${address}/record`]) {
      await page.goto(place);
      const notice = page.getByRole("alert").filter({ hasText: "Integrity failed" });
      await expect(notice).toContainText(`Batch ${batchId} (table batches), field titer g l: recorded ${was?.titer}, found`);
      expect((await new AxeBuilder({ page }).include(".integrity-notice").analyze()).violations).toEqual([]);
    }
    await page.goto(address);
    await expect(page.getByRole("link", { name: /Record integrity: Integrity failed/ }).first()).toBeVisible();
    await expect(page.getByRole("link", { name: /^Sign/ })).toHaveCount(0);
    await database`update batches set titer_g_l = ${was?.titer ?? 0} where site_id = 'singapore' and id = ${batchId}`;
    // Where the background check came by meanwhile, its finding stands until its next round, a minute later, sees the record restored.
    await expect(async () => {
      await page.goto(`${address}/record`);
      await expect(page.getByRole("heading", { name: "Integrity failed" })).toHaveCount(0, { timeout: 2_000 });
    }).toPass({ timeout: 150_000, intervals: [1_000, 5_000] });
  } finally {
    await database.end();
  }
});

test("REQ-08 (Annex 11 §9) the page of the check says per site when it last ran and what it examined, and what it does not prove", async ({ browser }) => {
  const page = await pageOf(browser, "auditor@demo");
  await expect(async () => {
    await page.goto("/integrity");
    for (const site of ["Basel", "Raleigh", "Singapore"]) await expect(page.getByRole("row", { name: new RegExp(`^${site} .*ago, took`) })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expect(page.getByText("Who owns the database, the portal's keys and the witness file together can.")).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  const health = await (await page.request.get("/api/health")).json() as { integrity: { state: string; detail: string } };
  expect(health.integrity).toMatchObject({ state: "up", detail: expect.stringMatching(/ago, \d+ open findings?$|under way$/) });
});
