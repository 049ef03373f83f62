import { auditTrail, batches, equipment, laboratory, masters, materials, overview, people, queue, recalls, trace, type Clause } from "./clause.ts";

/** Rows 39 to 58: batch record, release, quality system and the standards they are built on. */
export const batchClauses: readonly Clause[] = [
  {
    number: 39, regulations: ["21 CFR Part 211"], clause: "21 CFR 211.186(b)", title: "A complete master",
    must: "Refuse to approve a master that lacks strength, components, yields, instructions, sampling or precautions, and list the gaps.",
    control: "Submission, review and approval refuse a master with gaps and list each of them.", evidence: [masters], state: "claimed",
  },
  {
    number: 40, regulations: ["21 CFR Part 211"], clause: "21 CFR 211.188", title: "The batch record reproduces its master",
    must: "Base each batch on the approved master's exact version, and hold everything the rule lists.",
    control: "The digest of the master is frozen into each batch and printed on every page of its record. Each item of 211.188(b) is mapped to what the record holds, or says why it does not apply; one that is missing keeps the record incomplete.",
    evidence: [batches], state: "claimed",
  },
  {
    number: 41, regulations: ["21 CFR Part 211"], clause: "21 CFR 211.103, 211.192", title: "Yield, calculated and verified",
    must: "Verify yields independently and investigate one that is out of range.",
    control: "A yield is calculated from recorded values, kept with its inputs, verified by a second person, and an exception when it is out of its range.", evidence: [batches], state: "claimed", missing: { what: "the deviation that follows", work: "desk" },
  },
  {
    number: 42, regulations: ["21 CFR Part 211"], clause: "21 CFR 211.192", title: "Reviewed before release, every discrepancy explained",
    must: "Release only after the quality unit reviewed all records and every discrepancy was decided.",
    control: "A release waits for production review, audit-trail review, site confirmation and a decision on each exception; each obstacle is named.",
    evidence: [queue, batches], state: "claimed", missing: { what: "deviations with the assessment of other batches", work: "desk" },
  },
  {
    number: 43, regulations: ["21 CFR Part 211"], clause: "21 CFR 211.22(a), (c)", title: "The quality unit alone decides",
    must: "Leave approval and rejection to the quality unit; a text a program drafted becomes content only when a person adopts it by signature.",
    control: "Release, rejection and every exception that is more than minor need a permission that the QA manager alone holds; a supervisor closes minor ones before his review. No program holds a permission, and none drafts text.",
    evidence: [people, queue], state: "claimed",
  },
  {
    number: 44, regulations: ["21 CFR Part 211"], clause: "21 CFR 211.165, 211.194", title: "Complete test results",
    must: "Release only with complete, second-person-reviewed results and their raw data.",
    control: "A result keeps its raw value and is an exception the moment it is out of specification; it becomes a value of the record when a second analyst has reviewed it, is repeated only by quality's authorisation, and stays readable. Samples not drawn, tested or reviewed block the release.", evidence: [laboratory], state: "claimed",
  },
  {
    number: 45, regulations: ["21 CFR Part 211"], clause: "21 CFR 211.67, 211.105, 211.182", title: "Equipment, cleaning and use",
    must: "Know each equipment's status, log its use and cleaning, and refuse one whose hold time has passed.",
    control: "Each unit has a state, a log of use and cleaning with a second person's check, calibrations and parts; one that is dirty, in use, on hold, past its clean hold time or not calibrated is refused. A failed calibration is an exception of every open batch it touches.", evidence: [equipment], state: "claimed",
  },
  {
    number: 46, regulations: ["21 CFR Part 211"], clause: "21 CFR 211.80 to 211.89, 211.184", title: "Status of materials",
    must: "Refuse quarantined, expired and rejected lots; use first what expires first.",
    control: "A lot that is quarantined, rejected, expired or another material is refused when it is charged; what expires first is offered first, and another lot is asked about. The lot of a batch, and what was split off it, follows the disposition that is signed over the batch. Each lot and container keeps a balance of its movements.", evidence: [materials], state: "claimed",
  },
  {
    number: 47, regulations: ["21 CFR Part 211", "EU GMP Guide"], clause: "21 CFR 211.150; EU GMP Chapter 8", title: "Trace and recall",
    must: "Trace a lot forwards and backwards in hours and exercise a recall.",
    control: "Each charge, split and blend names both its lots; the trace over them is computed in both directions with amounts and balances, equal to walking every path, and exercised by mock recalls that end in a signed document, which is verified without the portal.", evidence: [trace, recalls], state: "claimed",
  },
  {
    number: 48, regulations: ["21 CFR Part 211", "EU GMP Guide"], clause: "21 CFR 211.180(e); EU GMP Chapter 1", title: "Product quality review",
    must: "Give the data set of the periodic review, equal to an independent computation.",
    control: "Not built.", evidence: [], state: "planned", work: "desk",
  },
  {
    number: 49, regulations: ["EU Annex 15"], clause: "Annex 15; process validation, stage 3", title: "Continued process verification",
    must: "Watch charts and capability, answer a shift, and call a capability from few batches preliminary.",
    control: "Summaries of sites carry their number of batches; charts and rules are not built.", evidence: [], state: "planned", work: "later",
  },
  {
    number: 50, regulations: ["EU Annex 16"], clause: "Annex 16", title: "Certification by a Qualified Person",
    must: "Certify each batch, after each site confirmed its part, and keep the register.",
    control: "The site's confirmation is a signature of its own before a release; certification across sites and the register are not built.", evidence: [queue], state: "planned", work: "desk",
  },
  {
    number: 51, regulations: ["21 CFR Part 211", "EU GMP Guide"], clause: "21 CFR 211.165; states of a disposition", title: "States of a batch",
    must: "Allow only the listed ways between planned, executed, reviewed, released and rejected; watch conditional releases.",
    control: "The states are one table; what it does not list is refused, also when two act at once.",
    evidence: [batches], state: "claimed", missing: { what: "expiry of conditional releases", work: "desk" },
  },
  {
    number: 52, regulations: ["ICH"], clause: "ICH Q10; CAPA practice", title: "Deviations and CAPA",
    must: "Class deviations, follow their timelines, and close an action only on its pre-defined effectiveness.",
    control: "Not built.", evidence: [], state: "planned", work: "desk",
  },
  {
    number: 53, regulations: ["ICH"], clause: "ICH Q9(R1)", title: "Risk with its rationale",
    must: "Score risks with their rationale and link them to decisions; lowering a severity needs QA.",
    control: "Accepting an exception needs a rationale, and quality where it is more than minor; anyone raises a severity, quality lowers one by signature; deviations are not built.", evidence: [queue], state: "planned", work: "desk",
  },
  {
    number: 54, regulations: ["ICH"], clause: "ICH Q10, Q12", title: "Change control",
    must: "Assess a change's impact, approve it before, verify it after; a new master waits for it.",
    control: "Not built.", evidence: [], state: "planned", work: "desk",
  },
  {
    number: 55, regulations: ["ICH"], clause: "ICH Q7", title: "Active substances",
    must: "Apply the same controls to sites of active substances; a blended lot shows all its parents.",
    control: "Sites and records are the same for all. A blend is a lot of its own that names every part with its amount and expires with the first of them; it is made of released lots only, waits in quarantine, and its trace leads to all of its parents.", evidence: [materials, trace], state: "claimed",
  },
  {
    number: 56, regulations: ["ICH"], clause: "ICH Q8", title: "Ranges of a parameter",
    must: "Hold normal, alert, action and validated range of each parameter and class an excursion by the range it left.",
    control: "Limits nest and are checked; the zone of a value and the excursion's worst side come from them.",
    evidence: [overview, batches], state: "claimed",
  },
  {
    number: 57, regulations: ["ISA"], clause: "ISA-88", title: "Procedure and equipment apart",
    must: "Structure masters into unit procedure, operation, phase; bind equipment only when a batch is made; run one master at two sites.",
    control: "A batch's steps stand under unit procedure, operation and phase; a master names classes and a batch binds units of its site; a site's overlay narrows its values, and both are frozen into each batch.", evidence: [masters, batches], state: "claimed",
  },
  {
    number: 58, regulations: ["ISA"], clause: "ISA-95", title: "Every row has its site",
    must: "Carry enterprise, site, area, cell and unit through all data.",
    control: "Every table of records names its site or stands on a short list of shared ones; below the site stand area, process cell, unit and equipment module, each configured and shown.", evidence: [overview, equipment, auditTrail], state: "claimed",
  },
];
