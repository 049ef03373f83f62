import { randomUUID } from "node:crypto";
import { materials, suppliers } from "#db/schema/material.ts";
import type { SiteTx } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { decideLot, receiveLot, type Receipt } from "#lib/material/lot-commands.ts";
import type { LotDecision } from "#lib/material/stock.ts";
import { BrokenPromise } from "#lib/result.ts";

const day = 86_400_000;
type Kind = (typeof materials.$inferInsert)["kind"];
/** A material with what the greatest batch takes of it, and who delivers it. */
type MaterialSeed = { readonly id: string; readonly name: string; readonly kind: Kind; readonly unit: string; readonly storage: string; readonly perBatch: number; readonly supplier: string };

const room = "15 to 25 °C";
const cold = "2 to 8 °C";
const raw = (id: string, name: string, unit: string, perBatch: number, supplier: string, storage = room): MaterialSeed => ({ id, name, kind: "raw", unit, storage, perBatch, supplier });
const medium = (id: string, name: string, perBatch: number): MaterialSeed => ({ id, name, kind: "medium", unit: "L", storage: cold, perBatch, supplier: "SUP-01" });
const buffer = (id: string, name: string, perBatch: number): MaterialSeed => ({ id, name, kind: "buffer", unit: "L", storage: room, perBatch, supplier: "SUP-04" });
const single = (id: string, name: string, perBatch: number): MaterialSeed => ({ id, name, kind: "consumable", unit: "pcs", storage: room, perBatch, supplier: "SUP-05" });

/** Every material the masters of the demo name, by the same codes. */
export const materialSeeds: readonly MaterialSeed[] = [
  raw("RM-0001", "Water for injection", "L", 1195, "SUP-08", "80 °C, circulating"), raw("RM-0031", "Sodium hydroxide solution, 5 mol/L", "L", 120, "SUP-03"), raw("RM-0042", "Sodium chloride", "kg", 8, "SUP-03"),
  medium("RM-1101", "Mineral medium concentrate", 340), raw("RM-1107", "Glucose feed, 600 g/L", "L", 120, "SUP-03"), raw("RM-1112", "Ammonia solution, 25 %", "L", 30, "SUP-03"), raw("RM-1120", "Inducer stock, 1 mol/L", "L", 0.24, "SUP-02", "−25 to −15 °C"),
  medium("RM-2101", "Seed medium", 10), medium("RM-2102", "Seed medium without selection", 420), raw("RM-2110", "Production medium, powder, chemically defined", "kg", 27.5, "SUP-01", cold), raw("RM-2111", "Sodium bicarbonate", "kg", 2.71, "SUP-03"),
  medium("RM-2120", "Feed A", 450), medium("RM-2121", "Feed B, alkaline", 50), raw("RM-2125", "Glucose solution, 500 g/L", "L", 60, "SUP-03"), raw("RM-2130", "Sodium carbonate solution, 1 mol/L", "L", 60, "SUP-03"), raw("RM-2131", "Antifoam emulsion, 30 % simethicone, 1 %", "L", 5, "SUP-02"),
  raw("RM-2140", "Acetic acid, 2 mol/L", "L", 14, "SUP-03"), raw("RM-2141", "Tris base, 2 mol/L", "L", 16, "SUP-03"), raw("RM-2150", "Polysorbate 80, 10 % stock", "L", 0.14, "SUP-02", cold),
  buffer("BF-0203", "Lysis buffer", 300), buffer("BF-0207", "Elution buffer", 150), buffer("BF-2201", "Tris and sodium chloride, 10 ×", 300), buffer("BF-2202", "Acetate pH 3.5, 10 ×", 95), buffer("BF-2204", "Acetate pH 5.0, 10 ×", 150),
  buffer("BF-2205", "Acetate pH 5.0 and sodium chloride, 10 ×", 90), buffer("BF-2206", "Tris pH 7.8, 10 ×", 130), buffer("BF-2207", "Histidine pH 6.0 and sucrose, 2 ×", 550),
  { id: "WCB-102", name: "Working cell bank, vial of 1.5 mL with 10⁷ cells/mL", kind: "intermediate", unit: "pcs", storage: "below −150 °C", perBatch: 2, supplier: "SUP-07" }, { id: "WCB-201", name: "Seed culture from the working cell bank", kind: "intermediate", unit: "L", storage: "37 °C, at once", perBatch: 10, supplier: "SUP-07" },
  single("CS-0310", "Filter, 0.2 µm, 30 inch", 1), single("CS-2007", "Rocking bag, 20 L, gamma irradiated", 1), single("CS-2021", "Filter, 0.2 µm, 3 × 30 inch", 1), single("CS-2022", "Filter, 0.2 µm, 5 × 30 inch", 1), single("CS-2040", "Depth filter cassette, two layers, 1.1 m²", 20),
  single("CS-2045", "Depth filter with 0.2 µm, 10 m²", 1), single("CS-2050", "Virus filter, 20 nm, 3 m², with prefilter", 2), single("CS-2055", "Ultrafiltration cassette, 30 kDa, 2.5 m²", 6), single("CS-2060", "Filter, 0.2 µm, 10 inch, gamma irradiated", 2),
  { ...single("CS-2101", "Protein A resin, packed, for this product alone", 48), unit: "L", storage: cold, supplier: "SUP-06" }, { ...single("CS-2102", "CEX resin, packed", 70), unit: "L", storage: cold, supplier: "SUP-06" }, { ...single("CS-2103", "AEX resin, packed", 40), unit: "L", storage: cold, supplier: "SUP-06" },
  { ...single("PK-2101", "Freezing bag, 12 L, with two ports", 12), kind: "packaging" }, { ...single("PK-2110", "Label, drug substance VB-102", 36), kind: "packaging" },
];

export const supplierSeeds: readonly (typeof suppliers.$inferInsert)[] = [
  { id: "SUP-01", name: "Helvetia Cell Media", state: "approved" }, { id: "SUP-02", name: "Nordkem Specialities", state: "approved" }, { id: "SUP-03", name: "Rheinchemie Pharma", state: "approved" }, { id: "SUP-04", name: "Clearwater Buffers", state: "approved" },
  { id: "SUP-05", name: "Filtra Single-Use", state: "approved" }, { id: "SUP-06", name: "Baltic Resins", state: "approved" }, { id: "SUP-07", name: "Own cell bank", state: "approved" }, { id: "SUP-08", name: "Own utilities", state: "approved" }, { id: "SUP-09", name: "Quay Ingredients", state: "suspended" },
];

/** One delivery: days before now it came, days after now it expires, what was decided the days after. `batches`: for how many it suffices. */
type Delivery = { readonly cameDaysAgo: number; readonly expiresInDays: number; readonly batches: number; readonly shared: boolean; readonly decided?: readonly (readonly [LotDecision["command"], string])[] };
const released = ["release", "Certificate of analysis and identity test comply"] as const;
const standing: readonly Delivery[] = [
  { cameDaysAgo: 420, expiresInDays: 24, batches: 6, shared: true, decided: [released] }, { cameDaysAgo: 400, expiresInDays: 320, batches: 60, shared: true, decided: [released] },
  { cameDaysAgo: 3, expiresInDays: 540, batches: 20, shared: false },
];
const incidents: readonly Delivery[] = [
  { cameDaysAgo: 380, expiresInDays: -12, batches: 4, shared: false, decided: [released] }, { cameDaysAgo: 45, expiresInDays: 400, batches: 5, shared: false, decided: [["reject", "Identity test failed: near infrared spectrum does not match"]] },
  { cameDaysAgo: 60, expiresInDays: 380, batches: 5, shared: false, decided: [released, ["restrict", "Transport above its temperature for 9 h: use for cleaning trials only"]] },
  { cameDaysAgo: 50, expiresInDays: 390, batches: 5, shared: false, decided: [["reject", "Container damaged"], ["destroy", "Incinerated, protocol on file"]] },
];

/** Two to four deliveries of a material at a site: one or two in use, one or none waiting for quality, and in every third case one something happened to. */
const deliveriesOf = (material: number, site: number): readonly Delivery[] => [...standing.slice(0, (material + site) % 4 === 0 ? 2 : 3), ...((material + 2 * site) % 3 === 0 ? [incidents[(material + site) % incidents.length] as Delivery] : [])];

export type MaterialsOfSite = { readonly siteId: string; readonly warehouse: Actor; readonly quality: Actor };
type Input = { readonly sites: readonly MaterialsOfSite[]; readonly now: Date; readonly newId?: () => string };

/** Containers of equal content, six at most; what is counted in pieces stays whole. */
function filled(quantity: number, unit: string): readonly number[] {
  if (unit === "pcs") return [Math.ceil(quantity)];
  const n = quantity > 2000 ? 6 : quantity > 100 ? 4 : quantity > 10 ? 2 : 1;
  return Array.from({ length: n }, () => Math.round((quantity / n) * 1000) / 1000);
}

function receiptOf(material: MaterialSeed, delivery: Delivery, at: { readonly siteId: string; readonly index: number; readonly number: number; readonly now: Date }): Receipt {
  const supplierLot = `${material.supplier.slice(-2)}${delivery.shared ? "G" : at.siteId.slice(0, 1).toUpperCase()}-${String(24_000 + at.index * 31 + at.number * 7)}`;
  return {
    siteId: at.siteId, materialId: material.id, supplierId: material.supplier, supplierLot, potencyPercent: material.id === "RM-0042" ? 99.4 + 0.1 * at.number : null, expiresAt: new Date(at.now.getTime() + delivery.expiresInDays * day),
    place: `${material.storage === room ? "A" : "K"}-${String(at.index + 1).padStart(2, "0")}-${at.number + 1}`, containers: filled(material.perBatch * delivery.batches, material.unit), reason: `Delivery ${at.index + 1}-${at.number + 1} of ${material.name}`,
  };
}

async function deliver(tx: SiteTx, { siteId, warehouse, quality }: MaterialsOfSite, receipt: Receipt, delivery: Delivery, { now, newId }: { readonly now: Date; readonly newId: () => string }): Promise<void> {
  const came = new Date(now.getTime() - delivery.cameDaysAgo * day);
  const taken = await receiveLot(tx, requirePermission(warehouse, "lot.receive", siteId), receipt, { now: came, newId });
  if (!taken.ok) throw new BrokenPromise("story-refused", taken.refusal.sentence);
  for (const [i, [command, reason]] of (delivery.decided ?? []).entries()) {
    const decided = await decideLot(tx, requirePermission(quality, "lot.decide", siteId), { siteId, lotId: taken.value.lotIds[0] ?? "", command, reason }, { now: new Date(came.getTime() + (i + 2) * day), newId });
    if (!decided.ok) throw new BrokenPromise("story-refused", decided.refusal.sentence);
  }
}

/** Materials, suppliers and the stock of each site, received and decided by the same commands as in use; the first two lots of a material came from one lot of its supplier to all sites. */
export async function plantMaterials(tx: SiteTx, { sites, now, newId = randomUUID }: Input): Promise<void> {
  await tx.insert(suppliers).values([...supplierSeeds]).onConflictDoNothing();
  await tx.insert(materials).values(materialSeeds.map(({ perBatch: _, supplier: __, ...material }) => material)).onConflictDoNothing();
  for (const [s, site] of sites.entries()) for (const [index, material] of materialSeeds.entries()) for (const [number, delivery] of deliveriesOf(index, s).entries()) {
    await deliver(tx, site, receiptOf(material, delivery, { siteId: site.siteId, index, number, now }), delivery, { now, newId });
  }
}
