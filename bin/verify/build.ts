import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";

/** Where the portal serves them from, and what they are called. */
export const verifierDirectory = join("public", "verifier");
export const verifierNames = { program: "veribatch-verify.mjs", page: "veribatch-verify.html" } as const;

export type BuiltVerifier = { readonly name: string; readonly bytes: number; readonly sha256: string };

const settings = { bundle: true, minify: true, write: false, legalComments: "eof", charset: "utf8", logLevel: "silent", target: "es2024" } as const satisfies BuildOptions;

async function bundled(root: string, entry: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({ ...settings, ...options, absWorkingDir: root, entryPoints: [join(root, entry)] });
  const [file] = outputFiles ?? [];
  if (!file) throw new Error(`${entry} was not bundled`);
  return file.text;
}

const cspDigest = (text: string): string => `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;

/** The page with its script and style inside; its policy names their digests, so that nothing else can run or load. */
function pageOf(template: string, style: string, script: string): string {
  if (/<\/script/i.test(script)) throw new Error("the script would end its own element");
  const parts: Readonly<Record<string, string>> = { "%STYLE-DIGEST%": cspDigest(style), "%SCRIPT-DIGEST%": cspDigest(script), "%STYLE%": style, "%SCRIPT%": script };
  return template.replaceAll(/%(STYLE|SCRIPT)(-DIGEST)?%/g, (mark) => parts[mark] ?? mark);
}

/** A reader sees the old file or the new one, never half of one. */
function place(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** Builds the verifier as one JavaScript file and one HTML file into `directory`. The same sources give the same bytes. */
export async function buildVerifier(root: string, directory = join(root, verifierDirectory)): Promise<readonly BuiltVerifier[]> {
  const program = await bundled(root, "bin/verify.ts", { platform: "node", format: "esm", banner: { js: "#!/usr/bin/env node" } });
  const script = await bundled(root, "bin/verify/page/page.ts", { platform: "browser", format: "iife" });
  const style = await bundled(root, "bin/verify/page/page.css", {});
  const page = pageOf(readFileSync(join(root, "bin/verify/page/page.html"), "utf8"), style, script);
  mkdirSync(directory, { recursive: true });
  return [[verifierNames.program, program], [verifierNames.page, page]].map(([name = "", text = ""]) => {
    place(join(directory, name), text);
    return { name, bytes: Buffer.byteLength(text), sha256: createHash("sha256").update(text, "utf8").digest("hex") };
  });
}
