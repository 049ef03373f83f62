import { appendAct } from "#lib/audit/commands.ts";
import { enterprise, may, requirePermission, type Actor } from "./actor.ts";

/** Site whose trail holds a view: the page's own, else the enterprise where the inspector reads it, else the first of his sites. */
function siteOf(actor: Actor, address: string): string | undefined {
  const named = /^\/sites\/([^/?]+)/.exec(address)?.[1];
  return [named, enterprise].find((site) => site !== undefined && may(actor, "inspection.read", site));
}

/** Writes down that an inspector looked at a page. `address`: as in his browser, at most its first 500 characters are kept. */
export async function recordView(actor: Actor, address: string, { now, newId }: { readonly now: Date; readonly newId: () => string }): Promise<void> {
  const by = requirePermission(actor, "inspection.read", siteOf(actor, address));
  const [siteId = enterprise] = by.sites;
  const page = address.slice(0, 500);
  await appendAct(by, {
    event: "record.viewed", detail: { page }, siteId, subject: { type: "page", id: page.split("?")[0] ?? page }, actor: { id: actor.id, name: actor.printedName, role: by.role }, reason: "view by an inspector",
  }, now, newId);
}
