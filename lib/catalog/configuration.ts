import { z } from "zod";
import { roles } from "#lib/access/permission.ts";
import { materialKinds } from "#lib/material/filter.ts";
import { codePattern, supplierStates, unitFault } from "#lib/material/supply.ts";

const id = z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, "use lower-case letters, digits and hyphens");
const tag = z.object({ tag: z.string().min(1), name: z.string().min(1), unit: z.string().min(1), precision: z.int().min(0).max(6), rangeLow: z.number(), rangeHigh: z.number(), staleAfterS: z.int().positive() });

const zone = z.string().refine((name) => Intl.supportedValuesOf("timeZone").includes(name), "is not an IANA time zone");

/** A unit, or with a `parent` an equipment module of it. `area`: of the site (ISA-95); units of the area "Quality control" are the laboratory's instruments. */
const unit = z.object({
  site: id, id: z.string().min(1), name: z.string().min(1), equipmentClass: z.string().min(1), area: z.string().trim().max(80).default(""), processCell: z.string().min(1), scaleL: z.number().positive().nullable(), parent: z.string().min(1).optional(), serialNumber: z.string().trim().min(1).max(80).optional(), tags: z.array(tag),
});

const code = z.string().regex(codePattern, "use capital letters, digits and hyphens, for example RM-0417");
const keptIn = z.string().refine((text) => unitFault(text) === undefined, "is no unit the portal knows");

/** What an administrator writes down of the organisation: sites, what a provider's group means where, units with their instruments, sources, and the materials and suppliers to begin with. */
export const configuration = z.object({
  /** Name of the enterprise above the sites; "Enterprise" where nobody says. */
  enterprise: z.string().trim().min(1).max(80).optional(),
  sites: z.array(z.object({ id, name: z.string().min(1), code: z.string().regex(/^[A-Z]{2,5}$/), timeZone: zone })).min(1),
  groupRoles: z.array(z.object({ group: z.string().min(1), site: z.union([id, z.literal("enterprise")]), role: z.enum(roles) })),
  units: z.array(unit),
  materials: z.array(z.object({ id: code, name: z.string().min(1), kind: z.enum(materialKinds), unit: keptIn, storage: z.string().min(1) })).default([]),
  suppliers: z.array(z.object({ id: code, name: z.string().min(1), state: z.enum(supplierStates) })).default([]),
  sources: z.array(z.object({ site: id, id: z.string().regex(/^[A-Za-z0-9-]{1,60}$/), unit: z.string().min(1), name: z.string().min(1), validDays: z.int().min(1).max(730) })),
}).strict();
export type Configuration = z.infer<typeof configuration>;

/** References that lead nowhere, one sentence each; empty when the configuration holds together. */
export function looseEnds(c: Configuration): readonly string[] {
  const sites = new Set(["enterprise", ...c.sites.map((s) => s.id)]);
  const units = new Set(c.units.map((u) => `${u.site}/${u.id}`));
  const modules = new Set(c.units.filter((u) => u.parent !== undefined).map((u) => `${u.site}/${u.id}`));
  const parents = c.units.flatMap((u) => (u.parent === undefined ? [] : [{ id: u.id, parent: u.parent, place: `${u.site}/${u.parent}` }]));
  return [
    ...c.groupRoles.filter((g) => !sites.has(g.site)).map((g) => `Group ${g.group} names the site ${g.site}, which is not configured.`),
    ...c.units.filter((u) => !sites.has(u.site)).map((u) => `Unit ${u.id} names the site ${u.site}, which is not configured.`),
    ...parents.filter(({ place }) => !units.has(place)).map(({ id: module, parent }) => `Equipment module ${module} names the unit ${parent}, which is not configured at its site.`),
    ...parents.filter(({ place }) => modules.has(place)).map(({ id: module, parent }) => `Equipment module ${module} names ${parent}, which is a module itself.`),
    ...c.units.flatMap((u) => u.tags.filter((t) => t.rangeLow >= t.rangeHigh).map((t) => `Tag ${t.tag} of ${u.id} has an empty range.`)),
    ...c.sources.filter((s) => !units.has(`${s.site}/${s.unit}`)).map((s) => `Source ${s.id} names the unit ${s.unit}, which is not configured.`),
  ];
}
