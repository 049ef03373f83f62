import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { people } from "./access.ts";
import { instant } from "./columns.ts";

/** What a person is told by the system: a key enrolled in his name, signing locked, an integrity finding. */
export const notices = pgTable(
  "notices",
  {
    id: uuid("id").primaryKey(),
    personId: uuid("person_id").notNull().references(() => people.id),
    at: instant("at").notNull(),
    kind: text("kind", { enum: ["passkey-enrolled", "passkey-revoked", "signing-locked", "signing-unlocked", "signing-attempt", "integrity-failed", "key-rotated", "export-ready"] }).notNull(),
    title: text("title").notNull(),
    body: text("body").notNull(),
    address: text("address").notNull(),
    readAt: instant("read_at"),
  },
  (t) => [index("notices_by_person").on(t.personId, t.at)],
);
