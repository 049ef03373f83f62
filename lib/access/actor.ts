import { BrokenPromise } from "#lib/result.ts";
import { allows, roleFor, type Permission, type Role } from "./permission.ts";

/** The log of accounts and configuration; not a site, but owned like one. */
export const enterprise = "enterprise";

/** Who acts: a signed-in person with the roles he holds now, per site. */
export type Actor = {
  readonly id: string;
  readonly printedName: string;
  readonly userName: string;
  readonly subject: string;
  readonly rolesBySite: ReadonlyMap<string, readonly Role[]>;
  /** The portal session he acts in; a signing must end in the session it was opened in. */
  readonly sessionId?: string;
  readonly origin?: Origin;
};

/** Which request an act came with and from which client, for the audit trail. */
export type Origin = { readonly request: string; readonly client: string };

declare const granted: unique symbol;
/** Proof that `requirePermission` said yes, for exactly these sites. Nothing else makes one. */
export type Granted<P extends Permission> = {
  readonly actor: Actor;
  readonly permission: P;
  /** Sites at which the actor holds the permission: at least one. */
  readonly sites: readonly string[];
  readonly role: Role;
  readonly [granted]: P;
};

/** The person may not, and may know that he may not. */
export class PermissionDenied extends BrokenPromise {
  constructor(permission: Permission, siteId?: string) {
    super("permission-denied", `permission ${permission} is not held${siteId ? ` at ${siteId}` : ""}`);
  }
}

/** The person has no business at that site: the thing asked for does not exist for him. */
export class NotFound extends BrokenPromise {
  constructor(what: string) {
    super("not-found", `${what} does not exist for this person`);
  }
}

/** Sites at which the actor holds `permission`, in the order of his assignments. */
export function sitesWith(actor: Actor, permission: Permission): readonly string[] {
  return [...actor.rolesBySite].filter(([, held]) => held.some((role) => allows(role, permission))).map(([site]) => site);
}

/** Does the actor hold `permission` at the site (anywhere, when none is named)? For showing or hiding, never instead of the door. */
export const may = (actor: Actor, permission: Permission, siteId?: string): boolean =>
  siteId === undefined ? sitesWith(actor, permission).length > 0 : sitesWith(actor, permission).includes(siteId);

/**
 * The one door for permission. Without `siteId` the proof spans every site where the permission is held.
 * Throws `NotFound` when the actor can read nothing at that site, `PermissionDenied` when he can read there but not do this.
 */
export function requirePermission<P extends Permission>(actor: Actor, permission: P, siteId?: string): Granted<P> {
  const held = sitesWith(actor, permission);
  const sites = siteId === undefined ? held : held.filter((site) => site === siteId);
  const role = roleFor(sites.flatMap((site) => actor.rolesBySite.get(site) ?? []), permission);
  if (sites.length === 0 || role === undefined) {
    if (siteId !== undefined && !may(actor, "site.read", siteId)) throw new NotFound(`site ${siteId}`);
    throw new PermissionDenied(permission, siteId);
  }
  return { actor, permission, sites, role } as unknown as Granted<P>;
}
