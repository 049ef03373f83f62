import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { importFinishedRuns, type ImportRequest } from "#lib/catalog/commands.ts";
import { readEnv } from "#lib/env.ts";
import { BrokenPromise } from "#lib/result.ts";
import { openOwnerDatabase } from "./import/owner-database.ts";
import { summary } from "./import/summary.ts";
import { StartRefused } from "./portal/refusal.ts";

const usage = "Say which file, site and mapping: npm run import -- runs.csv --site basel --mapping examples/nistcho.mapping.json";

function bytesOf(what: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new StartRefused(`The ${what} ${path} ${code === "ENOENT" ? "does not exist" : `cannot be read (${code ?? "unknown cause"})`}.`, { cause });
  }
}

function requestOf(): ImportRequest {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { site: { type: "string" }, mapping: { type: "string" } } });
    const [path] = positionals;
    if (!path || positionals.length > 1 || !values.site || !values.mapping) throw new StartRefused(usage);
    return { siteId: values.site, fileName: basename(path), file: bytesOf("file", path), mapping: bytesOf("mapping", values.mapping) };
  } catch (error) {
    if (error instanceof StartRefused) throw error;
    throw new StartRefused(usage, { cause: error });
  }
}

async function run(): Promise<number> {
  const request = requestOf();
  const { database, close } = await openOwnerDatabase(readEnv());
  try {
    const outcome = await importFinishedRuns(database, request, { now: new Date(), newId: randomUUID });
    if (outcome.ok) for (const line of summary(request.fileName, request.siteId, outcome.value)) console.log(line);
    else console.error(outcome.refusal);
    return outcome.ok ? 0 : 1;
  } finally {
    await close();
  }
}

/** What the database said, without the statement and its parameters. */
const databaseWords = (error: unknown): string => {
  const cause = (error as { cause?: unknown }).cause ?? error;
  return cause instanceof Error ? cause.message : "unknown cause";
};

run().then((code) => (process.exitCode = code), (error: unknown) => {
  const plain = error instanceof StartRefused || (error instanceof BrokenPromise && error.code === "environment");
  console.error(plain ? error.message : `Nothing was imported: ${databaseWords(error)}.`);
  process.exitCode = 1;
});
