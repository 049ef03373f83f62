import { z } from "zod";
import { roles } from "#lib/access/permission.ts";

const id = z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, "use lower-case letters, digits and hyphens");
const tag = z.object({ tag: z.string().min(1), name: z.string().min(1), unit: z.string().min(1), precision: z.int().min(0).max(6), rangeLow: z.number(), rangeHigh: z.number(), staleAfterS: z.int().positive() });

const zone = z.string().refine((name) => Intl.supportedValuesOf("timeZone").includes(name), "is not an IANA time zone");

/** What an administrator writes down of the organisation: sites, what a provider's group means where, units with their instruments, sources. */
export const configuration = z.object({
  sites: z.array(z.object({ id, name: z.string().min(1), code: z.string().regex(/^[A-Z]{2,5}$/), timeZone: zone })).min(1),
  groupRoles: z.array(z.object({ group: z.string().min(1), site: z.union([id, z.literal("enterprise")]), role: z.enum(roles) })),
  units: z.array(z.object({ site: id, id: z.string().min(1), name: z.string().min(1), equipmentClass: z.string().min(1), processCell: z.string().min(1), scaleL: z.number().positive().nullable(), tags: z.array(tag) })),
  sources: z.array(z.object({ site: id, id: z.string().regex(/^[A-Za-z0-9-]{1,60}$/), unit: z.string().min(1), name: z.string().min(1), validDays: z.int().min(1).max(730) })),
}).strict();
export type Configuration = z.infer<typeof configuration>;

/** References that lead nowhere, one sentence each; empty when the configuration holds together. */
export function looseEnds(c: Configuration): readonly string[] {
  const sites = new Set(["enterprise", ...c.sites.map((s) => s.id)]);
  const units = new Set(c.units.map((u) => `${u.site}/${u.id}`));
  return [
    ...c.groupRoles.filter((g) => !sites.has(g.site)).map((g) => `Group ${g.group} names the site ${g.site}, which is not configured.`),
    ...c.units.filter((u) => !sites.has(u.site)).map((u) => `Unit ${u.id} names the site ${u.site}, which is not configured.`),
    ...c.units.flatMap((u) => u.tags.filter((t) => t.rangeLow >= t.rangeHigh).map((t) => `Tag ${t.tag} of ${u.id} has an empty range.`)),
    ...c.sources.filter((s) => !units.has(`${s.site}/${s.unit}`)).map((s) => `Source ${s.id} names the unit ${s.unit}, which is not configured.`),
  ];
}
