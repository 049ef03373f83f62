import { Icon } from "../ui/icon.tsx";
import { stepDetails, stepKindName } from "#lib/recipe/words.ts";
import type { MasterRecord, MasterStep } from "#lib/recipe/master-record.ts";

type StepProps = { readonly step: MasterStep; readonly number: string; readonly master: MasterRecord; readonly titles: ReadonlyMap<string, string> };

function Step({ step, number, master, titles }: StepProps) {
  const details = stepDetails(step, master, titles);
  return (
    <li className="master-step" id={`step-${step.id}`}>
      <span className="number">{number}</span>
      <div><p><b>{step.title}</b> <span className="quiet tiny">{stepKindName[step.kind]}{step.verified ? <>, <Icon name="review" /> verified by a second person</> : null}</span></p>
        <p className="instruction">{step.instruction}</p>
        {details.length > 0 ? <dl className="step-details">{details.map(([label, text]) => <div key={label}><dt>{label}</dt><dd>{text}</dd></div>)}</dl> : null}</div>
    </li>
  );
}

/** Steps by id with number and title, as other steps name them. */
export function stepTitles(master: MasterRecord): ReadonlyMap<string, string> {
  return new Map(master.procedure.flatMap((up, u) => up.operations.flatMap((op, o) => op.phases.flatMap((ph, p) => ph.steps.map((step, s) => [step.id, `${[u, o, p, s].map((n) => n + 1).join(".")} ${step.title}`] as const)))));
}

/** The procedure as it is performed: unit procedures, operations, phases and their steps, with ISA-88 numbers. */
export function Procedure({ master }: { readonly master: MasterRecord }) {
  const titles = stepTitles(master);
  if (master.procedure.length === 0) return <p className="empty"><strong>No procedure is written yet.</strong> It is built of unit procedures, operations, phases and steps.</p>;
  return master.procedure.map((up, u) => (
    <section key={up.id} className="unit-procedure"><h3>{u + 1} {up.name}</h3>
      {up.operations.map((op, o) => (
        <section key={op.id}><h4>{u + 1}.{o + 1} {op.name}</h4>
          {op.phases.map((ph, p) => (
            <section key={ph.id}><h5>{u + 1}.{o + 1}.{p + 1} {ph.name}</h5>
              {ph.steps.length === 0 ? <p className="quiet small">No step yet.</p> : <ol className="master-steps">{ph.steps.map((step, s) => <Step key={step.id} step={step} number={`${u + 1}.${o + 1}.${p + 1}.${s + 1}`} master={master} titles={titles} />)}</ol>}</section>
          ))}</section>
      ))}</section>
  ));
}
