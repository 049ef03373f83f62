import type { Permission } from "#lib/access/permission.ts";
import type { BatchCommand } from "#lib/batch/state.ts";
import type { SignatureMeaning } from "#lib/signature/meaning.ts";

/** What a meaning needs of the signer and does to the batch; a meaning without a command leaves the state as it is. */
export const meaningRule: Record<SignatureMeaning, { readonly permission: Permission; readonly command?: BatchCommand; readonly verb: string }> = {
  production_reviewed: { permission: "batch.review-production", command: "review_production", verb: "I have reviewed for production" },
  audit_trail_reviewed: { permission: "batch.review-audit-trail", verb: "I have reviewed the audit trail of" },
  site_confirmed: { permission: "batch.confirm", verb: "I confirm for the site" },
  approved_for_release: { permission: "batch.release", command: "release", verb: "I approve for release" },
  rejected: { permission: "batch.reject", command: "reject", verb: "I reject" },
};
