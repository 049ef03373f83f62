-- The logins write acts; what the trail says about rows is written by the trigger alone, as its owner. A check that believes the
-- trail's word about a row needs this: otherwise who holds a login could change a row's record to fit.
CREATE POLICY acts_only ON audit_entries AS RESTRICTIVE FOR INSERT TO veribatch_portal, veribatch_plant, veribatch_sequencer WITH CHECK (kind = 'act');
--> statement-breakpoint
-- The integrity check runs under the sequencer's login and writes down what it found as an act of its own.
GRANT INSERT ON audit_entries TO veribatch_sequencer;
