import { expect, test, type Browser, type CDPSession, type Page } from "@playwright/test";
import { acceptAccountability, pageOf, proveItIsMe, signInAs } from "./person.ts";

test.describe.configure({ mode: "serial" });

const batch = "/sites/raleigh/batches/RAL-101-2606";
const lead = "lead.production.raleigh@demo";
const qp = "qp.raleigh@demo";

/** The person's browser with a software authenticator (a security key with PIN); the page stays open between the tests. */
type Desk = { readonly page: Page; readonly cdp: CDPSession; readonly authenticatorId: string };
let desk: Desk;

async function deskOf(browser: Browser, userName: string): Promise<Desk> {
  const page = await (await browser.newContext()).newPage();
  await signInAs(page, userName);
  await expect(page).not.toHaveURL(/oidc|sign-in/);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "usb", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  return { page, cdp, authenticatorId };
}

async function enrol(page: Page, userName: string, label: string): Promise<void> {
  await page.goto("/account");
  await page.getByLabel("Name of the new passkey").fill(label);
  await page.getByRole("button", { name: "Sign in and enrol" }).click();
  await proveItIsMe(page, userName);
  await expect(page.getByRole("heading", { name: "Enrol a passkey" })).toBeVisible();
  await page.getByRole("button", { name: "Register the passkey" }).click();
  await expect(page).toHaveURL(/enrolled=1/);
}

const qaBatch = "/sites/raleigh/batches/RAL-101-2606/sign?meaning=rejected";
const openSigning = async (page: Page) => {
  await page.goto(qaBatch);
  await page.getByLabel("Comment").fill("A comment of enough characters.");
};

test.describe("REQ-31, REQ-32, REQ-33 (21 CFR 11.200, 11.300) signing with a passkey", () => {
  test("a passkey is enrolled by its owner after a proof at the identity provider, and he is told", async ({ browser }) => {
    desk = await deskOf(browser, "qa.manager@demo");
    await acceptAccountability(desk.page, "qa.manager@demo");
    await openSigning(desk.page);
    await expect(desk.page.getByText("No passkey enrolled: enrol one.")).toBeVisible();
    await expect(desk.page.getByRole("radio", { name: /Passkey/ })).toHaveCount(0);
    await enrol(desk.page, "qa.manager@demo", "Keller desk key");
    await expect(desk.page.getByRole("row", { name: /Keller desk key/ })).toContainText("May sign");
    await expect(desk.page.getByRole("row", { name: /Keller desk key/ })).toContainText("Its device");
    await expect(desk.page.getByRole("link", { name: /Notices, \d+ unread/ })).toBeVisible();
    await desk.page.goto("/account/notices");
    await expect(desk.page.getByRole("row").filter({ hasText: "Passkey enrolled: Keller desk key" })).toContainText("unread");
    await desk.page.getByRole("button", { name: "Mark all as read" }).click();
    await expect(desk.page.getByText("0 unread")).toBeVisible();
  });

  test("somebody else's sign-in enrols nothing", async () => {
    await desk.page.goto("/account");
    await desk.page.getByLabel("Name of the new passkey").fill("Not mine");
    await desk.page.getByRole("button", { name: "Sign in and enrol" }).click();
    await proveItIsMe(desk.page, "admin@demo");
    await expect(desk.page.getByRole("alert").filter({ hasText: "Somebody else proved his presence" })).toBeVisible();
    await expect(desk.page.getByRole("row", { name: /Not mine/ })).toHaveCount(0);
  });

  test("an administrator makes the passkey the only way to reject at Raleigh, with a reason, and the sign dialog says so", async ({ browser }) => {
    const admin = await pageOf(browser, "admin@demo");
    await admin.goto("/people/signing");
    const form = admin.getByRole("region", { name: "Signing policies" });
    await form.getByLabel("change: Rejected at Raleigh").click();
    await form.getByLabel("Ceremony: Rejected at Raleigh").selectOption("passkey");
    await form.getByLabel("Reason: change, Rejected at Raleigh").fill("Rejections need the strongest proof");
    await form.getByRole("button", { name: "Change policy" }).filter({ visible: true }).click();
    await expect(form.getByRole("row", { name: /^Rejected/ }).locator("b")).toHaveText("Passkey");
    await desk.page.goto(qaBatch);
    await expect(desk.page.getByText("This site asks for: Passkey.")).toBeVisible();
    await expect(desk.page.getByRole("radio", { name: /Sign in again/ })).toHaveCount(0);
  });

  test("REQ-33 without user verification the passkey brings no answer, and nothing is signed", async () => {
    await desk.cdp.send("WebAuthn.setUserVerified", { authenticatorId: desk.authenticatorId, isUserVerified: false });
    await openSigning(desk.page);
    await desk.page.getByRole("button", { name: /Use passkey and reject batch/ }).click();
    await expect(desk.page.getByRole("alert").filter({ hasText: "Nothing was signed" })).toBeVisible();
    await desk.cdp.send("WebAuthn.setUserVerified", { authenticatorId: desk.authenticatorId, isUserVerified: true });
    await desk.page.goto(batch);
    await expect(desk.page.getByText("This batch is rejected.")).toHaveCount(0);
  });

  test("the passkey signs, the manifest verifies, and the signer takes it back by a further signature; both stay", async () => {
    await openSigning(desk.page);
    await desk.page.getByRole("button", { name: /Use passkey and reject batch/ }).click();
    await expect(desk.page).toHaveURL(/signatures\/\d+\?signed=1/);
    await expect(desk.page.getByText("Holds")).toBeVisible();
    await expect(desk.page.getByText("The signer's passkey answered for this statement, user verified")).toBeVisible();
    await expect(desk.page.getByText(/“Keller desk key”, bound to its device/)).toBeVisible();
    await desk.page.goto(batch);
    await expect(desk.page.getByText("This batch is rejected.")).toBeVisible();
    await desk.page.getByRole("link", { name: /Withdraw signature \d+, Rejected/ }).click();
    await expect(desk.page.getByText(/I withdraw signature \d+, "Rejected" by Miriam Keller/)).toBeVisible();
    await desk.page.getByLabel("Comment").fill("The wrong batch was rejected.");
    await desk.page.getByRole("button", { name: /Use passkey/ }).click();
    await expect(desk.page).toHaveURL(/signatures\/\d+\?signed=1/);
    await desk.page.goto(batch);
    await expect(desk.page.getByText("QA review", { exact: true }).first()).toBeVisible();
    await expect(desk.page.locator("del", { hasText: "Rejected" })).toBeVisible();
    await expect(desk.page.getByText("The wrong batch was rejected.").first()).toBeVisible();
  });

  test("REQ-32 (11.300(c)) a revoked passkey cannot sign, and what it signed still verifies", async ({ browser }) => {
    const admin = await pageOf(browser, "admin@demo");
    await admin.goto("/people/signing");
    const row = admin.getByRole("row", { name: /Keller desk key/ });
    await row.getByLabel(/^revoke: Keller desk key/).click();
    await row.getByRole("textbox").fill("the key was lost");
    await row.getByRole("button", { name: "Revoke passkey" }).click();
    await expect(row).toContainText("Revoked");
    await desk.page.goto(qaBatch);
    await expect(desk.page.getByRole("alert").filter({ hasText: "cannot be signed" })).toContainText("no passkey that may sign is enrolled for you");
    await desk.page.goto(batch);
    await desk.page.getByRole("link", { name: /Verify signature \d+, Withdrawn/ }).click();
    await expect(desk.page.getByText("Holds")).toBeVisible();
    await desk.page.goto("/account/notices");
    await expect(desk.page.getByText("Passkey revoked: Keller desk key")).toBeVisible();
  });
});

test.describe("REQ-32 (21 CFR 11.300(d)) five failed attempts", () => {
  test("lock signing and alert the administrator within a minute on the page he has open; unlocking needs a reason", async ({ browser }) => {
    test.setTimeout(180_000);
    const admin = await (await browser.newContext()).newPage();
    await signInAs(admin, "admin@demo");
    await admin.goto("/people");
    const before = Number(/(\d+) unread/.exec((await admin.locator(".bell").getAttribute("aria-label")) ?? "")?.[1] ?? 0);
    const page = await (await browser.newContext()).newPage();
    await signInAs(page, lead);
    await acceptAccountability(page, lead);
    for (let i = 0; i < 5; i++) {
      await page.goto("/account");
      await page.getByLabel("Name of the new passkey").fill("Somebody's key");
      await page.getByRole("button", { name: "Sign in and enrol" }).click();
      await proveItIsMe(page, qp);
      await expect(page.getByRole("alert").filter({ hasText: "Somebody else proved his presence" })).toBeVisible();
    }
    await expect(page.getByRole("alert").filter({ hasText: "Your signing is locked" })).toBeVisible();
    await expect(admin.locator(".bell")).toHaveAttribute("aria-label", `Notices, ${before + 1} unread`, { timeout: 60_000 });
    await admin.getByRole("link", { name: /^Notices/ }).click();
    await admin.getByRole("link", { name: "Signing locked: Grace Lund" }).first().click();
    const row = admin.getByRole("row", { name: /Grace Lund/ });
    await row.getByLabel("unlock: Grace Lund").click();
    await row.getByRole("textbox").fill("spoke with her, it was a test");
    await row.getByRole("button", { name: "Unlock signing" }).click();
    await expect(row).toContainText("spoke with her, it was a test");
    await page.goto("/account");
    await expect(page.getByText("Your signing is locked")).toHaveCount(0);
  });
});

test.describe("REQ-65 (21 CFR 11.10(g)) the routes of signing", () => {
  const body = { siteId: "basel", batchId: "BAS-101-2608", meaning: "approved_for_release", shownDigest: "0".repeat(64), reason: "All checks complete", comment: "A comment of enough characters." };

  test("refuse a machine with 403 whatever it sends, the signed-out with 401, another site's page with 403 and nonsense with 400", async ({ browser, playwright, baseURL }) => {
    const out = await playwright.request.newContext({ baseURL: baseURL ?? "" });
    for (const path of ["/api/signing/open", "/api/signing/complete", "/api/signing/passkeys"]) {
      expect((await out.post(path, { data: body, headers: { authorization: "Bearer vbk.basel.gateway-BR-2001.0123456789abcdef0123456789abcdef" } })).status(), path).toBe(403);
      expect((await out.post(path, { data: body })).status(), path).toBe(401);
      const page = await pageOf(browser, "qa.manager@demo");
      expect((await page.request.post(path, { data: body, headers: { authorization: "Bearer x" } })).status(), path).toBe(403);
      expect((await page.request.post(path, { data: body, headers: { origin: "https://evil.example" } })).status(), path).toBe(403);
      expect((await page.request.post(path, { data: { nothing: true } })).status(), path).toBe(400);
      await page.context().close();
    }
    expect((await out.get("/api/signing/callback?state=x", { headers: { authorization: "Bearer x" } })).status()).toBe(403);
    await out.dispose();
  });
  test("answer 409 with a sentence when the rules stand against it, and 404 for a record of another site", async ({ browser }) => {
    const page = await pageOf(browser, "qa.manager@demo");
    const changed = await page.request.post("/api/signing/open", { data: body });
    expect([changed.status(), await changed.json()]).toEqual([409, { error: expect.stringContaining("This batch changed after you opened it"), obstacles: [] }]);
    const other = await pageOf(browser, qp);
    expect((await other.request.post("/api/signing/open", { data: body })).status()).toBe(404);
    expect((await other.request.post("/api/signing/complete", { data: { siteId: "raleigh", intentId: "11111111-1111-4111-8111-111111111111", answer: {} } })).status()).toBe(404);
  });
});
