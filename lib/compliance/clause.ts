/** Rules and guidance that the rows name. "Draft" is part of a draft's name: it binds nobody yet. */
export const regulations = [
  "21 CFR Part 11", "21 CFR Part 211", "EU Annex 11", "EU Annex 11, draft 2025", "EU Annex 15", "EU Annex 16", "EU GMP Guide", "EU Annex 22, draft 2025",
  "PIC/S PI 041", "ALCOA++", "ICH", "ISA", "GAMP 5", "eIDAS", "GDPR",
] as const;
export type Regulation = (typeof regulations)[number];

/** The work that brings what is not built yet. */
export const works = { recipe: "Master recipe to executed batch", desk: "QA's desk", plant: "A live plant", later: "Later work" } as const;
export type Work = keyof typeof works;

/** Where a reader sees the control at work: a page of the portal, or a document that comes with the program. */
export type Evidence = { readonly name: string; readonly address: string } | { readonly name: string; readonly document: string };

/** What still lacks of a row, in words, and the work that brings it. */
export type Missing = { readonly what: string; readonly work: Work };

/** Claimed: built, and shown by tests that carry the row's tag. Planned: not, or not yet enough to claim it. */
export type Claim = { readonly state: "claimed"; readonly missing?: Missing } | { readonly state: "planned"; readonly work: Work };

/**
 * One row of the matrix, in our own words; what a rule demands is to be read in the rule itself. `number` is the requirement's
 * number, 1 to 75: a test that shows the row carries it as `REQ-n`. `control` says what is there today, also of a planned row.
 */
export type Clause = {
  readonly number: number;
  readonly regulations: readonly Regulation[];
  readonly clause: string;
  readonly title: string;
  readonly must: string;
  readonly control: string;
  readonly evidence: readonly Evidence[];
} & Claim;

export const page = (name: string, address: string): Evidence => ({ name, address });
export const document = (name: string, path: string): Evidence => ({ name, document: path });

export const auditTrail = page("Audit trail", "/audit");
export const batches = page("Batches", "/batches");
export const queue = page("Release queue", "/");
export const people = page("People", "/people");
export const models = page("Models", "/models");
export const overview = page("Overview", "/overview");
export const masters = page("Masters", "/masters");
export const materials = page("Materials", "/materials");
export const trace = page("Trace", "/trace");
export const recalls = page("Mock recalls", "/recalls");
export const equipment = page("Equipment", "/equipment");
export const laboratory = page("Laboratory", "/laboratory");
export const comparison = page("Compare sites", "/compare");
export const integrity = page("Integrity", "/integrity");
export const keys = page("Ledger and keys", "/keys");
export const account = page("My account", "/account");
export const sandbox = page("Try to break it", "/compliance/sandbox");
export const ledgerDecision = document("Ledger and evidence", "docs/decisions/0006-ledger-and-evidence.md");
export const bundleFormat = document("The evidence bundle", "docs/evidence-format.md");
export const architecture = document("Architecture", "docs/architecture.md");
