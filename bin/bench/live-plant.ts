import { randomBytes, randomUUID } from "node:crypto";
import { encode } from "next-auth/jwt";
import { openDatabase } from "#db/client.ts";
import { people, roleAssignments, sessions } from "#db/schema/access.ts";
import { tags, units } from "#db/schema/equipment.ts";
import { sites } from "#db/schema/site.ts";
import { sources } from "#db/schema/telemetry.ts";
import { withProgramme } from "#db/scope.ts";
import { composeSourceKey, sourceKeyDigest } from "#lib/telemetry/source-key.ts";

export const siteId = "basel";
export const unitId = "BR-2001";
const sourceId = "gateway-BR-2001";
export const benchTags = ["temperature", "ph", "dissolved-oxygen", "agitation", "air-flow", "oxygen-flow", "co2-flow", "weight", "capacitance", "turbidity", "volume", "vessel-pressure"] as const;

export type Plant = { readonly key: string; readonly cookies: readonly string[] };

/** One unit with twelve tags and its source, one person who may see it, and a session of his for every stream. */
export async function plantUnit(ownerUrl: string, authSecret: string, streams: number, now: Date): Promise<Plant> {
  const database = openDatabase(ownerUrl, 1);
  const key = composeSourceKey(siteId, sourceId, randomBytes(32));
  const personId = randomUUID();
  const ids = Array.from({ length: streams }, () => randomUUID());
  await withProgramme(database, "installation", [siteId, "enterprise"], async (tx) => {
    await tx.insert(sites).values({ id: siteId, kind: "site", name: "Basel", code: "BAS", timeZone: "Europe/Zurich" });
    await tx.insert(units).values({ siteId, id: unitId, name: "Production bioreactor", equipmentClass: "Bioreactor", processCell: "Suite 2", scaleL: 2000 });
    await tx.insert(tags).values(benchTags.map((tag, position) => ({ siteId, unitId, tag, name: tag, unit: "1", precision: 2, rangeLow: 0, rangeHigh: 10_000, staleAfterS: 30, position })));
    await tx.insert(sources).values({ siteId, id: sourceId, unitId, name: "Gateway", keyDigest: sourceKeyDigest(key), issuedAt: now, expiresAt: new Date(now.getTime() + 86_400_000) });
    await tx.insert(people).values({ id: personId, issuer: "urn:bench", subject: "operator", userName: "operator", printedName: "Operator", createdAt: now });
    await tx.insert(roleAssignments).values({ siteId, personId, role: "operator", grantedAt: now });
    await tx.insert(sessions).values(ids.map((id) => ({ id, personId, startedAt: now, lastSeenAt: now })));
  }, { reason: "benchmark of the live path" });
  await database.$client.end();
  const tokens = await Promise.all(ids.map((sid) => encode({ token: { sid }, secret: authSecret })));
  return { key, cookies: tokens.map((token) => `next-auth.session-token=${token}`) };
}
