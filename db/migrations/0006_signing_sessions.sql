ALTER TABLE "sessions" ADD COLUMN "last_signed_at" timestamp (3) with time zone;--> statement-breakpoint
GRANT UPDATE (last_signed_at) ON sessions TO veribatch_portal;
