import { chromium } from "playwright-core";
import { browserLaunch } from "./browser.ts";
const b = await chromium.launch({ ...(await browserLaunch()), headless: true });
const p = await (await b.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
p.on("response", (r) => { if (r.request().method() === "POST") console.log("POST", r.status(), r.url(), r.headers()["content-type"]); });
p.on("pageerror", (e) => console.log("pageerror", e.message));
p.on("console", (m) => { if (m.type() === "error") console.log("console", m.text()); });
const base = "http://localhost:3100";
await p.goto(base + "/sign-in"); await p.getByRole("button", { name: /Sign in with/ }).click(); await p.waitForURL(/oidc/);
await p.fill("#user", "qa.manager@demo"); await p.fill("#password", "demo"); await p.click("button"); await p.waitForURL(base + "/");
await p.goto(base + "/sites/singapore/batches/SIN-101-2605");
await p.getByRole("button", { name: "Take into QA review" }).click();
await p.waitForTimeout(1500);
const accept = p.getByRole("button", { name: /^Accept EX-/ });
for (let i = 0; i < 3; i++) {
  console.log("open", await accept.count(), await accept.first().innerText());
  await p.getByLabel("Rationale").first().fill("Assessed with the trend, no effect.");
  await accept.first().click(); await p.waitForTimeout(2500);
}
console.log("open", await accept.count());
await p.screenshot({ path: "/tmp/shots/dbg.png", fullPage: true });
await b.close();
