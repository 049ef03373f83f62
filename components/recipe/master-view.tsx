import { Figure } from "../ui/figure.tsx";
import { EquipmentTable, MaterialTable, SampleTable } from "./lists.tsx";
import { ParameterTable } from "./parameter-table.tsx";
import { Procedure } from "./procedure.tsx";
import { placedSteps, type MasterRecord } from "#lib/recipe/master-record.ts";

type CardProps = { readonly id: string; readonly title: string; readonly note?: string; readonly children: React.ReactNode };
const Card = ({ id, title, note, children }: CardProps) => <section className="card" id={id} aria-labelledby={`${id}-title`}><header><h2 id={`${id}-title`}>{title}</h2>{note ? <span className="quiet small">{note}</span> : null}</header>{children}</section>;

function Head({ master, product }: { readonly master: MasterRecord; readonly product: string }) {
  const { theoreticalYield: yields, batchSize } = master;
  const parameter = master.parameters.find((p) => p.id === yields?.parameter);
  return (
    <dl className="facts-list wide-terms card-body">
      <dt>Product</dt><dd>{product}</dd><dt>Purpose</dt><dd>{master.purpose}</dd><dt>Batch size</dt><dd><Figure value={batchSize.quantity} digits={Number.isInteger(batchSize.quantity) ? 0 : 2} unit={batchSize.unit} /></dd><dt>Planned time</dt><dd>{master.durationH} h</dd>
      <dt>Theoretical yield</dt><dd>{yields ? `${yields.name}, ${yields.quantity} ${yields.unit}; judged by ${parameter?.name ?? `“${yields.parameter}”`}` : <span className="quiet">not written yet</span>}</dd>
      <dt>Precautions</dt><dd className="instruction">{master.precautions ?? <span className="quiet">not written yet</span>}</dd>
    </dl>
  );
}

type Props = { readonly master: MasterRecord; readonly product: string; /** What differs from another version, where there is one. */ readonly difference: React.ReactNode };

/** The whole document of a version, as it is read before it is signed. */
export function MasterView({ master, product, difference }: Props) {
  const steps = placedSteps(master);
  return (
    <>
      <Card id="whole" title="Purpose and amount"><Head master={master} product={product} /></Card>
      {difference}
      <Card id="materials" title="Materials"><MaterialTable master={master} /></Card>
      <Card id="equipment" title="Equipment"><EquipmentTable master={master} /></Card>
      <Card id="parameters" title="Parameters" note="Each range lies within the wider one">{master.parameters.length === 0 ? <p className="empty">No parameter is written yet.</p> : <ParameterTable master={master} />}</Card>
      <Card id="samples" title="Samples"><SampleTable master={master} /></Card>
      <Card id="procedure" title="Procedure" note={`${steps.length} ${steps.length === 1 ? "step" : "steps"}, ${steps.filter(({ step }) => step.verified).length} verified by a second person`}><div className="procedure"><Procedure master={master} /></div></Card>
    </>
  );
}
