import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signatureMeanings } from "#lib/signature/meaning.ts";
import { meaningRule } from "#lib/release/rule.ts";
import { allows, permissions, roleFor, roleName, roles, type Permission, type Role } from "./permission.ts";

const matrix = roles.flatMap((role) => permissions.map((permission) => ({ role, permission, held: allows(role, permission) })));
const held = (role: Role): readonly Permission[] => permissions.filter((permission) => allows(role, permission));
const reads = permissions.filter((p) => p.endsWith(".read"));
/** What changes a batch, an exception or a signature: all of it is done by people of production or quality. */
const gmp = permissions.filter((p) => (p.startsWith("batch.") && p !== "batch.read") || p.startsWith("exception."));
const signing = signatureMeanings.map((meaning) => meaningRule[meaning].permission);

describe("the table of permissions", () => {
  it("REQ-04 (21 CFR 11.10(d)) lets each change be made by the roles the plant has for it, and decides about a batch by one alone", () => {
    const changes = permissions.filter((p) => !reads.includes(p));
    expect(Object.fromEntries(changes.map((p) => [p, roles.filter((role) => allows(role, p))]))).toEqual({
      "account.manage": ["administrator"], "source.manage": ["administrator"], "key.rotate": ["administrator"],
      "batch.review-production": ["supervisor"], "batch.take-into-qa-review": ["qa-manager"], "batch.review-audit-trail": ["qa-manager"], "batch.confirm": ["site-confirmer"],
      "batch.release": ["qa-manager"], "batch.reject": ["qa-manager"], "exception.decide": ["qa-manager"], "exception.close": ["supervisor"],
      "batch.issue": ["supervisor"], "batch.execute": ["operator", "supervisor"], "batch.hold": ["supervisor", "qa-manager"], "batch.override": ["qa-manager"],
      "exception.raise": ["operator", "supervisor", "qa-manager", "process-engineer", "analyst"], "exception.lower": ["qa-manager"], "exception.configure": ["qa-manager"],
      "master.author": ["process-engineer"], "master.review": ["supervisor", "process-engineer"], "master.approve": ["qa-manager"], "overlay.author": ["supervisor", "process-engineer"],
      "material.manage": ["qa-manager"], "lot.receive": ["warehouse"], "lot.decide": ["qa-manager"], "recall.run": ["qa-manager"], "recall.sign": ["qa-manager", "site-confirmer"], "equipment.clean": ["operator", "supervisor"], "equipment.maintain": ["supervisor", "process-engineer"],
      "result.enter": ["analyst"], "result.review": ["analyst"], "result.invalidate": ["qa-manager"], "result.authorise-retest": ["qa-manager"],
    });
  });

  it("REQ-04 (21 CFR 11.10(d)) denies by default: a person without a role holds nothing, and an unknown role is none", () => {
    for (const permission of permissions) {
      expect(roleFor([], permission)).toBeUndefined();
      expect(allows("everything" as Role, permission)).toBe(false);
    }
    expect(matrix.some((cell) => !cell.held)).toBe(true);
  });

  it("REQ-31 (21 CFR 11.200(a)(2)) gives the administrator accounts and configuration and nothing of GMP, not even to read", () => {
    expect(held("administrator").toSorted()).toEqual(["account.manage", "account.read", "compliance.read", "enterprise-audit.read", "integrity.read", "key.read", "key.rotate", "source.manage"]);
    expect(held("administrator").filter((p) => gmp.includes(p))).toEqual([]);
  });

  it("REQ-04 (21 CFR 11.10(d)) lets an auditor read everything and change nothing", () => {
    expect(held("auditor")).toEqual(reads);
  });

  it("REQ-04 (21 CFR 11.10(d)) shows a comparison reader figures and no batch", () => {
    expect(held("comparison-reader")).toEqual(["compare.read"]);
  });

  it("REQ-19 (21 CFR 11.10(g)) knows a permission for every meaning, which only readers of batches hold", () => {
    for (const permission of signing) {
      const signers = roles.filter((role) => allows(role, permission));
      expect(signers.length, permission).toBeGreaterThan(0);
      expect(signers.filter((role) => !allows(role, "batch.read") || !gmp.includes(permission))).toEqual([]);
    }
  });

  it("REQ-09 has nobody who makes the batch decide about it: the operator executes, cleans and says what happened, and signs, weighs or decides nothing", () => {
    expect(held("operator").filter((p) => !reads.includes(p)).toSorted()).toEqual(["batch.execute", "equipment.clean", "exception.raise"]);
    expect(held("operator").filter((p) => signing.includes(p))).toEqual([]);
  });

  it("has a name for every role", () => {
    expect(roles.map((role) => roleName[role]).filter((name) => !/^[A-Z]/.test(name))).toEqual([]);
    expect(new Set(Object.values(roleName)).size).toBe(roles.length);
  });
});

describe("the role under which a person acts", () => {
  it("REQ-06 (PI 041 9.6) is one he holds and one that holds the permission, whatever else he holds and in whatever order", () => {
    fc.assert(fc.property(fc.shuffledSubarray([...roles]), fc.constantFrom(...permissions), (some, permission) => {
      const role = roleFor(some, permission);
      if (role === undefined) expect(some.some((r) => allows(r, permission))).toBe(false);
      else expect([some.includes(role), allows(role, permission)]).toEqual([true, true]);
      expect(roleFor(some.toReversed(), permission)).toBe(role);
    }));
  });
});
