ALTER TABLE "test_results" ADD COLUMN "retest_by" uuid;--> statement-breakpoint
ALTER TABLE "test_results" ADD COLUMN "retest_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "test_results" ADD COLUMN "retest_reason" text;--> statement-breakpoint
ALTER TABLE "test_results" ADD CONSTRAINT "test_results_retest_by_people_id_fk" FOREIGN KEY ("retest_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
GRANT UPDATE (retest_by, retest_at, retest_reason) ON test_results TO veribatch_portal;
