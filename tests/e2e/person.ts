import { expect, type Browser, type BrowserContext, type Page } from "@playwright/test";

/** Signs in through the identity provider as a person does. */
export async function signInAs(page: Page, userName: string, password = "demo"): Promise<void> {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Sign in with the company account" }).click();
  await page.waitForURL(/\/oidc\/interaction\//);
  await page.getByLabel("User name").fill(userName);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

const states = new Map<string, Awaited<ReturnType<BrowserContext["storageState"]>>>();

/** A page of a person who is signed in; the session is made once per person and run. */
export async function pageOf(browser: Browser, userName: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
  const known = states.get(userName);
  const context = await browser.newContext({ ...options, ...(known ? { storageState: known } : {}) });
  const page = await context.newPage();
  if (!known) {
    await signInAs(page, userName);
    await expect(page).not.toHaveURL(/oidc|sign-in/);
    states.set(userName, await context.storageState());
  }
  return page;
}

/** As `pageOf`, after a new sign-in: the person's continuous period of signing begins with it. */
export async function freshPageOf(browser: Browser, userName: string): Promise<Page> {
  states.delete(userName);
  return pageOf(browser, userName);
}

/** Proves presence at the provider during a signing. */
export async function proveItIsMe(page: Page, userName?: string): Promise<void> {
  await page.waitForURL(/\/oidc\/interaction\//);
  await expect(page.getByRole("heading", { name: "Prove it is you" })).toBeVisible();
  if (userName) await page.getByLabel("User name").fill(userName);
  await page.getByLabel("Password").fill("demo");
  await page.getByRole("button", { name: "Confirm" }).click();
}

/** Accepts the accountability statement, as everybody does once before his first signature; does nothing when it is accepted. */
export async function acceptAccountability(page: Page, userName: string): Promise<void> {
  await page.goto("/account");
  if ((await page.getByRole("button", { name: "Sign in and accept" }).count()) === 0) return;
  await page.getByLabel("I have read this statement and mean it").check();
  await page.getByRole("button", { name: "Sign in and accept" }).click();
  await proveItIsMe(page, userName);
  await expect(page.getByRole("status")).toContainText("You have accepted the statement");
}
