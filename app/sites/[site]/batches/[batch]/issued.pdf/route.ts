import { copyAnswer, noHead } from "#app/reports/copy-answer.ts";

export const dynamic = "force-dynamic";
type Address = { readonly params: Promise<{ readonly site: string; readonly batch: string }> };

/** The record as it was issued, to be filled in. */
export async function GET(_request: Request, { params }: Address): Promise<Response> {
  const { site, batch } = await params;
  return copyAnswer((actor) => ({ siteId: decodeURIComponent(site), asked: { kind: "issued-record", batchId: decodeURIComponent(batch), origin: actor.origin ?? null } }));
}

export const HEAD = noHead;
