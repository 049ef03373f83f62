import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";

const root = process.cwd();
const path = `${join(root, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`;

type Started = { readonly child: ChildProcess; readonly said: () => string; readonly exit: Promise<number | null> };

function start(environment: Record<string, string>, program = "portal", args: readonly string[] = []): Started {
  const child = spawn("node", ["bin/run.mjs", program, ...args], { cwd: root, env: { HOME: process.env["HOME"] ?? "/tmp", PATH: path, ...environment } as unknown as NodeJS.ProcessEnv, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  return { child, said: () => said, exit: new Promise((resolve) => child.once("exit", resolve)) };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "veribatch-start-"));
  chmodSync(made, 0o755);
  return made;
}

async function until(port: number, ready: boolean): Promise<void> {
  await expect.poll(async () => fetch(`http://127.0.0.1:${port}/api/health`).then((r) => r.status === 200, () => false), { timeout: 80_000, intervals: [250] }).toBe(ready);
}

test.describe("a start that cannot succeed says what to do in one sentence and exits with 1", () => {
  const refusals: readonly (readonly [string, Record<string, string>, RegExp])[] = [
    ["a wrong DATABASE_URL", { DATABASE_URL: "postgres://x:secret@127.0.0.1:1/db" }, /DATABASE_URL does not lead to a database at 127\.0\.0\.1:1\/db: nothing answers there/],
    ["a DATABASE_URL that is none", { DATABASE_URL: "nonsense" }, /DATABASE_URL is not a PostgreSQL address/],
    ["an unreachable issuer", { OIDC_ISSUER: "http://127.0.0.1:9", OIDC_CLIENT_ID: "a", OIDC_CLIENT_SECRET: "b" }, /OIDC_ISSUER http:\/\/127\.0\.0\.1:9 cannot be reached/],
    ["an issuer without a client", { OIDC_ISSUER: "http://127.0.0.1:9" }, /OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed/],
    ["DEMO=off without an issuer", { DEMO: "off" }, /an identity provider is needed/],
    ["a port that is none", { PORT: "abc" }, /The environment variable PORT is wrong/],
  ];
  for (const [what, environment, sentence] of refusals) {
    test(what, async () => {
      const { said, exit } = start({ PORT: "3921", DATA_DIR: folder(), ...environment });
      expect(await exit).toBe(1);
      expect(said()).toMatch(sentence);
      expect(said()).not.toContain("secret");
      expect(said()).not.toMatch(/\n\s+at /);
    });
  }

  test("a taken port", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(3922, "127.0.0.1", resolve));
    const { said, exit } = start({ PORT: "3922", DATA_DIR: folder() });
    expect(await exit).toBe(1);
    expect(said()).toContain("Port 3922 is taken");
    other.close();
  });

  test("an old Node", async () => {
    const { said, exit } = { ...startOldNode() };
    expect(await exit).toBe(1);
    expect(said()).toContain("Veribatch needs Node 24, and this is Node 20.0.0");
  });
});

/** The version is read from `process.versions`, which an old Node would fill with its own. */
function startOldNode(): Started {
  const child = spawn("node", ["--input-type=module", "-e", 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.0.0" } }); process.argv.push("portal"); await import("./bin/run.mjs");'], { cwd: root, env: { PATH: path } as unknown as NodeJS.ProcessEnv, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr!.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  return { child, said: () => said, exit: new Promise((resolve) => child.once("exit", resolve)) };
}

test("REQ-17 after kill -9 of everything the next start recovers by itself and nothing is lost; Ctrl-C stops all of it", async () => {
  test.setTimeout(180_000);
  const data = folder();
  const environment = { PORT: "3923", DATA_DIR: data };
  const first = start(environment);
  await until(3923, true);
  const keys = (JSON.parse(readFileSync(join(data, "secrets/installation.json"), "utf8")) as { sourceKeys: Record<string, string> }).sourceKeys;
  const sample = { tag: "vessel-pressure", seq: 1, at: "2026-01-01T00:00:00.000Z", value: 0.2, unit: "bar", quality: "good" };
  const send = () => fetch("http://127.0.0.1:3923/api/ingest/v1/samples", { method: "POST", headers: { authorization: `Bearer ${keys["gateway-BR-2003"]}`, "content-type": "application/json" }, body: JSON.stringify({ unit: "BR-2003", samples: [sample] }) }).then((r) => r.json() as Promise<{ stored: number; duplicates: number }>);
  expect(await send()).toMatchObject({ stored: 1, duplicates: 0 });
  const postmaster = Number(readFileSync(join(data, "postgres/postmaster.pid"), "utf8").split("\n")[0]);
  first.child.kill("SIGKILL");
  process.kill(postmaster, "SIGKILL");
  await first.exit;
  const second = start(environment);
  await until(3923, true);
  expect(await send()).toMatchObject({ stored: 0, duplicates: 1 });
  second.child.kill("SIGINT");
  expect(await second.exit).toBe(0);
  await expect.poll(() => { try { process.kill(Number(readFileSync(join(data, "postgres/postmaster.pid"), "utf8").split("\n")[0]), 0); return "alive"; } catch { return "gone"; } }).toBe("gone");
});

test("an installation without the demo is configured from a file and prints the keys of its sources once", async () => {
  test.setTimeout(180_000);
  const issuer = createIssuer();
  await issuer.ready;
  const environment = { PORT: "3924", DATA_DIR: folder(), DEMO: "off", OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: "a", OIDC_CLIENT_SECRET: "b" };
  const portal = start(environment);
  await until(3924, true);
  const configured = start(environment, "configure", ["examples/organisation.json"]);
  expect(await configured.exit, configured.said()).toBe(0);
  const key = /vbk\.basel\.gateway-BR-1\.\S+/.exec(configured.said())?.[0] ?? "";
  const again = start(environment, "configure", ["examples/organisation.json"]);
  expect(await again.exit).toBe(0);
  expect(again.said()).not.toContain("vbk.");
  const sent = await fetch("http://127.0.0.1:3924/api/ingest/v1/samples", { method: "POST", headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, body: JSON.stringify({ unit: "BR-1", samples: [{ tag: "ph", seq: 1, at: new Date().toISOString(), value: 7, unit: "pH", quality: "good" }] }) });
  expect(await sent.json()).toMatchObject({ stored: 1 });
  expect((await fetch("http://127.0.0.1:3924/oidc/.well-known/openid-configuration", { redirect: "manual" })).status).not.toBe(200);
  portal.child.kill("SIGTERM");
  expect(await portal.exit).toBe(0);
  issuer.close();
});

/** Just enough of a provider for a start: its configuration. */
function createIssuer() {
  const url = "http://127.0.0.1:3925";
  const server = createServer((socket) => socket.once("data", () => {
    const body = JSON.stringify({ issuer: url, authorization_endpoint: `${url}/authorize`, token_endpoint: `${url}/token`, jwks_uri: `${url}/jwks` });
    socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  }));
  return { url, ready: new Promise<void>((resolve) => server.listen(3925, "127.0.0.1", resolve)), close: () => server.close() };
}
