import { readFileSync } from "node:fs";
import { deserialize } from "node:v8";
import type { PrintedDocument } from "#lib/document/model.ts";
import type { SealKey } from "#lib/document/stage.ts";
import { answerParent } from "./process.ts";
import type { PlainRow } from "./report-document.ts";

export type Measured = { readonly s: number; readonly peakMb: number; readonly pages: number; readonly bytes: number };

/** Largest resident memory of this process since it began, MB. Linux tells it exactly; elsewhere the usage of resources does. */
function peakMb(): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kilobytes) return Number(kilobytes) / 1024;
  } catch {
    // no /proc here
  }
  return process.resourceUsage().maxRSS / 1024;
}

async function measured(work: () => Promise<{ readonly pages: number; readonly bytes: number }>): Promise<Measured> {
  const start = performance.now();
  const made = await work();
  return { s: (performance.now() - start) / 1000, peakMb: peakMb(), ...made };
}

const questions = {
  /** Ours: the document as the portal makes it, sealed. */
  render: ({ file, seal }: { readonly file: string; readonly seal: SealKey }): Promise<Measured> => measured(async () => {
    const { render } = await import("#lib/document/render.ts");
    const { bytes, pages } = await render(deserialize(readFileSync(file)) as PrintedDocument, { seal: { key: seal, at: () => new Date() } });
    return { pages, bytes: bytes.length };
  }),
  /** Baseline: pdfkit draws the same lines as a table, page by page. */
  table: ({ file }: { readonly file: string }): Promise<Measured> => measured(async () => {
    const { default: PdfKit } = await import("pdfkit");
    const pages = deserialize(readFileSync(file)) as readonly (readonly PlainRow[])[];
    const pdf = new PdfKit({ size: "A4", margin: 24, autoFirstPage: false });
    const parts: Buffer[] = [];
    pdf.on("data", (part: Buffer) => parts.push(part));
    const ended = new Promise((resolve) => pdf.once("end", resolve));
    pdf.registerFont("body", "node_modules/@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf");
    for (const rows of pages) {
      pdf.addPage().font("body").fontSize(7);
      const height = Math.min(12, 780 / Math.max(1, rows.length));
      for (const [i, row] of rows.entries()) {
        const y = 28 + i * height;
        for (const { x, width, text } of row) pdf.text(text, x, y, { width: Math.max(8, width), height, lineBreak: false });
        pdf.moveTo(42, y + height - 1).lineTo(553, y + height - 1).lineWidth(0.5).stroke("#d9dce0");
      }
    }
    pdf.end();
    await ended;
    return { pages: pages.length, bytes: parts.reduce((sum, part) => sum + part.length, 0) };
  }),
};
export type ReportChild = typeof questions;

answerParent(questions);
