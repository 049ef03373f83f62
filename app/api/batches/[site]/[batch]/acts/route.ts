import { randomUUID } from "node:crypto";
import { NextResponse, type NextRequest } from "next/server";
import { carryOut, executionAct } from "#lib/execution/act-commands.ts";
import { executionDoor } from "../../../../door.ts";

type Address = { readonly params: Promise<{ readonly site: string; readonly batch: string }> };

/** An act of execution. 200 with what came of it; 409 with why not, and then nothing was written. */
export async function POST(request: NextRequest, { params }: Address): Promise<NextResponse> {
  const { site, batch } = await params;
  return executionDoor(request, executionAct, async (actor, act) => {
    const outcome = await carryOut({ actor, siteId: site, batchId: decodeURIComponent(batch) }, act, { now: new Date(), newId: randomUUID });
    const { headers } = { headers: { "cache-control": "no-store" } };
    return outcome.ok ? NextResponse.json(outcome.value, { headers }) : NextResponse.json({ error: outcome.refusal.sentence, ...outcome.refusal }, { status: 409, headers });
  });
}
