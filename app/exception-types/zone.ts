/** The zone in which times of an enterprise-wide record are written: the person's site where there is one, UTC where there are several. */
export const zoneFor = (sites: readonly { readonly timeZone: string }[]): string => {
  const zones = new Set(sites.map((site) => site.timeZone));
  return zones.size === 1 ? ([...zones][0] ?? "UTC") : "UTC";
};
