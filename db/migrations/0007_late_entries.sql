-- Was a value written down later after its event than rule R-50 allows: 7 h, 40 h for a titer, which waits for the chromatograph?
-- Immutable because the trail holds every instant in UTC with its offset, whatever the session's zone is.
CREATE FUNCTION entered_late(detail jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce((e ->> 'entered_at')::timestamptz - (e ->> 'event_at')::timestamptz > CASE e ->> 'parameter' WHEN 'titer' THEN interval '40 hours' ELSE interval '7 hours' END, false)
  FROM (SELECT (detail ->> 'new')::jsonb AS e) AS written
$$;
--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "late" boolean GENERATED ALWAYS AS (subject_type = 'entries' and entered_late(detail)) STORED;--> statement-breakpoint
CREATE INDEX "audit_entries_late" ON "audit_entries" USING btree ("site_id","at","id") WHERE late;
