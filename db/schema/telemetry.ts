import { bigint, boolean, doublePrecision, foreignKey, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant, siteId } from "./columns.ts";
import { tags, units } from "./equipment.ts";

/** Who may send samples of a unit; the key itself is shown once and only its digest is kept. */
export const sources = pgTable(
  "sources",
  {
    siteId: siteId(),
    id: text("id").notNull(),
    unitId: text("unit_id").notNull(),
    name: text("name").notNull(),
    keyDigest: text("key_digest").notNull(),
    issuedAt: instant("issued_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    revokedAt: instant("revoked_at"),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }),
    foreignKey({ columns: [t.siteId, t.unitId], foreignColumns: [units.siteId, units.id] }),
  ],
);

/** Bronze: what arrived, as it arrived. */
export const samples = pgTable(
  "samples",
  {
    siteId: siteId(),
    sourceId: text("source_id").notNull(),
    tag: text("tag").notNull(),
    seq: bigint("seq", { mode: "number" }).notNull(),
    sampledAt: instant("sampled_at").notNull(),
    value: doublePrecision("value").notNull(),
    unit: text("unit").notNull(),
    quality: text("quality").notNull(),
    receivedAt: instant("received_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.sourceId, t.tag, t.seq] }),
    foreignKey({ columns: [t.siteId, t.sourceId], foreignColumns: [sources.siteId, sources.id] }),
  ],
);

/** Silver: validated process values. `origin` says who measured it and how it came in. */
export const processValues = pgTable(
  "process_values",
  {
    siteId: siteId(),
    unitId: text("unit_id").notNull(),
    tag: text("tag").notNull(),
    at: instant("at").notNull(),
    value: doublePrecision("value").notNull(),
    quality: text("quality", { enum: ["good", "uncertain", "bad"] }).notNull(),
    origin: text("origin", { enum: ["online", "laboratory", "import"] }).notNull(),
    /** Outside what the instrument can measure: kept, shown, never used as a good value. */
    outOfRange: boolean("out_of_range").notNull().default(false),
    recordedAt: instant("recorded_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.unitId, t.tag, t.at] }),
    foreignKey({ columns: [t.siteId, t.unitId, t.tag], foreignColumns: [tags.siteId, tags.unitId, tags.tag] }),
  ],
);

/** Samples that could not be taken over, with the reason: counted, never dropped. */
export const quarantinedSamples = pgTable(
  "quarantined_samples",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    sourceId: text("source_id").notNull(),
    /** The sample as JSON text, as it came: text because jsonb cannot hold every string that JSON can. */
    payload: text("payload").notNull(),
    reason: text("reason").notNull(),
    receivedAt: instant("received_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.id] }), index("quarantined_samples_received").on(t.siteId, t.receivedAt)],
);

/** One row per import of a file of finished runs: read = stored + unchanged + quarantined. */
export const importRuns = pgTable(
  "import_runs",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    fileName: text("file_name").notNull(),
    fileDigest: text("file_digest").notNull(),
    mappingDigest: text("mapping_digest").notNull(),
    readRows: integer("read_rows").notNull(),
    storedRows: integer("stored_rows").notNull(),
    unchangedRows: integer("unchanged_rows").notNull(),
    quarantinedRows: integer("quarantined_rows").notNull(),
    importedAt: instant("imported_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.id] })],
);

export const quarantinedRows = pgTable(
  "quarantined_rows",
  {
    siteId: siteId(),
    importId: uuid("import_id").notNull(),
    line: integer("line").notNull(),
    raw: text("raw").notNull(),
    reason: text("reason").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.importId, t.line] }),
    foreignKey({ columns: [t.siteId, t.importId], foreignColumns: [importRuns.siteId, importRuns.id] }),
  ],
);
