import type { Database } from "#db/client.ts";

/** Any two numbers, the same in every process of the kind; the site's own number is added. */
export const lockSpaces = { plant: 7_218_100, ledger: 7_218_200 } as const;

/**
 * Owns sites through advisory locks of one connection: a site is run by one process of a kind at a time, and a dead one's sites are
 * free as soon as its connection is gone.
 */
export async function ownSites(database: Database, siteIds: readonly string[], kind: keyof typeof lockSpaces = "plant"): Promise<{ readonly claim: () => Promise<readonly string[]>; readonly release: () => void }> {
  const connection = await database.$client.reserve();
  const owned = new Set<string>();
  const claim = async () => {
    for (const site of siteIds) {
      if (owned.has(site)) continue;
      const [row] = await connection<{ locked: boolean }[]>`select pg_try_advisory_lock(${lockSpaces[kind]}, hashtext(${site})) as locked`;
      if (row?.locked) owned.add(site);
    }
    return [...owned];
  };
  return { claim, release: () => connection.release() };
}
