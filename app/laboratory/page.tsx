import { redirect } from "next/navigation";
import { requirePage } from "#lib/access/current.ts";

/** The laboratory of the person's first site; the links at its head lead to the others. */
export default async function LaboratoryOfFirstSitePage() {
  const by = await requirePage("laboratory.read");
  redirect(`/sites/${by.sites[0]}/laboratory`);
}
