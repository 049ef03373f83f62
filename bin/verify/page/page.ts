import { sha256 } from "@noble/hashes/sha2.js";
import * as z from "zod/mini";
import { hexOf } from "../bytes.ts";
import type { Judged } from "../bundle.ts";
import type { Check, CheckName } from "../check.ts";
import { judgeFile } from "../pdf.ts";
import { countText } from "../report.ts";

// The page's policy forbids making code from text, which zod would otherwise try.
z.config({ jitless: true });

/** The page that checks a file in a browser. It writes text only, never markup from a file. */
const titles: Record<CheckName, string> = {
  container: "File", seal: "Seal and keys", record: "Record", documents: "Documents", files: "Files", related: "What was used", segments: "Time series", signatures: "Signatures", entries: "Audit entries", checkpoints: "Checkpoints", times: "Times", pdf: "Seal of the PDF",
};
const shapes = { holds: "M13.500 8a5.500 5.500 0 1 1-11 0 5.500 5.500 0 0 1 11 0zM5.800 8.200l1.600 1.600 3-3.400", fails: "M2.500 2.500h11v11h-11zM5.500 5.500l5 5m0-5-5 5" } as const;

function place<Name extends keyof HTMLElementTagNameMap>(name: Name, id: string): HTMLElementTagNameMap[Name] {
  const found = document.querySelector<HTMLElementTagNameMap[Name]>(`${name}#${id}`);
  if (!found) throw new Error(`the page lacks ${id}`);
  return found;
}

type Child = Node | string;
function make(name: string, className: string, ...children: readonly Child[]): HTMLElement {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

function icon(shape: keyof typeof shapes): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", shapes[shape]);
  svg.append(path);
  return svg;
}

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

const row = ({ name, count, holds, finding }: Check): HTMLElement => make("tr", holds ? "" : "broken",
  make("td", "word", icon(holds ? "holds" : "fails"), holds ? " ok" : " failed"), make("td", "name", titles[name]), make("td", "count", countText(name, count)), make("td", "finding", sentence(finding)));

function table(checks: readonly Check[]): HTMLElement {
  const head = make("tr", "", ...["Result", "Check", "Looked at", "Finding"].map((title) => { const cell = make("th", "", title); cell.setAttribute("scope", "col"); return cell; }));
  return make("div", "box", make("table", "", make("thead", "", head), make("tbody", "", ...checks.map(row))));
}

function facts(file: File, bytes: Uint8Array, { report, bundle }: Judged): HTMLElement {
  const said: (readonly [string, string, boolean])[] = [["File", `${file.name}, ${String(bytes.length).replaceAll(/\B(?=(\d{3})+$)/g, "\u2009")} bytes`, false], ["SHA-256 of the file", hexOf(sha256(bytes)), true]];
  if (bundle) {
    const { batchId, siteName, exportedAt, exportedBy, copy, reason } = bundle.manifest;
    said.push(["Batch", `${batchId}, ${siteName}`, false], ["Exported", `${exportedAt} (UTC) by ${exportedBy.name}, ${exportedBy.role}; copy ${copy}; ${reason}`, false]);
  }
  if (report.fingerprint) said.push(["Fingerprint of the keys", `${report.fingerprint}${report.trusted ? ", the one you trust" : ""}`, true]);
  return make("dl", "", ...said.flatMap(([term, value, digits]) => [make("dt", "", term), make("dd", digits ? "mono" : "", value)]));
}

function verdict({ report: { verified, checks, trusted } }: Judged): HTMLElement {
  const failed = checks.filter((check) => !check.holds).length;
  const title = make("h2", "", verified ? "Verified" : "Not verified");
  title.id = "verdict";
  title.tabIndex = -1;
  const vouched = trusted ? "The keys are the ones you trust." : "Nothing vouches for the keys: compare the fingerprint below with one you got in another way.";
  const said = verified ? `All ${checks.length} checks hold. ${vouched}` : `${failed} of ${checks.length} checks failed. Do not rely on this file; keep it as it is and ask where it came from.`;
  return make("div", verified ? "verdict" : "verdict broken", icon(verified ? "holds" : "fails"), title, make("p", "", said));
}

const [file, trust, drop, progress, result, hint] = [place("input", "file"), place("input", "trust"), place("label", "drop"), place("p", "progress"), place("section", "result"), place("p", "trust-hint")];
const explained = hint.textContent;
let chosen: File | undefined;

/** The fingerprint of the field in lower case; undefined while it is empty; null when it is none. */
function fingerprint(): string | undefined | null {
  const given = trust.value.replaceAll(/\s/g, "").toLowerCase();
  const valid = given === "" || /^[0-9a-f]{64}$/.test(given);
  trust.setAttribute("aria-invalid", String(!valid));
  hint.className = valid ? "" : "wrong";
  hint.textContent = valid ? explained : `A fingerprint has 64 hexadecimal digits; these are ${given.length} characters. Correct or empty the field.`;
  return valid ? given || undefined : null;
}

async function check(): Promise<void> {
  const trusted = fingerprint();
  if (!chosen || trusted === null) return;
  const looked = chosen;
  result.hidden = true;
  progress.textContent = `Checking ${looked.name} …`;
  await new Promise((painted) => setTimeout(painted, 30));
  const bytes = new Uint8Array(await looked.arrayBuffer());
  const judged = await judgeFile(bytes, { trust: trusted });
  if (looked !== chosen) return;
  result.replaceChildren(verdict(judged), facts(looked, bytes, judged), table(judged.report.checks));
  result.hidden = false;
  progress.textContent = "";
  place("h2", "verdict").focus();
}

function choose(picked: File | undefined): void {
  if (!picked) return;
  chosen = picked;
  check().catch((error: unknown) => { progress.textContent = `The file could not be read: ${error instanceof Error ? error.message : String(error)}. Choose it again.`; });
}

file.addEventListener("change", () => choose(file.files?.[0]));
trust.addEventListener("change", () => choose(chosen));
place("form", "form").addEventListener("submit", (event) => { event.preventDefault(); choose(chosen); });
for (const name of ["dragover", "dragleave", "drop"] as const) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop") choose(event.dataTransfer?.files[0]);
  });
}
