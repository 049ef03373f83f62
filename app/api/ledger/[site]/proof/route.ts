import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { takenConsistency, takenProof } from "#lib/ledger/proof-queries.ts";
import { answerJson, ledgerReader } from "../../answer.ts";

export const dynamic = "force-dynamic";
type Address = { readonly params: Promise<{ readonly site: string }> };

const number = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const asked = z.union([z.object({ entry: z.uuid() }), z.object({ first: number, second: number })]);

/** `?entry=`: inclusion of an entry in the newest head; `?first=&second=`: consistency of two sizes of the ledger. */
export async function GET(request: Request, { params }: Address): Promise<Response> {
  const { site } = await params;
  const by = await ledgerReader(site);
  if (by instanceof Response) return by;
  const parsed = asked.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!parsed.success) return answerJson(400, { error: "Ask with ?entry=<id of an entry>, or with ?first=<size>&second=<size>, both at least 1." });
  const question = parsed.data;
  if ("entry" in question) {
    const proof = await withSites(by, (tx) => takenProof(tx, site, question.entry));
    return proof ? answerJson(200, proof.taken, `proof-${site}-${proof.taken.position}.json`) : answerJson(404, { error: "This ledger holds no such entry, or no signed head covers it yet." });
  }
  const proof = await withSites(by, (tx) => takenConsistency(tx, site, question.first, question.second));
  return proof ? answerJson(200, proof) : answerJson(404, { error: "This ledger has no two such sizes: the first may not be above the second, and the second not above the newest head." });
}
