import { copyAnswer, noHead } from "#app/reports/copy-answer.ts";
import { masterParams } from "#app/masters/params.ts";
import { requirePermission } from "#lib/access/actor.ts";

export const dynamic = "force-dynamic";

/** A version of a master, as a copy of the first site where the person may take one. */
export async function GET(_request: Request, { params }: { readonly params: Promise<{ readonly id: string; readonly version: string }> }): Promise<Response> {
  const { id, version } = masterParams(await params);
  return copyAnswer((actor) => ({ siteId: requirePermission(actor, "report.read").sites[0] ?? "", asked: { kind: "master-record", masterId: id, masterVersion: version, origin: actor.origin ?? null } }));
}

export const HEAD = noHead;
