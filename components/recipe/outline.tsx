import Link from "next/link";
import type { GapView } from "#lib/recipe/edit-place.ts";
import type { MasterRecord } from "#lib/recipe/master-record.ts";

type Props = { readonly master: MasterRecord; readonly page: string; readonly selected: string; readonly gaps: readonly GapView[] };
type EntryProps = Pick<Props, "page" | "selected" | "gaps"> & { readonly part: string; readonly name: string; readonly number?: string };

function Entry({ page, selected, gaps, part, name, number }: EntryProps) {
  const open = gaps.filter((gap) => gap.part === part).length;
  return (
    <Link href={`${page}?part=${encodeURIComponent(part)}`} aria-current={part === selected ? "true" : undefined} scroll={false}>{number ? <span className="number">{number}</span> : null}<span className="name">{name}</span>
      {open > 0 ? <span className="gap-count">{open}<span className="hidden-text"> {open === 1 ? "gap" : "gaps"}</span></span> : null}</Link>
  );
}

const Add = ({ page, query, what }: { readonly page: string; readonly query: string; readonly what: string }) => <Link className="add" href={`${page}?${query}`} scroll={false}>Add {what}</Link>;

/** A list of parts that stand alone, with the way to a new one. */
function Parts({ title, kind, parts, ...rest }: Pick<Props, "page" | "selected" | "gaps"> & { readonly title: string; readonly kind: string; readonly parts: readonly { readonly id: string; readonly name: string }[] }) {
  return <section><h3>{title}</h3><ul>{parts.map((one) => <li key={one.id}><Entry {...rest} part={`${kind}:${one.id}`} name={one.name} /></li>)}<li><Add page={rest.page} query={`part=${kind}`} what={kind === "equipment" ? "a class" : `a ${kind}`} /></li></ul></section>;
}

/** What a master consists of, as a list to choose from; numbers say how many gaps a part has. */
export function Outline({ master, ...rest }: Props) {
  const { page } = rest;
  return (
    <nav className="part-outline" aria-label="Parts of the master">
      <ul><li><Entry {...rest} part="head" name="Title, amount, yield" /></li></ul>
      <Parts {...rest} title="Materials" kind="material" parts={master.materials} /><Parts {...rest} title="Equipment" kind="equipment" parts={master.equipment} />
      <Parts {...rest} title="Parameters" kind="parameter" parts={master.parameters} /><Parts {...rest} title="Samples" kind="sample" parts={master.samples} />
      <section><h3>Procedure</h3>
        <ul>{master.procedure.map((up, u) => (
          <li key={up.id}><Entry {...rest} part={`unit-procedure:${up.id}`} name={up.name} number={`${u + 1}`} />
            <ul>{up.operations.map((op, o) => (
              <li key={op.id}><Entry {...rest} part={`operation:${op.id}`} name={op.name} number={`${u + 1}.${o + 1}`} />
                <ul>{op.phases.map((ph, p) => (
                  <li key={ph.id}><Entry {...rest} part={`phase:${ph.id}`} name={ph.name} number={`${u + 1}.${o + 1}.${p + 1}`} />
                    <ul>{ph.steps.map((step, s) => <li key={step.id}><Entry {...rest} part={`step:${step.id}`} name={step.title} number={`${u + 1}.${o + 1}.${p + 1}.${s + 1}`} /></li>)}<li><Add page={page} query={`part=step&within=${ph.id}`} what={`a step to ${ph.name}`} /></li></ul></li>
                ))}<li><Add page={page} query={`part=phase&within=${op.id}`} what={`a phase to ${op.name}`} /></li></ul></li>
            ))}<li><Add page={page} query={`part=operation&within=${up.id}`} what={`an operation to ${up.name}`} /></li></ul></li>
        ))}<li><Add page={page} query="part=unit-procedure" what="a unit procedure" /></li></ul></section>
    </nav>
  );
}
