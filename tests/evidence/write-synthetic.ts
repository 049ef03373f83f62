// node tests/evidence/write-synthetic.ts <directory> [n]: writes n valid bundles made without a database, each under keys of its own.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { synthetic } from "./synthetic.ts";

const [directory, n] = [process.argv[2], Number(process.argv[3] ?? 1)];
if (!directory || !Number.isInteger(n) || n < 1) {
  console.error("Say where to: node tests/evidence/write-synthetic.ts <directory> [how many]");
  process.exit(1);
}
mkdirSync(directory, { recursive: true });
const algorithms = ["ES256", "EdDSA", "RS256"] as const;
for (let i = 0; i < n; i += 1) writeFileSync(join(directory, `synthetic-${String(i + 1).padStart(4, "0")}.json`), synthetic({ passkey: algorithms[i % 20 === 19 ? 2 : i % 2] ?? "ES256" }).text);
console.log(`${n} bundles in ${directory}`);
