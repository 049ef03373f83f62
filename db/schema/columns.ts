import { customType, text, timestamp } from "drizzle-orm/pg-core";

/** The site that owns a row; row-level security compares it with the sites of the transaction. */
export const siteId = () => text("site_id").notNull();

/** A point in time with millisecond precision, UTC in the database; zones are added where it is shown. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: "date" });

/** Bytes as they are. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });

/** A transaction's number that never wraps around (PostgreSQL xid8), as decimal text. */
export const transactionNumber = customType<{ data: string; driverData: string }>({ dataType: () => "xid8" });
