import { may, type Actor } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";

export type Place = { readonly name: string; readonly address: string; readonly needs: Permission };

/** The rail: what works today, in the groups of the design; a person sees what his roles may open. */
const groups: readonly { readonly name: string; readonly places: readonly Place[] }[] = [
  { name: "Work", places: [{ name: "Release queue", address: "/", needs: "queue.read" }] },
  { name: "Inspection", places: [{ name: "Inspection room", address: "/inspection", needs: "inspection.read" }, { name: "My access log", address: "/inspection/access-log", needs: "inspection.read" }] },
  { name: "Plant", places: [{ name: "Overview", address: "/overview", needs: "unit.read" }, { name: "Batches", address: "/batches", needs: "batch.read" }, { name: "Materials", address: "/materials", needs: "material.read" }, { name: "Trace", address: "/trace", needs: "material.read" }, { name: "Equipment", address: "/equipment", needs: "equipment.read" }, { name: "Laboratory", address: "/laboratory", needs: "laboratory.read" }] },
  { name: "Insight", places: [{ name: "Compare sites", address: "/compare", needs: "compare.read" }, { name: "Models", address: "/models", needs: "unit.read" }] },
  { name: "Records", places: [{ name: "Masters", address: "/masters", needs: "master.read" }, { name: "Exception types", address: "/exception-types", needs: "exception.read" }, { name: "Mock recalls", address: "/recalls", needs: "material.read" }, { name: "Audit trail", address: "/audit", needs: "audit.read" }, { name: "Reports", address: "/reports", needs: "report.read" }, { name: "Compliance", address: "/compliance", needs: "compliance.read" }, { name: "Integrity", address: "/integrity", needs: "integrity.read" }, { name: "Ledger and keys", address: "/keys", needs: "key.read" }] },
  { name: "Administration", places: [{ name: "People", address: "/people", needs: "account.read" }, { name: "Signing", address: "/people/signing", needs: "account.read" }] },
];

/** Who only inspects has no work waiting: his day starts in the inspection room, not at the queue. */
const onlyInspects = (actor: Actor): boolean => [...actor.rolesBySite.values()].flat().every((role) => role === "auditor");

/** An administrator reads the enterprise's trail, which holds accounts and configuration. */
const mayOpen = (actor: Actor, place: Place): boolean => !(place.address === "/" && onlyInspects(actor)) && (may(actor, place.needs) || (place.address === "/audit" && may(actor, "enterprise-audit.read")));

export const mapFor = (actor: Actor) =>
  groups.map((group) => ({ ...group, places: group.places.filter((place) => mayOpen(actor, place)) })).filter((group) => group.places.length > 0);

/** Addresses without a site or a record in them that the person may open. */
export const addressesFor = (actor: Actor): readonly string[] => [...mapFor(actor).flatMap((group) => group.places.map((place) => place.address)), "/account", ...(may(actor, "compliance.read") ? ["/compliance/sandbox"] : [])];

/** Where a person starts his day. */
export const homeOf = (actor: Actor): string => mapFor(actor)[0]?.places[0]?.address ?? "/nothing";
