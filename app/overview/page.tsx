import { redirect } from "next/navigation";
import { requirePage } from "#lib/access/current.ts";

/** The overview of the person's first site; the site menu leads to the others. */
export default async function OverviewPage() {
  const by = await requirePage("unit.read");
  redirect(`/sites/${by.sites[0]}`);
}
