DROP INDEX "exports_by_subject";--> statement-breakpoint
CREATE UNIQUE INDEX "exports_copy" ON "exports" USING btree ("site_id","kind","subject_id","copy");