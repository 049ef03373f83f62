import { doublePrecision, foreignKey, index, integer, jsonb, numeric, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { LotState } from "#lib/material/lot.ts";
import { people } from "./access.ts";
import { instant, siteId } from "./columns.ts";
import { products } from "./recipe.ts";

const amount = (name: string) => numeric(name, { precision: 20, scale: 6, mode: "number" });

/** Materials of the enterprise by their code, e.g. RM-0417. */
export const materials = pgTable("materials", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  kind: text("kind", { enum: ["raw", "buffer", "medium", "intermediate", "consumable", "packaging"] }).notNull(),
  unit: text("unit").notNull(),
  storage: text("storage").notNull(),
});

export const suppliers = pgTable("suppliers", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  state: text("state", { enum: ["approved", "suspended"] }).notNull(),
});

/** A quantity received or made at once. A batch is a lot of its product: its lot has the batch's number. */
export const lots = pgTable(
  "lots",
  {
    siteId: siteId(),
    id: text("id").notNull(),
    /** Exactly one of material and product. */
    materialId: text("material_id").references(() => materials.id),
    productId: text("product_id").references(() => products.id),
    origin: text("origin", { enum: ["received", "produced", "blended", "split"] }).notNull(),
    supplierId: text("supplier_id").references(() => suppliers.id),
    supplierLot: text("supplier_lot"),
    state: text("state").$type<LotState>().notNull(),
    /** What came in or was made, in `unit`; null for a batch whose quantity is not known yet. */
    quantity: amount("quantity"),
    unit: text("unit").notNull(),
    potencyPercent: doublePrecision("potency_percent"),
    receivedAt: instant("received_at").notNull(),
    expiresAt: instant("expires_at"),
    createdBy: uuid("created_by").references(() => people.id),
    decidedBy: uuid("decided_by").references(() => people.id),
    decidedAt: instant("decided_at"),
    decision: text("decision"),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.id] }), index("lots_by_material").on(t.siteId, t.materialId, t.expiresAt), index("lots_by_supplier_lot").on(t.siteId, t.supplierId, t.supplierLot)],
);

/** Containers of a lot: bags, drums, bottles, each with what it held at first and where it stands. */
export const containers = pgTable(
  "containers",
  {
    siteId: siteId(),
    id: text("id").notNull(),
    lotId: text("lot_id").notNull(),
    quantity: amount("quantity").notNull(),
    unit: text("unit").notNull(),
    place: text("place").notNull(),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.id] }), foreignKey({ columns: [t.siteId, t.lotId], foreignColumns: [lots.siteId, lots.id] }), index("containers_by_lot").on(t.siteId, t.lotId)],
);

/** What came to a lot and what went from it; its balance is their sum. Lines are never changed. */
export const lotMovements = pgTable(
  "lot_movements",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    lotId: text("lot_id").notNull(),
    containerId: text("container_id"),
    kind: text("kind", { enum: ["received", "produced", "charged", "returned", "blended", "split", "sampled", "adjusted", "destroyed"] }).notNull(),
    /** Positive in, negative out, in the lot's unit. */
    quantity: amount("quantity").notNull(),
    /** The lot on the other side of a charge, a blend or a split. */
    otherLotId: text("other_lot_id"),
    batchId: text("batch_id"),
    stepId: text("step_id"),
    at: instant("at").notNull(),
    by: uuid("by_person").references(() => people.id),
    reason: text("reason").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }),
    foreignKey({ columns: [t.siteId, t.lotId], foreignColumns: [lots.siteId, lots.id] }),
    index("lot_movements_by_lot").on(t.siteId, t.lotId, t.at), index("lot_movements_by_batch").on(t.siteId, t.batchId),
  ],
);

/** A mock recall: what a trace found at a moment, as canonical text that is signed and printed. */
export const recalls = pgTable(
  "recalls",
  {
    siteId: siteId(),
    id: text("id").notNull(),
    lotId: text("lot_id").notNull(),
    direction: text("direction", { enum: ["forward", "backward", "both"] }).notNull(),
    reason: text("reason").notNull(),
    startedAt: instant("started_at").notNull(),
    startedBy: uuid("started_by").notNull().references(() => people.id),
    /** Milliseconds the trace took. */
    tookMs: integer("took_ms").notNull(),
    canonical: text("canonical").notNull(),
    digest: text("digest").notNull(),
    figures: jsonb("figures").$type<Readonly<Record<string, number>>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.id] })],
);
