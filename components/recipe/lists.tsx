import { Figure } from "../ui/figure.tsx";
import { materialKindName } from "#lib/recipe/words.ts";
import type { MasterRecord } from "#lib/recipe/master-record.ts";

type Props = { readonly master: MasterRecord };
const digitsOf = (value: number): number => Math.min(6, (String(value).split(".")[1] ?? "").length);
const Head = ({ columns }: { readonly columns: readonly string[] }) => <thead><tr>{columns.map((c) => <th key={c} scope="col" className={c === "Quantity" ? "num" : undefined}>{c}</th>)}</tr></thead>;
const Box = ({ label, children }: { readonly label: string; readonly children: React.ReactNode }) => <div className="table-box" tabIndex={0} role="region" aria-label={label}><table className="dense in-card">{children}</table></div>;
const None = ({ children }: { readonly children: React.ReactNode }) => <p className="empty">{children}</p>;

/** Components with their quantity and the tolerance of a charge. */
export const MaterialTable = ({ master }: Props) => master.materials.length === 0 ? <None>No component is listed yet.</None> : (
  <Box label="Materials"><Head columns={["Material", "Code", "Kind", "Quantity", "Least to greatest charge"]} />
    <tbody>{master.materials.map((m) => <tr key={m.id}><th scope="row">{m.name}<small className="mono">{m.id}</small></th><td className="mono">{m.code}</td><td>{materialKindName[m.kind]}</td><td className="num nowrap"><Figure value={m.quantity} digits={digitsOf(m.quantity)} unit={m.unit} /></td><td className="nowrap">{m.tolerance.low} to {m.tolerance.high} %</td></tr>)}</tbody></Box>
);

/** Classes of equipment and what is asked of the unit that is bound. */
export const EquipmentTable = ({ master }: Props) => master.equipment.length === 0 ? <None>No class of equipment is listed yet.</None> : (
  <Box label="Equipment"><Head columns={["Equipment", "Class", "Clean", "Calibrated", "Clean hold time"]} />
    <tbody>{master.equipment.map((e) => <tr key={e.id}><th scope="row">{e.name}<small className="mono">{e.id}</small></th><td>{e.equipmentClass}</td><td>{e.clean ? "must be" : "not asked"}</td><td>{e.calibrated ? "must be" : "not asked"}</td><td>{e.cleanHoldH === undefined ? <span className="quiet">–</span> : <>at most {e.cleanHoldH} h</>}</td></tr>)}</tbody></Box>
);

/** Samples with what the laboratory finds in them. */
export const SampleTable = ({ master }: Props) => master.samples.length === 0 ? <None>No sample is planned yet.</None> : (
  <Box label="Samples"><Head columns={["Sample", "Drawn at", "Quantity", "Storage", "Tested for"]} />
    <tbody>{master.samples.map((s) => <tr key={s.id}><th scope="row">{s.name}<small className="mono">{s.id}</small></th><td>{s.point}</td><td className="num nowrap"><Figure value={s.quantity} digits={digitsOf(s.quantity)} unit={s.unit} /></td><td>{s.storage}</td><td>{s.parameters.map((id) => master.parameters.find((p) => p.id === id)?.name ?? `“${id}”`).join(", ")}</td></tr>)}</tbody></Box>
);
