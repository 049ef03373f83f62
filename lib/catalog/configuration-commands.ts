import { and, eq } from "drizzle-orm";
import { groupRoles } from "#db/schema/access.ts";
import { tags, units } from "#db/schema/equipment.ts";
import { materials, suppliers } from "#db/schema/material.ts";
import { sites } from "#db/schema/site.ts";
import { sources } from "#db/schema/telemetry.ts";
import type { SiteTx } from "#db/scope.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { installConfiguration } from "#lib/quality/configuration-commands.ts";
import type { Configuration } from "./configuration.ts";
import { composeSourceKey, sourceKeyDigest } from "#lib/telemetry/source-key.ts";

type Stamp = { readonly now: Date; readonly newId: () => string; readonly random: () => Uint8Array };
/** A key is handed out once, here; only its digest is kept. */
export type IssuedKey = { readonly source: string; readonly unit: string; readonly key: string; readonly expiresAt: Date };

const dayMs = 86_400_000;

async function registerSource(tx: SiteTx, source: Configuration["sources"][number], stamp: Stamp): Promise<IssuedKey | undefined> {
  const [known] = await tx.select().from(sources).where(and(eq(sources.siteId, source.site), eq(sources.id, source.id)));
  if (known) return undefined;
  const key = composeSourceKey(source.site, source.id, stamp.random());
  const expiresAt = new Date(stamp.now.getTime() + source.validDays * dayMs);
  await tx.insert(sources).values({ siteId: source.site, id: source.id, unitId: source.unit, name: source.name, keyDigest: sourceKeyDigest(key), issuedAt: stamp.now, expiresAt });
  await writeAudit(tx, {
    event: "source.registered", detail: { unitId: source.unit, expiresAt: expiresAt.toISOString() }, siteId: source.site, subject: { type: "source", id: source.id },
    actor: { id: "programme:installation", name: "installation", role: "programme" }, reason: "configuration file",
  }, stamp.now, stamp.newId);
  return { source: source.id, unit: source.unit, key, expiresAt };
}

/** Brings sites, group roles, units, instruments, materials, suppliers and sources of a configuration file in, and the configuration of exceptions that comes with the program; what is already there stays as it is. Returns the keys of new sources. */
export async function configure(tx: SiteTx, c: Configuration, stamp: Stamp): Promise<readonly IssuedKey[]> {
  await tx.insert(sites).values([{ id: "enterprise", kind: "enterprise", name: c.enterprise ?? "Enterprise", code: "ENT", timeZone: "UTC" }, ...c.sites.map((s) => ({ ...s, kind: "site" as const }))]).onConflictDoNothing();
  if (c.groupRoles.length > 0) await tx.insert(groupRoles).values(c.groupRoles.map(({ group, site, role }) => ({ group, siteId: site, role }))).onConflictDoNothing();
  for (const { tags: instruments, site: siteId, parent, serialNumber, ...unit } of c.units) {
    await tx.insert(units).values({ ...unit, siteId, parentId: parent ?? null, serialNumber: serialNumber ?? null }).onConflictDoNothing();
    if (instruments.length > 0) await tx.insert(tags).values(instruments.map((t, position) => ({ ...t, siteId, unitId: unit.id, position }))).onConflictDoNothing();
  }
  if (c.materials.length > 0) await tx.insert(materials).values([...c.materials]).onConflictDoNothing();
  if (c.suppliers.length > 0) await tx.insert(suppliers).values([...c.suppliers]).onConflictDoNothing();
  await installConfiguration(tx, stamp);
  const issued: IssuedKey[] = [];
  for (const source of c.sources) {
    const key = await registerSource(tx, source, stamp);
    if (key) issued.push(key);
  }
  return issued;
}
