import { expect, test } from "@playwright/test";
import { pageOf } from "./person.ts";

test("REQ-14 a live bioreactor: the values on the page are younger than the page's own age", async ({ browser }) => {
  const page = await pageOf(browser, "operator.basel@demo");
  await page.goto("/sites/basel/units/BR-2001");
  await expect(page.getByRole("status")).toHaveText("Connected");
  const temperature = page.locator(".value").filter({ hasText: "Temperature" });
  await expect(temperature).toContainText("°C");
  await expect(temperature.locator(".reading small")).toHaveText(/^\d s$/, { timeout: 20_000 });
  await expect(page.getByText("contamination-forest 1.0.0")).toBeVisible();
});

test("REQ-14 a unit without a batch shows stale values in grey with their age and never as current", async ({ browser }) => {
  const page = await pageOf(browser, "operator.basel@demo");
  await page.goto("/sites/basel/units/BR-2003");
  await expect(page.getByText(/^stale, \d+ d/).first()).toBeVisible();
});

test("REQ-20 (11.10(h)) samples with a key of another unit, or none, are refused", async ({ request }) => {
  const body = { unit: "BR-2001", samples: [{ tag: "ph", seq: 1, at: "2026-01-01T00:00:00Z", value: 7, unit: "pH", quality: "good" }] };
  expect((await request.post("/api/ingest/v1/samples", { data: body })).status()).toBe(401);
  expect((await request.post("/api/ingest/v1/samples", { data: body, headers: { authorization: `Bearer vbk.basel.gateway-BR-2002.${"a".repeat(43)}` } })).status()).toBe(401);
});

test("a stream resumes where it was left, by the id of the last event", async ({ browser }) => {
  const page = await pageOf(browser, "operator.basel@demo");
  await page.goto("/icon.svg");
  const read = (last: string | null, wanted: number) => page.evaluate(async ({ last, wanted }) => {
    const stop = new AbortController();
    const response = await fetch("/api/live/basel/BR-2001", { signal: stop.signal, headers: last ? { "last-event-id": last } : {} });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while ((text.match(/event: values/g) ?? []).length < wanted && !text.includes("event: reset")) text += (await reader.read()).value ?? "";
    stop.abort();
    return [...text.matchAll(/id: (\d+)\nevent: values/g)].map((m) => m[1]!);
  }, { last, wanted });
  const first = await read(null, 2);
  const again = await read(first[0]!, 1);
  expect(again[0]).toBe(first[1]);
});

test("REQ-59 (ISA-101) the overview names what needs attention with a word and a mark, and colours nothing else", async ({ browser }) => {
  const page = await pageOf(browser, "qa.manager@demo");
  await page.goto("/sites/raleigh");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 needs attention");
  await expect(page.getByRole("article", { name: "BR-3001" })).toContainText("Temperature below normal range");
  await page.goto("/sites/basel");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("none needs attention");
  await expect(page.locator(".p1, .p2, .p3, .p4")).toHaveCount(0);
});

test("GET /api/health names every part and is 200 only when all are up", async ({ request }) => {
  const response = await request.get("/api/health");
  const body = (await response.json()) as Record<string, { state: string }>;
  expect(Object.keys(body)).toEqual(expect.arrayContaining(["database", "identityProvider", "ingest", "plant", "stream"]));
  expect(response.status()).toBe(200);
});
