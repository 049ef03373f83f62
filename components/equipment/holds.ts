import type { MasterRecord } from "#lib/recipe/master-record.ts";

/** Longest time from cleaning to use of a class, and the master that says so. */
export type CleanHold = { readonly hours: number; readonly master: string };

/** The shortest clean hold any of these masters asks for, by equipment class. */
export function cleanHolds(masters: readonly MasterRecord[]): ReadonlyMap<string, CleanHold> {
  const found = new Map<string, CleanHold>();
  for (const { id, version, equipment } of masters) for (const { equipmentClass, cleanHoldH } of equipment) {
    const known = found.get(equipmentClass);
    if (cleanHoldH !== undefined && (!known || cleanHoldH < known.hours)) found.set(equipmentClass, { hours: cleanHoldH, master: `${id} v${version}` });
  }
  return found;
}
