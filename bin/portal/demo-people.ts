/** People of the demo identity provider; password `demo` for all. Their groups are mapped to roles in `db/seed/organisation.ts`. */
export type DemoPerson = { readonly userName: string; readonly name: string; readonly groups: readonly string[]; readonly does: string };

export const demoPassword = "demo";

export const demoPeople: readonly DemoPerson[] = [
  { userName: "qa.manager@demo", name: "Miriam Keller", groups: ["vb-all-qa"], does: "QA manager, all sites" },
  { userName: "qa.second@demo", name: "Jonas Meier", groups: ["vb-all-qa"], does: "Quality, all sites: second person" },
  { userName: "qp.basel@demo", name: "Elena Frey", groups: ["vb-basel-confirmer"], does: "Site confirmer (QP), Basel" },
  { userName: "qp.raleigh@demo", name: "James Moore", groups: ["vb-raleigh-confirmer"], does: "Site confirmer, Raleigh" },
  { userName: "qp.singapore@demo", name: "Wei Tan", groups: ["vb-singapore-confirmer"], does: "Site confirmer, Singapore" },
  { userName: "supervisor.basel@demo", name: "Andrea Rossi", groups: ["vb-basel-supervisor"], does: "Supervisor, Basel" },
  { userName: "supervisor.raleigh@demo", name: "Rachel Hayes", groups: ["vb-raleigh-supervisor"], does: "Supervisor, Raleigh" },
  { userName: "supervisor.singapore@demo", name: "Priya Nair", groups: ["vb-singapore-supervisor"], does: "Supervisor, Singapore" },
  { userName: "lead.production.basel@demo", name: "Paul Aebi", groups: ["vb-basel-supervisor"], does: "Production lead (supervisor), Basel" },
  { userName: "lead.production.raleigh@demo", name: "Grace Lund", groups: ["vb-raleigh-supervisor"], does: "Production lead (supervisor), Raleigh" },
  { userName: "lead.production.singapore@demo", name: "Arun Pillai", groups: ["vb-singapore-supervisor"], does: "Production lead (supervisor), Singapore" },
  { userName: "operator.basel@demo", name: "Nico Baumann", groups: ["vb-basel-operator"], does: "Operator, Basel" },
  { userName: "operator.raleigh@demo", name: "Daniel Okafor", groups: ["vb-raleigh-operator"], does: "Operator, Raleigh" },
  { userName: "operator.singapore@demo", name: "Hui Lim", groups: ["vb-singapore-operator"], does: "Operator, Singapore" },
  { userName: "site.lead.basel@demo", name: "Sabine Vogel", groups: ["vb-basel-lead", "vb-compare-readers"], does: "Site lead, Basel; compares with the others" },
  { userName: "process.engineer@demo", name: "Lukas Brandt", groups: ["vb-all-engineer"], does: "Process engineer, all sites: writes masters" },
  { userName: "process.reviewer@demo", name: "Anna Schmid", groups: ["vb-all-engineer"], does: "Process engineer, all sites: reviews masters" },
  { userName: "warehouse.basel@demo", name: "Marco Weber", groups: ["vb-basel-warehouse"], does: "Warehouse, Basel" },
  { userName: "warehouse.raleigh@demo", name: "Dana Cole", groups: ["vb-raleigh-warehouse"], does: "Warehouse, Raleigh" },
  { userName: "warehouse.singapore@demo", name: "Siti Rahman", groups: ["vb-singapore-warehouse"], does: "Warehouse, Singapore" },
  { userName: "analyst.basel@demo", name: "Julia Huber", groups: ["vb-basel-laboratory"], does: "Laboratory analyst, Basel" },
  { userName: "second.analyst.basel@demo", name: "Stefan Graf", groups: ["vb-basel-laboratory"], does: "Laboratory analyst, Basel: second review" },
  { userName: "analyst.raleigh@demo", name: "Olivia Grant", groups: ["vb-raleigh-laboratory"], does: "Laboratory analyst, Raleigh" },
  { userName: "second.analyst.raleigh@demo", name: "Noah Perez", groups: ["vb-raleigh-laboratory"], does: "Laboratory analyst, Raleigh: second review" },
  { userName: "second.analyst.singapore@demo", name: "Mei Chan", groups: ["vb-singapore-laboratory"], does: "Laboratory analyst, Singapore: second review" },
  { userName: "analyst.singapore@demo", name: "Kai Wong", groups: ["vb-singapore-laboratory"], does: "Laboratory analyst, Singapore" },
  { userName: "auditor@demo", name: "Eva Lindqvist", groups: ["vb-all-auditor"], does: "Auditor, all sites, reads only" },
  { userName: "admin@demo", name: "Tom Brunner", groups: ["vb-administrators"], does: "Accounts and configuration, no GMP rights" },
];
