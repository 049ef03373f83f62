CREATE TABLE "saved_views" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"page" text NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "exports" (
	"site_id" text NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"copy" integer NOT NULL,
	"parameters" jsonb NOT NULL,
	"state" text NOT NULL,
	"progress" integer DEFAULT 0 NOT NULL,
	"total" integer DEFAULT 0 NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"failure" text,
	"file_name" text,
	"media_type" text,
	"pages" integer,
	"digest" text,
	"content" "bytea",
	CONSTRAINT "exports_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "integrity_checks" (
	"site_id" text NOT NULL,
	"id" uuid NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone NOT NULL,
	"rows" integer NOT NULL,
	"entries" integer NOT NULL,
	"segments" integer NOT NULL,
	"checkpoints" integer NOT NULL,
	"ledger_size" bigint NOT NULL,
	"findings" integer NOT NULL,
	CONSTRAINT "integrity_checks_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "integrity_findings" (
	"site_id" text NOT NULL,
	"id" uuid NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"cleared_at" timestamp (3) with time zone,
	"table_name" text NOT NULL,
	"record_id" text NOT NULL,
	"batch_id" text,
	"field" text NOT NULL,
	"recorded" text NOT NULL,
	"found" text NOT NULL,
	CONSTRAINT "integrity_findings_site_id_id_pk" PRIMARY KEY("site_id","id")
);
--> statement-breakpoint
CREATE TABLE "segments" (
	"site_id" text NOT NULL,
	"batch_id" text NOT NULL,
	"unit_id" text NOT NULL,
	"tag" text NOT NULL,
	"day" text NOT NULL,
	"readings" integer NOT NULL,
	"digest" text NOT NULL,
	"content" "bytea" NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "segments_site_id_batch_id_tag_day_pk" PRIMARY KEY("site_id","batch_id","tag","day")
);
--> statement-breakpoint
CREATE TABLE "checkpoints" (
	"site_id" text NOT NULL,
	"size" bigint NOT NULL,
	"root" "bytea" NOT NULL,
	"note" text NOT NULL,
	"key_id" text NOT NULL,
	"signed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "checkpoints_site_id_size_pk" PRIMARY KEY("site_id","size")
);
--> statement-breakpoint
CREATE TABLE "cosignatures" (
	"site_id" text NOT NULL,
	"size" bigint NOT NULL,
	"witness" text NOT NULL,
	"line" text NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "cosignatures_site_id_size_witness_pk" PRIMARY KEY("site_id","size","witness")
);
--> statement-breakpoint
CREATE TABLE "ledger_leaves" (
	"site_id" text NOT NULL,
	"position" bigint NOT NULL,
	"entry_id" uuid NOT NULL,
	"leaf_hash" "bytea" NOT NULL,
	CONSTRAINT "ledger_leaves_site_id_position_pk" PRIMARY KEY("site_id","position")
);
--> statement-breakpoint
CREATE TABLE "ledger_nodes" (
	"site_id" text NOT NULL,
	"level" integer NOT NULL,
	"number" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "ledger_nodes_site_id_level_number_pk" PRIMARY KEY("site_id","level","number")
);
--> statement-breakpoint
CREATE TABLE "register_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"purpose" text NOT NULL,
	"name" text NOT NULL,
	"algorithm" text NOT NULL,
	"public_key" text NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_to" timestamp (3) with time zone,
	"end_reason" text
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"body" text NOT NULL,
	"address" text NOT NULL,
	"read_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "passkeys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" text NOT NULL,
	"algorithm" integer NOT NULL,
	"sign_count" bigint NOT NULL,
	"device_bound" boolean NOT NULL,
	"aaguid" text NOT NULL,
	"label" text NOT NULL,
	"transports" text[] NOT NULL,
	"enrolled_at" timestamp (3) with time zone NOT NULL,
	"usable_from" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"revoked_by" uuid,
	"revoke_reason" text,
	CONSTRAINT "passkeys_credential_id_unique" UNIQUE("credential_id")
);
--> statement-breakpoint
CREATE TABLE "personal_intents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"session_id" uuid,
	"statement" text NOT NULL,
	"statement_digest" text NOT NULL,
	"oauth_state" text NOT NULL,
	"code_verifier" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"proved_at" timestamp (3) with time zone,
	"evidence" jsonb,
	"used_at" timestamp (3) with time zone,
	"outcome" text
);
--> statement-breakpoint
CREATE TABLE "signing_failures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"intent_id" uuid,
	"cause" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signing_locks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"locked_at" timestamp (3) with time zone NOT NULL,
	"failures" integer NOT NULL,
	"released_at" timestamp (3) with time zone,
	"released_by" uuid,
	"release_reason" text
);
--> statement-breakpoint
CREATE TABLE "signing_policies" (
	"site_id" text NOT NULL,
	"meaning" text NOT NULL,
	"ceremony" text NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "signing_policies_site_id_meaning_pk" PRIMARY KEY("site_id","meaning")
);
--> statement-breakpoint
CREATE TABLE "undertakings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"statement" text NOT NULL,
	"digest" text NOT NULL,
	"method" text NOT NULL,
	"assertion" jsonb,
	"attestation" text NOT NULL,
	"accepted_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "undertakings_once" UNIQUE("person_id","version")
);
--> statement-breakpoint
DROP INDEX "audit_entries_by_batch";--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "tx" "xid8" DEFAULT pg_current_xact_id() NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "zone" text DEFAULT 'UTC' NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "authorised_by" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "request" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "client" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "kind" text DEFAULT 'act' NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "critical" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "off_hours" boolean GENERATED ALWAYS AS (extract(isodow from (at at time zone zone)) > 5 or extract(hour from (at at time zone zone)) < 6 or extract(hour from (at at time zone zone)) >= 20) STORED;--> statement-breakpoint
ALTER TABLE "signatures" ADD COLUMN "withdraws" integer;--> statement-breakpoint
ALTER TABLE "signatures" ADD COLUMN "assertion" jsonb;--> statement-breakpoint
ALTER TABLE "signing_intents" ADD COLUMN "session_id" uuid;--> statement-breakpoint
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exports" ADD CONSTRAINT "exports_requested_by_people_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segments" ADD CONSTRAINT "segments_site_id_batch_id_batches_site_id_id_fk" FOREIGN KEY ("site_id","batch_id") REFERENCES "public"."batches"("site_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cosignatures" ADD CONSTRAINT "cosignatures_site_id_size_checkpoints_site_id_size_fk" FOREIGN KEY ("site_id","size") REFERENCES "public"."checkpoints"("site_id","size") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_revoked_by_people_id_fk" FOREIGN KEY ("revoked_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "personal_intents" ADD CONSTRAINT "personal_intents_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_failures" ADD CONSTRAINT "signing_failures_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_locks" ADD CONSTRAINT "signing_locks_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_locks" ADD CONSTRAINT "signing_locks_released_by_people_id_fk" FOREIGN KEY ("released_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "undertakings" ADD CONSTRAINT "undertakings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "saved_views_name" ON "saved_views" USING btree ("person_id","page","name");--> statement-breakpoint
CREATE INDEX "exports_by_person" ON "exports" USING btree ("requested_by","requested_at");--> statement-breakpoint
CREATE INDEX "exports_by_subject" ON "exports" USING btree ("site_id","kind","subject_id");--> statement-breakpoint
CREATE INDEX "integrity_checks_by_time" ON "integrity_checks" USING btree ("site_id","finished_at");--> statement-breakpoint
CREATE INDEX "integrity_findings_open" ON "integrity_findings" USING btree ("site_id","cleared_at");--> statement-breakpoint
CREATE INDEX "integrity_findings_by_batch" ON "integrity_findings" USING btree ("site_id","batch_id");--> statement-breakpoint
CREATE INDEX "checkpoints_by_time" ON "checkpoints" USING btree ("site_id","signed_at");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_leaves_entry" ON "ledger_leaves" USING btree ("site_id","entry_id");--> statement-breakpoint
CREATE INDEX "notices_by_person" ON "notices" USING btree ("person_id","at");--> statement-breakpoint
CREATE INDEX "passkeys_by_person" ON "passkeys" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "personal_intents_by_person" ON "personal_intents" USING btree ("person_id","opened_at");--> statement-breakpoint
CREATE INDEX "signing_failures_by_person" ON "signing_failures" USING btree ("person_id","at");--> statement-breakpoint
CREATE INDEX "signing_locks_by_person" ON "signing_locks" USING btree ("person_id","released_at");--> statement-breakpoint
CREATE INDEX "audit_entries_by_tx" ON "audit_entries" USING btree ("tx","seq");--> statement-breakpoint
CREATE INDEX "audit_entries_by_time" ON "audit_entries" USING btree ("site_id","at","id");--> statement-breakpoint
CREATE INDEX "audit_entries_by_actor" ON "audit_entries" USING btree ("site_id","actor_id","at","id");--> statement-breakpoint
CREATE INDEX "audit_entries_by_subject" ON "audit_entries" USING btree ("site_id","subject_type","subject_id","at");--> statement-breakpoint
CREATE INDEX "audit_entries_by_event" ON "audit_entries" USING btree ("site_id","event","at","id");--> statement-breakpoint
CREATE INDEX "audit_entries_critical" ON "audit_entries" USING btree ("site_id","at","id") WHERE critical and kind <> 'creation';--> statement-breakpoint
CREATE INDEX "audit_entries_by_batch" ON "audit_entries" USING btree ("site_id","batch_id","at","id");