import { redirect } from "next/navigation";
import { requirePage } from "#lib/access/current.ts";

/** The equipment of the person's first site; the links at its head lead to the others. */
export default async function EquipmentOfFirstSitePage() {
  const by = await requirePage("equipment.read");
  redirect(`/sites/${by.sites[0]}/equipment`);
}
