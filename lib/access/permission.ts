/**
 * The one table of permissions. Routes, commands and the route × role × site test are generated from it; what it does not
 * list is denied (21 CFR 11.10(d), default deny).
 */
export const roles = [
  "operator", "supervisor", "qa-manager", "site-confirmer", "auditor", "site-lead", "process-engineer", "warehouse", "analyst", "comparison-reader", "administrator",
] as const;
export type Role = (typeof roles)[number];

export const roleName: Record<Role, string> = {
  operator: "Operator",
  supervisor: "Supervisor",
  "qa-manager": "QA manager",
  "site-confirmer": "Site confirmer",
  auditor: "Auditor, read only",
  "site-lead": "Site lead",
  "process-engineer": "Process engineer",
  warehouse: "Warehouse",
  analyst: "Laboratory analyst",
  "comparison-reader": "Comparison reader",
  administrator: "Administrator",
};

const readers: readonly Role[] = ["operator", "supervisor", "qa-manager", "site-confirmer", "auditor", "site-lead", "process-engineer", "warehouse", "analyst"];

const granted = {
  "site.read": readers,
  "unit.read": readers,
  "batch.read": readers,
  "report.read": readers,
  "queue.read": ["qa-manager", "site-confirmer", "supervisor", "auditor"],
  "compare.read": ["qa-manager", "auditor", "site-lead", "comparison-reader"],
  "audit.read": ["qa-manager", "auditor"],
  "enterprise-audit.read": ["auditor", "administrator"],
  "inspection.read": ["auditor"],
  "compliance.read": ["qa-manager", "auditor", "site-lead", "administrator"],
  "compliance-report.read": ["qa-manager", "auditor"],
  "account.read": ["administrator", "auditor"],
  "account.manage": ["administrator"],
  "source.manage": ["administrator"],
  "key.read": ["administrator", "auditor", "qa-manager"],
  "key.rotate": ["administrator"],
  "integrity.read": ["qa-manager", "auditor", "administrator"],
  "batch.review-production": ["supervisor"],
  "batch.take-into-qa-review": ["qa-manager"],
  "batch.review-audit-trail": ["qa-manager"],
  "batch.confirm": ["site-confirmer"],
  "batch.release": ["qa-manager"],
  "batch.reject": ["qa-manager"],
  "exception.decide": ["qa-manager"],
  "exception.close": ["supervisor"],
  "exception.raise": ["operator", "supervisor", "qa-manager", "process-engineer", "analyst"],
  "exception.lower": ["qa-manager"],
  "exception.read": readers,
  "exception.configure": ["qa-manager"],
  "master.read": readers,
  "master.author": ["process-engineer"],
  "master.review": ["process-engineer", "supervisor"],
  "master.approve": ["qa-manager"],
  "overlay.author": ["process-engineer", "supervisor"],
  "batch.issue": ["supervisor"],
  "batch.execute": ["operator", "supervisor"],
  "batch.hold": ["supervisor", "qa-manager"],
  "batch.override": ["qa-manager"],
  "material.read": readers,
  "material.manage": ["qa-manager"],
  "lot.receive": ["warehouse"],
  "lot.decide": ["qa-manager"],
  "recall.run": ["qa-manager"],
  "recall.sign": ["qa-manager", "site-confirmer"],
  "equipment.read": readers,
  "equipment.clean": ["operator", "supervisor"],
  "equipment.maintain": ["process-engineer", "supervisor"],
  "laboratory.read": readers,
  "result.enter": ["analyst"],
  "result.review": ["analyst"],
  "result.invalidate": ["qa-manager"],
  "result.authorise-retest": ["qa-manager"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof granted;
export const permissions = Object.keys(granted) as readonly Permission[];

/** Does the role hold the permission? */
export const allows = (role: Role, permission: Permission): boolean => (granted[permission] as readonly Role[]).includes(role);

/** The role under which a person acts when he uses `permission`: the first of his that holds it, in the table's order. */
export const roleFor = (held: readonly Role[], permission: Permission): Role | undefined =>
  granted[permission].find((role) => held.includes(role));
