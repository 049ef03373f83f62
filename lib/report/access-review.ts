/** Days without activity after which an account stands out. */
export const idleDays = 90;

export const accountFlags = ["suspended", "no role anywhere", "never active", `not active for ${idleDays} days`, "privileged"] as const;
export type AccountFlag = (typeof accountFlags)[number];

/** An account of the installation; roles elsewhere than at the report's sites are counted, not named. */
export type ReviewedAccount = {
  readonly id: string; readonly name: string; readonly userName: string; readonly createdAt: Date;
  readonly roles: readonly { readonly siteId: string; readonly role: string; readonly grantedAt: Date }[];
  readonly revoked: number; readonly elsewhere: number; readonly lastActiveAt: Date | null; readonly lastSignedAt: Date | null; readonly passkeys: number;
  readonly flags: readonly AccountFlag[];
};
export type ReviewedSource = { readonly siteId: string; readonly id: string; readonly name: string; readonly unitId: string; readonly issuedAt: Date; readonly expiresAt: Date; readonly revokedAt: Date | null; readonly lastSampleAt: Date | null; readonly flags: readonly string[] };
export type AccessReview = { readonly accounts: readonly ReviewedAccount[]; readonly sources: readonly ReviewedSource[]; readonly programmes: readonly { readonly id: string; readonly acts: number; readonly lastAt: Date }[] };

/** What stands out about an account. `held`: its roles at all sites; an administrator's is privileged. */
export function accountFlagsOf({ active, held, lastActiveAt }: { readonly active: boolean; readonly held: readonly string[]; readonly lastActiveAt: Date | null }, now: Date): readonly AccountFlag[] {
  const idle = lastActiveAt !== null && now.getTime() - lastActiveAt.getTime() > idleDays * 86_400_000;
  const standing: Readonly<Record<AccountFlag, boolean>> = {
    suspended: !active, "no role anywhere": held.length === 0, "never active": lastActiveAt === null, [`not active for ${idleDays} days`]: idle, privileged: held.includes("administrator"),
  };
  return accountFlags.filter((flag) => standing[flag]);
}
