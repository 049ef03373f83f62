import { z } from "zod";
import { canonical, digestOf } from "#lib/digest/digest.ts";

/** The accountability statement people accept before their first signing; a change of its words is a new version. */
export const undertakingVersion = 1;
export const undertakingText = "My electronic signatures in Veribatch bind me like my handwritten signature (21 CFR 11.100(c)). I answer for what is done under them (21 CFR 11.10(j)). I keep my password, my passkeys and their PIN to myself, and I report at once when one of them is lost or known to somebody else.";

const common = { format: z.literal("EBRACT/1"), personId: z.string(), subject: z.string(), userName: z.string(), printedName: z.string(), openedAt: z.iso.datetime(), nonce: z.string() };

/** What a person proves his presence for when the act is about himself. */
export const personalStatement = z.discriminatedUnion("purpose", [
  z.object({ ...common, purpose: z.literal("undertaking"), version: z.number().int(), text: z.string() }),
  z.object({ ...common, purpose: z.literal("passkey-enrolment"), label: z.string(), relyingParty: z.string() }),
]);
export type PersonalStatement = z.infer<typeof personalStatement>;
export type PersonalPurpose = PersonalStatement["purpose"];

/** The statement in RFC 8785 form, as it is stored. */
export const personalText = (statement: PersonalStatement): string => canonical(statement);

/** SHA-256 over "EBRACT/1", a line feed and the canonical text: nonce at the provider, challenge of the registration. */
export const personalDigest = (text: string): string => digestOf("EBRACT/1", text);
