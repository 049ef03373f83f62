-- Guards of masters, execution, materials, equipment and the laboratory: row-level security, what is written once, row history, grants.
DO $$
DECLARE owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['site_overlays', 'attachments', 'attachment_contents', 'material_uses', 'equipment_uses', 'lots', 'containers', 'lot_movements', 'recalls',
    'equipment_states', 'equipment_log', 'calibrations', 'equipment_parts', 'laboratory_samples', 'test_results'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned);
    EXECUTE format('CREATE POLICY own_sites ON %I USING (site_id = ANY ((SELECT app_sites())::text[])) WITH CHECK (site_id = ANY ((SELECT app_sites())::text[]))', owned);
  END LOOP;
END $$;
--> statement-breakpoint
DO $$
DECLARE kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['attachments', 'attachment_contents', 'material_uses', 'lot_movements', 'containers', 'recalls', 'equipment_log', 'calibrations', 'equipment_parts'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept);
  END LOOP;
  FOREACH kept IN ARRAY ARRAY['site_overlays', 'equipment_uses', 'lots', 'materials', 'suppliers', 'equipment_states', 'laboratory_samples', 'test_results', 'exception_configurations'] LOOP
    EXECUTE format('CREATE TRIGGER no_delete BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept);
  END LOOP;
END $$;
--> statement-breakpoint
-- What was submitted is what is signed: the content of a master or an overlay changes in its draft only.
CREATE FUNCTION refuse_content_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'draft' AND (NEW.canonical IS DISTINCT FROM OLD.canonical OR NEW.digest IS DISTINCT FROM OLD.digest) THEN
    RAISE EXCEPTION 'The content of % is changed in its draft only.', TG_TABLE_NAME USING ERRCODE = 'VB003';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER content_of_draft BEFORE UPDATE ON master_batch_records FOR EACH ROW EXECUTE FUNCTION refuse_content_change();
--> statement-breakpoint
CREATE TRIGGER content_of_draft BEFORE UPDATE ON site_overlays FOR EACH ROW EXECUTE FUNCTION refuse_content_change();
--> statement-breakpoint
CREATE FUNCTION refuse_configuration_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.canonical IS DISTINCT FROM OLD.canonical OR NEW.digest IS DISTINCT FROM OLD.digest THEN
    RAISE EXCEPTION 'A version of the exception configuration is never changed: propose a further one.' USING ERRCODE = 'VB003';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER content_of_version BEFORE UPDATE ON exception_configurations FOR EACH ROW EXECUTE FUNCTION refuse_configuration_change();
--> statement-breakpoint
-- Was a value written down late? An entry says so itself; older ones are judged by rule R-50: 7 h, 40 h for a titer, which waits for the chromatograph.
CREATE OR REPLACE FUNCTION entered_late(detail jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce((e ->> 'late')::boolean, (e ->> 'entered_at')::timestamptz - (e ->> 'event_at')::timestamptz > CASE e ->> 'parameter' WHEN 'titer' THEN interval '40 hours' ELSE interval '7 hours' END, false)
  FROM (SELECT (detail ->> 'new')::jsonb AS e) AS written
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION row_is_critical(table_name text, row_value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN table_name = 'entries' THEN row_value ->> 'parameter_class' IN ('CPP', 'CQA')
    ELSE table_name IN ('exceptions', 'signatures', 'batches', 'master_batch_records', 'model_versions', 'role_assignments', 'group_roles', 'people',
                        'signing_policies', 'passkeys', 'signing_locks', 'register_keys', 'tags',
                        'site_overlays', 'exception_configurations', 'material_uses', 'equipment_uses', 'lots', 'test_results', 'calibrations') END
$$;
--> statement-breakpoint
-- A key written "a|b" is the first of the two that has a value: a signature is named by its batch, or by the record it is about.
CREATE OR REPLACE FUNCTION write_row_entry(table_name text, operation text, before_row jsonb, after_row jsonb, keys text[], given_at timestamptz, actor text, actor_name text, actor_role text, why text, authoriser text, request text, client text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  e audit_entries;
  row_value jsonb := coalesce(after_row, before_row);
  fields text := changed_fields(before_row, after_row);
BEGIN
  e.site_id := coalesce(row_value ->> 'site_id', 'enterprise');
  e.id := gen_random_uuid();
  e.at := date_trunc('milliseconds', given_at);
  e.zone := coalesce((SELECT s.time_zone FROM sites s WHERE s.id = e.site_id), 'UTC');
  e.actor_id := actor; e.actor_name := actor_name; e.role := actor_role; e.authorised_by := authoriser; e.request := request; e.client := client;
  e.kind := CASE WHEN after_row IS NULL THEN 'deletion' WHEN before_row IS NULL THEN 'creation' ELSE 'change' END;
  e.event := CASE e.kind WHEN 'deletion' THEN 'row.deleted' WHEN 'creation' THEN 'row.created' ELSE 'row.changed' END;
  e.subject_type := table_name;
  e.subject_id := (SELECT string_agg(coalesce(row_value ->> split_part(k, '|', 1), row_value ->> nullif(split_part(k, '|', 2), ''), ''), '/' ORDER BY n) FROM unnest(keys) WITH ORDINALITY AS u(k, n));
  e.batch_id := CASE WHEN table_name = 'batches' THEN row_value ->> 'id' ELSE row_value ->> 'batch_id' END;
  e.reason := why;
  e.critical := row_is_critical(table_name, row_value);
  e.canonical := row_entry_text(e, fields, before_row::text, after_row::text);
  INSERT INTO audit_entries (site_id, id, at, zone, actor_id, actor_name, role, authorised_by, request, client, kind, event, subject_type, subject_id, batch_id, reason, critical, detail, canonical, digest)
  VALUES (e.site_id, e.id, e.at, e.zone, e.actor_id, e.actor_name, e.role, e.authorised_by, e.request, e.client, e.kind, e.event, e.subject_type, e.subject_id, e.batch_id, e.reason, e.critical,
          jsonb_build_object('fields', fields, 'old', before_row::text, 'new', after_row::text), e.canonical,
          encode(sha256(convert_to('EBRLEAF/1' || E'\n' || e.canonical, 'UTF8')), 'hex'));
END $$;
--> statement-breakpoint
DO $$
DECLARE kept record;
BEGIN
  FOR kept IN SELECT * FROM (VALUES
    ('signatures', ARRAY['batch_id|record_id', 'ordinal']), ('site_overlays', ARRAY['master_id', 'master_version', 'version']), ('exception_configurations', ARRAY['version']),
    ('attachments', ARRAY['id']), ('material_uses', ARRAY['batch_id', 'number']), ('equipment_uses', ARRAY['batch_id', 'step_id']),
    ('materials', ARRAY['id']), ('suppliers', ARRAY['id']), ('lots', ARRAY['id']), ('containers', ARRAY['id']), ('lot_movements', ARRAY['id']), ('recalls', ARRAY['id']),
    ('equipment_states', ARRAY['unit_id']), ('equipment_log', ARRAY['id']), ('calibrations', ARRAY['id']), ('equipment_parts', ARRAY['id']),
    ('laboratory_samples', ARRAY['id']), ('test_results', ARRAY['sample_id', 'parameter', 'number'])
  ) AS t(name, keys) LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS row_history ON %I', kept.name);
    EXECUTE format('CREATE TRIGGER row_history AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION record_row_change(%s)',
      kept.name, (SELECT string_agg(quote_literal(k), ', ') FROM unnest(kept.keys) AS k));
  END LOOP;
END $$;
--> statement-breakpoint
GRANT SELECT ON site_overlays, exception_configurations, attachments, attachment_contents, material_uses, equipment_uses, materials, suppliers, lots, containers, lot_movements, recalls,
  equipment_states, equipment_log, calibrations, equipment_parts, laboratory_samples, test_results TO veribatch_portal;
--> statement-breakpoint
GRANT INSERT ON master_batch_records, site_overlays, exception_configurations, batches, steps, entries, exceptions, attachments, attachment_contents, material_uses, equipment_uses, materials, suppliers,
  lots, containers, lot_movements, recalls, equipment_states, equipment_log, calibrations, equipment_parts, laboratory_samples, test_results TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (product_id, title, canonical, digest, state, authors, submitted_by, reviewed_by, approved_by, effective_at) ON master_batch_records TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (canonical, digest, state, authors, submitted_by, reviewed_by, approved_by, effective_at) ON site_overlays TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (state, approved_by, effective_at) ON exception_configurations TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (started_at, inoculated_at, harvested_at, completed_at, due_at, quantity_l, titer_g_l, yield_percent) ON batches TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (state, performed_by, performed_at, verified_by, verified_at, verification, started_by, started_at, reason) ON steps TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (comment, comment_by, comment_at) ON exceptions TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (released_at, released_by) ON equipment_uses TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (state, quantity, potency_percent, expires_at, decided_by, decided_at, decision) ON lots TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (state) ON suppliers TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (state, cleaned_at, batch_id, product_id, changed_at, revision) ON equipment_states TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (state, received_at, received_by, reason) ON laboratory_samples TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (state, reviewed_by, reviewed_at, invalidated_by, invalidated_at, reason) ON test_results TO veribatch_portal;
--> statement-breakpoint
GRANT SELECT ON site_overlays, exception_configurations, attachments, attachment_contents, material_uses, equipment_uses, materials, suppliers, lots, containers, lot_movements, recalls,
  equipment_states, equipment_log, calibrations, equipment_parts, laboratory_samples, test_results TO veribatch_sequencer;
