import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { people } from "#db/schema/access.ts";
import { batches } from "#db/schema/batch.ts";
import { units } from "#db/schema/equipment.ts";
import { products } from "#db/schema/recipe.ts";
import { sites } from "#db/schema/site.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { leafHashOf } from "#lib/audit/entry.ts";
import type { TestDatabase } from "./database.ts";

/** A trail with everything a filter can ask for, many entries at the same instant, and only some of them in the ledger. */
export const trailSites = [
  { id: "enterprise", kind: "enterprise", name: "Enterprise", code: "ENT", timeZone: "UTC" }, { id: "basel", kind: "site", name: "Basel", code: "BAS", timeZone: "Europe/Zurich" },
  { id: "raleigh", kind: "site", name: "Raleigh", code: "RAL", timeZone: "America/New_York" }, { id: "singapore", kind: "site", name: "Singapore", code: "SIN", timeZone: "Asia/Singapore" },
] as const;
export const trailPeople = ["Ann Able", "Ben 100% Baker", "Cy_d Clerk"].map((printedName, i) => ({
  id: `00000000-0000-4000-8000-00000000000${i + 1}`, issuer: "test", subject: `p${i}`, userName: `p${i}@demo`, printedName, state: "active" as const, createdAt: new Date("2026-01-01T00:00:00Z"),
}));
/** Saturday night to Monday in every zone, a change of the clocks in Basel, and the instants between. */
export const instants = ["2026-03-27T10:00:00Z", "2026-03-27T19:30:00Z", "2026-03-28T22:59:59.999Z", "2026-03-28T23:00:00Z", "2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z", "2026-03-29T22:00:00Z", "2026-03-30T04:30:00Z", "2026-03-31T12:00:00Z"].map((text) => new Date(text));
export const reasons = ["transcription error", "100% sure", "a_b", "TRANSCRIPTION, second look", "planned"];
const trailBatches = [{ id: "B-1", completedAt: new Date("2026-03-28T23:00:00Z") }, { id: "B-2", completedAt: null }] as const;
const everySite = trailSites.map((site) => site.id);
export const asOwner = <T>(db: TestDatabase, work: (tx: SiteTx) => Promise<T>, change?: { reason: string }) => withProgramme(db.owner, "installation", everySite, work, change);

type Draw = <T>(options: readonly T[]) => T;
async function act(tx: SiteTx, siteId: string, draw: Draw): Promise<void> {
  const batchId = siteId === "enterprise" ? undefined : draw([undefined, "B-1", "B-2"]);
  const { id, printedName } = draw(trailPeople);
  const subject = { type: draw(["report", "batch"] as const), id: draw(["R-1", "R-2"]), ...(batchId ? { batchId } : {}) };
  const event = draw([
    { event: "report.exported", detail: { recordDigest: "0", pages: 1, fileDigest: "0", copy: 1 } }, { event: "exception.accepted", detail: { severity: "minor", from: "open", to: "closed", rationale: "=1+1" } },
    { event: "signing.refused", detail: { meaning: "rejected", cause: "x", sentence: "no" } }, { event: "signing.cancelled", detail: { meaning: "rejected", cause: "x" } },
  ] as const);
  await writeAudit(tx, { ...event, siteId, subject, actor: draw([{ id, name: printedName, role: "qa-manager" }, { id: "programme:plant", name: "plant", role: "programme" }]), reason: draw(reasons) }, draw(instants), randomUUID);
}

async function row(tx: SiteTx, siteId: string, draw: Draw): Promise<void> {
  const table = draw(["entries", "exceptions", "units"]);
  const delayH = draw([0, 6.9, 7, 7.1, 39, 41]);
  const eventAt = new Date("2026-03-20T08:00:00Z");
  const common = { site_id: siteId, batch_id: draw(["B-1", "B-2"]), step_id: "5.3.5", version: 2 };
  const after = table === "entries" ? { ...common, parameter: draw(["glucose", "titer"]), parameter_class: draw(["CPP", "info"]), value: "4.4", unit: "g/L", event_at: eventAt.toISOString(), entered_at: new Date(eventAt.getTime() + delayH * 3_600_000).toISOString() }
    : table === "exceptions" ? { ...common, id: draw(["EX-1", "EX-2"]), state: "closed" } : { site_id: siteId, id: "BR-1", name: "new" };
  const before = draw([null, { ...after, value: "5.1", state: "open", name: "old" }]);
  const person = draw(trailPeople);
  await tx.execute(sql`select write_row_entry(${table}, ${before ? "UPDATE" : "INSERT"}, ${before && JSON.stringify(before)}::jsonb, ${JSON.stringify(after)}::jsonb, array['batch_id', 'id'], ${draw(instants).toISOString()}::timestamptz, ${person.id}, ${person.printedName}, 'operator', ${draw(reasons)}, ${draw([null, person.id])}, 'request', 'client')`);
}

/** Gives the first entries of each site their place in the ledger. */
export async function intoLedger(tx: SiteTx, share = 0.7): Promise<void> {
  for (const site of everySite) {
    const entries = await tx.execute<{ id: string; canonical: string }>(sql`select id, canonical from audit_entries where site_id = ${site} order by seq`);
    const leaves = entries.slice(0, Math.ceil(entries.length * share)).map((e, position) => ({ position, id: e.id, hash: leafHashOf(e.canonical) }));
    await tx.execute(sql`insert into ledger_leaves (site_id, position, entry_id, leaf_hash) select ${site}, l.position, l.id, decode(l.hash, 'hex') from jsonb_to_recordset(${JSON.stringify(leaves)}::jsonb) as l(position bigint, id uuid, hash text)`);
  }
}

/** Fills an empty database. `random`: 0 to below 1, so that a seed gives the same trail again. */
export async function fillTrail(db: TestDatabase, size: number, random: () => number): Promise<void> {
  const draw: Draw = (options) => options[Math.floor(random() * options.length)] as (typeof options)[number];
  await asOwner(db, async (tx) => {
    await tx.insert(sites).values([...trailSites]);
    await tx.insert(people).values(trailPeople);
    await tx.insert(products).values({ id: "P", name: "Product", strength: "1 g/L" });
    for (const siteId of ["basel", "raleigh", "singapore"]) {
      await tx.insert(units).values({ siteId, id: "BR-1", name: "Vessel", equipmentClass: "Vessel", processCell: "x" });
      await tx.insert(batches).values(trailBatches.map((b) => ({ ...b, siteId, productId: "P", unitId: "BR-1", state: "complete" as const, origin: "imported" as const })));
    }
    for (let i = 0; i < size; i++) {
      const site = draw(everySite);
      await (random() < 0.5 || site === "enterprise" ? act(tx, site, draw) : row(tx, site, draw));
    }
    await intoLedger(tx);
  }, { reason: "rows for the test" });
}
