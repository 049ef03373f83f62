import type { SiteTx } from "#db/scope.ts";
import type { MasterRecord } from "#lib/recipe/master-record.ts";
import { masterLines, readMasterFile } from "#lib/recipe/queries.ts";

/** The masters that are effective now, in the full form. */
export async function effectiveMasters(tx: SiteTx): Promise<readonly MasterRecord[]> {
  const lines = (await masterLines(tx)).filter((line) => line.state === "effective");
  const records: MasterRecord[] = [];
  for (const { id, version } of lines) {
    const { record } = await readMasterFile(tx, id, version);
    if (record) records.push(record);
  }
  return records;
}
