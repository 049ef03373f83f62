-- The row history becomes part of the audit trail: one trail, one order, one ledger.

-- RFC 8785 form of a text: PostgreSQL escapes what ECMAScript's JSON does, in the same spelling.
CREATE FUNCTION canonical_text(t text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN t IS NULL THEN 'null' ELSE to_json(t)::text END $$;
--> statement-breakpoint
-- Canonical text of an entry about a row. Old and new are held as text, so that no number is written in two ways.
CREATE FUNCTION row_entry_text(e audit_entries, fields text, before_row text, after_row text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT '{"actorId":' || canonical_text(e.actor_id) || ',"actorName":' || canonical_text(e.actor_name)
    || ',"at":' || canonical_text(to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    || ',"authorisedBy":' || canonical_text(e.authorised_by) || ',"batchId":' || canonical_text(e.batch_id)
    || ',"client":' || canonical_text(e.client) || ',"critical":' || e.critical::text
    || ',"detail":{"fields":' || canonical_text(fields) || ',"new":' || canonical_text(after_row) || ',"old":' || canonical_text(before_row) || '}'
    || ',"event":' || canonical_text(e.event) || ',"format":"EBRLEAF/1","id":' || canonical_text(e.id::text) || ',"kind":' || canonical_text(e.kind)
    || ',"reason":' || canonical_text(e.reason) || ',"request":' || canonical_text(e.request) || ',"role":' || canonical_text(e.role)
    || ',"siteId":' || canonical_text(e.site_id) || ',"subjectId":' || canonical_text(e.subject_id)
    || ',"subjectType":' || canonical_text(e.subject_type) || ',"zone":' || canonical_text(e.zone) || '}'
$$;
--> statement-breakpoint
-- Which fields of a row differ, by name, comma between; all of them for a creation or a deletion.
CREATE FUNCTION changed_fields(before_row jsonb, after_row jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(string_agg(key, ',' ORDER BY key), '') FROM jsonb_each(coalesce(after_row, before_row)) AS n(key, value)
  WHERE before_row IS NULL OR after_row IS NULL OR before_row -> key IS DISTINCT FROM after_row -> key
$$;
--> statement-breakpoint
-- Does the change touch what decides about a product: critical values, limits, dispositions, signatures, somebody's authority?
CREATE FUNCTION row_is_critical(table_name text, row_value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN table_name = 'entries' THEN row_value ->> 'parameter_class' IN ('CPP', 'CQA')
    ELSE table_name IN ('exceptions', 'signatures', 'batches', 'master_batch_records', 'model_versions', 'role_assignments', 'group_roles', 'people',
                        'signing_policies', 'passkeys', 'signing_locks', 'register_keys', 'tags') END
$$;
--> statement-breakpoint
-- Writes the entry about one row. SECURITY DEFINER: the logins cannot write it themselves.
CREATE FUNCTION write_row_entry(table_name text, operation text, before_row jsonb, after_row jsonb, keys text[], given_at timestamptz, actor text, actor_name text, actor_role text, why text, authoriser text, request text, client text)
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
  e.subject_id := (SELECT string_agg(coalesce(row_value ->> k, ''), '/' ORDER BY n) FROM unnest(keys) WITH ORDINALITY AS u(k, n));
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
REVOKE EXECUTE ON FUNCTION write_row_entry FROM PUBLIC;
--> statement-breakpoint
-- Rows are written down in UTC whatever the session's zone is.
CREATE OR REPLACE FUNCTION record_row_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
  actor text := coalesce(current_setting('app.actor_id', true), '');
  why text := coalesce(current_setting('app.reason', true), '');
  before_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - 'key_digest' END;
  after_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - 'key_digest' END;
BEGIN
  IF actor = '' OR length(btrim(why)) < 3 THEN
    RAISE EXCEPTION 'A change of % needs an actor and a reason.', TG_TABLE_NAME USING ERRCODE = 'VB001';
  END IF;
  -- A further version of an entry changes what the entry says: the version before it is the old value.
  IF TG_TABLE_NAME = 'entries' AND TG_OP = 'INSERT' AND (after_row ->> 'version')::int > 1 THEN
    SELECT to_jsonb(p) INTO before_row FROM entries p
    WHERE p.site_id = after_row ->> 'site_id' AND p.batch_id = after_row ->> 'batch_id' AND p.step_id = after_row ->> 'step_id'
      AND p.parameter = after_row ->> 'parameter' AND p.version = (after_row ->> 'version')::int - 1;
  END IF;
  PERFORM write_row_entry(TG_TABLE_NAME::text, TG_OP, before_row, after_row, TG_ARGV::text[], clock_timestamp(), actor,
    coalesce(current_setting('app.actor_name', true), ''), coalesce(current_setting('app.role', true), ''), why,
    nullif(current_setting('app.authorised_by', true), ''), coalesce(current_setting('app.request', true), ''), coalesce(current_setting('app.client', true), ''));
  RETURN NULL;
END $$;
--> statement-breakpoint
-- The keys a row is named by, in the trail and on a screen.
DO $$
DECLARE kept record;
BEGIN
  FOR kept IN SELECT * FROM (VALUES
    ('people', ARRAY['id']), ('role_assignments', ARRAY['person_id', 'role']), ('group_roles', ARRAY['group_name', 'role']), ('units', ARRAY['id']),
    ('tags', ARRAY['unit_id', 'tag']), ('sources', ARRAY['id']), ('products', ARRAY['id']), ('master_batch_records', ARRAY['id', 'version']),
    ('batches', ARRAY['id']), ('steps', ARRAY['batch_id', 'id']), ('entries', ARRAY['batch_id', 'step_id', 'parameter', 'version']),
    ('exceptions', ARRAY['batch_id', 'id']), ('signatures', ARRAY['batch_id', 'ordinal']), ('model_versions', ARRAY['name', 'version']), ('import_runs', ARRAY['id']),
    ('signing_policies', ARRAY['meaning']), ('passkeys', ARRAY['id']), ('undertakings', ARRAY['id']), ('signing_locks', ARRAY['id']), ('register_keys', ARRAY['id'])
  ) AS t(name, keys) LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS row_history ON %I', kept.name);
    EXECUTE format('CREATE TRIGGER row_history AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION record_row_change(%s)',
      kept.name, (SELECT string_agg(quote_literal(k), ', ') FROM unnest(kept.keys) AS k));
  END LOOP;
END $$;
--> statement-breakpoint
-- What the history already holds moves over, oldest first.
DO $$
DECLARE
  h record;
  keys text[];
BEGIN
  PERFORM set_config('app.site_ids', (SELECT coalesce(string_agg(id, ','), '') FROM sites), true);
  FOR h IN SELECT * FROM row_changes ORDER BY id LOOP
    SELECT string_to_array(btrim(encode(t.tgargs, 'escape'), '\000'), '\000') INTO keys FROM pg_trigger t WHERE t.tgrelid = h.table_name::regclass AND t.tgname = 'row_history';
    PERFORM write_row_entry(h.table_name, h.operation, h.old, h.new, keys, h.at, h.actor_id, '', h.actor_role, h.reason, h.authorised_by, '', '');
  END LOOP;
END $$;
--> statement-breakpoint
DROP TABLE "row_changes" CASCADE;
