import { masterRefusalSentence, planMaster, type MasterCommand, type MasterStanding } from "#lib/recipe/state.ts";
import type { MasterMeaning } from "#lib/signature/meaning.ts";

/** What the person's roles allow with masters, wherever he holds them. */
export type MasterMay = { readonly author: boolean; readonly review: boolean; readonly approve: boolean };
/** A signature that is offered, with the sentence that stands before it. */
export type SigningOffer = { readonly meaning: MasterMeaning; readonly label: string; readonly hindered: string | undefined };
export type MasterOffers = { readonly signing: readonly SigningOffer[]; readonly edit: boolean; readonly giveBack: boolean; readonly makeEffective: boolean; readonly withdraw: boolean };

const meanings: readonly { readonly meaning: MasterMeaning; readonly command: MasterCommand; readonly state: MasterStanding["state"]; readonly who: keyof MasterMay; readonly label: string }[] = [
  { meaning: "authored", command: "submit", state: "draft", who: "author", label: "Submit for review" },
  { meaning: "master_reviewed", command: "review", state: "in_review", who: "review", label: "Sign review" },
  { meaning: "master_approved", command: "approve", state: "in_review", who: "approve", label: "Approve" },
];

/** What this person is offered on a version of a master, or of a site's overlay: what his roles and its state allow. The commands decide again. */
export function masterOffers(standing: MasterStanding, may: MasterMay, person: string, what: "master" | "overlay" = "master"): MasterOffers {
  const { state, digest: seen } = standing;
  const signing = meanings.filter((one) => one.state === state && may[one.who]).map(({ meaning, command, label }): SigningOffer => {
    const plan = planMaster(standing, { command, by: person, seen });
    return { meaning, label, hindered: plan.ok ? undefined : masterRefusalSentence(plan.refusal, what) };
  });
  const open = state === "draft" || state === "in_review" || state === "approved" || state === "effective";
  return { signing, edit: state === "draft" && may.author, giveBack: state === "in_review" && (may.review || may.approve), makeEffective: state === "approved" && may.approve, withdraw: open && (may.approve || (state === "draft" && may.author)) };
}
