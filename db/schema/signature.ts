import { sql } from "drizzle-orm";
import { bigint, boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { Role } from "#lib/access/permission.ts";
import type { PasskeyAssertion } from "#lib/signature/passkey.ts";
import type { SignedMeaning } from "#lib/signature/meaning.ts";
import type { SignedAbout, SignedRecordType } from "#lib/signature/statement.ts";
import { people } from "./access.ts";
import { batches } from "./batch.ts";
import { instant, siteId } from "./columns.ts";

/** An opened signing: the statement is fixed, the person still has to prove himself. Used once, expires. */
export const signingIntents = pgTable(
  "signing_intents",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    /** The batch whose record is signed; null for a record of another kind. */
    batchId: text("batch_id"),
    /** Kind and id of what is signed; null in rows older than these columns, which are about their batch. */
    recordType: text("record_type").$type<SignedRecordType>(),
    recordId: text("record_id"),
    personId: uuid("person_id").notNull().references(() => people.id),
    /** The portal session it was opened in; null in rows older than this column. */
    sessionId: uuid("session_id"),
    meaning: text("meaning").$type<SignedMeaning>().notNull(),
    /** First signing of a continuous period or a later one, as it was when the person was asked; null in rows older than this column. */
    continuity: text("continuity", { enum: ["first", "later"] }),
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
    batchId: text("batch_id"),
    recordType: text("record_type").$type<SignedRecordType>(),
    recordId: text("record_id"),
    /** What within the record the signature decides about, e.g. an exception; null for the whole record. */
    about: jsonb("about").$type<SignedAbout>(),
    /** 1, 2, 3 … on one record: later signatures cover earlier ones. */
    ordinal: integer("ordinal").notNull(),
    meaning: text("meaning").$type<SignedMeaning>().notNull(),
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
    method: text("method", { enum: ["identity-provider", "passkey", "story"] }).notNull(),
    /** Ordinal of the signature that this one withdraws. */
    withdraws: integer("withdraws"),
    /** The passkey's assertion (base64url parts), kept so that it verifies offline for ever. */
    assertion: jsonb("assertion").$type<PasskeyAssertion>(),
    signedAt: instant("signed_at").notNull(),
    /** JWS by the portal's key over digest, signedAt, method and evidence. */
    attestation: text("attestation").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }),
    unique("signatures_order").on(t.siteId, t.batchId, t.ordinal),
    uniqueIndex("signatures_order_of_record").on(t.siteId, t.recordType, t.recordId, t.ordinal).where(sql`batch_id is null`),
    foreignKey({ columns: [t.siteId, t.batchId], foreignColumns: [batches.siteId, batches.id] }),
  ],
);

/** An opened proof of presence for what a person does for himself: the accountability statement, the enrolment of a passkey. */
export const personalIntents = pgTable(
  "personal_intents",
  {
    id: uuid("id").primaryKey(),
    personId: uuid("person_id").notNull().references(() => people.id),
    purpose: text("purpose", { enum: ["undertaking", "passkey-enrolment"] }).notNull(),
    sessionId: uuid("session_id"),
    statement: text("statement").notNull(),
    statementDigest: text("statement_digest").notNull(),
    oauthState: text("oauth_state").notNull(),
    codeVerifier: text("code_verifier").notNull(),
    openedAt: instant("opened_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    /** When the identity provider's proof came back; a passkey is then registered against the same statement. */
    provedAt: instant("proved_at"),
    evidence: jsonb("evidence"),
    usedAt: instant("used_at"),
    outcome: text("outcome"),
  },
  (t) => [index("personal_intents_by_person").on(t.personId, t.openedAt)],
);

/** Which ceremony a site asks for each meaning; without a row either will do. */
export const signingPolicies = pgTable(
  "signing_policies",
  {
    siteId: siteId(),
    meaning: text("meaning").$type<SignedMeaning>().notNull(),
    ceremony: text("ceremony", { enum: ["either", "identity-provider", "passkey"] }).notNull(),
    revision: integer("revision").notNull().default(1),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.meaning] })],
);

/** Passkeys of people. A key is enrolled by its owner alone, after he proved himself anew, and may be revoked by an administrator. */
export const passkeys = pgTable(
  "passkeys",
  {
    id: uuid("id").primaryKey(),
    personId: uuid("person_id").notNull().references(() => people.id),
    /** base64url, as the authenticator names it. */
    credentialId: text("credential_id").notNull().unique(),
    /** COSE key, base64url. */
    publicKey: text("public_key").notNull(),
    algorithm: integer("algorithm").notNull(),
    signCount: bigint("sign_count", { mode: "number" }).notNull(),
    /** Does not leave its device (backup-eligible flag is 0). */
    deviceBound: boolean("device_bound").notNull(),
    aaguid: text("aaguid").notNull(),
    label: text("label").notNull(),
    transports: text("transports").array().notNull(),
    enrolledAt: instant("enrolled_at").notNull(),
    /** First moment at which it may sign: gives its owner time to object after the notice. */
    usableFrom: instant("usable_from").notNull(),
    revokedAt: instant("revoked_at"),
    revokedBy: uuid("revoked_by").references(() => people.id),
    revokeReason: text("revoke_reason"),
  },
  (t) => [index("passkeys_by_person").on(t.personId)],
);

/** Who has accepted, by a signature of its own, that his electronic signatures bind him like handwritten ones (21 CFR 11.10(j)). */
export const undertakings = pgTable(
  "undertakings",
  {
    id: uuid("id").primaryKey(),
    personId: uuid("person_id").notNull().references(() => people.id),
    /** Version of the text that was accepted. */
    version: integer("version").notNull(),
    statement: text("statement").notNull(),
    digest: text("digest").notNull(),
    method: text("method", { enum: ["identity-provider", "passkey", "story"] }).notNull(),
    assertion: jsonb("assertion").$type<PasskeyAssertion>(),
    attestation: text("attestation").notNull(),
    acceptedAt: instant("accepted_at").notNull(),
  },
  (t) => [unique("undertakings_once").on(t.personId, t.version)],
);

/** Failed proofs of presence that reached us. */
export const signingFailures = pgTable(
  "signing_failures",
  {
    id: uuid("id").primaryKey(),
    personId: uuid("person_id").notNull().references(() => people.id),
    at: instant("at").notNull(),
    intentId: uuid("intent_id"),
    cause: text("cause").notNull(),
  },
  (t) => [index("signing_failures_by_person").on(t.personId, t.at)],
);

/** A person whose signing is locked after five failures, until an administrator releases it. */
export const signingLocks = pgTable(
  "signing_locks",
  {
    id: uuid("id").primaryKey(),
    personId: uuid("person_id").notNull().references(() => people.id),
    lockedAt: instant("locked_at").notNull(),
    failures: integer("failures").notNull(),
    releasedAt: instant("released_at"),
    releasedBy: uuid("released_by").references(() => people.id),
    releaseReason: text("release_reason"),
  },
  (t) => [index("signing_locks_by_person").on(t.personId, t.releasedAt)],
);
