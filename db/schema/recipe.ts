import { foreignKey, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { MasterState } from "#lib/recipe/state.ts";
import { people } from "./access.ts";
import { instant, siteId } from "./columns.ts";

export const products = pgTable("products", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  strength: text("strength").notNull(),
});

export const masterBatchRecords = pgTable(
  "master_batch_records",
  {
    id: text("id").notNull(),
    version: integer("version").notNull(),
    productId: text("product_id").notNull().references(() => products.id),
    title: text("title").notNull(),
    state: text("state").$type<MasterState>().notNull(),
    effectiveAt: instant("effective_at"),
    /** Canonical bytes (RFC 8785) of the master's content; `digest` is their SHA-256 in hex. */
    canonical: text("canonical").notNull(),
    digest: text("digest").notNull(),
    /** Everybody who edited this version; null in versions that were planted, not authored. */
    authors: uuid("authors").array(),
    submittedBy: uuid("submitted_by").references(() => people.id),
    reviewedBy: uuid("reviewed_by").references(() => people.id),
    approvedBy: uuid("approved_by").references(() => people.id),
    createdAt: instant("created_at"),
    /** Why there is this version. */
    reason: text("reason"),
  },
  (t) => [primaryKey({ columns: [t.id, t.version] })],
);

/** What a site says of a master's version: units for its equipment classes, ranges within the enterprise's. Approved on its own. */
export const siteOverlays = pgTable(
  "site_overlays",
  {
    siteId: siteId(),
    masterId: text("master_id").notNull(),
    masterVersion: integer("master_version").notNull(),
    version: integer("version").notNull(),
    state: text("state").$type<MasterState>().notNull(),
    effectiveAt: instant("effective_at"),
    /** RFC 8785 bytes of the overlay's content; `digest` is their SHA-256 under "EBROVL/1". */
    canonical: text("canonical").notNull(),
    digest: text("digest").notNull(),
    authors: uuid("authors").array().notNull(),
    submittedBy: uuid("submitted_by").references(() => people.id),
    reviewedBy: uuid("reviewed_by").references(() => people.id),
    approvedBy: uuid("approved_by").references(() => people.id),
    createdAt: instant("created_at").notNull(),
    reason: text("reason").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.masterId, t.masterVersion, t.version] }),
    foreignKey({ columns: [t.masterId, t.masterVersion], foreignColumns: [masterBatchRecords.id, masterBatchRecords.version] }),
  ],
);
