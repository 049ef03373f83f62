import Link from "next/link";
import { Icon } from "../ui/icon.tsx";
import { SeverityMark } from "../ui/mark.tsx";
import { SiteTime } from "../ui/time.tsx";
import { ActButton } from "./act-button.tsx";
import { Connection } from "./connection.tsx";
import { EntryField } from "./entry-field.tsx";
import { SayForm } from "./exception-forms.tsx";
import type { Keeping } from "./kept.ts";
import { FileForm, ScanForm } from "./scan-form.tsx";
import { ValueVersions } from "./value.tsx";
import { stepStateName } from "./words.ts";
import type { StepRow } from "#lib/batch/record.ts";
import { batchStateName, type BatchState } from "#lib/batch/state.ts";
import type { RefusedUse } from "#lib/execution/queries.ts";
import type { StepView, ValueView } from "#lib/execution/view.ts";
import { isOpen } from "#lib/quality/exception.ts";
import { rangeName, rangeNames } from "#lib/quantity/limit.ts";
import { roleName, type Role } from "#lib/access/permission.ts";
import { siteTime } from "#lib/site/time.ts";

export type Offer = { readonly id: string; readonly text: string };
type Props = {
  readonly view: StepView; readonly batch: { readonly id: string; readonly state: BatchState; readonly product: string }; readonly site: { readonly id: string; readonly name: string; readonly timeZone: string }; readonly now: Date;
  readonly person: { readonly id: string; readonly name: string; readonly role: Role | undefined }; readonly siblings: readonly StepRow[]; readonly next: StepRow | undefined; readonly offers: readonly Offer[]; readonly refusals: readonly RefusedUse[]; readonly mayExecute: boolean; readonly mayForce: boolean; /** What a person may say about a step; empty where he may say nothing. */ readonly sayTypes: readonly { readonly id: string; readonly name: string }[];
};
const batchAddress = ({ site, batch }: Pick<Props, "site" | "batch">): string => `/sites/${site.id}/batches/${encodeURIComponent(batch.id)}`;
const keeping = ({ site, batch, person }: Pick<Props, "site" | "batch" | "person">): Keeping => ({ address: `/api/batches/${site.id}/${encodeURIComponent(batch.id)}`, person: person.id });

function Head(props: Props) {
  const { batch, site, now, person } = props;
  return (
    <header className="run-head">
      <Link className="button touch" href={`${batchAddress(props)}/execute`}>Steps</Link>
      <span className="run-batch"><b>{batch.id}</b> <span className="quiet">{batch.product}, {batchStateName[batch.state].toLowerCase()}</span></span>
      <span className="run-facts"><span><span>{siteTime(now, site.timeZone)}</span><small>{site.name}</small></span><span><span>{person.name}</span><small>{person.role ? roleName[person.role] : "Reads only"}</small></span><Connection {...keeping(props)} /></span>
    </header>
  );
}

function Siblings({ view, siblings, ...props }: Props) {
  return (
    <nav className="run-steps" aria-label={`Steps of ${view.row.operation}`}>
      <ol>{siblings.map((row) => <li key={row.id} className={row.state}><Link href={`${batchAddress(props)}/execute/${row.id}`} aria-current={row.id === view.row.id ? "step" : undefined} title={`${row.id} ${row.title}: ${stepStateName[row.state]}`}>{["done", "skipped", "forced", "voided"].includes(row.state) ? <Icon name="check" /> : null}{row.id} {row.title}</Link></li>)}</ol>
    </nav>
  );
}

function Limits({ values }: { values: readonly ValueView[] }) {
  const judged = values.filter((value) => rangeNames.some((name) => value.asked.limits[name]));
  if (judged.length === 0) return null;
  return <>{judged.map(({ asked }) => (
    <section key={asked.id}><h2>{asked.name}, {asked.unit}</h2>
      <table className="limits"><thead><tr><th scope="col">Range</th><th scope="col">low</th><th scope="col">high</th></tr></thead>
        <tbody>{[...rangeNames].reverse().filter((name) => asked.limits[name]).map((name) => <tr key={name}><th scope="row">{rangeName[name]}</th><td>{asked.limits[name]?.low?.toFixed(asked.precision) ?? "–"}</td><td>{asked.limits[name]?.high?.toFixed(asked.precision) ?? "–"}</td></tr>)}
          {asked.limits.target === undefined ? null : <tr><th scope="row">Target</th><td colSpan={2}>{asked.limits.target.toFixed(asked.precision)}</td></tr>}</tbody></table>
    </section>
  ))}</>;
}

function People({ view }: { view: StepView }) {
  const { row } = view;
  return (
    <section><h2>Who</h2>
      <ul>
        <li>{view.performedBy ? `Performed by ${view.performedBy}` : view.startedBy ? `Started by ${view.startedBy}` : "Nobody has started it"}</li>
        <li>{row.verification === "not-needed" ? "No second person is needed" : row.verification === "given" ? `Verified by ${view.verifiedBy ?? ""}` : "A second person verifies it, nobody who took part"}</li>
      </ul>
    </section>
  );
}

function Side({ view, site, now }: Pick<Props, "view" | "site" | "now">) {
  const blocking = [view.commands.get("start"), view.commands.get("finish")].filter((text) => text !== undefined);
  const waiting = view.row.state === "waiting" || view.row.state === "ready" ? blocking.slice(0, 1) : view.row.state === "active" ? blocking.slice(1) : [];
  const over = view.row.dueAt && view.row.dueAt < now;
  return (
    <aside className="run-side" aria-label="Limits, people and what is blocking">
      <Limits values={view.values} />
      <People view={view} />
      {waiting.length > 0 ? <section><h2>What is blocking</h2><ul>{waiting.map((text) => <li key={text}>{text}</li>)}</ul></section> : null}
      <section><h2>Time</h2><ul>
        <li>Planned <SiteTime at={view.row.dueAt} zone={site.timeZone} />{over && view.row.state !== "done" ? " (past)" : ""}</li>
        {view.row.startedAt ? <li>Started <SiteTime at={view.row.startedAt} zone={site.timeZone} /></li> : null}
        {view.row.performedAt ? <li>Ended <SiteTime at={view.row.performedAt} zone={site.timeZone} /></li> : null}
        {view.step.timer ? <li>{view.step.timer.atLeastMin === undefined ? "" : `At least ${view.step.timer.atLeastMin} min`}{view.step.timer.atLeastMin !== undefined && view.step.timer.atMostMin !== undefined ? ", " : ""}{view.step.timer.atMostMin === undefined ? "" : `at most ${view.step.timer.atMostMin} min`} after step {view.timerFrom}{view.timer.passedMin === undefined ? "" : `; ${Math.floor(view.timer.passedMin)} min have passed`}</li> : null}
      </ul></section>
      {view.exceptions.length > 0 ? <section id="exceptions"><h2>Exceptions of this step</h2><ul>{view.exceptions.map((x) => <li key={x.id}><SeverityMark severity={x.severity} open={isOpen(x.state)} /> {x.id} {x.title}{x.unit ? <small>planned {x.planned}, actual {x.actual} {x.unit}</small> : null}</li>)}</ul></section> : null}
    </aside>
  );
}

/** One charge; what was taken back stays readable, struck through. */
function Charge({ use, ...props }: Props & { readonly use: StepView["charges"][number] }) {
  const { view, mayExecute } = props;
  const gone = view.takenBack.has(use.number);
  const text = `${use.quantity.replace("-", "−")} ${use.unit}`;
  const mayTake = mayExecute && props.batch.state === "in_progress" && (view.row.state === "active" || view.row.state === "done") && use.takesBack === null && !gone;
  return (
    <li className={gone ? "struck" : ""}>
      {gone ? <del>{text}</del> : <b className="figure">{text}</b>}<span>{use.takesBack === null ? "" : `charge ${use.takesBack} taken back, `}Lot <Link href={`/sites/${props.site.id}/lots/${encodeURIComponent(use.lotId)}`}>{use.lotId}</Link>, {use.percentOfPlan.toFixed(1)} % of the plan with it</span>
      <small>charge {use.number}, <SiteTime at={use.at} zone={props.site.timeZone} seconds />{use.overrideOrdinal === null ? "" : `, let in by quality’s signature ${use.overrideOrdinal}`}{use.reason ? `: ${use.reason}` : ""}</small>
      {mayTake ? <ActButton at={keeping(props)} act={{ act: "take-back", stepId: view.row.id, number: use.number }} label={`Take back charge ${use.number}`} asks="Why was it wrong?" /> : null}
    </li>
  );
}

/** What was refused in this step and quality may let in by a signature. */
function Refused(props: Props) {
  const { refusals, mayForce, view } = props;
  if (!mayForce || view.row.state !== "active" || refusals.length === 0) return null;
  return (
    <div className="ask"><h3>Refused here</h3>
      <ul>{refusals.map(({ about, sentence, at, by }) => <li key={`${about.id} ${about.from}`}><p>{sentence} <small className="quiet">{by}, <SiteTime at={at} zone={props.site.timeZone} /></small></p><Link className="button touch" href={`${batchAddress(props)}/sign?${new URLSearchParams({ meaning: "override_approved", about: JSON.stringify(about) }).toString()}`}>Let {about.id.split("/").slice(1).join("/")} in by signature</Link></li>)}</ul>
    </div>
  );
}

function Material(props: Props) {
  const { view, offers, mayExecute } = props;
  if (!view.material) return null;
  const { material, charges } = view;
  return (
    <section className="run-part" aria-labelledby="material"><h2 id="material">{material.name}, {material.code}</h2>
      <p>Charge {material.quantity} {material.unit}, {material.tolerance.low} to {material.tolerance.high} % of it.</p>
      {charges.length === 0 ? <p className="quiet">Nothing is charged yet.</p> : <ul className="versions">{charges.map((use) => <Charge key={use.number} use={use} {...props} />)}</ul>}
      {mayExecute && (view.row.state === "active" || (view.row.state === "done" && charges.some((use) => use.takesBack !== null))) ? <ScanForm at={keeping(props)} signAddress={`${batchAddress(props)}/sign`} stepId={view.row.id} kind="charge" unit={material.unit} offers={offers} /> : null}
      <Refused {...props} />
    </section>
  );
}

function Equipment(props: Props) {
  const { view, offers, mayExecute } = props;
  if (!view.equipment) return null;
  const { equipment, uses } = view;
  const bound = uses.find((use) => use.releasedAt === null);
  return (
    <section className="run-part" aria-labelledby="equipment"><h2 id="equipment">{equipment.name}</h2>
      <p>{equipment.equipmentClass}{equipment.clean ? ", clean" : ""}{equipment.cleanHoldH ? ` for at most ${equipment.cleanHoldH} h` : ""}{equipment.calibrated ? ", calibrated" : ""}.</p>
      {uses.map((use) => <p key={use.number}><Link href={`/sites/${props.site.id}/equipment/${encodeURIComponent(use.unitId)}`}>{use.unitId}</Link> bound <SiteTime at={use.boundAt} zone={props.site.timeZone} />{use.releasedAt ? <>, released <SiteTime at={use.releasedAt} zone={props.site.timeZone} /></> : ""}{use.overrideOrdinal === null ? "" : `, let in by quality’s signature ${use.overrideOrdinal}`}</p>)}
      {bound ? null : view.row.state === "active" && mayExecute ? <ScanForm at={keeping(props)} signAddress={`${batchAddress(props)}/sign`} stepId={view.row.id} kind="bind" offers={offers} /> : uses.length === 0 ? <p className="quiet">No unit is bound yet.</p> : null}
      {bound && mayExecute && props.batch.state === "in_progress" ? <ActButton at={keeping(props)} act={{ act: "release-unit", unitId: bound.unitId }} label={`Release ${bound.unitId}`} /> : null}
      <Refused {...props} />
    </section>
  );
}

function Sample(props: Props) {
  const { view, mayExecute } = props;
  if (!view.sample) return null;
  const { sample, drawn } = view;
  return (
    <section className="run-part" aria-labelledby="sample"><h2 id="sample">{sample.name}</h2>
      <p>{sample.quantity} {sample.unit} at {sample.point}; store at {sample.storage}.</p>
      {drawn ? <p>Label <Link href={`/sites/${props.site.id}/laboratory/${encodeURIComponent(drawn.id)}`}>{drawn.id}</Link>, drawn <SiteTime at={drawn.drawnAt} zone={props.site.timeZone} />{drawn.state === "lost" ? `, lost: ${drawn.reason ?? ""}` : ""}</p> : null}
      {drawn && drawn.state !== "lost" ? null : drawn && mayExecute ? <ActButton at={keeping(props)} act={{ act: "draw", stepId: view.row.id }} label="Draw the sample again" /> : view.row.state === "active" && mayExecute ? <ActButton at={keeping(props)} act={{ act: "draw", stepId: view.row.id }} label="Draw the sample" /> : <p className="quiet">Not drawn yet.</p>}
    </section>
  );
}

function Files(props: Props) {
  const { view, mayExecute } = props;
  if (view.step.attachment === "none" && view.files.length === 0) return null;
  return (
    <section className="run-part" aria-labelledby="files"><h2 id="files">Files{view.step.attachment === "required" ? " (required)" : ""}</h2>
      {view.files.length === 0 ? <p className="quiet">No file is attached.</p> : <ul>{view.files.map((file) => <li key={file.id}><a href={`${batchAddress(props)}/files/${file.id}`}>{file.name}</a> <small className="quiet">{Math.max(1, Math.round(file.size / 1024))} kB, <SiteTime at={file.addedAt} zone={props.site.timeZone} /></small></li>)}</ul>}
      {view.row.state === "active" && mayExecute ? <FileForm at={keeping(props)} stepId={view.row.id} /> : null}
    </section>
  );
}

function Values(props: Props) {
  const { view, mayExecute, site } = props;
  return <>{view.values.map((value) => (
    <section key={value.asked.id} className="run-part" aria-labelledby={`value-${value.asked.id}`}>
      <h2 id={`value-${value.asked.id}`}>{value.asked.name}{value.asked.class === "CPP" || value.asked.class === "CQA" ? <span className="chip">Critical parameter</span> : null}</h2>
      {value.formula ? <p className="tiny">= {value.formula}, from {value.inputs?.map((input) => `${input.name} ${input.value ?? "–"} ${input.unit}`).join(", ")}</p> : null}
      {view.step.kind === "decision" && value.asked.id === "decision" ? <ul className="tiny">{(view.step.choices ?? []).map((choice) => <li key={choice.value}><b>{choice.value}</b>: {choice.label}</li>)}</ul> : null}
      <ValueVersions value={value} zone={site.timeZone} />
      {value.mayType && mayExecute ? <EntryField at={keeping(props)} stepId={view.row.id} asked={value.asked} version={value.versions[0]?.version ?? 0} current={value.versions[0]?.value} /> : null}
    </section>
  ))}</>;
}

function Foot(props: Props) {
  const { view, next, mayExecute, mayForce } = props;
  const { row, commands } = view;
  const [at, stepId] = [keeping(props), row.id];
  const asks = "Why?";
  const forceQuery = new URLSearchParams({ meaning: "step_forced", about: JSON.stringify({ type: "step", id: row.id, act: "force", from: row.state, to: "forced" }) }).toString();
  const voidQuery = new URLSearchParams({ meaning: "step_forced", about: JSON.stringify({ type: "step", id: row.id, act: "void", from: row.state, to: "voided" }) }).toString();
  const signQuery = new URLSearchParams({ meaning: "performed", about: JSON.stringify({ type: "step", id: row.id, act: "finish", from: "active", to: "done" }) }).toString();
  const ended = row.state !== "waiting" && row.state !== "ready" && row.state !== "active";
  return (
    <footer className="run-foot">
      <span className="run-more">
        {mayExecute && view.step.mayNotApply && row.state === "ready" ? <ActButton at={at} act={{ act: "skip-step", stepId }} label="Does not apply" asks={asks} /> : null}
        {props.sayTypes.length > 0 ? <SayForm at={at} siteId={props.site.id} batchId={props.batch.id} stepId={row.id} types={props.sayTypes} /> : null}
        {mayForce && !ended ? <Link className="button touch" href={`${batchAddress(props)}/sign?${forceQuery}`}>Force the step</Link> : null}
        {mayForce && row.state === "active" ? <Link className="button touch" href={`${batchAddress(props)}/sign?${voidQuery}`}>Void the step</Link> : null}
      </span>
      <span className="run-main">
        {mayExecute && (row.state === "waiting" || row.state === "ready") ? <ActButton at={at} act={{ act: "start-step", stepId }} label="Start step" primary refusal={commands.get("start")} /> : null}
        {mayExecute && row.state === "active" && view.step.kind !== "signoff" ? <ActButton at={at} act={{ act: "finish-step", stepId }} label="Performed" primary refusal={commands.get("finish")} /> : null}
        {mayExecute && row.state === "active" && view.step.kind === "signoff" ? <Link className="button touch primary" href={`${batchAddress(props)}/sign?${signQuery}`}>Sign as performed</Link> : null}
        {mayExecute && row.state === "done" && row.verification === "open" ? <ActButton at={at} act={{ act: "verify-step", stepId }} label="Verified" primary refusal={commands.get("verify")} /> : null}
        {next && ended && !(row.verification === "open" && row.state === "done") ? <Link className="button touch primary" href={`${batchAddress(props)}/execute/${next.id}`}>Next: {next.id} {next.title}</Link> : null}
      </span>
    </footer>
  );
}

/** One step on a tablet: what to do, what is asked, what is there, what stands in the way, who verifies. */
export function StepPage(props: Props) {
  const { view } = props;
  return (
    <div className="run">
      <Head {...props} />
      <Siblings {...props} />
      <main id="main" className="run-work">
        <div className="run-do">
          <div className="run-title"><h1>{view.row.id} {view.row.title}</h1><span className="chip">{stepStateName[view.row.state]}</span>{view.critical ? <span className="chip">Critical</span> : null}</div>
          <p className="run-instruction">{view.step.instruction}</p>
          {view.redlines.map((x) => <p key={x.id} className="notice"><b>Redline {x.id}</b>: {x.comment} <small className="quiet">{isOpen(x.state) ? "not decided about yet" : "accepted by quality"}, <SiteTime at={x.raisedAt} zone={props.site.timeZone} /></small></p>)}
          {view.step.precaution ? <p className="notice">{view.step.precaution}</p> : null}
          <Material {...props} /><Equipment {...props} /><Sample {...props} /><Values {...props} /><Files {...props} />
        </div>
        <Side {...props} />
      </main>
      <Foot {...props} />
    </div>
  );
}
