ALTER TABLE "units" ADD COLUMN "area" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "equipment_uses" ADD COLUMN "number" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "equipment_uses" DROP CONSTRAINT "equipment_uses_site_id_batch_id_step_id_pk";--> statement-breakpoint
ALTER TABLE "equipment_uses" ADD CONSTRAINT "equipment_uses_site_id_batch_id_step_id_number_pk" PRIMARY KEY("site_id","batch_id","step_id","number");--> statement-breakpoint
ALTER TABLE "material_uses" ADD COLUMN "submission" uuid;--> statement-breakpoint
CREATE UNIQUE INDEX "material_uses_submission" ON "material_uses" USING btree ("site_id","submission") WHERE submission is not null;--> statement-breakpoint
-- A step may be bound more than once: a row of it is named by its number too.
DROP TRIGGER row_history ON equipment_uses;--> statement-breakpoint
CREATE TRIGGER row_history AFTER INSERT OR UPDATE OR DELETE ON equipment_uses FOR EACH ROW EXECUTE FUNCTION record_row_change('batch_id', 'step_id', 'number');
