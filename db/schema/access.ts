import { foreignKey, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import type { Role } from "#lib/access/permission.ts";
import { instant, siteId } from "./columns.ts";
import { sites } from "./site.ts";

export const people = pgTable(
  "people",
  {
    id: uuid("id").primaryKey(),
    /** The provider's issuer and subject together: never reassigned to somebody else (21 CFR 11.100(a)). */
    issuer: text("issuer").notNull(),
    subject: text("subject").notNull(),
    userName: text("user_name").notNull(),
    printedName: text("printed_name").notNull(),
    state: text("state", { enum: ["active", "suspended"] }).notNull().default("active"),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [unique("people_identity").on(t.issuer, t.subject)],
);

/** What membership in a group of the identity provider means here. */
export const groupRoles = pgTable(
  "group_roles",
  {
    group: text("group_name").notNull(),
    siteId: siteId().references(() => sites.id),
    role: text("role").$type<Role>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.group, t.siteId, t.role] })],
);

export const roleAssignments = pgTable(
  "role_assignments",
  {
    siteId: siteId().references(() => sites.id),
    personId: uuid("person_id").notNull(),
    role: text("role").$type<Role>().notNull(),
    /** Set at each sign-in from the provider's groups. */
    grantedAt: instant("granted_at").notNull(),
    /** The provider stopped naming the group. */
    endedAt: instant("ended_at"),
    /** Revoked here: wins over whatever the provider says. */
    revokedAt: instant("revoked_at"),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.personId, t.role] }),
    foreignKey({ columns: [t.personId], foreignColumns: [people.id] }),
  ],
);

export const sessions = pgTable("sessions", {
  id: uuid("id").primaryKey(),
  personId: uuid("person_id").notNull().references(() => people.id),
  startedAt: instant("started_at").notNull(),
  lastSeenAt: instant("last_seen_at").notNull(),
  endedAt: instant("ended_at"),
  /** When a signing was last completed in it: later ones of the same period need fewer components, and failures count from it. */
  lastSignedAt: instant("last_signed_at"),
});
