import { NextResponse } from "next/server";
import { withOwnMeans } from "#db/scope.ts";
import { quietActor } from "#lib/access/current.ts";
import { unreadOf } from "#lib/notice/queries.ts";

/** How many notices the person has not read; asked by open pages, so it counts as no activity. */
export async function GET(): Promise<NextResponse> {
  const actor = await quietActor();
  if (!actor) return NextResponse.json({ error: "Sign in first." }, { status: 401 });
  return NextResponse.json({ unread: await withOwnMeans(actor, (tx) => unreadOf(tx, actor.id)) }, { headers: { "cache-control": "no-store" } });
}
