import Link from "next/link";
import { Empty } from "../ui/empty.tsx";
import { Mark } from "../ui/mark.tsx";
import { ShortTime } from "../ui/time.tsx";
import { OutOfSpecification, SampleChip } from "./sample-chip.tsx";
import { testBy, worklistAddress, worklistPageSize, worklistShows, type WorklistFilter, type WorklistShow } from "#lib/laboratory/filter.ts";
import { sampleStateName } from "#lib/laboratory/state.ts";
import type { WorklistRow } from "#lib/laboratory/worklist-queries.ts";
import { spanText } from "#lib/site/time.ts";

const showName = (show: WorklistShow): string => (show === "open" ? "To do" : show === "oos" ? "Out of specification" : show === "all" ? "All" : sampleStateName[show]);
const columns = ["Sample", "Batch", "State", "Tests reviewed", "Finding", "Drawn", "Test by", "Stored"] as const;

/** What the worklist can be narrowed to, with how many samples each has. */
export function WorklistTabs({ path, show, counts }: { path: string; show: WorklistShow; counts: ReadonlyMap<WorklistShow, number> }) {
  return <nav className="segments wrap" aria-label="Show">{worklistShows.map((one) => <Link key={one} href={worklistAddress(path, { show: one, page: 1 })} aria-current={one === show ? "page" : undefined}>{showName(one)} {counts.get(one) ?? 0}</Link>)}</nav>;
}

function Due({ row: { sample }, zone, now }: { row: WorklistRow; zone: string; now: Date }) {
  const due = testBy(sample.drawnAt, sample.storage);
  if (!due || (sample.state !== "drawn" && sample.state !== "received")) return <span className="quiet">–</span>;
  const left = due.getTime() - now.getTime();
  return <><ShortTime at={due} zone={zone} />{left < 0 ? <small className="p3"><Mark priority={3} filled /> over for {spanText(-left)}</small> : <small>{spanText(left)} left</small>}</>;
}

type Props = { readonly rows: readonly WorklistRow[]; readonly total: number; readonly filter: WorklistFilter; readonly path: string; readonly siteId: string; readonly zone: string; readonly now: Date };

/** Samples of a laboratory: those out of specification first, then the oldest. */
export function Worklist({ rows, total, filter, path, siteId, zone, now }: Props) {
  if (rows.length === 0) return filter.show === "open" && total === 0
    ? <Empty title="No sample waits to be tested.">Samples appear here when a step of a batch draws them. <Link href={worklistAddress(path, { show: "all", page: 1 })}>Show all samples</Link></Empty>
    : <Empty title="No sample of this laboratory is shown by this filter."><Link href={path}>Show what is to do</Link></Empty>;
  const first = (filter.page - 1) * worklistPageSize + 1;
  const last = first + rows.length - 1;
  return (
    <>
      <div className="table-box" tabIndex={0} role="region" aria-label="Samples"><table className="dense tall">
        <thead><tr>{columns.map((name) => <th key={name} scope="col" className={name === "Tests reviewed" ? "num" : undefined}>{name}</th>)}</tr></thead>
        <tbody>{rows.map((row) => (
          <tr key={row.sample.id}>
            <th scope="row"><Link href={`${path}/${encodeURIComponent(row.sample.id)}`}>{row.sample.id}</Link><small>{row.sample.name}</small></th><td><Link className="mono" href={`/sites/${siteId}/batches/${encodeURIComponent(row.sample.batchId)}`}>{row.sample.batchId}</Link><small>{row.productId}</small></td><td><SampleChip state={row.sample.state} /></td>
            <td className="num">{row.reviewed} of {row.asked}{row.waiting > 0 ? <small>{row.waiting} to review</small> : null}</td><td>{row.outOfSpecification > 0 ? <OutOfSpecification /> : <span className="quiet">–</span>}</td>
            <td><ShortTime at={row.sample.drawnAt} zone={zone} /><small>{spanText(now.getTime() - row.sample.drawnAt.getTime())} ago</small></td><td><Due row={row} zone={zone} now={now} /></td><td>{row.sample.storage}</td>
          </tr>
        ))}</tbody></table></div>
      <footer className="table-foot"><span>out of specification first, then the oldest</span><span className="end">{first}–{last} of {total}
        {filter.page > 1 ? <Link className="button small" href={worklistAddress(path, { ...filter, page: filter.page - 1 })}>Previous</Link> : null}{last < total ? <Link className="button small" href={worklistAddress(path, { ...filter, page: filter.page + 1 })}>Next</Link> : null}</span></footer>
    </>
  );
}
