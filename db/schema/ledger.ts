import { bigint, foreignKey, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { bytes, instant, siteId } from "./columns.ts";

/** The order of a site's audit entries, given by the sequencer: leaf `position` (from 0) of the site's RFC 6962 tree. */
export const ledgerLeaves = pgTable(
  "ledger_leaves",
  {
    siteId: siteId(),
    position: bigint("position", { mode: "number" }).notNull(),
    entryId: uuid("entry_id").notNull(),
    /** SHA-256 over 0x00 and the leaf's bytes ("EBRLEAF/1", a line feed, the entry's canonical text). */
    leafHash: bytes("leaf_hash").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.position] }),
    // No foreign key: its check would write into every entry once more. The integrity check compares both tables.
    uniqueIndex("ledger_leaves_entry").on(t.siteId, t.entryId),
  ],
);

/** Inner hashes of the tree, of full subtrees only and of every eighth level only: level 8 stands for 256 leaves, 16 for 65,536. */
export const ledgerNodes = pgTable(
  "ledger_nodes",
  {
    siteId: siteId(),
    level: integer("level").notNull(),
    /** Subtree `number` of its level, from 0. */
    number: bigint("number", { mode: "number" }).notNull(),
    hash: bytes("hash").notNull(),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.level, t.number] })],
);

/** Signed heads of a site's ledger (C2SP tlog-checkpoint); `note` is the signed note as it was signed, without co-signatures. */
export const checkpoints = pgTable(
  "checkpoints",
  {
    siteId: siteId(),
    /** Number of leaves it covers. */
    size: bigint("size", { mode: "number" }).notNull(),
    root: bytes("root").notNull(),
    note: text("note").notNull(),
    keyId: text("key_id").notNull(),
    signedAt: instant("signed_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.size] }), index("checkpoints_by_time").on(t.siteId, t.signedAt)],
);

/** Co-signature lines of other sites' keys and outside witnesses for a checkpoint (C2SP tlog-cosignature). */
export const cosignatures = pgTable(
  "cosignatures",
  {
    siteId: siteId(),
    size: bigint("size", { mode: "number" }).notNull(),
    witness: text("witness").notNull(),
    line: text("line").notNull(),
    receivedAt: instant("received_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.size, t.witness] }),
    foreignKey({ columns: [t.siteId, t.size], foreignColumns: [checkpoints.siteId, checkpoints.size] }),
  ],
);

/** Public halves of every key that ever signed for this installation, with when each was valid. Private halves are never in the database. */
export const registerKeys = pgTable("register_keys", {
  /** First 16 hex digits of the SHA-256 of the public key. */
  id: text("id").primaryKey(),
  /** Whose key: a site or "enterprise". */
  owner: text("owner").notNull(),
  purpose: text("purpose", { enum: ["attestation", "ledger", "seal"] }).notNull(),
  /** Name in signed notes, e.g. "veribatch-3f2a91c0/basel"; for a seal the subject of its certificate. */
  name: text("name").notNull(),
  algorithm: text("algorithm", { enum: ["Ed25519", "RSA-3072"] }).notNull(),
  /** Ed25519: 32 bytes, base64. RSA: the certificate, DER, base64. */
  publicKey: text("public_key").notNull(),
  validFrom: instant("valid_from").notNull(),
  validTo: instant("valid_to"),
  endReason: text("end_reason"),
});
