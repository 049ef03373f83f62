import { pgTable, text } from "drizzle-orm/pg-core";

/** Sites, and the one row "enterprise" that owns accounts and configuration in the audit trail. */
export const sites = pgTable("sites", {
  id: text("id").primaryKey(),
  kind: text("kind", { enum: ["site", "enterprise"] }).notNull(),
  name: text("name").notNull(),
  code: text("code").notNull().unique(),
  /** IANA zone, e.g. Europe/Zurich. */
  timeZone: text("time_zone").notNull(),
});
