import { accessSync, constants } from "node:fs";

const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

const runnable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];

/** An installed Chromium or Chrome where there is one, else the one that comes as an npm package. */
export async function browserLaunch(): Promise<{ readonly executablePath: string; readonly args: string[] }> {
  const found = installed.find(runnable);
  if (found) return { executablePath: found, args: quiet };
  const { default: chromium } = await import("@sparticuz/chromium");
  return { executablePath: await chromium.executablePath(), args: [...quiet, "--use-gl=angle", "--use-angle=swiftshader", "--font-render-hinting=none"] };
}
