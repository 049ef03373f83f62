import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartRefused } from "./refusal.ts";

/** True when `pid` runs a portal: the number of a killed one may since belong to another program. */
function runsPortal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || /run\.mjs|portal|import/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    return false;
  }
}

/** One portal per data directory. Returns what gives the directory free again. */
export function lockDataDirectory(directory: string): () => void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw new StartRefused(`The data directory ${directory} cannot be written. Set DATA_DIR to a folder of this user, then start again.`, { cause });
  }
  const file = join(directory, "portal.pid");
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (pid > 0 && pid !== process.pid && runsPortal(pid)) {
    throw new StartRefused(`A portal (process ${pid}) already uses ${directory}. Stop it, or set DATA_DIR to another folder.`);
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}
