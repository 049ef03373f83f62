import { architecture, auditTrail, batches, document, overview, page, people, type Clause } from "./clause.ts";

/** Rows 59 to 65: screens, alarms, validation, periodic review, privacy, machines. */
export const operationClauses: readonly Clause[] = [
  {
    number: 59, regulations: ["ISA"], clause: "ISA-101", title: "Colour for the abnormal only",
    must: "Keep normal grey, use colour only for the abnormal and never colour alone.",
    control: "Each abnormal state has shape, number and word beside its colour.",
    evidence: [overview], state: "claimed", missing: { what: "a check of every screen in greyscale", work: "plant" },
  },
  {
    number: 60, regulations: ["ISA"], clause: "ISA-18.2", title: "Alarms that mean something",
    must: "Hold the states of an alarm, few priorities, limited shelving, and measure rate and floods.",
    control: "A value's condition comes from its limits and age, the worst first; alarms with states, shelving and metrics are not built.", evidence: [overview], state: "planned", work: "plant",
  },
  {
    number: 61, regulations: ["EU Annex 11, draft 2025"], clause: "Annex 11 draft, alarms", title: "GMP alarms",
    must: "Define them, have them acknowledged with a comment, keep the log, review it.",
    control: "Not built.", evidence: [], state: "planned", work: "plant",
  },
  {
    number: 62, regulations: ["GAMP 5"], clause: "GAMP 5, category 5; computer software assurance as a method", title: "From requirement to test",
    must: "Trace each requirement to its test; one without a passing test stops the delivery.",
    control: "This matrix: tests carry the number of the row they show. A claimed row without one, or with one that fails, breaks the check of the whole.",
    evidence: [page("Compliance", "/compliance"), document("Traceability", "docs/traceability.md")], state: "claimed", missing: { what: "protocols of installation, operation and performance with their signatures", work: "desk" },
  },
  {
    number: 63, regulations: ["EU Annex 11, draft 2025"], clause: "Annex 11 draft, periodic review", title: "Review of access",
    must: "Review all accounts and keys at intervals, signed; report what is overdue.",
    control: "People and their roles are one list with last activity; the signed review is not built.", evidence: [people], state: "planned", work: "desk",
  },
  {
    number: 64, regulations: ["GDPR"], clause: "GDPR; privacy inside retention", title: "Personal data",
    must: "Mask personal data where it is not needed; never erase who signed inside the retention period.",
    control: "Signers stay in their statements; masked exports are not built.", evidence: [architecture], state: "planned", work: "later",
  },
  {
    number: 65, regulations: ["21 CFR Part 11"], clause: "21 CFR 11.10(d), 11.50; machines", title: "Machines write, people sign",
    must: "Let a machine write data and never sign; scope its key, let it expire, keep only its digest.",
    control: "A source's key opens the ingest of one unit and nothing else; only its digest is stored. Signing needs a person's session and a proof of presence.",
    evidence: [overview, batches, auditTrail], state: "claimed",
  },
];
