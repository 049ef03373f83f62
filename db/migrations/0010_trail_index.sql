-- Any combination of the explorer's filters is answered from an index alone, in the order of time: the entries are wide, and a page
-- of a rare combination would read most of them. The partial index over critical changes is of no use beside these.
DROP INDEX "audit_entries_critical";--> statement-breakpoint
DROP INDEX "audit_entries_by_time";--> statement-breakpoint
CREATE INDEX "audit_entries_by_time" ON "audit_entries" USING btree ("site_id","at","id") INCLUDE ("actor_id","batch_id","event","subject_type","kind","critical","off_hours","late");--> statement-breakpoint
DROP INDEX "audit_entries_by_actor";--> statement-breakpoint
CREATE INDEX "audit_entries_by_actor" ON "audit_entries" USING btree ("site_id","actor_id","at","id") INCLUDE ("kind","critical","off_hours","late");--> statement-breakpoint
-- An index alone answers only where the visibility map says so; a table that is only added to is otherwise vacuumed when it has grown by a fifth.
ALTER TABLE "audit_entries" SET (autovacuum_vacuum_insert_scale_factor = 0.01);
