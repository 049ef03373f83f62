/** Is this the first signing of a continuous period of controlled access, or a later one (21 CFR 11.200(a)(1)(i))? */
export type Continuity = "first" | "later";

export type SigningPeriod = {
  /** The session the signing is made in; undefined for whoever has none, who never continues anything. */
  readonly sessionId: string | undefined;
  /** The last signing that succeeded, with the session it was made in. */
  readonly lastSigning: { readonly sessionId: string; readonly at: Date } | undefined;
  /** Minutes without activity after which a session ends. */
  readonly idleMinutes: number;
};

/** Later only in the session of the last signing and within its idle time; everything else begins anew with all components. */
export function continuity({ sessionId, lastSigning, idleMinutes }: SigningPeriod, now: Date): Continuity {
  if (!sessionId || lastSigning?.sessionId !== sessionId) return "first";
  const pause = now.getTime() - lastSigning.at.getTime();
  return pause >= 0 && pause <= idleMinutes * 60_000 ? "later" : "first";
}

/** What the person is asked for at the identity provider: user name and password, or the password alone. */
export const componentsAsked: Record<Continuity, string> = { first: "user name and password", later: "password" };
