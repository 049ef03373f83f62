/** The meanings a record waits for (21 CFR 11.50(a)(3)); further ones of the vocabulary are added when the plant has them. */
export const signatureMeanings = ["production_reviewed", "audit_trail_reviewed", "site_confirmed", "approved_for_release", "rejected"] as const;
export type SignatureMeaning = (typeof signatureMeanings)[number];

/** The closed list of meanings a signature can have: those, and taking one of them back. */
export const signedMeanings = [...signatureMeanings, "withdrawn"] as const;
export type SignedMeaning = (typeof signedMeanings)[number];

export const meaningName: Record<SignedMeaning, string> = {
  production_reviewed: "Reviewed (production)",
  audit_trail_reviewed: "Audit trail reviewed",
  site_confirmed: "Confirmed (site confirmer)",
  approved_for_release: "Approved for release",
  rejected: "Rejected",
  withdrawn: "Withdrawn",
};

/** What its button does, after "Sign in and". */
export const signingAct: Record<SignedMeaning, string> = {
  production_reviewed: "sign production review", audit_trail_reviewed: "sign audit-trail review", site_confirmed: "confirm batch", approved_for_release: "release batch", rejected: "reject batch", withdrawn: "withdraw the signature",
};

/** Title of the dialog, before the batch. */
export const signingTitle: Record<SignedMeaning, string> = {
  production_reviewed: "Sign production review of", audit_trail_reviewed: "Sign audit-trail review of", site_confirmed: "Confirm batch", approved_for_release: "Release batch", rejected: "Reject batch", withdrawn: "Withdraw a signature of",
};

/** Reasons offered for a meaning; the comment says the rest. */
export const signingReasons: Record<SignedMeaning, readonly string[]> = {
  production_reviewed: ["Record complete and correct"], audit_trail_reviewed: ["Changes to critical data reviewed"], site_confirmed: ["Made and controlled as authorised at this site"],
  approved_for_release: ["All checks complete"], rejected: ["Quality not assured", "Contamination", "Yield or reconciliation"],
  withdrawn: ["Signed in error", "New information", "Review to be repeated"],
};
