import { randomUUID } from "node:crypto";
import type { Database } from "#db/client.ts";
import { people, sessions } from "#db/schema/access.ts";
import { passkeys, undertakings } from "#db/schema/signature.ts";
import { withProgramme } from "#db/scope.ts";
import type { Actor } from "#lib/access/actor.ts";
import { undertakingVersion } from "#lib/signature/personal.ts";
import type { Authenticator } from "./authenticator.ts";

/** Everybody in the database has accepted the accountability statement, as the story would have planted it. `database`: the owner's. */
export async function everybodyUndertakes(database: Database): Promise<void> {
  await withProgramme(database, "installation", ["enterprise"], async (tx) => {
    const all = await tx.select({ id: people.id }).from(people);
    await tx.insert(undertakings).values(all.map(({ id }) => ({ id: randomUUID(), personId: id, version: undertakingVersion, statement: "{}", digest: "0".repeat(64), method: "story" as const, attestation: "", acceptedAt: new Date(0) })));
  }, { reason: "accountability statements for the test" });
}

/** The person in a session of his own. */
export async function inSession(database: Database, actor: Actor, startedAt: Date): Promise<Actor & { readonly sessionId: string }> {
  const sessionId = randomUUID();
  await database.insert(sessions).values({ id: sessionId, personId: actor.id, startedAt, lastSeenAt: startedAt });
  return { ...actor, sessionId };
}

/** Puts a passkey into the database as an enrolment would. */
export async function givePasskey(database: Database, actor: Actor, authenticator: Authenticator, change: Partial<typeof passkeys.$inferInsert> = {}): Promise<string> {
  const id = randomUUID();
  await withProgramme(database, "installation", ["enterprise"], (tx) => tx.insert(passkeys).values({
    id, personId: actor.id, credentialId: authenticator.credentialId, publicKey: authenticator.publicKey, algorithm: authenticator.algorithm, signCount: 0, deviceBound: true, aaguid: "00000000-0000-0000-0000-000000000000", label: "Test key", transports: ["usb"],
    enrolledAt: new Date(0), usableFrom: new Date(0), ...change,
  }), { reason: "passkey for the test" });
  return id;
}
