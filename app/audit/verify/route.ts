import { withSites } from "#db/scope.ts";
import { auditFilter } from "#lib/audit/filter.ts";
import { verifyMatched } from "#lib/audit/verify-queries.ts";
import { proveEntries } from "#lib/ledger/proof-queries.ts";
import { answerJson } from "../../api/ledger/answer.ts";
import { trailReaderOf } from "../reader.ts";

export const dynamic = "force-dynamic";

/** Recomputes what the filter of the address matches and says how many entries were checked. POST, so that no prefetch sets it off. */
export async function POST(request: Request): Promise<Response> {
  const by = await trailReaderOf();
  if (by instanceof Response) return by;
  const filter = auditFilter.parse(Object.fromEntries(new URL(request.url).searchParams));
  const begun = performance.now();
  const verified = await withSites(by, (tx) => verifyMatched(tx, filter, proveEntries));
  return answerJson(200, { ...verified, milliseconds: Math.round(performance.now() - begun) });
}
