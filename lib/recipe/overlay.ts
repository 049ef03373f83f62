import { z } from "zod";
import { limitFaults, narrows, rangeName, rangeNames, type LimitFault, type Limits } from "#lib/quantity/limit.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { masterRecord, type MasterRecord } from "./master-record.ts";

const parameter = masterRecord.shape.parameters.element.shape;

/** What a site says of one version of a master: limits of its own for some parameters, units of its own for some classes. `EBROVL/1` is its canonical form. */
export const siteOverlay = z.object({
  format: z.literal("EBROVL/1"), siteId: z.string().min(1), masterId: masterRecord.shape.id, masterVersion: z.number().int().positive(), version: z.number().int().positive(),
  limits: z.array(z.object({ parameter: parameter.id, limits: parameter.limits }).strict()), units: z.array(z.object({ equipment: parameter.id, unitId: z.string().min(1).max(60) }).strict()),
}).strict();
export type SiteOverlay = z.infer<typeof siteOverlay>;

/** A unit of the site, as far as an overlay asks about it. */
export type UnitOfClass = { readonly id: string; readonly equipmentClass: string };
/** What is wrong with a part of an overlay: a parameter's or an equipment's id, and why. */
export type OverlayFault = { readonly part: string; readonly sentence: string };

/**
 * May a site use `own` where the master says `master`? It writes the ranges the master has and no others: a further range would move the end at which
 * a value begins to count (`zoneOf`), so that it could forgive what the enterprise does not.
 */
export const tightens = (own: Limits, master: Limits): boolean => limitsFault(own, master) === undefined;

/** Why a site may not use `own` where the master says `master`, with the range it is about; undefined where it may. */
export function limitsFault(own: Limits, master: Limits): LimitFault | undefined {
  const changed = rangeNames.find((name) => (own[name] === undefined) !== (master[name] === undefined));
  if (changed) return { range: changed, sentence: own[changed] ? `${rangeName[changed]}: the master has no such range, and a site adds none.` : `${rangeName[changed]}: the master has this range, and a site leaves none out.` };
  const wider = rangeNames.find((name) => { const [mine, theirs] = [own[name], master[name]]; return mine && theirs && !narrows({ [name]: mine }, { [name]: theirs }); });
  if (wider) return { range: wider, sentence: `${rangeName[wider]} reaches beyond the master's. A site may narrow a range, never widen it.` };
  return limitFaults(own)[0];
}

const twice = (ids: readonly string[]): readonly OverlayFault[] => [...new Set(ids.filter((one, i) => ids.indexOf(one) !== i))].map((part) => ({ part, sentence: "It is named twice." }));

/** What is wrong with an overlay over its master, at a site that has these units; empty when it may be approved. */
export function overlayFaults(overlay: SiteOverlay, master: MasterRecord, units: readonly UnitOfClass[]): readonly OverlayFault[] {
  const ofLimits = overlay.limits.flatMap(({ parameter: part, limits }): readonly OverlayFault[] => {
    const known = master.parameters.find((p) => p.id === part);
    const sentence = known ? limitsFault(limits, known.limits)?.sentence : "The master has no such parameter.";
    return sentence === undefined ? [] : [{ part, sentence }];
  });
  const ofUnits = overlay.units.flatMap(({ equipment: part, unitId }): readonly OverlayFault[] => {
    const known = master.equipment.find((e) => e.id === part);
    if (!known) return [{ part, sentence: "The master has no such equipment." }];
    return units.some((unit) => unit.id === unitId && unit.equipmentClass === known.equipmentClass) ? [] : [{ part, sentence: `${unitId} is no unit of the class ${known.equipmentClass} at this site.` }];
  });
  const elsewhere = overlay.masterId === master.id && overlay.masterVersion === master.version ? [] : [{ part: overlay.masterId, sentence: `It is written over ${overlay.masterId} v${overlay.masterVersion}, not over ${master.id} v${master.version}.` }];
  return [...elsewhere, ...twice(overlay.limits.map((one) => one.parameter)), ...twice(overlay.units.map((one) => one.equipment)), ...ofLimits, ...ofUnits];
}

/** Why a unit may not stand for an equipment of the master at a site: its overlay names another one for it. Undefined where it may. */
export function keptOut({ units }: Pick<SiteOverlay, "units">, equipment: { readonly id: string; readonly name: string }, unitId: string): string | undefined {
  const named = units.filter((one) => one.equipment === equipment.id).map((one) => one.unitId);
  return named.length === 0 || named.includes(unitId) ? undefined : `This site uses ${named.join(" or ")} for ${equipment.name}, as its overlay of the master says. Bind that unit.`;
}

const listed = (parts: readonly string[]): string => (parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`);
/** What an overlay does, for who issues a batch with it: "narrows pH and Temperature; uses MV-1 for Mixing vessel". */
export function overlayWords({ limits, units }: Pick<SiteOverlay, "limits" | "units">, master: Pick<MasterRecord, "parameters" | "equipment">): string {
  const narrowed = limits.map(({ parameter: id }) => master.parameters.find((p) => p.id === id)?.name ?? id);
  const used = units.map(({ equipment, unitId }) => `${unitId} for ${master.equipment.find((e) => e.id === equipment)?.name ?? equipment}`);
  return [...(narrowed.length > 0 ? [`narrows ${listed(narrowed)}`] : []), ...(used.length > 0 ? [`uses ${listed(used)}`] : [])].join("; ") || "changes nothing";
}

/** The master as the site executes it. Refused where the overlay would widen anything, whatever its state says. */
export function applyOverlay(master: MasterRecord, overlay: SiteOverlay): Result<MasterRecord, readonly OverlayFault[]> {
  const faults = overlayFaults({ ...overlay, units: [] }, master, []);
  if (faults.length > 0) return refuse(faults);
  const own = new Map(overlay.limits.map((one) => [one.parameter, one.limits]));
  return accept({ ...master, parameters: master.parameters.map((p) => ({ ...p, limits: own.get(p.id) ?? p.limits })) });
}
