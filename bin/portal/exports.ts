import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "#db/client.ts";
import { works } from "#lib/compliance/clause.ts";
import { clauseMatrix, type CheckState, type ClauseRow } from "#lib/compliance/matrix.ts";
import { readTestRun } from "#lib/compliance/source-tree.ts";
import type { SealKey } from "#lib/document/stage.ts";
import type { Installation } from "#lib/installation.ts";
import type { KeyStore } from "#lib/ledger/key-store.ts";
import { readWitness } from "#lib/ledger/witness-file.ts";
import type { PrintedClause } from "#lib/report/clause-chapter.ts";
import { claimExport, exportChannel, resumeExports } from "#lib/report/export-commands.ts";
import { makeExport, type MakeTools } from "#lib/report/make-commands.ts";
import { BrokenPromise } from "#lib/result.ts";

/** How often is looked for a copy that waits although nobody called, milliseconds. */
const look = 10_000;

const stateName: Record<CheckState, PrintedClause["state"]> = { passed: "passed", failed: "failed", "not-run": "not run", planned: "not built yet" };

function lackingOf({ work, missing }: ClauseRow): string | null {
  if (work) return `Brought by “${works[work]}”.`;
  return missing ? `Still lacks: ${missing.what}; “${works[missing.work]}” brings it.` : null;
}

/** The clause matrix of the version that runs, as a report prints it. */
export const printedClauses = ({ root, source }: Installation["version"]): readonly PrintedClause[] => clauseMatrix(readTestRun(root), source).map((row) => ({
  number: row.number, clause: `${row.regulations.join(", ")}: ${row.clause}`, title: row.title, control: row.control, evidence: row.evidence.map((e) => e.name), state: stateName[row.state],
  lacking: lackingOf(row), testedAt: row.testedAt, tests: row.tests.length, commit: row.commit,
}));

/** The seal in force. */
export function currentSeal(keys: KeyStore): SealKey {
  const { privateKey, certificate } = keys.current("seal", "enterprise") ?? {};
  if (!privateKey || !certificate) throw new BrokenPromise("no-seal-key", "the key directory holds no key that seals documents");
  return { privateKey, certificate };
}

const toolsOf = (database: Database, made: Installation): MakeTools => ({
  database, moments: { clock: () => new Date(), newId: randomUUID, pause: (ms) => pause(ms) }, attestation: () => made.signingKey, seal: () => currentSeal(made.keys),
  witnessed: (siteId) => readWitness(made.witnessDirectory, siteId).at(-1)?.head.size, clauses: () => printedClauses(made.version), deskWork: works.desk,
});

/**
 * Makes the copies people ask for, one after the other, beside the pages: woken by the request's own commit, and looking by itself
 * now and then. `stop` lets the copy that is being made end, at most for a moment: what is not finished is taken up at the next start.
 */
export async function startExports(database: Database, made: Installation): Promise<() => Promise<void>> {
  const tools = toolsOf(database, made);
  const resumed = await resumeExports(database, new Date());
  if (resumed.failed > 0) console.error(`${resumed.failed} copies were being made when the portal stopped for the second time; they are marked as failed.`);
  let [stopping, called] = [false, true];
  let wake: () => void = () => {};
  const call = () => {
    called = true;
    wake();
  };
  const { unlisten } = await database.$client.listen(exportChannel, call, call);
  const timer = setInterval(call, look);
  timer.unref();
  const turn = async (): Promise<boolean> => {
    const job = await claimExport(database, new Date());
    if (!job) return false;
    const outcome = await makeExport(job, tools);
    if (!outcome.made) console.error(`Copy ${job.copy} of ${job.kind}: ${outcome.failure}`, outcome.cause);
    return true;
  };
  const run = async () => {
    while (!stopping) {
      called = false;
      // A database that is away comes back: the next look finds what waits.
      const more = await turn().catch((error: unknown) => (stopping || console.error("A copy could not be made:", error), false));
      if (!more && !called && !stopping) await new Promise<void>((resolve) => void (wake = resolve));
    }
  };
  const running = run();
  return async () => {
    stopping = true;
    clearInterval(timer);
    wake();
    await Promise.race([Promise.all([running, unlisten()]), pause(3_000, undefined, { ref: false })]);
  };
}
