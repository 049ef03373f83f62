/** The two ways to prove presence over a statement. */
export const ceremonies = ["identity-provider", "passkey"] as const;
export type Ceremony = (typeof ceremonies)[number];

/** What a site asks for a meaning; without a row either will do. */
export const policies = ["either", ...ceremonies] as const;
export type SigningPolicy = (typeof policies)[number];

export const policyName: Record<SigningPolicy, string> = { either: "Sign in again or passkey", "identity-provider": "Sign in again", passkey: "Passkey" };
export const ceremonyName: Record<Ceremony, string> = { "identity-provider": "Sign in again", passkey: "Passkey" };

export const allows = (policy: SigningPolicy, ceremony: Ceremony): boolean => policy === "either" || policy === ceremony;

/** A passkey as far as signing asks: may it sign at `now`? */
export type PasskeyTimes = { readonly usableFrom: Date; readonly revokedAt: Date | null };
export const usable = (key: PasskeyTimes, now: Date): boolean => key.revokedAt === null && key.usableFrom <= now;

/** What stands between a person and every signature, and which ceremonies are open to him for a meaning. */
export type Standing = {
  /** The accountability statement is accepted in its present version (21 CFR 11.10(j)). */
  readonly undertaken: boolean;
  readonly lockedSince: Date | null;
  readonly policy: SigningPolicy;
  /** Passkeys of the person that may sign now, and those that wait for their cool-off to end. */
  readonly usablePasskeys: number;
  readonly coolingPasskeys: number;
};

/** The ceremonies this person can go through now under the policy. */
export const openCeremonies = ({ policy, usablePasskeys }: Standing): readonly Ceremony[] => ceremonies.filter((c) => allows(policy, c) && (c !== "passkey" || usablePasskeys > 0));
