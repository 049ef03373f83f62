import { expect, test, type Page } from "@playwright/test";
import { demoPeople } from "../../bin/portal/demo-people.ts";
import { groupRoleSeeds, plantSites } from "../../db/seed/organisation.ts";
import { allows, type Permission, type Role } from "../../lib/access/permission.ts";
import { pageOf, signInAs } from "./person.ts";

type Route = { readonly path: (site: string) => string; readonly permission: Permission; readonly anywhere?: boolean };

const batchOf: Record<string, string> = { basel: "BAS-101-2607", raleigh: "RAL-101-2606", singapore: "SIN-101-2604" };
const unitOf: Record<string, string> = { basel: "BR-2001", raleigh: "BR-3001", singapore: "BR-4001" };

/** Every address with the permission it asks for. */
const routes: readonly Route[] = [
  { path: (s) => `/sites/${s}`, permission: "unit.read" },
  { path: (s) => `/sites/${s}/units/${unitOf[s]}`, permission: "unit.read" },
  { path: (s) => `/sites/${s}/batches/${batchOf[s]}`, permission: "batch.read" },
  { path: (s) => `/sites/${s}/batches/${batchOf[s]}/record`, permission: "batch.read" },
  { path: (s) => `/sites/${s}/batches/${batchOf[s]}/sign?meaning=approved_for_release`, permission: "batch.read" },
  { path: (s) => `/sites/${s}/batches/${batchOf[s]}/signatures/1`, permission: "batch.read" },
  { path: (s) => `/sites/${s}/batches/${batchOf[s]}/evidence`, permission: "report.read" },
  { path: (s) => `/sites/${s}/batches/${batchOf[s]}/storyline`, permission: "audit.read" },
  { path: (s) => `/api/ledger/${s}/checkpoint`, permission: "audit.read" },
  { path: (s) => `/api/live/${s}`, permission: "unit.read" },
  { path: () => "/batches", permission: "batch.read", anywhere: true },
  { path: () => "/compare", permission: "compare.read", anywhere: true },
  { path: () => "/models", permission: "unit.read", anywhere: true },
  { path: () => "/people", permission: "account.read", anywhere: true },
  { path: () => "/people/signing", permission: "account.read", anywhere: true },
  { path: () => "/compliance", permission: "compliance.read", anywhere: true },
  { path: () => "/integrity", permission: "integrity.read", anywhere: true },
  { path: () => "/keys", permission: "key.read", anywhere: true },
  { path: () => "/inspection", permission: "inspection.read", anywhere: true },
  { path: () => "/inspection/access-log", permission: "inspection.read", anywhere: true },
  { path: () => "/reports", permission: "report.read", anywhere: true },
];

const rolesAt = (groups: readonly string[], site: string): readonly Role[] => groupRoleSeeds.filter((g) => groups.includes(g.group) && g.siteId === site).map((g) => g.role);

async function statusOf(page: Page, path: string): Promise<number> {
  return page.evaluate(async (address) => {
    const stop = new AbortController();
    const response = await fetch(address, { signal: stop.signal, redirect: "follow" });
    stop.abort(); // a stream never ends by itself
    return response.status;
  }, path);
}

test.describe("REQ-04 (21 CFR 11.10(d)) who may open what", () => {
  for (const person of demoPeople) {
    test(`${person.userName}: every route at every site as the table of permissions says`, async ({ browser }) => {
      const page = await pageOf(browser, person.userName);
      await page.goto("/icon.svg");
      const wrong: string[] = [];
      for (const route of routes) {
        for (const site of route.anywhere ? ["anywhere"] : plantSites) {
          const held = route.anywhere ? [...plantSites, "enterprise"].flatMap((s) => rolesAt(person.groups, s)) : rolesAt(person.groups, site);
          const expected = held.some((role) => allows(role, route.permission)) ? 200 : 404;
          const status = await statusOf(page, route.path(site));
          if (status !== expected) wrong.push(`${route.path(site)}: ${status} instead of ${expected}`);
        }
      }
      expect(wrong).toEqual([]);
      await page.context().close();
    });
  }
});

test("REQ-04 the signed-out are sent to the sign-in, and come back to where they wanted to go", async ({ page }) => {
  await page.goto("/sites/basel");
  await expect(page).toHaveURL(/\/sign-in\?to=%2Fsites%2Fbasel/);
  expect((await page.request.get("/api/live/basel")).status()).toBe(401);
});

test("a wrong password signs nobody in and says so", async ({ page }) => {
  await signInAs(page, "qa.manager@demo", "wrong");
  await expect(page.getByRole("alert")).toContainText("The user name or the password is wrong");
  expect((await page.context().cookies()).some((c) => c.name.includes("session-token"))).toBe(false);
});

test("signing out ends the session here and at the provider", async ({ page }) => {
  await signInAs(page, "operator.singapore@demo");
  await expect(page).toHaveURL(/\/sites\/singapore/);
  const cookies = await page.context().cookies();
  await page.getByText("Hui Lim").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.context().addCookies(cookies.filter((c) => c.name.includes("session-token")));
  await page.goto("/sites/singapore");
  await expect(page).toHaveURL(/\/sign-in/);
});

test("REQ-19 (11.10(g)) a role revoked in our database is gone at the next request, whatever the provider says", async ({ browser }) => {
  const lead = await pageOf(browser, "lead.production.singapore@demo");
  await lead.goto("/sites/singapore");
  await expect(lead.getByRole("heading", { level: 1 })).toContainText("Singapore");
  const admin = await pageOf(browser, "admin@demo");
  await admin.goto("/people");
  const row = admin.getByRole("row", { name: /Arun Pillai/ });
  await row.getByText("revoke", { exact: true }).click();
  await row.getByRole("textbox").fill("left the company");
  await row.getByRole("button", { name: "Revoke role" }).click();
  await expect(row).toContainText("revoked here");
  expect((await lead.goto("/sites/singapore"))?.status()).toBe(404);
});

test("an administrator holds no GMP right: no batch, no unit, only accounts and the enterprise's trail", async ({ browser }) => {
  const page = await pageOf(browser, "admin@demo");
  await page.goto("/");
  await expect(page).toHaveURL(/\/audit|\/people/);
  await expect(page.getByRole("navigation", { name: "Main" })).not.toContainText("Batches");
  await page.goto("/audit");
  await expect(page.getByRole("table")).not.toContainText("BAS-101");
});
