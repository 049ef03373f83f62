import { accept, refuse, type Result } from "#lib/result.ts";

/** States of a version of a master batch record (docs/vocabulary.md). */
export const masterStates = ["draft", "in_review", "approved", "effective", "superseded", "withdrawn"] as const;
export type MasterState = (typeof masterStates)[number];

export type MasterCommand = "edit" | "submit" | "review" | "return" | "approve" | "make_effective" | "supersede" | "withdraw";

const transitions: Record<MasterState, Partial<Record<MasterCommand, MasterState>>> = {
  draft: { edit: "draft", submit: "in_review", withdraw: "withdrawn" },
  // A review does not change the state: it is the signature an approval needs.
  in_review: { review: "in_review", return: "draft", approve: "approved", withdraw: "withdrawn" },
  approved: { make_effective: "effective", withdraw: "withdrawn" },
  effective: { supersede: "superseded", withdraw: "withdrawn" },
  superseded: {},
  withdrawn: {},
};

export const masterStateName: Record<MasterState, string> = { draft: "Draft", in_review: "In review", approved: "Approved", effective: "Effective", superseded: "Superseded", withdrawn: "Withdrawn" };

/** Is a version still written or reviewed? While the newest one is, no next one begins. */
export const isOpen = (state: MasterState): boolean => state === "draft" || state === "in_review";

/** Versions that are superseded when `version` becomes effective, in the same act: there is one effective version of a master. */
export const supersededBy = <V extends { readonly version: number; readonly state: MasterState }>(versions: readonly V[], version: number): readonly V[] => versions.filter((one) => one.state === "effective" && one.version !== version);

/**
 * The version another one is read against before it is signed: the one asked for, else the effective one that it would supersede, else the newest before it.
 * Undefined where there is no other. `others`: the other versions of the master, newest first.
 */
export function comparedWith(others: readonly { readonly version: number; readonly state: MasterState }[], version: number, asked: number | undefined): number | undefined {
  const chosen = others.find((one) => one.version === asked) ?? others.find((one) => one.state === "effective") ?? others.find((one) => one.version < version) ?? others[0];
  return chosen?.version;
}

/** What stands in a version's way. `authors`: everybody who ever edited it. */
export type MasterStanding = {
  readonly state: MasterState; readonly authors: ReadonlySet<string>; readonly submittedBy: string | undefined; readonly reviewedBy: string | undefined; readonly gaps: number;
  /** Digest of the content a signature covers, and of what was shown to the person. */
  readonly digest: string;
};
export type MasterAct = { readonly command: MasterCommand; readonly by: string; /** Digest of the content the person had before him. */ readonly seen: string; readonly reason?: string };

export type MasterRefusal =
  | { readonly reason: "command-not-allowed"; readonly state: MasterState; readonly command: MasterCommand }
  | { readonly reason: "changed-meanwhile" } | { readonly reason: "incomplete"; readonly gaps: number }
  | { readonly reason: "own-work"; readonly part: "author" | "reviewer" } | { readonly reason: "not-reviewed" } | { readonly reason: "already-reviewed" } | { readonly reason: "not-an-author" } | { readonly reason: "reason-missing" };

/** What a refusal says to the person; `what` it is about, for a site's overlay goes the same way. */
export function masterRefusalSentence(refusal: MasterRefusal, what: "master" | "overlay" = "master"): string {
  switch (refusal.reason) {
    case "command-not-allowed": return `${what === "master" ? "A master" : "An overlay"} that is ${masterStateName[refusal.state].toLowerCase()} cannot be treated like this. Open it again to see where it stands.`;
    case "changed-meanwhile": return `Somebody changed this ${what} after you had opened it. Open it again, read the change, then decide.`;
    case "incomplete": return `${refusal.gaps === 1 ? "One gap is" : `${refusal.gaps} gaps are`} open. Close the gaps listed on the page, then go on.`;
    case "own-work": return refusal.part === "author" ? `You wrote a part of this ${what}. Somebody else must review and approve it.` : `You reviewed this ${what}. A third person approves it.`;
    case "not-reviewed": return "Nobody has reviewed this version yet. Approval follows a review by somebody who did not write it.";
    case "already-reviewed": return "This version has been reviewed. It waits for its approval.";
    case "not-an-author": return `Only somebody who wrote a part of this ${what} submits it.`;
    case "reason-missing": return "Say why, so that the author knows what to change.";
  }
}

export type MasterPlan = { readonly state: MasterState; readonly reviewedBy: string | undefined; readonly submittedBy: string | undefined };

function segregation(standing: MasterStanding, { command, by }: MasterAct): MasterRefusal | undefined {
  if (command === "submit" && !standing.authors.has(by)) return { reason: "not-an-author" };
  if ((command === "review" || command === "approve") && standing.authors.has(by)) return { reason: "own-work", part: "author" };
  if (command === "approve" && standing.reviewedBy === undefined) return { reason: "not-reviewed" };
  return command === "approve" && standing.reviewedBy === by ? { reason: "own-work", part: "reviewer" } : undefined;
}

/**
 * Decides what an act makes of a version. Author, reviewer and the quality unit are three people (21 CFR 211.186(a)); submitting, review and approval ask
 * that nothing is missing; each act answers for the content its person has seen; a return needs its reason.
 */
export function planMaster(standing: MasterStanding, act: MasterAct): Result<MasterPlan, MasterRefusal> {
  const { command, by, seen, reason } = act;
  const next = transitions[standing.state][command];
  if (!next) return refuse({ reason: "command-not-allowed", state: standing.state, command });
  if (seen !== standing.digest) return refuse({ reason: "changed-meanwhile" });
  if ((command === "return" || command === "withdraw") && !reason?.trim()) return refuse({ reason: "reason-missing" });
  if (command === "review" && standing.reviewedBy !== undefined) return refuse({ reason: "already-reviewed" });
  const own = segregation(standing, act);
  if (own) return refuse(own);
  if ((command === "submit" || command === "review" || command === "approve") && standing.gaps > 0) return refuse({ reason: "incomplete", gaps: standing.gaps });
  const { reviewedBy, submittedBy } = standing;
  if (command === "edit" || command === "return") return accept({ state: next, reviewedBy: undefined, submittedBy: undefined });
  return accept({ state: next, reviewedBy: command === "review" ? by : reviewedBy, submittedBy: command === "submit" ? by : submittedBy });
}
