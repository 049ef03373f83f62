-- A transaction of one site checks its batch against what was recorded about the master and the product, whose history is the
-- enterprise's. This gives that, and nothing else of the enterprise's trail; the sites of the transaction are put back before it returns.
CREATE FUNCTION recorded_shared_row(table_name text, subject text) RETURNS TABLE (kind text, recorded text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own_sites text := current_setting('app.site_ids', true);
BEGIN
  IF table_name NOT IN ('products', 'master_batch_records') THEN RETURN; END IF;
  PERFORM set_config('app.site_ids', 'enterprise', true);
  RETURN QUERY SELECT a.kind, a.detail ->> 'new' FROM audit_entries a
    WHERE a.site_id = 'enterprise' AND a.subject_type = table_name AND a.subject_id = subject AND a.kind <> 'act' ORDER BY a.seq DESC LIMIT 1;
  PERFORM set_config('app.site_ids', coalesce(own_sites, ''), true);
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION recorded_shared_row FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION recorded_shared_row TO veribatch_portal, veribatch_sequencer;
