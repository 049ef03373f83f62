import { PDF } from "@libpdf/core";
import { exportJWK, generateKeyPair } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withSites } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { render } from "#lib/document/render.ts";
import { printedRecord } from "#lib/report/batch-record.ts";
import { readReport } from "#lib/report/queries.ts";
import { shownSteps } from "#lib/report/shown-steps.ts";
import { closeExecution, done, exceptionsOf, issued, openExecution, operator, quality, site, upToPh, value, vessel } from "#tests/execution-scene.ts";

beforeAll(openExecution);
afterAll(closeExecution);

const solid = (text: string): string => text.replaceAll(/[\s\u00a0\u2009]+/g, "");

it("REQ-02 (21 CFR 11.10(e), 211.188): the printed record shows a value outside its limits with its exception, and both versions of a corrected entry", async () => {
  const batchId = await issued();
  await upToPh(batchId);
  await done(operator, batchId, value("1.1.2.3", "ph", "7.45", "pH"));
  await done(operator, batchId, value("1.1.2.3", "ph", "7.25", "pH", { basedOn: 1, reason: "The probe was read before it was stable" }));
  const raised = await exceptionsOf(batchId);
  expect(raised.length).toBeGreaterThan(0);
  const { publicKey } = await generateKeyPair("EdDSA", { extractable: true });
  const by = requirePermission(quality, "report.read", site);
  const source = await withSites(by, async (tx) => readReport(tx, { siteId: site, batchId, key: await exportJWK(publicKey) }, new Date()));
  const { bytes } = await render(printedRecord(source, { at: new Date(), by: "Test", copy: 1 }), {});
  const printed = solid((await PDF.load(bytes)).getPages().map((page) => page.extractText().text).join(" "));
  const asked = ["7.45", "version 1 to 2: 7.45 → 7.25", "Reason: The probe was read before it was stable", `${vessel} bound as`, "lot LOT-SALT-1, 8 kg", ...raised.map((x) => `Exception ${x.id}`)];
  expect(asked.filter((text) => !printed.includes(solid(text)))).toEqual([]);
  expect(shownSteps(source.file.record, "changed").map(({ step }) => step.id)).toContain("1.1.2.3");
  expect(shownSteps(source.file.record, "exceptions").map(({ step }) => step.id)).toContain("1.1.2.3");
});
