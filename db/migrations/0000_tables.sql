CREATE TABLE "group_roles" (
	"group_name" text NOT NULL,
	"site_id" text NOT NULL,
	"role" text NOT NULL,
	CONSTRAINT "group_roles_group_name_site_id_role_pk" PRIMARY KEY("group_name","site_id","role")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" uuid PRIMARY KEY NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"user_name" text NOT NULL,
	"printed_name" text NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "people_identity" UNIQUE("issuer","subject")
);
--> statement-breakpoint
CREATE TABLE "role_assignments" (
	"site_id" text NOT NULL,
	"person_id" uuid NOT NULL,
	"role" text NOT NULL,
	"granted_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "role_assignments_site_id_person_id_role_pk" PRIMARY KEY("site_id","person_id","role")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"site_id" text NOT NULL,
	"id" uuid NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "audit_entries_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"role" text NOT NULL,
	"event" text NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" text NOT NULL,
	"batch_id" text,
	"reason" text NOT NULL,
	"detail" jsonb NOT NULL,
	"canonical" text NOT NULL,
	"digest" text NOT NULL,
	CONSTRAINT "audit_entries_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "row_changes" (
	"site_id" text NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "row_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone NOT NULL,
	"table_name" text NOT NULL,
	"operation" text NOT NULL,
	"old" jsonb,
	"new" jsonb,
	"actor_id" text NOT NULL,
	"actor_role" text NOT NULL,
	"reason" text NOT NULL,
	"authorised_by" text,
	CONSTRAINT "row_changes_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "batches" (
	"site_id" text NOT NULL,
	"id" text NOT NULL,
	"product_id" text NOT NULL,
	"master_id" text,
	"master_version" integer,
	"master_digest" text,
	"unit_id" text NOT NULL,
	"scale_l" double precision,
	"state" text NOT NULL,
	"origin" text NOT NULL,
	"planned_duration_h" double precision,
	"issued_at" timestamp (3) with time zone,
	"inoculated_at" timestamp (3) with time zone,
	"harvested_at" timestamp (3) with time zone,
	"completed_at" timestamp (3) with time zone,
	"due_at" timestamp (3) with time zone,
	"priority" integer,
	"quantity_l" double precision,
	"titer_g_l" double precision,
	"yield_percent" double precision,
	"revision" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "batches_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "entries" (
	"site_id" text NOT NULL,
	"batch_id" text NOT NULL,
	"step_id" text NOT NULL,
	"parameter" text NOT NULL,
	"version" integer NOT NULL,
	"value" text NOT NULL,
	"unit" text,
	"limits" jsonb,
	"parameter_class" text NOT NULL,
	"evaluation" text NOT NULL,
	"rule_id" text NOT NULL,
	"source" text NOT NULL,
	"instrument" text,
	"event_at" timestamp (3) with time zone NOT NULL,
	"entered_at" timestamp (3) with time zone NOT NULL,
	"entered_by" uuid,
	"reason" text,
	CONSTRAINT "entries_site_id_batch_id_step_id_parameter_version_pk" PRIMARY KEY("site_id","batch_id","step_id","parameter","version")
);
--> statement-breakpoint
CREATE TABLE "steps" (
	"site_id" text NOT NULL,
	"batch_id" text NOT NULL,
	"id" text NOT NULL,
	"position" integer NOT NULL,
	"unit_procedure" text NOT NULL,
	"operation" text NOT NULL,
	"phase" text NOT NULL,
	"title" text NOT NULL,
	"detail" text,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"automatic" boolean DEFAULT false NOT NULL,
	"performed_by" uuid,
	"performed_at" timestamp (3) with time zone,
	"verified_by" uuid,
	"verified_at" timestamp (3) with time zone,
	CONSTRAINT "steps_site_id_batch_id_id_pk" PRIMARY KEY("site_id","batch_id","id")
);
--> statement-breakpoint
CREATE TABLE "tags" (
	"site_id" text NOT NULL,
	"unit_id" text NOT NULL,
	"tag" text NOT NULL,
	"name" text NOT NULL,
	"unit" text NOT NULL,
	"precision" integer NOT NULL,
	"range_low" double precision NOT NULL,
	"range_high" double precision NOT NULL,
	"stale_after_s" integer NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "tags_site_id_unit_id_tag_pk" PRIMARY KEY("site_id","unit_id","tag")
);
--> statement-breakpoint
CREATE TABLE "units" (
	"site_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"equipment_class" text NOT NULL,
	"process_cell" text NOT NULL,
	"scale_l" double precision,
	CONSTRAINT "units_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "model_versions" (
	"name" text NOT NULL,
	"version" text NOT NULL,
	"artefact_digest" text NOT NULL,
	"card" jsonb NOT NULL,
	"registered_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "model_versions_name_version_pk" PRIMARY KEY("name","version")
);
--> statement-breakpoint
CREATE TABLE "predictions" (
	"site_id" text NOT NULL,
	"unit_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"batch_id" text NOT NULL,
	"model" text NOT NULL,
	"model_version" text NOT NULL,
	"outcome" text NOT NULL,
	"score" double precision,
	"alarm" text,
	"threshold" double precision,
	"reason" text,
	"features" jsonb NOT NULL,
	CONSTRAINT "predictions_site_id_unit_id_at_pk" PRIMARY KEY("site_id","unit_id","at")
);
--> statement-breakpoint
CREATE TABLE "exceptions" (
	"site_id" text NOT NULL,
	"batch_id" text NOT NULL,
	"id" text NOT NULL,
	"step_id" text,
	"parameter" text,
	"type" text NOT NULL,
	"severity" text NOT NULL,
	"state" text NOT NULL,
	"title" text NOT NULL,
	"rule" text NOT NULL,
	"planned" text NOT NULL,
	"actual" text NOT NULL,
	"unit" text,
	"tag" text,
	"window_from" timestamp (3) with time zone,
	"window_to" timestamp (3) with time zone,
	"outside_minutes" double precision,
	"raised_at" timestamp (3) with time zone NOT NULL,
	"comment" text,
	"comment_by" uuid,
	"comment_at" timestamp (3) with time zone,
	"decision" text,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "exceptions_site_id_batch_id_id_pk" PRIMARY KEY("site_id","batch_id","id")
);
--> statement-breakpoint
CREATE TABLE "master_batch_records" (
	"id" text NOT NULL,
	"version" integer NOT NULL,
	"product_id" text NOT NULL,
	"title" text NOT NULL,
	"state" text NOT NULL,
	"effective_at" timestamp (3) with time zone,
	"canonical" text NOT NULL,
	"digest" text NOT NULL,
	CONSTRAINT "master_batch_records_id_version_pk" PRIMARY KEY("id","version")
);
--> statement-breakpoint
CREATE TABLE "products" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"strength" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signatures" (
	"site_id" text NOT NULL,
	"id" uuid NOT NULL,
	"batch_id" text NOT NULL,
	"ordinal" integer NOT NULL,
	"meaning" text NOT NULL,
	"reason" text NOT NULL,
	"comment" text NOT NULL,
	"sentence" text NOT NULL,
	"statement" text NOT NULL,
	"digest" text NOT NULL,
	"record_digest" text NOT NULL,
	"previous_digest" text,
	"signer_id" uuid NOT NULL,
	"printed_name" text NOT NULL,
	"user_name" text NOT NULL,
	"role" text NOT NULL,
	"method" text NOT NULL,
	"signed_at" timestamp (3) with time zone NOT NULL,
	"attestation" text NOT NULL,
	CONSTRAINT "signatures_site_id_id_pk" PRIMARY KEY("site_id","id"),
	CONSTRAINT "signatures_order" UNIQUE("site_id","batch_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "signing_intents" (
	"site_id" text NOT NULL,
	"id" uuid NOT NULL,
	"batch_id" text NOT NULL,
	"person_id" uuid NOT NULL,
	"meaning" text NOT NULL,
	"sentence" text NOT NULL,
	"statement" text NOT NULL,
	"statement_digest" text NOT NULL,
	"oauth_state" text NOT NULL,
	"code_verifier" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"outcome" text,
	CONSTRAINT "signing_intents_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "sites" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"code" text NOT NULL,
	"time_zone" text NOT NULL,
	CONSTRAINT "sites_code_unique" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "import_runs" (
	"site_id" text NOT NULL,
	"id" uuid NOT NULL,
	"file_name" text NOT NULL,
	"file_digest" text NOT NULL,
	"mapping_digest" text NOT NULL,
	"read_rows" integer NOT NULL,
	"stored_rows" integer NOT NULL,
	"unchanged_rows" integer NOT NULL,
	"quarantined_rows" integer NOT NULL,
	"imported_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "import_runs_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "process_values" (
	"site_id" text NOT NULL,
	"unit_id" text NOT NULL,
	"tag" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"value" double precision NOT NULL,
	"quality" text NOT NULL,
	"origin" text NOT NULL,
	"out_of_range" boolean DEFAULT false NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "process_values_site_id_unit_id_tag_at_pk" PRIMARY KEY("site_id","unit_id","tag","at")
);
--> statement-breakpoint
CREATE TABLE "quarantined_rows" (
	"site_id" text NOT NULL,
	"import_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"raw" text NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "quarantined_rows_site_id_import_id_line_pk" PRIMARY KEY("site_id","import_id","line")
);
--> statement-breakpoint
CREATE TABLE "quarantined_samples" (
	"site_id" text NOT NULL,
	"id" uuid NOT NULL,
	"source_id" text NOT NULL,
	"payload" text NOT NULL,
	"reason" text NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "quarantined_samples_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "samples" (
	"site_id" text NOT NULL,
	"source_id" text NOT NULL,
	"tag" text NOT NULL,
	"seq" bigint NOT NULL,
	"sampled_at" timestamp (3) with time zone NOT NULL,
	"value" double precision NOT NULL,
	"unit" text NOT NULL,
	"quality" text NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "samples_site_id_source_id_tag_seq_pk" PRIMARY KEY("site_id","source_id","tag","seq")
);
--> statement-breakpoint
CREATE TABLE "sources" (
	"site_id" text NOT NULL,
	"id" text NOT NULL,
	"unit_id" text NOT NULL,
	"name" text NOT NULL,
	"key_digest" text NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "sources_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
ALTER TABLE "group_roles" ADD CONSTRAINT "group_roles_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "public"."sites"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_assignments" ADD CONSTRAINT "role_assignments_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "public"."sites"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_assignments" ADD CONSTRAINT "role_assignments_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "batches" ADD CONSTRAINT "batches_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "batches" ADD CONSTRAINT "batches_site_id_unit_id_units_site_id_id_fk" FOREIGN KEY ("site_id","unit_id") REFERENCES "public"."units"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "batches" ADD CONSTRAINT "batches_master_id_master_version_master_batch_records_id_version_fk" FOREIGN KEY ("master_id","master_version") REFERENCES "public"."master_batch_records"("id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entries" ADD CONSTRAINT "entries_entered_by_people_id_fk" FOREIGN KEY ("entered_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entries" ADD CONSTRAINT "entries_site_id_batch_id_step_id_steps_site_id_batch_id_id_fk" FOREIGN KEY ("site_id","batch_id","step_id") REFERENCES "public"."steps"("site_id","batch_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "steps" ADD CONSTRAINT "steps_performed_by_people_id_fk" FOREIGN KEY ("performed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "steps" ADD CONSTRAINT "steps_verified_by_people_id_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "steps" ADD CONSTRAINT "steps_site_id_batch_id_batches_site_id_id_fk" FOREIGN KEY ("site_id","batch_id") REFERENCES "public"."batches"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tags" ADD CONSTRAINT "tags_site_id_unit_id_units_site_id_id_fk" FOREIGN KEY ("site_id","unit_id") REFERENCES "public"."units"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "units" ADD CONSTRAINT "units_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "public"."sites"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "predictions" ADD CONSTRAINT "predictions_site_id_unit_id_units_site_id_id_fk" FOREIGN KEY ("site_id","unit_id") REFERENCES "public"."units"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "predictions" ADD CONSTRAINT "predictions_model_model_version_model_versions_name_version_fk" FOREIGN KEY ("model","model_version") REFERENCES "public"."model_versions"("name","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_comment_by_people_id_fk" FOREIGN KEY ("comment_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_decided_by_people_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_site_id_batch_id_batches_site_id_id_fk" FOREIGN KEY ("site_id","batch_id") REFERENCES "public"."batches"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "master_batch_records" ADD CONSTRAINT "master_batch_records_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signatures" ADD CONSTRAINT "signatures_signer_id_people_id_fk" FOREIGN KEY ("signer_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signatures" ADD CONSTRAINT "signatures_site_id_batch_id_batches_site_id_id_fk" FOREIGN KEY ("site_id","batch_id") REFERENCES "public"."batches"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_intents" ADD CONSTRAINT "signing_intents_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_intents" ADD CONSTRAINT "signing_intents_site_id_batch_id_batches_site_id_id_fk" FOREIGN KEY ("site_id","batch_id") REFERENCES "public"."batches"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "process_values" ADD CONSTRAINT "process_values_site_id_unit_id_tag_tags_site_id_unit_id_tag_fk" FOREIGN KEY ("site_id","unit_id","tag") REFERENCES "public"."tags"("site_id","unit_id","tag") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quarantined_rows" ADD CONSTRAINT "quarantined_rows_site_id_import_id_import_runs_site_id_id_fk" FOREIGN KEY ("site_id","import_id") REFERENCES "public"."import_runs"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "samples" ADD CONSTRAINT "samples_site_id_source_id_sources_site_id_id_fk" FOREIGN KEY ("site_id","source_id") REFERENCES "public"."sources"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sources" ADD CONSTRAINT "sources_site_id_unit_id_units_site_id_id_fk" FOREIGN KEY ("site_id","unit_id") REFERENCES "public"."units"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_entries_by_seq" ON "audit_entries" USING btree ("site_id","seq");--> statement-breakpoint
CREATE INDEX "audit_entries_by_batch" ON "audit_entries" USING btree ("site_id","batch_id","seq");--> statement-breakpoint
CREATE INDEX "row_changes_by_table" ON "row_changes" USING btree ("site_id","table_name","id");--> statement-breakpoint
CREATE INDEX "batches_by_unit" ON "batches" USING btree ("site_id","unit_id","inoculated_at");--> statement-breakpoint
CREATE INDEX "quarantined_samples_received" ON "quarantined_samples" USING btree ("site_id","received_at");