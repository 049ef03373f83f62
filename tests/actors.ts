import { eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { people } from "#db/schema/access.ts";
import type { Actor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permission.ts";
import { rolesOf } from "#lib/access/session-queries.ts";

/** A person of the demo story with the roles the database gives him. */
export async function storyActor(database: Database, userName: string): Promise<Actor> {
  const [person] = await database.select().from(people).where(eq(people.userName, userName));
  if (!person) throw new Error(`the story has no ${userName}`);
  return { id: person.id, printedName: person.printedName, userName, subject: person.subject, rolesBySite: await rolesOf(database, person.id) };
}

/** An actor made of roles, for rules. */
export const actorWith = (roles: Readonly<Record<string, readonly Role[]>>, id = "11111111-1111-4111-8111-111111111111"): Actor => ({
  id, printedName: "Test Person", userName: "test@demo", subject: "test@demo", rolesBySite: new Map(Object.entries(roles)),
});
