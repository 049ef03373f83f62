/** Tables whose rows the trail tells of, with the keys a row is named by there (of "a|b" the first that has a value); the same list stands in the database's triggers. */
export type KeptTable = { readonly name: string; readonly keys: readonly string[]; /** Whose rows they are: a site's, or the enterprise's alone. */ readonly of: "site" | "enterprise"; /** Belongs to a batch. */ readonly batch?: true };

export const keptTables: readonly KeptTable[] = [
  { name: "batches", keys: ["id"], of: "site", batch: true },
  { name: "steps", keys: ["batch_id", "id"], of: "site", batch: true },
  { name: "entries", keys: ["batch_id", "step_id", "parameter", "version"], of: "site", batch: true },
  { name: "exceptions", keys: ["batch_id", "id"], of: "site", batch: true },
  { name: "signatures", keys: ["batch_id|record_id", "ordinal"], of: "site", batch: true },
  { name: "attachments", keys: ["id"], of: "site", batch: true },
  { name: "material_uses", keys: ["batch_id", "number"], of: "site", batch: true },
  { name: "equipment_uses", keys: ["batch_id", "step_id", "number"], of: "site", batch: true },
  { name: "laboratory_samples", keys: ["id"], of: "site", batch: true },
  { name: "test_results", keys: ["sample_id", "parameter", "number"], of: "site", batch: true },
  { name: "site_overlays", keys: ["master_id", "master_version", "version"], of: "site" },
  { name: "lots", keys: ["id"], of: "site" },
  { name: "containers", keys: ["id"], of: "site" },
  { name: "lot_movements", keys: ["id"], of: "site" },
  { name: "recalls", keys: ["id"], of: "site" },
  { name: "equipment_states", keys: ["unit_id"], of: "site" },
  { name: "equipment_log", keys: ["id"], of: "site" },
  { name: "calibrations", keys: ["id"], of: "site" },
  { name: "equipment_parts", keys: ["id"], of: "site" },
  { name: "units", keys: ["id"], of: "site" },
  { name: "tags", keys: ["unit_id", "tag"], of: "site" },
  { name: "sources", keys: ["id"], of: "site" },
  { name: "import_runs", keys: ["id"], of: "site" },
  { name: "role_assignments", keys: ["person_id", "role"], of: "site" },
  { name: "group_roles", keys: ["group_name", "role"], of: "site" },
  { name: "signing_policies", keys: ["meaning"], of: "site" },
  { name: "people", keys: ["id"], of: "enterprise" },
  { name: "products", keys: ["id"], of: "enterprise" },
  { name: "materials", keys: ["id"], of: "enterprise" },
  { name: "suppliers", keys: ["id"], of: "enterprise" },
  { name: "exception_configurations", keys: ["version"], of: "enterprise" },
  { name: "master_batch_records", keys: ["id", "version"], of: "enterprise" },
  { name: "model_versions", keys: ["name", "version"], of: "enterprise" },
  { name: "passkeys", keys: ["id"], of: "enterprise" },
  { name: "undertakings", keys: ["id"], of: "enterprise" },
  { name: "signing_locks", keys: ["id"], of: "enterprise" },
  { name: "register_keys", keys: ["id"], of: "enterprise" },
];

/** Tables whose rows are looked at for one owner: a site, or the enterprise with what is shared by all sites. */
export const tablesOf = (siteId: string): readonly KeptTable[] => keptTables.filter((table) => table.of === "site" || siteId === "enterprise");
export const batchTables: readonly KeptTable[] = keptTables.filter((table) => table.batch);
