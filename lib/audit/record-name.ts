import { siteTime } from "#lib/site/time.ts";
import { parsedRow } from "./entry.ts";

/** What an entry is about, as the trail holds it. */
export type NamedSubject = { readonly subjectType: string; readonly subjectId: string; readonly batchId: string | null; readonly detail: unknown };
/** One field of a row before and after; null: there was none. */
export type FieldChange = { readonly name: string; readonly old: string | null; readonly new: string | null };
/** Names of people by id, for rows that hold ids. */
export type PeopleNames = ReadonlyMap<string, string>;

type Row = Readonly<Record<string, unknown>>;
const text = (row: Row, key: string): string => (row[key] === null || row[key] === undefined ? "" : String(row[key]));
const spaced = (name: string): string => name.replaceAll(/[-_.]/g, " ").trim();
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Words of the plant for kinds of records: tables and the subjects of acts. */
const kinds: Readonly<Record<string, string>> = {
  entries: "Step value", steps: "Step", batches: "Batch", exceptions: "Exception", signatures: "Signature", people: "Account", role_assignments: "Role of a person", group_roles: "Role of a group", units: "Unit", tags: "Measured point",
  sources: "Source", products: "Product", master_batch_records: "Master batch record", model_versions: "Model", import_runs: "Import", signing_policies: "Signing policy", passkeys: "Passkey", undertakings: "Accountability statement",
  signing_locks: "Lock of signing", register_keys: "Key", batch: "Batch", exception: "Exception", person: "Account", session: "Session", source: "Source", unit: "Unit", site: "Site", report: "Copy", import: "Import",
  signature: "Signature", passkey: "Passkey", policy: "Signing policy", key: "Key", page: "Page", record: "Record", period: "Period",
  equipment_states: "State of a unit", equipment_log: "Use and cleaning log", equipment_uses: "Unit of a step", calibrations: "Calibration", equipment_parts: "Part of a unit", laboratory_samples: "Sample", test_results: "Result of a test", sample: "Sample", step: "Step", entry: "Step value",
  materials: "Material", suppliers: "Supplier", lots: "Lot", containers: "Container", lot_movements: "Movement of a lot", material_uses: "Charge of a step", recalls: "Mock recall", material: "Material", supplier: "Supplier", lot: "Lot", recall: "Mock recall",
};
/** Kind of a record in words. */
export const recordKind = (subjectType: string): string => kinds[subjectType] ?? capital(spaced(subjectType));
export const recordKinds = Object.keys(kinds);

/** How a row of a table is called; what is not listed is called by its kind and key. */
const named: Readonly<Record<string, (row: Row, people: PeopleNames) => string>> = {
  entries: (r) => `Step ${text(r, "step_id")}, ${spaced(text(r, "parameter"))}`,
  steps: (r) => `Step ${text(r, "id")}, ${text(r, "title")}`,
  batches: (r) => `Batch ${text(r, "id")}`,
  exceptions: (r) => `Exception ${text(r, "id")}`,
  signatures: (r) => `Signature ${text(r, "ordinal")} of ${text(r, "batch_id")}`,
  people: (r) => `Account ${text(r, "printed_name")}`,
  role_assignments: (r, people) => `Role ${spaced(text(r, "role"))} of ${people.get(text(r, "person_id")) ?? text(r, "person_id")}`,
  group_roles: (r) => `Role ${spaced(text(r, "role"))} of group ${text(r, "group_name")}`,
  materials: (r) => `Material ${text(r, "id")}, ${text(r, "name")}`,
  suppliers: (r) => `Supplier ${text(r, "id")}, ${text(r, "name")}`,
  lots: (r) => `Lot ${text(r, "id")}`,
  containers: (r) => `Container ${text(r, "id")}`,
  lot_movements: (r) => `Lot ${text(r, "lot_id")}, ${spaced(text(r, "kind"))} ${text(r, "quantity")}`,
  material_uses: (r) => `Charge ${text(r, "number")} of step ${text(r, "step_id")}, lot ${text(r, "lot_id")}`,
  recalls: (r) => `Mock recall ${text(r, "id")} of lot ${text(r, "lot_id")}`,
  equipment_states: (r) => `State of ${text(r, "unit_id")}`,
  equipment_log: (r) => `${text(r, "unit_id")}, ${spaced(text(r, "event"))}`,
  equipment_uses: (r) => `${text(r, "unit_id")} in step ${text(r, "step_id")} of ${text(r, "batch_id")}`,
  calibrations: (r) => `Calibration of ${[text(r, "unit_id"), spaced(text(r, "tag"))].join(" ").trim()}`,
  equipment_parts: (r) => (text(r, "part") === "" ? `Nothing in ${text(r, "place")} of ${text(r, "unit_id")}` : `${text(r, "part")} in ${text(r, "place")} of ${text(r, "unit_id")}`),
  laboratory_samples: (r) => `Sample ${text(r, "id")}`,
  test_results: (r) => `Result ${text(r, "number")} of ${spaced(text(r, "parameter"))}, ${text(r, "sample_id")}`,
  units: (r) => `Unit ${text(r, "id")}`,
  tags: (r) => `${text(r, "unit_id")}, ${text(r, "name") || spaced(text(r, "tag"))}`,
  sources: (r) => `Source ${text(r, "name") || text(r, "id")}`,
  products: (r) => `Product ${text(r, "id")}`,
  master_batch_records: (r) => `Master ${text(r, "id")} version ${text(r, "version")}`,
  model_versions: (r) => `Model ${spaced(text(r, "name"))} version ${text(r, "version")}`,
  import_runs: (r) => `Import of ${text(r, "file_name")}`,
  signing_policies: (r) => `Signing policy, ${spaced(text(r, "meaning"))}`,
  passkeys: (r, people) => `Passkey ${text(r, "label")} of ${people.get(text(r, "person_id")) ?? text(r, "person_id")}`,
  undertakings: (r, people) => `Accountability statement of ${people.get(text(r, "person_id")) ?? text(r, "person_id")}`,
  signing_locks: (r, people) => `Lock of ${people.get(text(r, "person_id")) ?? text(r, "person_id")}`,
  register_keys: (r) => `Key ${text(r, "id")}, ${text(r, "purpose")} of ${text(r, "owner")}`,
};

type RowDetail = { readonly fields?: unknown; readonly old?: unknown; readonly new?: unknown };
const rowsOf = (detail: unknown): { readonly before: Row | undefined; readonly after: Row | undefined; readonly fields: readonly string[] } => {
  const { fields, old, new: after } = (detail ?? {}) as RowDetail;
  return { before: parsedRow(old), after: parsedRow(after), fields: typeof fields === "string" && fields !== "" ? fields.split(",") : [] };
};

/** Name of the record in words of the plant, never of its table. */
export function recordName(subject: NamedSubject, people: PeopleNames): string {
  const { before, after } = rowsOf(subject.detail);
  const row = after ?? before;
  const name = row && named[subject.subjectType];
  if (row && name) return name(row, people);
  if (subject.subjectType === "person") return `Account ${people.get(subject.subjectId) ?? subject.subjectId}`;
  if (subject.subjectType === "report") return subject.subjectId === "audit-trail" ? "Extract of the audit trail" : `Copy of ${subject.subjectId}`;
  if (subject.subjectType === "page") return `Page ${subject.subjectId}`;
  return `${recordKind(subject.subjectType)} ${subject.subjectId.replaceAll("/", ", ")}`;
}

const fieldNames: Readonly<Record<string, string>> = {
  titer_g_l: "titer, g/L", quantity_l: "quantity, L", scale_l: "scale, L", yield_percent: "yield, %", planned_duration_h: "planned duration, h", outside_minutes: "time outside, min", parameter_class: "class",
  event_at: "time of the event", entered_at: "time of entry", entered_by: "entered by", performed_by: "performed by", verified_by: "verified by", decided_by: "decided by", comment_by: "commented by", rule_id: "rule", unit_id: "unit", master_id: "master", step_id: "step",
};
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
/** Fields whose value is a word of a closed list. */
const worded = new Set(["state", "severity", "evaluation", "meaning", "role", "method", "ceremony", "origin", "source", "kind"]);

function valueText(field: string, value: unknown, zone: string, people: PeopleNames): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "object") return JSON.stringify(value);
  const plain = String(value);
  if (worded.has(field)) return plain.replaceAll("_", " ");
  if (instant.test(plain) && !Number.isNaN(Date.parse(plain))) return siteTime(new Date(plain), zone, true);
  return people.get(plain) ?? plain;
}

/** Fields of a row that say what the change is about, most telling first; the rest follows by name. */
const telling = ["value", "meaning", "state", "severity", "ceremony", "role", "limits", "ended_at", "revoked_at", "valid_to", "released_at", "printed_name", "decision"];
/** Follows from the others: the version of an entry, the count of changes of a row. */
const bookkeeping = new Set(["version", "revision"]);
const rank = (field: string): number => (telling.includes(field) ? telling.indexOf(field) : bookkeeping.has(field) ? 1000 : 100);

/** Every field that a row entry changed, created or deleted, the most telling one first; none for an act. */
export function fieldChanges(subject: NamedSubject, zone: string, people: PeopleNames): readonly FieldChange[] {
  const { before, after, fields } = rowsOf(subject.detail);
  const row = after ?? before;
  if (!row) return [];
  return [...fields].sort((a, b) => rank(a) - rank(b)).map((field) => {
    const unit = field === "value" && typeof row["unit"] === "string" && row["unit"] !== "" ? `, ${row["unit"]}` : "";
    return { name: `${fieldNames[field] ?? spaced(field)}${unit}`, old: valueText(field, before?.[field], zone, people), new: valueText(field, after?.[field], zone, people) };
  });
}

/** What an act led from and to, where its event says so. */
export function actChange(detail: unknown): { readonly from: string; readonly to: string } | undefined {
  const { from, to } = (detail ?? {}) as { from?: unknown; to?: unknown };
  return typeof from === "string" && typeof to === "string" ? { from: from.replaceAll("_", " "), to: to.replaceAll("_", " ") } : undefined;
}
