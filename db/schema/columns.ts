import { text, timestamp } from "drizzle-orm/pg-core";

/** The site that owns a row; row-level security compares it with the sites of the transaction. */
export const siteId = () => text("site_id").notNull();

/** A point in time with millisecond precision, UTC in the database; zones are added where it is shown. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: "date" });
