import type { Summary } from "./statistic.ts";

export const attributes = [
  { id: "titer", name: "Titer, last before harvest", unit: "g/L", precision: 2 },
  { id: "yield", name: "Yield, harvest to drug substance", unit: "%", precision: 1 },
  { id: "cycle", name: "Cycle time, inoculation to complete", unit: "d", precision: 2 },
  { id: "exceptions", name: "Exceptions per batch", unit: "", precision: 1 },
] as const;
export type AttributeId = (typeof attributes)[number]["id"];

export type Curve = { readonly batchId: string; readonly siteId: string; readonly points: readonly { readonly h: number; readonly value: number }[] };
export type SiteFigures = { readonly siteId: string; readonly siteName: string; readonly batches: readonly { readonly id: string; readonly values: Readonly<Record<AttributeId, number | null>> }[]; readonly summary: Readonly<Record<AttributeId, Summary | undefined>> };
export type Comparison = { readonly productId: string; readonly products: readonly { readonly id: string; readonly name: string }[]; readonly sites: readonly SiteFigures[]; readonly curves: Readonly<Record<string, readonly Curve[]>> };

export const comparedTags = [
  { tag: "viable-cell-density", name: "Viable cell density", unit: "10⁶/mL" },
  { tag: "viability", name: "Viability", unit: "%" },
  { tag: "lactate", name: "Lactate", unit: "g/L" },
  { tag: "titer", name: "Titer", unit: "g/L" },
] as const;
