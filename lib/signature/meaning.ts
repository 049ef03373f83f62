/** The meanings a record waits for (21 CFR 11.50(a)(3)); further ones of the vocabulary are added when the plant has them. */
export const signatureMeanings = ["production_reviewed", "audit_trail_reviewed", "site_confirmed", "approved_for_release", "rejected"] as const;
export type SignatureMeaning = (typeof signatureMeanings)[number];

/** Meanings signed over a version of a master, a site's overlay of it or the exception configuration: three people, one each. */
export const masterMeanings = ["authored", "master_reviewed", "master_approved"] as const;
export type MasterMeaning = (typeof masterMeanings)[number];

/** Meanings signed while a batch is made, each about one part of its record: a step performed, or by quality an exception, a lot or unit, a forced step. */
export const executionMeanings = ["performed", "severity_lowered", "override_approved", "step_forced"] as const;
export type ExecutionMeaning = (typeof executionMeanings)[number];

/** The closed list of meanings a signature can have: those, a mock recall's, and taking one back. */
export const signedMeanings = [...signatureMeanings, ...masterMeanings, ...executionMeanings, "recall_reviewed", "withdrawn"] as const;
export type SignedMeaning = (typeof signedMeanings)[number];

export const meaningName: Record<SignedMeaning, string> = {
  production_reviewed: "Reviewed (production)",
  audit_trail_reviewed: "Audit trail reviewed",
  site_confirmed: "Confirmed (site confirmer)",
  approved_for_release: "Approved for release",
  rejected: "Rejected",
  authored: "Authored",
  master_reviewed: "Master reviewed",
  master_approved: "Master approved",
  performed: "Performed",
  severity_lowered: "Severity lowered",
  override_approved: "Use approved as an exception",
  step_forced: "Step forced",
  recall_reviewed: "Mock recall reviewed",
  withdrawn: "Withdrawn",
};

/** What its button does, after "Sign in and". */
export const signingAct: Record<SignedMeaning, string> = {
  production_reviewed: "sign production review", audit_trail_reviewed: "sign audit-trail review", site_confirmed: "confirm batch", approved_for_release: "release batch", rejected: "reject batch", authored: "submit", master_reviewed: "sign review", master_approved: "approve", performed: "sign as performed", severity_lowered: "lower the severity",
  override_approved: "approve the use", step_forced: "force the step", recall_reviewed: "sign mock recall", withdrawn: "withdraw the signature",
};

/** Title of the dialog, before the batch. */
export const signingTitle: Record<SignedMeaning, string> = {
  production_reviewed: "Sign production review of", audit_trail_reviewed: "Sign audit-trail review of", site_confirmed: "Confirm batch", approved_for_release: "Release batch", rejected: "Reject batch", authored: "Submit", master_reviewed: "Sign review of", master_approved: "Approve", performed: "Sign a step of", severity_lowered: "Lower a severity in",
  override_approved: "Approve a use in", step_forced: "Force a step in", recall_reviewed: "Sign mock recall", withdrawn: "Withdraw a signature of",
};

/** Reasons offered for a meaning; the comment says the rest. */
export const signingReasons: Record<SignedMeaning, readonly string[]> = {
  production_reviewed: ["Record complete and correct"], audit_trail_reviewed: ["Changes to critical data reviewed"], site_confirmed: ["Made and controlled as authorised at this site"],
  approved_for_release: ["All checks complete"], rejected: ["Quality not assured", "Contamination", "Yield or reconciliation"],
  authored: ["Ready for review"], master_reviewed: ["Complete and technically correct"], master_approved: ["Approved for use"], performed: ["Performed as written"], severity_lowered: ["No effect on the product", "Effect assessed and contained"],
  override_approved: ["Assessed, no effect on the product", "Supply shortage, quality assessed"], step_forced: ["Step cannot be performed, effect assessed"], recall_reviewed: ["Mock recall complete"],
  withdrawn: ["Signed in error", "New information", "Review to be repeated"],
};
