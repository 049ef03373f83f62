import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { sites } from "#db/schema/site.ts";
import { withProgramme } from "#db/scope.ts";
import { accountFlagsOf, type AccessReview, type ReviewedAccount, type ReviewedSource } from "./access-review.ts";

type AccountRow = { id: string; name: string; user_name: string; state: string; created_at: string; roles: { siteId: string; role: string; grantedAt: string; revoked: boolean }[]; last_active: string | null; last_signed: string | null; passkeys: string };

const dated = (text: string | null): Date | null => (text === null ? null : new Date(text));

function reviewed(row: AccountRow, chosen: ReadonlySet<string>, now: Date): ReviewedAccount {
  const held = row.roles.filter((r) => !r.revoked);
  const here = held.filter((r) => chosen.has(r.siteId));
  return {
    id: row.id, name: row.name, userName: row.user_name, createdAt: new Date(row.created_at), roles: here.map(({ siteId, role, grantedAt }) => ({ siteId, role, grantedAt: new Date(grantedAt) })),
    revoked: row.roles.filter((r) => r.revoked && chosen.has(r.siteId)).length, elsewhere: held.length - here.length, lastActiveAt: dated(row.last_active), lastSignedAt: dated(row.last_signed), passkeys: Number(row.passkeys), flags: accountFlagsOf({ active: row.state === "active", held: held.map((r) => r.role), lastActiveAt: dated(row.last_active) }, now),
  };
}

type SourceRow = { site_id: string; id: string; name: string; unit_id: string; issued_at: string; expires_at: string; revoked_at: string | null; last_sample: string | null };

function sourceOf(row: SourceRow, now: Date): ReviewedSource {
  const [expiresAt, last] = [new Date(row.expires_at), dated(row.last_sample)];
  const inForce = row.revoked_at === null && expiresAt > now;
  const flags = [...(row.revoked_at ? ["revoked"] : expiresAt <= now ? ["expired"] : []), ...(inForce && !last ? ["key in force, never used"] : [])];
  return { siteId: row.site_id, id: row.id, name: row.name, unitId: row.unit_id, issuedAt: new Date(row.issued_at), expiresAt, revokedAt: dated(row.revoked_at), lastSampleAt: last, flags };
}

/**
 * Every account of the installation, every source key and every programme that acted at the chosen sites. Read as a programme over
 * all sites: whether somebody holds no role anywhere cannot be seen from one site.
 */
export async function accessReview(database: Database, chosenSites: readonly string[], now: Date): Promise<AccessReview> {
  const every = await withProgramme(database, "export", [], async (tx) => (await tx.select({ id: sites.id }).from(sites)).map((site) => site.id));
  const chosen = new Set(chosenSites);
  return withProgramme(database, "export", every, async (tx) => {
    const accounts = await tx.execute<AccountRow>(sql`
      select p.id, p.printed_name as name, p.user_name, p.state, p.created_at,
        coalesce((select jsonb_agg(jsonb_build_object('siteId', r.site_id, 'role', r.role, 'grantedAt', r.granted_at, 'revoked', r.ended_at is not null or r.revoked_at is not null) order by r.site_id, r.role) from role_assignments r where r.person_id = p.id), '[]'::jsonb) as roles,
        (select max(s.last_seen_at) from sessions s where s.person_id = p.id) as last_active, (select max(g.signed_at) from signatures g where g.signer_id = p.id and g.method <> 'story') as last_signed,
        (select count(*) from passkeys k where k.person_id = p.id and k.revoked_at is null) as passkeys
      from people p order by p.printed_name, p.id`);
    const list = chosenSites.join(",");
    const keys = await tx.execute<SourceRow>(sql`
      select o.site_id, o.id, o.name, o.unit_id, o.issued_at, o.expires_at, o.revoked_at, (select max(s.received_at) from samples s where s.site_id = o.site_id and s.source_id = o.id) as last_sample
      from sources o where o.site_id = any (string_to_array(${list}, ',')) order by o.site_id, o.id`);
    const programmes = await tx.execute<{ id: string; acts: string; last: string }>(sql`
      select actor_id as id, count(*) as acts, max(at) as last from audit_entries where actor_id like 'programme:%' and site_id = any (string_to_array(${list}, ',')) group by actor_id order by actor_id`);
    return {
      accounts: accounts.map((row) => reviewed(row, chosen, now)), sources: keys.map((row) => sourceOf(row, now)),
      programmes: programmes.map(({ id, acts, last }) => ({ id: id.replace(/^programme:/, ""), acts: Number(acts), lastAt: new Date(last) })),
    };
  });
}
