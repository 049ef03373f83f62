import { randomUUID } from "node:crypto";
import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { portalDatabase } from "#db/client.ts";
import { installation } from "#lib/installation.ts";
import { NotFound, PermissionDenied, requirePermission, type Actor, type Granted, type Origin } from "./actor.ts";
import type { Permission, Role } from "./permission.ts";
import { actorOfSession, sessionIdOf } from "./session-queries.ts";
import { signOut } from "./sign-in-commands.ts";
import { recordView } from "./view-commands.ts";

/** The session of the request, once per request. */
export const currentSessionId = cache(async (): Promise<string | undefined> => {
  const jar = await cookies();
  return sessionIdOf((name) => jar.get(name)?.value, installation().authSecret);
});

/** The request's number and the client's address and program; the front door writes the address, nobody else can. */
async function originOf(): Promise<Origin> {
  const sent = await headers();
  return { request: randomUUID(), client: `${sent.get("x-veribatch-client") ?? "unknown address"}, ${(sent.get("user-agent") ?? "unknown program").slice(0, 160)}` };
}

/** The signed-in person of the request with his roles as they are now, or undefined. Counts as activity. */
export const currentActor = cache(async (): Promise<Actor | undefined> => {
  const sessionId = await currentSessionId();
  const actor = sessionId ? await actorOfSession(portalDatabase(), sessionId, new Date(), installation().session, true) : undefined;
  return actor && { ...actor, origin: await originOf() };
});

/** The signed-in person of a request that counts as no activity: one the page makes by itself. */
export async function quietActor(): Promise<Actor | undefined> {
  const sessionId = await currentSessionId();
  return sessionId ? actorOfSession(portalDatabase(), sessionId, new Date(), installation().session, false) : undefined;
}

/** Ends the session of the request, if there is one. */
export async function endCurrentSession(): Promise<void> {
  const sessionId = await currentSessionId();
  if (sessionId) await signOut(portalDatabase(), sessionId, { now: new Date(), newId: randomUUID });
}

/** The signed-in person, or the way to the sign-in. */
export async function requireActor(): Promise<Actor> {
  return (await currentActor()) ?? redirect("/sign-in?ended=1");
}

/** What an inspector looks at is written down before he sees it; once a request, whatever a page asks for. */
const viewed = cache(async (actor: Actor, role: Role): Promise<void> => {
  const address = (await headers()).get("x-veribatch-view");
  if (role === "auditor" && address) await recordView(actor, address, { now: new Date(), newId: randomUUID });
});

/** The proof a page needs, or the page "not found": who may not see a page does not learn that it exists. */
export async function requirePage<P extends Permission>(permission: P, siteId?: string): Promise<Granted<P>> {
  const actor = await requireActor();
  try {
    const by = requirePermission(actor, permission, siteId);
    await viewed(actor, by.role);
    return by;
  } catch (error) {
    if (error instanceof NotFound || error instanceof PermissionDenied) notFound();
    throw error;
  }
}
