-- Row-level security, append-only and grants for the ledger, the integrity check, signing and exports.
DO $$
DECLARE owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['ledger_leaves', 'ledger_nodes', 'checkpoints', 'cosignatures', 'integrity_checks', 'integrity_findings', 'segments', 'signing_policies', 'exports'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned);
    EXECUTE format('CREATE POLICY own_sites ON %I USING (site_id = ANY ((SELECT app_sites())::text[])) WITH CHECK (site_id = ANY ((SELECT app_sites())::text[]))', owned);
  END LOOP;
END $$;
--> statement-breakpoint
DO $$
DECLARE kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['ledger_leaves', 'ledger_nodes', 'checkpoints', 'cosignatures', 'integrity_checks', 'segments', 'undertakings', 'signing_failures'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept);
  END LOOP;
  FOREACH kept IN ARRAY ARRAY['integrity_findings', 'passkeys', 'signing_locks', 'register_keys', 'exports', 'signing_policies'] LOOP
    EXECUTE format('CREATE TRIGGER no_delete BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept);
  END LOOP;
END $$;
--> statement-breakpoint
GRANT SELECT ON ledger_leaves, ledger_nodes, checkpoints, cosignatures, register_keys, integrity_checks, integrity_findings, segments, signing_policies, passkeys,
  undertakings, signing_failures, signing_locks, personal_intents, notices, saved_views, exports TO veribatch_portal;
--> statement-breakpoint
GRANT INSERT ON register_keys, segments, signing_policies, passkeys, undertakings, signing_failures, signing_locks, personal_intents, notices, saved_views, exports TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (valid_to, end_reason) ON register_keys TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (ceremony, revision) ON signing_policies TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (sign_count, revoked_at, revoked_by, revoke_reason) ON passkeys TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (released_at, released_by, release_reason) ON signing_locks TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (proved_at, evidence, used_at, outcome) ON personal_intents TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (read_at) ON notices TO veribatch_portal;
--> statement-breakpoint
GRANT DELETE ON saved_views TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (state, progress, total, started_at, finished_at, failure, file_name, media_type, pages, digest, content) ON exports TO veribatch_portal;
--> statement-breakpoint
GRANT SELECT ON sites, people, role_assignments, group_roles, units, tags, sources, products, master_batch_records, model_versions, import_runs, batches, steps, entries,
  exceptions, signatures, process_values, audit_entries, ledger_leaves, ledger_nodes, checkpoints, cosignatures, register_keys, integrity_checks, integrity_findings,
  segments, signing_policies, passkeys, undertakings, signing_locks TO veribatch_sequencer;
--> statement-breakpoint
GRANT INSERT ON ledger_leaves, ledger_nodes, checkpoints, cosignatures, integrity_checks, integrity_findings, notices TO veribatch_sequencer;
--> statement-breakpoint
GRANT UPDATE (last_seen_at, cleared_at) ON integrity_findings TO veribatch_sequencer;
