import { withSites } from "#db/scope.ts";
import { takenHead } from "#lib/ledger/proof-queries.ts";
import { answerJson, ledgerReader } from "../../answer.ts";

export const dynamic = "force-dynamic";
type Address = { readonly params: Promise<{ readonly site: string }> };

/** The newest signed head of a site's ledger. */
export async function GET(_request: Request, { params }: Address): Promise<Response> {
  const { site } = await params;
  const by = await ledgerReader(site);
  if (by instanceof Response) return by;
  const head = await withSites(by, (tx) => takenHead(tx, site));
  return head ? answerJson(200, head) : answerJson(404, { error: "This ledger has no signed head yet. It gets one when the sequencer has taken the first entry." });
}
