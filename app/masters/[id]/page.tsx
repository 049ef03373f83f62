import { notFound, redirect } from "next/navigation";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { versionsOf } from "#lib/recipe/queries.ts";
import { masterParams } from "../params.ts";

/** A master without a version leads to its newest one. */
export default async function MasterPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = masterParams({ ...(await params), version: "1" });
  const by = await requirePage("master.read");
  const [newest] = await withSites(by, (tx) => versionsOf(tx, id));
  redirect(newest ? `/masters/${encodeURIComponent(id)}/${newest.version}` : notFound());
}
