import { siteDate } from "#lib/site/time.ts";
import { amountText } from "./amount.ts";

type Labelled = { readonly id: string; readonly materialId: string | null; readonly name: string; readonly unit: string; readonly supplierLot: string | null; readonly expiresAt: Date | null };

/** Text of the label of a lot's container, a line each; the last is what a scanner reads. Without the status, which changes and is asked of the portal (21 CFR 211.80(d)). */
export function labelText(lot: Labelled, container: { readonly id: string; readonly quantity: number }, site: { readonly timeZone: string; readonly storage: string | null }): string {
  const lines = [
    `${lot.materialId ?? ""} ${lot.name}`.trim(), `Lot ${lot.id}${lot.supplierLot === null ? "" : `, supplier's lot ${lot.supplierLot}`}`, `Container ${container.id}, ${amountText(container.quantity)} ${lot.unit}`,
    lot.expiresAt === null ? "No expiry" : `Use until ${siteDate(lot.expiresAt, site.timeZone)}`, ...(site.storage === null ? [] : [`Store at ${site.storage}`]), `LOT:${container.id}`,
  ];
  return lines.join("\n");
}
