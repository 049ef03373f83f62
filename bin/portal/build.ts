import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartRefused } from "./refusal.ts";

const sources = ["app", "components", "lib", "db", "bin/verify", "middleware.ts", "next.config.mjs", "postcss.config.mjs", "package-lock.json", "tsconfig.json"];

function filesOf(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  const found = readdirSync(path, { withFileTypes: true, recursive: true });
  return found.filter((f) => f.isFile() && !/\.test\.tsx?$/.test(f.name)).map((f) => join(f.parentPath, f.name)).sort();
}

/** Digest over every file the build reads. */
function sourceDigest(root: string): string {
  const hash = createHash("sha256");
  for (const source of sources) {
    const path = join(root, source);
    const files = source.includes(".") ? [path].filter(existsSync) : filesOf(path);
    for (const file of files) hash.update(file.slice(root.length)).update("\0").update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** Makes the production build when there is none of exactly these sources. `stop` ends a build that is no longer wanted. */
export async function ensureBuild(root: string, say: (line: string) => void, stop: AbortSignal): Promise<void> {
  const mark = join(root, ".next", "veribatch-sources");
  const digest = sourceDigest(root);
  if (existsSync(mark) && readFileSync(mark, "utf8") === digest) return;
  say("Building the pages (first start, or the sources changed) …");
  const child = spawn(process.execPath, [join(root, "node_modules/next/dist/bin/next"), "build"], {
    cwd: root, env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" }, stdio: ["ignore", "pipe", "pipe"], signal: stop,
  });
  child.once("error", () => {}); // an aborted build reports itself here; the exit below tells the rest
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new StartRefused(`The pages could not be built:\n${output.split("\n").slice(-25).join("\n")}`);
  writeFileSync(mark, digest);
}
