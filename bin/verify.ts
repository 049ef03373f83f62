import { existsSync, readFileSync } from "node:fs";
import { verifyFile } from "./verify/pdf.ts";
import { jsonOf, linesOf } from "./verify/report.ts";

const usage = `Checks an evidence bundle, a PDF that carries one, or the PDF of a mock recall, without network and without the portal.

  verify <bundle.json, record.pdf or recall.pdf> [--trust <fingerprint, or a file that holds it>] [--json]

Exit code 0: everything holds. 1: something does not. 2: nothing could be checked.`;

type Asked = { readonly path: string; readonly trust: string | undefined; readonly json: boolean };

/** The fingerprint itself, or the first run of exactly 64 hex digits in the named file. */
function fingerprintFrom(given: string): string | undefined {
  const said = /^[0-9a-f]{64}$/i.test(given) ? given : existsSync(given) ? /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/i.exec(readFileSync(given, "utf8"))?.[0] : undefined;
  return said?.toLowerCase();
}

/** What the command line asks; a sentence where it does not say. */
function askedOf(words: readonly string[]): Asked | string {
  const rest = [...words];
  const json = rest.includes("--json");
  const at = rest.indexOf("--trust");
  const given = at < 0 ? undefined : rest.splice(at, 2)[1];
  const trust = given === undefined ? undefined : fingerprintFrom(given);
  const [path, ...more] = rest.filter((word) => word !== "--json");
  if (at >= 0 && trust === undefined) return "After --trust stands a fingerprint of 64 hex digits, or a file that holds one.";
  if (path === undefined || more.length > 0 || path.startsWith("--")) return usage;
  return existsSync(path) ? { path, trust, json } : `There is no file ${path}.`;
}

const asked = askedOf(process.argv.slice(2));
if (typeof asked === "string") {
  console.error(asked);
  process.exitCode = 2;
} else {
  const report = await verifyFile(readFileSync(asked.path), { trust: asked.trust });
  console.log(asked.json ? jsonOf(report) : linesOf(report).join("\n"));
  process.exitCode = report.verified ? 0 : 1;
}
