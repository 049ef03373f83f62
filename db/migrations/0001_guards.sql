-- The second guard: login roles that own nothing, row-level security per site, append-only tables, row history by trigger.

DO $$
DECLARE login text;
BEGIN
  FOREACH login IN ARRAY ARRAY['veribatch_portal', 'veribatch_plant', 'veribatch_sequencer'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', login);
    END IF;
  END LOOP;
END $$;
--> statement-breakpoint
REVOKE ALL ON SCHEMA public FROM PUBLIC;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO veribatch_portal, veribatch_plant, veribatch_sequencer;
--> statement-breakpoint

-- Nobody needs tables of his own; one with a name of ours could stand in the way of the triggers.
DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$;
--> statement-breakpoint
-- Sites of the transaction. Read through a scalar sub-select in the policies, so that it is evaluated once per statement.
CREATE FUNCTION app_sites() RETURNS text[] LANGUAGE sql STABLE AS
$$ SELECT string_to_array(current_setting('app.site_ids', true), ',') $$;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION app_sites() TO veribatch_portal, veribatch_plant, veribatch_sequencer;
--> statement-breakpoint
DO $$
DECLARE owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY[
    'role_assignments', 'units', 'tags', 'sources', 'samples', 'process_values', 'quarantined_samples', 'import_runs',
    'quarantined_rows', 'batches', 'steps', 'entries', 'exceptions', 'signing_intents', 'signatures', 'audit_entries',
    'row_changes', 'predictions'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned);
    EXECUTE format('CREATE POLICY own_sites ON %I USING (site_id = ANY ((SELECT app_sites())::text[])) WITH CHECK (site_id = ANY ((SELECT app_sites())::text[]))', owned);
  END LOOP;
END $$;
--> statement-breakpoint
-- A person's own roles are read before it is known which sites he has.
CREATE POLICY own_roles ON role_assignments FOR SELECT USING (person_id::text = (SELECT current_setting('app.actor_id', true)));
--> statement-breakpoint

-- Row history. SECURITY DEFINER: the logins cannot write it themselves.
CREATE FUNCTION record_row_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  actor text := coalesce(current_setting('app.actor_id', true), '');
  why text := coalesce(current_setting('app.reason', true), '');
  before_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  after_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
BEGIN
  IF actor = '' OR length(btrim(why)) < 3 THEN
    RAISE EXCEPTION 'A change of % needs an actor and a reason.', TG_TABLE_NAME USING ERRCODE = 'VB001';
  END IF;
  INSERT INTO public.row_changes (site_id, at, table_name, operation, old, new, actor_id, actor_role, reason, authorised_by)
  VALUES (coalesce(after_row ->> 'site_id', before_row ->> 'site_id', 'enterprise'), clock_timestamp(), TG_TABLE_NAME, TG_OP,
          before_row - 'key_digest', after_row - 'key_digest', actor, coalesce(current_setting('app.role', true), ''), why,
          nullif(current_setting('app.authorised_by', true), ''));
  RETURN NULL;
END $$;
--> statement-breakpoint
DO $$
DECLARE kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY[
    'people', 'role_assignments', 'group_roles', 'units', 'tags', 'sources', 'products', 'master_batch_records', 'batches', 'steps', 'entries',
    'exceptions', 'signatures', 'model_versions', 'import_runs'
  ] LOOP
    EXECUTE format('CREATE TRIGGER row_history AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION record_row_change()', kept);
  END LOOP;
END $$;
--> statement-breakpoint

-- What is written once stays, for the owner as well.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused.', TG_TABLE_NAME, lower(TG_OP) USING ERRCODE = 'VB002';
END $$;
--> statement-breakpoint
DO $$
DECLARE kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['audit_entries', 'row_changes', 'signatures', 'entries', 'samples', 'process_values', 'quarantined_samples', 'import_runs', 'quarantined_rows', 'predictions'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept);
  END LOOP;
  FOREACH kept IN ARRAY ARRAY['batches', 'steps', 'exceptions', 'people', 'master_batch_records'] LOOP
    EXECUTE format('CREATE TRIGGER no_delete BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept);
  END LOOP;
END $$;
--> statement-breakpoint

-- Least privilege per login.
GRANT SELECT ON sites, people, group_roles, role_assignments, sessions, products, master_batch_records, model_versions, units, tags, sources,
  samples, process_values, quarantined_samples, import_runs, quarantined_rows, batches, steps, entries, exceptions, signing_intents, signatures,
  audit_entries, row_changes, predictions TO veribatch_portal;
--> statement-breakpoint
GRANT INSERT ON people, role_assignments, sessions, samples, process_values, quarantined_samples, signing_intents, signatures, audit_entries TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (printed_name, user_name) ON people TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (granted_at, ended_at, revoked_at) ON role_assignments TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (last_seen_at, ended_at) ON sessions TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (used_at, outcome) ON signing_intents TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (state, revision) ON batches TO veribatch_portal;
--> statement-breakpoint
GRANT UPDATE (state, severity, decision, decided_by, decided_at) ON exceptions TO veribatch_portal;
--> statement-breakpoint
GRANT INSERT, UPDATE (revoked_at, expires_at) ON sources TO veribatch_portal;
--> statement-breakpoint
GRANT SELECT ON sites, units, tags, batches, process_values, model_versions, predictions, master_batch_records TO veribatch_plant;
--> statement-breakpoint
GRANT INSERT ON predictions TO veribatch_plant;
--> statement-breakpoint
GRANT SELECT ON sites, audit_entries TO veribatch_sequencer;
--> statement-breakpoint
-- Numbers the frames of the live bus.
CREATE SEQUENCE live_seq;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE live_seq TO veribatch_portal, veribatch_plant;
