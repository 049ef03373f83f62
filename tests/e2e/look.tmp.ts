import { chromium } from "playwright-core";
import { browserLaunch } from "./browser.ts";
const [base, user, width, ...paths] = process.argv.slice(2);
const b = await chromium.launch({ ...(await browserLaunch()), headless: true });
const c = await b.newContext({ viewport: { width: Number(width), height: 900 } });
const p = await c.newPage();
p.on("console", (m) => { if (["error", "warning"].includes(m.type())) console.log("console:", m.text().slice(0, 300)); });
p.on("pageerror", (e) => console.log("pageerror:", e.message.slice(0, 300)));
await p.goto(base + "/sign-in");
await p.getByRole("button", { name: /Sign in with/ }).click();
await p.waitForURL(/oidc\/interaction/);
if (paths.includes("login")) await p.screenshot({ path: "/tmp/shots/login.png" });
await p.fill("#user", user!); await p.fill("#password", "demo"); await p.click("button");
await p.waitForURL((u) => !u.href.includes("oidc") && !u.href.includes("api/auth"), { timeout: 15000 }).catch((e) => console.log("login", p.url(), e.message));
for (const path of paths.filter((x) => x.startsWith("/"))) {
  const t = Date.now();
  const r = await p.goto(base + path); await p.waitForTimeout(path.includes("/units/") ? 6500 : 600);
  const name = `/tmp/shots/${user!.split("@")[0]}${path.replaceAll(/[/?=&]/g, "_")}-${width}.png`;
  await p.screenshot({ path: name, fullPage: true, clip: { x: 0, y: 0, width: Number(width), height: Math.min(3000, await p.evaluate(() => document.documentElement.scrollHeight)) } });
  const over = await p.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  console.log(r?.status(), path, name, Date.now() - t, "ms", over ? "SIDEWAYS SCROLL" : "");
}
await b.close();
