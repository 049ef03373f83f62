import { integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

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
    state: text("state", { enum: ["draft", "in_review", "approved", "effective", "superseded", "withdrawn"] }).notNull(),
    effectiveAt: instant("effective_at"),
    /** Canonical bytes (RFC 8785) of the master's content; `digest` is their SHA-256 in hex. */
    canonical: text("canonical").notNull(),
    digest: text("digest").notNull(),
  },
  (t) => [primaryKey({ columns: [t.id, t.version] })],
);
