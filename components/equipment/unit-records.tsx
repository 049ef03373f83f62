import Link from "next/link";
import { Empty } from "../ui/empty.tsx";
import { Mark } from "../ui/mark.tsx";
import { ShortTime, SiteTime } from "../ui/time.tsx";
import { batchAddressAt } from "./view.ts";
import { logPageSize } from "#lib/equipment/filter.ts";
import type { CalibrationLine, LogLine, PartLine } from "#lib/equipment/log-queries.ts";
import { partHistory, type PartStay } from "#lib/equipment/maintenance.ts";
import { equipmentEventName, equipmentStateName } from "#lib/equipment/state.ts";
import { batchStateName } from "#lib/batch/state.ts";
import type { DoubtedBatch } from "#lib/quality/equipment-queries.ts";
import { siteDate } from "#lib/site/time.ts";

type Log = { readonly siteId: string; readonly zone: string; readonly lines: readonly LogLine[]; readonly total: number; readonly page: number; readonly path: string };

const detailText = (detail: LogLine["detail"]): string => Object.values(detail).join(", ");

/** Use and cleaning log of a unit (21 CFR 211.182), newest first. */
export function UnitLog({ siteId, zone, lines, total, page, path }: Log) {
  const first = (page - 1) * logPageSize + 1;
  const last = first + lines.length - 1;
  return (
    <section className="card" id="log"><header><h2>Use and cleaning log</h2><span className="quiet small">{total} {total === 1 ? "line" : "lines"}, newest first</span></header>
      {lines.length === 0 ? <Empty title={total === 0 ? "Nothing has been recorded of this unit yet." : "The log does not go back that far."}>{total === 0 ? "It counts as dirty until it is cleaned." : <Link href={path}>Newest lines</Link>}</Empty> : (
        <div className="table-box" tabIndex={0} role="region" aria-label="Use and cleaning log"><table className="dense in-card">
          <thead><tr>{["When", "Event", "State", "Batch", "Person", "Reason"].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
          <tbody>{lines.map((line) => (
            <tr key={line.id}><td><SiteTime at={line.at} zone={zone} />{line.writtenAt.getTime() - line.at.getTime() > 60_000 ? <small>written <ShortTime at={line.writtenAt} zone={zone} /></small> : null}</td><td>{equipmentEventName[line.event]}</td>
              <td>{line.from ? `${equipmentStateName[line.from]} → ` : ""}{equipmentStateName[line.to]}</td>
              <td>{line.batchId ? <><Link className="mono" href={batchAddressAt(siteId, line.batchId)}>{line.batchId}</Link>{line.stepId ? <small>step {line.stepId}</small> : null}</> : <span className="quiet">–</span>}</td>
              <td>{line.person ?? <span className="quiet">programme</span>}</td><td>{line.reason}{Object.keys(line.detail).length > 0 ? <small>{detailText(line.detail)}</small> : null}</td></tr>
          ))}</tbody></table></div>
      )}
      {total > logPageSize ? <footer className="table-foot"><span className="end">{lines.length > 0 ? `${first}–${last} of ${total}` : null}{page > 1 ? <Link className="button small" href={page === 2 ? `${path}#log` : `${path}?log=${page - 1}#log`}>Newer</Link> : null}{last < total && lines.length > 0 ? <Link className="button small" href={`${path}?log=${page + 1}#log`}>Older</Link> : null}</span></footer> : null}
    </section>
  );
}

/** Batches that used a unit while it was in doubt. */
function Doubted({ siteId, batches }: { siteId: string; batches: readonly DoubtedBatch[] }) {
  if (batches.length === 0) return <small>no batch used it since the last good one</small>;
  return <small>batches since the last good one: {batches.map(({ id, state }, i) => <span key={id}>{i > 0 ? ", " : ""}<Link className="mono" href={batchAddressAt(siteId, id)}>{id}</Link> ({batchStateName[state].toLowerCase()})</span>)}</small>;
}

type CalibrationProps = { readonly siteId: string; readonly zone: string; readonly lines: readonly CalibrationLine[]; readonly names: ReadonlyMap<string, string>; readonly never: readonly string[]; readonly doubts: ReadonlyMap<string, readonly DoubtedBatch[]>; readonly now: Date; readonly children: React.ReactNode };

/** Calibrations of a unit, newest first; which of an instrument's is the valid one is computed, and a failed one names the batches it touches. `never`: instruments without a calibration. */
export function Calibrations({ siteId, zone, lines, names, never, doubts, now, children }: CalibrationProps) {
  const newest = new Set(lines.filter((line, i) => lines.findIndex((other) => other.tag === line.tag) === i).map((line) => line.id));
  return (
    <section className="card" id="calibrations"><header><h2>Calibrations</h2><span className="quiet small">as found and as left: error against the reference</span></header>
      {never.length > 0 ? <p className="card-body p3"><Mark priority={3} filled /> Never calibrated: {never.join(", ")}. A master that asks for a calibrated unit refuses this one.</p> : null}
      {lines.length === 0 ? <Empty title="No calibration is on record.">A master that asks for a calibrated unit refuses this one.</Empty> : (
        <div className="table-box" tabIndex={0} role="region" aria-label="Calibrations"><table className="dense in-card">
          <thead><tr>{["Instrument", "Performed", "As found", "As left", "Reference", "Outcome", "Next due", "Person"].map((name) => <th key={name} scope="col" className={name.startsWith("As ") ? "num" : undefined}>{name}</th>)}</tr></thead>
          <tbody>{lines.map((line) => {
            const due = newest.has(line.id) && (line.dueAt < now || line.passed === "no");
            return (
              <tr key={line.id}><th scope="row">{line.tag === null ? "Unit as a whole" : (names.get(line.tag) ?? line.tag)}</th><td><SiteTime at={line.performedAt} zone={zone} /></td><td className="num nowrap">{line.asFound} <span className="quiet">{line.unit}</span></td><td className="num nowrap">{line.asLeft} <span className="quiet">{line.unit}</span></td>
                <td>{line.reference}</td><td>{line.passed === "yes" ? "Passed" : <><b>Failed</b><Doubted siteId={siteId} batches={doubts.get(line.id) ?? []} /></>}</td>
                <td className="nowrap">{newest.has(line.id) ? due ? <span className="p3"><Mark priority={3} filled /> {line.passed === "no" ? "failed: due now" : `due since ${siteDate(line.dueAt, zone)}`}</span> : siteDate(line.dueAt, zone) : <span className="quiet">followed by a later one</span>}</td><td>{line.person}</td></tr>
            );
          })}</tbody></table></div>
      )}
      {children}
    </section>
  );
}

const Came = ({ at, reason, person, zone }: PartStay["in"] & { zone: string }) => <><SiteTime at={at} zone={zone} /><small>{reason} {person}</small></>;

/** Parts place by place: what sits there now, and everything that sat there before, with how it came and went. */
export function Parts({ zone, lines, children }: { zone: string; lines: readonly PartLine[]; children: React.ReactNode }) {
  const places = partHistory(lines);
  return (
    <section className="card" id="parts"><header><h2>Parts</h2><span className="quiet small">by place, newest first in each</span></header>
      {places.length === 0 ? <Empty title="No part is on record.">Parts that wear out are recorded when they are put in.</Empty> : (
        <div className="table-box" tabIndex={0} role="region" aria-label="Parts"><table className="dense in-card">
          <thead><tr>{["Part", "Serial number", "Put in", "Taken out"].map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
          {places.map(({ place, empty, stays }) => (
            <tbody key={place}>
              <tr className="group"><th scope="rowgroup" colSpan={4}>{place}{empty ? <span className="quiet"> empty now</span> : null}</th></tr>
              {stays.map((stay) => (
                <tr key={stay.id}><td>{stay.out ? <del>{stay.part}</del> : stay.part}</td><td className="mono">{stay.out ? <del>{stay.serialNumber}</del> : stay.serialNumber}</td>
                  <td><Came {...stay.in} zone={zone} /></td><td>{stay.out ? stay.out.replaced ? <><SiteTime at={stay.out.at} zone={zone} /><small>replaced</small></> : <Came {...stay.out} zone={zone} /> : <span className="quiet">in place</span>}</td></tr>
              ))}
            </tbody>
          ))}</table></div>
      )}
      {children}
    </section>
  );
}
