import { foreignKey, integer, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import type { Role } from "#lib/access/permission.ts";
import type { SignatureMeaning } from "#lib/signature/meaning.ts";
import { people } from "./access.ts";
import { batches } from "./batch.ts";
import { instant, siteId } from "./columns.ts";

/** An opened signing: the statement is fixed, the person still has to prove himself. Used once, expires. */
export const signingIntents = pgTable(
  "signing_intents",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    batchId: text("batch_id").notNull(),
    personId: uuid("person_id").notNull().references(() => people.id),
    meaning: text("meaning").$type<SignatureMeaning>().notNull(),
    sentence: text("sentence").notNull(),
    statement: text("statement").notNull(),
    statementDigest: text("statement_digest").notNull(),
    /** Sent to the provider and expected back; the verifier never leaves the server (RFC 7636). */
    oauthState: text("oauth_state").notNull(),
    codeVerifier: text("code_verifier").notNull(),
    openedAt: instant("opened_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
    outcome: text("outcome"),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }),
    foreignKey({ columns: [t.siteId, t.batchId], foreignColumns: [batches.siteId, batches.id] }),
  ],
);

export const signatures = pgTable(
  "signatures",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    batchId: text("batch_id").notNull(),
    /** 1, 2, 3 … on one batch: later signatures cover earlier ones. */
    ordinal: integer("ordinal").notNull(),
    meaning: text("meaning").$type<SignatureMeaning>().notNull(),
    reason: text("reason").notNull(),
    comment: text("comment").notNull(),
    sentence: text("sentence").notNull(),
    /** RFC 8785 bytes that were signed; `digest` is SHA-256 over "EBRSIG/1", a line feed and them. */
    statement: text("statement").notNull(),
    digest: text("digest").notNull(),
    recordDigest: text("record_digest").notNull(),
    previousDigest: text("previous_digest"),
    signerId: uuid("signer_id").notNull().references(() => people.id),
    printedName: text("printed_name").notNull(),
    userName: text("user_name").notNull(),
    role: text("role").$type<Role>().notNull(),
    method: text("method", { enum: ["identity-provider", "story"] }).notNull(),
    signedAt: instant("signed_at").notNull(),
    /** JWS by the portal's key over digest, signedAt, method and evidence. */
    attestation: text("attestation").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }),
    unique("signatures_order").on(t.siteId, t.batchId, t.ordinal),
    foreignKey({ columns: [t.siteId, t.batchId], foreignColumns: [batches.siteId, batches.id] }),
  ],
);
