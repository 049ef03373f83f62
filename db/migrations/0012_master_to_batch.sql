CREATE TABLE "attachment_contents" (
	"site_id" text NOT NULL,
	"digest" text NOT NULL,
	"content" "bytea" NOT NULL,
	CONSTRAINT "attachment_contents_site_id_digest_pk" PRIMARY KEY("site_id","digest")
);
--> statement-breakpoint
CREATE TABLE "attachments" (
	"site_id" text NOT NULL,
	"batch_id" text NOT NULL,
	"step_id" text NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"size" integer NOT NULL,
	"digest" text NOT NULL,
	"added_by" uuid NOT NULL,
	"added_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "attachments_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "calibrations" (
	"site_id" text NOT NULL,
	"id" uuid NOT NULL,
	"unit_id" text NOT NULL,
	"tag" text,
	"performed_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"as_found" text NOT NULL,
	"as_left" text NOT NULL,
	"unit" text NOT NULL,
	"reference" text NOT NULL,
	"passed" text NOT NULL,
	"by_person" uuid NOT NULL,
	"written_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "calibrations_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "equipment_log" (
	"site_id" text NOT NULL,
	"id" uuid NOT NULL,
	"unit_id" text NOT NULL,
	"event" text NOT NULL,
	"from_state" text,
	"to_state" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"written_at" timestamp (3) with time zone NOT NULL,
	"by_person" uuid,
	"batch_id" text,
	"step_id" text,
	"reason" text NOT NULL,
	"detail" jsonb NOT NULL,
	CONSTRAINT "equipment_log_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "equipment_parts" (
	"site_id" text NOT NULL,
	"id" uuid NOT NULL,
	"unit_id" text NOT NULL,
	"place" text NOT NULL,
	"part" text NOT NULL,
	"serial_number" text NOT NULL,
	"installed_at" timestamp (3) with time zone NOT NULL,
	"reason" text NOT NULL,
	"by_person" uuid NOT NULL,
	"written_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "equipment_parts_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "equipment_states" (
	"site_id" text NOT NULL,
	"unit_id" text NOT NULL,
	"state" text NOT NULL,
	"cleaned_at" timestamp (3) with time zone,
	"batch_id" text,
	"product_id" text,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"revision" integer NOT NULL,
	CONSTRAINT "equipment_states_site_id_unit_id_pk" PRIMARY KEY("site_id","unit_id")
);
--> statement-breakpoint
CREATE TABLE "equipment_uses" (
	"site_id" text NOT NULL,
	"batch_id" text NOT NULL,
	"step_id" text NOT NULL,
	"equipment" text NOT NULL,
	"unit_id" text NOT NULL,
	"bound_at" timestamp (3) with time zone NOT NULL,
	"bound_by" uuid NOT NULL,
	"state_before" text NOT NULL,
	"cleaned_at" timestamp (3) with time zone,
	"previous_batch_id" text,
	"calibration_due_at" timestamp (3) with time zone,
	"override_ordinal" integer,
	"released_at" timestamp (3) with time zone,
	"released_by" uuid,
	CONSTRAINT "equipment_uses_site_id_batch_id_step_id_pk" PRIMARY KEY("site_id","batch_id","step_id")
);
--> statement-breakpoint
CREATE TABLE "material_uses" (
	"site_id" text NOT NULL,
	"batch_id" text NOT NULL,
	"step_id" text NOT NULL,
	"number" integer NOT NULL,
	"material" text NOT NULL,
	"lot_id" text NOT NULL,
	"container_id" text,
	"quantity" text NOT NULL,
	"unit" text NOT NULL,
	"lot_state" text NOT NULL,
	"lot_expires_at" timestamp (3) with time zone,
	"percent_of_plan" double precision NOT NULL,
	"evaluation" text NOT NULL,
	"override_ordinal" integer,
	"by_person" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"reason" text,
	CONSTRAINT "material_uses_site_id_batch_id_number_pk" PRIMARY KEY("site_id","batch_id","number")
);
--> statement-breakpoint
CREATE TABLE "laboratory_samples" (
	"site_id" text NOT NULL,
	"id" text NOT NULL,
	"batch_id" text NOT NULL,
	"step_id" text NOT NULL,
	"sample" text NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"drawn_at" timestamp (3) with time zone NOT NULL,
	"drawn_by" uuid NOT NULL,
	"received_at" timestamp (3) with time zone,
	"received_by" uuid,
	"storage" text NOT NULL,
	"reason" text,
	CONSTRAINT "laboratory_samples_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "test_results" (
	"site_id" text NOT NULL,
	"sample_id" text NOT NULL,
	"batch_id" text NOT NULL,
	"parameter" text NOT NULL,
	"number" integer NOT NULL,
	"state" text NOT NULL,
	"method" text NOT NULL,
	"raw_value" text NOT NULL,
	"value" text NOT NULL,
	"unit" text NOT NULL,
	"instrument" text NOT NULL,
	"out_of_specification" boolean NOT NULL,
	"out_of_trend" boolean,
	"analyst" uuid NOT NULL,
	"analysed_at" timestamp (3) with time zone NOT NULL,
	"entered_at" timestamp (3) with time zone NOT NULL,
	"reviewed_by" uuid,
	"reviewed_at" timestamp (3) with time zone,
	"invalidated_by" uuid,
	"invalidated_at" timestamp (3) with time zone,
	"reason" text,
	CONSTRAINT "test_results_site_id_sample_id_parameter_number_pk" PRIMARY KEY("site_id","sample_id","parameter","number")
);
--> statement-breakpoint
CREATE TABLE "containers" (
	"site_id" text NOT NULL,
	"id" text NOT NULL,
	"lot_id" text NOT NULL,
	"quantity" numeric(20, 6) NOT NULL,
	"unit" text NOT NULL,
	"place" text NOT NULL,
	CONSTRAINT "containers_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "lot_movements" (
	"site_id" text NOT NULL,
	"id" uuid NOT NULL,
	"lot_id" text NOT NULL,
	"container_id" text,
	"kind" text NOT NULL,
	"quantity" numeric(20, 6) NOT NULL,
	"other_lot_id" text,
	"batch_id" text,
	"step_id" text,
	"at" timestamp (3) with time zone NOT NULL,
	"by_person" uuid,
	"reason" text NOT NULL,
	CONSTRAINT "lot_movements_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "lots" (
	"site_id" text NOT NULL,
	"id" text NOT NULL,
	"material_id" text,
	"product_id" text,
	"origin" text NOT NULL,
	"supplier_id" text,
	"supplier_lot" text,
	"state" text NOT NULL,
	"quantity" numeric(20, 6),
	"unit" text NOT NULL,
	"potency_percent" double precision,
	"received_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"created_by" uuid,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	"decision" text,
	CONSTRAINT "lots_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "materials" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"unit" text NOT NULL,
	"storage" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recalls" (
	"site_id" text NOT NULL,
	"id" text NOT NULL,
	"lot_id" text NOT NULL,
	"direction" text NOT NULL,
	"reason" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"started_by" uuid NOT NULL,
	"took_ms" integer NOT NULL,
	"canonical" text NOT NULL,
	"digest" text NOT NULL,
	"figures" jsonb NOT NULL,
	CONSTRAINT "recalls_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "suppliers" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "exception_configurations" (
	"version" integer PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"canonical" text NOT NULL,
	"digest" text NOT NULL,
	"reason" text NOT NULL,
	"proposed_by" uuid,
	"proposed_at" timestamp (3) with time zone NOT NULL,
	"approved_by" uuid,
	"effective_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "site_overlays" (
	"site_id" text NOT NULL,
	"master_id" text NOT NULL,
	"master_version" integer NOT NULL,
	"version" integer NOT NULL,
	"state" text NOT NULL,
	"effective_at" timestamp (3) with time zone,
	"canonical" text NOT NULL,
	"digest" text NOT NULL,
	"authors" uuid[] NOT NULL,
	"submitted_by" uuid,
	"reviewed_by" uuid,
	"approved_by" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "site_overlays_site_id_master_id_master_version_version_pk" PRIMARY KEY("site_id","master_id","master_version","version")
);
--> statement-breakpoint
ALTER TABLE "signatures" ALTER COLUMN "batch_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "signing_intents" ALTER COLUMN "batch_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "overlay_version" integer;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "overlay_digest" text;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "planned_start_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "issued_by" uuid;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "started_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "entries" ADD COLUMN "basis" jsonb;--> statement-breakpoint
ALTER TABLE "entries" ADD COLUMN "submission" uuid;--> statement-breakpoint
ALTER TABLE "entries" ADD COLUMN "late" boolean;--> statement-breakpoint
ALTER TABLE "steps" ADD COLUMN "master_step" text;--> statement-breakpoint
ALTER TABLE "steps" ADD COLUMN "after" text[];--> statement-breakpoint
ALTER TABLE "steps" ADD COLUMN "verification" text;--> statement-breakpoint
ALTER TABLE "steps" ADD COLUMN "started_by" uuid;--> statement-breakpoint
ALTER TABLE "steps" ADD COLUMN "started_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "steps" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "steps" ADD COLUMN "due_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "units" ADD COLUMN "parent_id" text;--> statement-breakpoint
ALTER TABLE "units" ADD COLUMN "serial_number" text;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "configuration_version" integer;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "raised_by" uuid;--> statement-breakpoint
ALTER TABLE "exceptions" ADD COLUMN "blocks" boolean;--> statement-breakpoint
ALTER TABLE "master_batch_records" ADD COLUMN "authors" uuid[];--> statement-breakpoint
ALTER TABLE "master_batch_records" ADD COLUMN "submitted_by" uuid;--> statement-breakpoint
ALTER TABLE "master_batch_records" ADD COLUMN "reviewed_by" uuid;--> statement-breakpoint
ALTER TABLE "master_batch_records" ADD COLUMN "approved_by" uuid;--> statement-breakpoint
ALTER TABLE "master_batch_records" ADD COLUMN "created_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "master_batch_records" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "signatures" ADD COLUMN "record_type" text;--> statement-breakpoint
ALTER TABLE "signatures" ADD COLUMN "record_id" text;--> statement-breakpoint
ALTER TABLE "signatures" ADD COLUMN "about" jsonb;--> statement-breakpoint
ALTER TABLE "signing_intents" ADD COLUMN "record_type" text;--> statement-breakpoint
ALTER TABLE "signing_intents" ADD COLUMN "record_id" text;--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_added_by_people_id_fk" FOREIGN KEY ("added_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_site_id_batch_id_step_id_steps_site_id_batch_id_id_fk" FOREIGN KEY ("site_id","batch_id","step_id") REFERENCES "public"."steps"("site_id","batch_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calibrations" ADD CONSTRAINT "calibrations_by_person_people_id_fk" FOREIGN KEY ("by_person") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calibrations" ADD CONSTRAINT "calibrations_site_id_unit_id_units_site_id_id_fk" FOREIGN KEY ("site_id","unit_id") REFERENCES "public"."units"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equipment_log" ADD CONSTRAINT "equipment_log_by_person_people_id_fk" FOREIGN KEY ("by_person") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equipment_log" ADD CONSTRAINT "equipment_log_site_id_unit_id_units_site_id_id_fk" FOREIGN KEY ("site_id","unit_id") REFERENCES "public"."units"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equipment_parts" ADD CONSTRAINT "equipment_parts_by_person_people_id_fk" FOREIGN KEY ("by_person") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equipment_parts" ADD CONSTRAINT "equipment_parts_site_id_unit_id_units_site_id_id_fk" FOREIGN KEY ("site_id","unit_id") REFERENCES "public"."units"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equipment_states" ADD CONSTRAINT "equipment_states_site_id_unit_id_units_site_id_id_fk" FOREIGN KEY ("site_id","unit_id") REFERENCES "public"."units"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equipment_uses" ADD CONSTRAINT "equipment_uses_bound_by_people_id_fk" FOREIGN KEY ("bound_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equipment_uses" ADD CONSTRAINT "equipment_uses_released_by_people_id_fk" FOREIGN KEY ("released_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equipment_uses" ADD CONSTRAINT "equipment_uses_site_id_batch_id_step_id_steps_site_id_batch_id_id_fk" FOREIGN KEY ("site_id","batch_id","step_id") REFERENCES "public"."steps"("site_id","batch_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equipment_uses" ADD CONSTRAINT "equipment_uses_site_id_unit_id_units_site_id_id_fk" FOREIGN KEY ("site_id","unit_id") REFERENCES "public"."units"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "material_uses" ADD CONSTRAINT "material_uses_by_person_people_id_fk" FOREIGN KEY ("by_person") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "material_uses" ADD CONSTRAINT "material_uses_site_id_batch_id_step_id_steps_site_id_batch_id_id_fk" FOREIGN KEY ("site_id","batch_id","step_id") REFERENCES "public"."steps"("site_id","batch_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "material_uses" ADD CONSTRAINT "material_uses_site_id_lot_id_lots_site_id_id_fk" FOREIGN KEY ("site_id","lot_id") REFERENCES "public"."lots"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "laboratory_samples" ADD CONSTRAINT "laboratory_samples_drawn_by_people_id_fk" FOREIGN KEY ("drawn_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "laboratory_samples" ADD CONSTRAINT "laboratory_samples_received_by_people_id_fk" FOREIGN KEY ("received_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "laboratory_samples" ADD CONSTRAINT "laboratory_samples_site_id_batch_id_step_id_steps_site_id_batch_id_id_fk" FOREIGN KEY ("site_id","batch_id","step_id") REFERENCES "public"."steps"("site_id","batch_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "test_results" ADD CONSTRAINT "test_results_analyst_people_id_fk" FOREIGN KEY ("analyst") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "test_results" ADD CONSTRAINT "test_results_reviewed_by_people_id_fk" FOREIGN KEY ("reviewed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "test_results" ADD CONSTRAINT "test_results_invalidated_by_people_id_fk" FOREIGN KEY ("invalidated_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "test_results" ADD CONSTRAINT "test_results_site_id_sample_id_laboratory_samples_site_id_id_fk" FOREIGN KEY ("site_id","sample_id") REFERENCES "public"."laboratory_samples"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "containers" ADD CONSTRAINT "containers_site_id_lot_id_lots_site_id_id_fk" FOREIGN KEY ("site_id","lot_id") REFERENCES "public"."lots"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lot_movements" ADD CONSTRAINT "lot_movements_by_person_people_id_fk" FOREIGN KEY ("by_person") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lot_movements" ADD CONSTRAINT "lot_movements_site_id_lot_id_lots_site_id_id_fk" FOREIGN KEY ("site_id","lot_id") REFERENCES "public"."lots"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lots" ADD CONSTRAINT "lots_material_id_materials_id_fk" FOREIGN KEY ("material_id") REFERENCES "public"."materials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lots" ADD CONSTRAINT "lots_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lots" ADD CONSTRAINT "lots_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lots" ADD CONSTRAINT "lots_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lots" ADD CONSTRAINT "lots_decided_by_people_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recalls" ADD CONSTRAINT "recalls_started_by_people_id_fk" FOREIGN KEY ("started_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exception_configurations" ADD CONSTRAINT "exception_configurations_proposed_by_people_id_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exception_configurations" ADD CONSTRAINT "exception_configurations_approved_by_people_id_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "site_overlays" ADD CONSTRAINT "site_overlays_submitted_by_people_id_fk" FOREIGN KEY ("submitted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "site_overlays" ADD CONSTRAINT "site_overlays_reviewed_by_people_id_fk" FOREIGN KEY ("reviewed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "site_overlays" ADD CONSTRAINT "site_overlays_approved_by_people_id_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "site_overlays" ADD CONSTRAINT "site_overlays_master_id_master_version_master_batch_records_id_version_fk" FOREIGN KEY ("master_id","master_version") REFERENCES "public"."master_batch_records"("id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "attachments_by_batch" ON "attachments" USING btree ("site_id","batch_id","step_id");--> statement-breakpoint
CREATE INDEX "calibrations_by_unit" ON "calibrations" USING btree ("site_id","unit_id","performed_at");--> statement-breakpoint
CREATE INDEX "equipment_log_by_unit" ON "equipment_log" USING btree ("site_id","unit_id","at");--> statement-breakpoint
CREATE INDEX "equipment_parts_by_unit" ON "equipment_parts" USING btree ("site_id","unit_id","place","installed_at");--> statement-breakpoint
CREATE INDEX "equipment_uses_by_unit" ON "equipment_uses" USING btree ("site_id","unit_id","bound_at");--> statement-breakpoint
CREATE INDEX "material_uses_by_lot" ON "material_uses" USING btree ("site_id","lot_id");--> statement-breakpoint
CREATE INDEX "laboratory_samples_by_batch" ON "laboratory_samples" USING btree ("site_id","batch_id");--> statement-breakpoint
CREATE INDEX "test_results_by_batch" ON "test_results" USING btree ("site_id","batch_id");--> statement-breakpoint
CREATE INDEX "containers_by_lot" ON "containers" USING btree ("site_id","lot_id");--> statement-breakpoint
CREATE INDEX "lot_movements_by_lot" ON "lot_movements" USING btree ("site_id","lot_id","at");--> statement-breakpoint
CREATE INDEX "lot_movements_by_batch" ON "lot_movements" USING btree ("site_id","batch_id");--> statement-breakpoint
CREATE INDEX "lots_by_material" ON "lots" USING btree ("site_id","material_id","expires_at");--> statement-breakpoint
CREATE INDEX "lots_by_supplier_lot" ON "lots" USING btree ("site_id","supplier_id","supplier_lot");--> statement-breakpoint
ALTER TABLE "batches" ADD CONSTRAINT "batches_issued_by_people_id_fk" FOREIGN KEY ("issued_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "steps" ADD CONSTRAINT "steps_started_by_people_id_fk" FOREIGN KEY ("started_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exceptions" ADD CONSTRAINT "exceptions_raised_by_people_id_fk" FOREIGN KEY ("raised_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "master_batch_records" ADD CONSTRAINT "master_batch_records_submitted_by_people_id_fk" FOREIGN KEY ("submitted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "master_batch_records" ADD CONSTRAINT "master_batch_records_reviewed_by_people_id_fk" FOREIGN KEY ("reviewed_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "master_batch_records" ADD CONSTRAINT "master_batch_records_approved_by_people_id_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "entries_submission" ON "entries" USING btree ("site_id","submission") WHERE submission is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "signatures_order_of_record" ON "signatures" USING btree ("site_id","record_type","record_id","ordinal") WHERE batch_id is null;