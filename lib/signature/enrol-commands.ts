import { randomUUID } from "node:crypto";
import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/server";
import { z } from "zod";
import { withOwnMeans } from "#db/scope.ts";
import type { Actor } from "#lib/access/actor.ts";
import { installation } from "#lib/installation.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { enrolPasskey } from "./passkey-commands.ts";
import { personalStatement } from "./personal.ts";
import { closeEnrolment, personalIntentOf, refusePersonal, type PersonalIntent } from "./personal-commands.ts";
import { checkRegistration, registrationOptions } from "./webauthn-commands.ts";

/** What stands against going on with this enrolment now; undefined when nothing does. */
function hindrance(intent: PersonalIntent | undefined, actor: Actor, now: Date): string | undefined {
  if (!intent || intent.purpose !== "passkey-enrolment" || intent.provedAt === null) return "There is no enrolment for which you have proved your presence. Start it again on your account page.";
  if (intent.usedAt !== null) return "This enrolment is finished. Start a new one on your account page.";
  if (now > intent.expiresAt) return "This enrolment was open for more than 10 minutes and has expired. Start it again on your account page.";
  return intent.sessionId === (actor.sessionId ?? null) ? undefined : "This enrolment was opened in another session. Start it again here.";
}

const labelOf = (intent: PersonalIntent): string => {
  const statement = personalStatement.parse(JSON.parse(intent.statement));
  return statement.purpose === "passkey-enrolment" ? statement.label : "";
};

/** What the authenticator is asked for a proved enrolment, or the sentence that says why not. */
export async function enrolmentOptions(actor: Actor, intentId: string, now: Date): Promise<Result<{ readonly label: string; readonly options: PublicKeyCredentialCreationOptionsJSON }, string>> {
  return withOwnMeans(actor, async (tx) => {
    const intent = await personalIntentOf(tx, intentId, actor.id);
    const why = hindrance(intent, actor, now);
    return !intent || why ? refuse(why ?? "") : accept({ label: labelOf(intent), options: await registrationOptions(tx, actor, intent.statementDigest) });
  }, { reason: "reads its own enrolment" });
}

export const enrolmentInput = z.object({ intentId: z.uuid(), answer: z.unknown() });

/** Enrols the authenticator that answered to the proved enrolment. A failed answer ends the enrolment, is audited and counted. */
export async function enrolAuthenticator(actor: Actor, { intentId, answer }: z.infer<typeof enrolmentInput>): Promise<Result<{ readonly label: string }, string>> {
  const stamp = { now: new Date(), newId: randomUUID };
  return withOwnMeans(actor, async (tx) => {
    const intent = await personalIntentOf(tx, intentId, actor.id);
    const why = hindrance(intent, actor, stamp.now);
    if (!intent || why) return refuse(why ?? "");
    const turnDown = async (cause: string, sentence: string, counts: boolean) => {
      await refusePersonal(tx, actor, intent, { cause, sentence, counts }, stamp);
      return refuse(sentence);
    };
    const registration = await checkRegistration(answer, intent.statementDigest);
    if (!registration.ok) return turnDown(`registration: ${registration.refusal}`, `${registration.refusal} Nothing was enrolled. Start again on your account page.`, true);
    const enrolled = await enrolPasskey(tx, actor, { ...registration.value, label: labelOf(intent), statementDigest: intent.statementDigest, coolOffHours: installation().coolOffHours }, stamp);
    if (!enrolled.ok) return turnDown(enrolled.refusal, "This passkey is enrolled already. Nothing was changed.", false);
    await closeEnrolment(tx, intent, stamp.now);
    return accept({ label: enrolled.value.label });
  }, { reason: "enrolment of a passkey by its owner" });
}
