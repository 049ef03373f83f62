import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actorWith } from "#tests/actors.ts";
import { may, NotFound, PermissionDenied, requirePermission, sitesWith } from "./actor.ts";
import { allows, permissions, roles, type Role } from "./permission.ts";

const sites = ["basel", "raleigh", "singapore"];
const anybody = fc.dictionary(fc.constantFrom(...sites), fc.subarray([...roles])).map((held) => actorWith(held as Record<string, Role[]>));

describe("the door of permissions", () => {
  const supervisor = actorWith({ basel: ["supervisor"], raleigh: ["comparison-reader"] });

  it("REQ-04 (21 CFR 11.10(d)) hands out a proof for the sites where the permission is held, and for no other", () => {
    expect(requirePermission(supervisor, "batch.read", "basel")).toEqual({ actor: supervisor, permission: "batch.read", sites: ["basel"], role: "supervisor" });
    expect(requirePermission(actorWith({ basel: ["qa-manager"], raleigh: ["operator"], singapore: ["auditor"] }), "audit.read")).toMatchObject({ sites: ["basel", "singapore"] });
  });
  it("REQ-04 (21 CFR 11.10(d)) says 'not found' of a site where the person reads nothing, so that he does not learn of it", () => {
    for (const site of ["raleigh", "singapore", "atlantis", ""]) expect(() => requirePermission(supervisor, "batch.read", site)).toThrow(NotFound);
    expect(() => requirePermission(actorWith({ basel: ["administrator"] }), "batch.read", "basel")).toThrow(NotFound);
  });
  it("REQ-04 (21 CFR 11.10(d)) says 'permission denied' of what he may not do at a site where he reads, or anywhere", () => {
    expect(() => requirePermission(supervisor, "batch.release", "basel")).toThrow(PermissionDenied);
    expect(() => requirePermission(supervisor, "batch.release")).toThrow(PermissionDenied);
    expect(() => requirePermission(actorWith({}), "site.read")).toThrow(PermissionDenied);
  });
  it("REQ-04 (21 CFR 11.10(d)) takes the role at the site itself: one held elsewhere opens nothing", () => {
    const actor = actorWith({ basel: ["operator"], raleigh: ["qa-manager"] });
    expect(() => requirePermission(actor, "batch.release", "basel")).toThrow(PermissionDenied);
    expect(requirePermission(actor, "batch.read", "basel").role).toBe("operator");
    expect(requirePermission(actor, "batch.release")).toMatchObject({ sites: ["raleigh"], role: "qa-manager" });
  });

  it("REQ-04 (21 CFR 11.10(d)) opens exactly where a role of the person at that site holds the permission, for anybody", () => {
    fc.assert(fc.property(anybody, fc.constantFrom(...permissions), fc.option(fc.constantFrom(...sites, "atlantis"), { nil: undefined }), (actor, permission, site) => {
      const due = sites.filter((s) => (site === undefined || s === site) && (actor.rolesBySite.get(s) ?? []).some((role) => allows(role, permission)));
      const proof = () => requirePermission(actor, permission, site);
      expect(may(actor, permission, site)).toBe(due.length > 0);
      if (due.length === 0) expect(proof).toThrow(/does not exist|is not held/);
      else {
        expect([...proof().sites].sort()).toEqual(due);
        expect(due.flatMap((s) => actor.rolesBySite.get(s) ?? [])).toContain(proof().role);
        expect(allows(proof().role, permission)).toBe(true);
      }
      expect([...sitesWith(actor, permission)].sort()).toEqual(sites.filter((s) => (actor.rolesBySite.get(s) ?? []).some((role) => allows(role, permission))));
    }), { numRuns: 300 });
  });

  it("shows no message of the refusal but a code", () => {
    expect(new PermissionDenied("batch.release").code).toBe("permission-denied");
    expect(new NotFound("site x").code).toBe("not-found");
  });
});
