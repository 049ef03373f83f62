import type { ChildProcess } from "node:child_process";
import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { withProgramme } from "#db/scope.ts";
import { overdueAfter } from "#lib/integrity/check.ts";
import { integrityOfSites } from "#lib/integrity/queries.ts";
import type { Installation } from "#lib/installation.ts";
import { spanText } from "#lib/site/time.ts";
import { busAnswers } from "./bus.ts";
import type { LiveHub } from "./live-hub.ts";

type Parts = { readonly database: Database; readonly hub: LiveHub; readonly oidc: Installation["oidc"]; readonly plant: ChildProcess | undefined; readonly ledger: ChildProcess | undefined };
type Part = { readonly state: "up" | "down"; readonly detail: string };

const up = (detail: string): Part => ({ state: "up", detail });
const down = (detail: string): Part => ({ state: "down", detail });

async function databasePart(database: Database): Promise<Part> {
  try {
    const [row] = await database.execute<{ version: string }>(sql`select current_setting('server_version') as version`);
    return up(`PostgreSQL ${row?.version ?? ""}`.trim());
  } catch {
    return down("does not answer");
  }
}

async function ingestPart(database: Database): Promise<Part> {
  try {
    const [row] = await database.execute<{ may: boolean }>(sql`select has_table_privilege('samples', 'insert') and not pg_is_in_recovery() as may`);
    return row?.may ? up("takes samples at /api/ingest/v1/samples") : down("the database does not take writes");
  } catch {
    return down("the database does not answer");
  }
}

async function identityPart(oidc: Installation["oidc"]): Promise<Part> {
  try {
    const response = await fetch(`${oidc.issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(3_000) });
    return response.ok ? up(oidc.demo ? "demo identity provider" : oidc.issuer) : down(`answers ${response.status}`);
  } catch {
    return down("cannot be reached");
  }
}

/** An entry older than this without a position means that the ledger stands still, seconds. */
const ledgerPatience = 15;

/** Is the process there, and does the newest entry that had time enough have its position? */
async function ledgerPart(database: Database, ledger: ChildProcess | undefined): Promise<Part> {
  if (!ledger?.connected) return down("not running; it is started again within seconds");
  try {
    const siteIds = (await database.execute<{ id: string }>(sql`select id from sites order by id`)).map((site) => site.id);
    const late = await withProgramme(database, "installation", siteIds, (tx) => tx.execute<{ site_id: string }>(sql`
      select s.id as site_id from sites s cross join lateral (
        select a.site_id, a.id from audit_entries a where a.site_id = s.id and a.at < now() - make_interval(secs => ${ledgerPatience}) order by a.at desc, a.id desc limit 1) newest
      where not exists (select from ledger_leaves l where l.site_id = newest.site_id and l.entry_id = newest.id) order by 1`));
    return late.length === 0 ? up(`process ${ledger.pid}`) : down(`stands still at ${late.map((row) => row.site_id).join(", ")}; its log says why`);
  } catch {
    return down("the database does not answer");
  }
}

/** How old the oldest last round of the integrity check is, and what is open; findings do not make the portal unready, a check that stands still does. */
async function integrityPart(database: Database, ledger: ChildProcess | undefined, uptimeMs: number): Promise<Part> {
  try {
    const siteIds = (await database.execute<{ id: string }>(sql`select id from sites`)).map((site) => site.id);
    const sites = await withProgramme(database, "installation", siteIds, (tx) => integrityOfSites(tx, siteIds));
    const unchecked = sites.filter((site) => !site.last);
    const now = Date.now();
    const oldest = Math.max(...sites.map((site) => now - (site.last?.finishedAt.getTime() ?? 0)));
    const open = sites.reduce((n, site) => n + site.open, 0);
    if (unchecked.length > 0 || oldest > overdueAfter) {
      const said = unchecked.length > 0 ? `${unchecked.length} of ${sites.length} logs not checked yet` : `last round over all logs ${spanText(oldest)} ago`;
      return ledger?.connected && uptimeMs < overdueAfter ? up(`${said}, first round under way`) : down(said);
    }
    return up(`last round over all logs ${spanText(oldest)} ago, ${open} open ${open === 1 ? "finding" : "findings"}`);
  } catch {
    return down("the database does not answer");
  }
}

/** The state of each part; ready only when every one is up. */
export async function healthOf({ database, hub, oidc, plant, ledger }: Parts): Promise<{ ready: boolean; body: unknown }> {
  const [db, identity, ingest, ledgerState, integrity] = await Promise.all([databasePart(database), identityPart(oidc), ingestPart(database), ledgerPart(database, ledger), integrityPart(database, ledger, process.uptime() * 1000)]);
  const plantPart = plant?.connected ? up(`process ${plant.pid}`) : down("not running; it is started again within seconds");
  const stream = !(await busAnswers(database)) ? down("the bus does not deliver; readers get nothing new") : up(`${hub.streams} streams, ${hub.delivered} events delivered, ${hub.dropped} slow readers let go`);
  const parts = { database: db, identityProvider: identity, ingest, plant: plantPart, ledger: ledgerState, integrity, stream };
  const ready = Object.values(parts).every((part) => part.state === "up");
  return { ready, body: { ready, ...parts } };
}
