import Link from "next/link";
import { Empty } from "../ui/empty.tsx";
import { Mark } from "../ui/mark.tsx";
import { auditAddress, noFilter } from "#lib/audit/filter.ts";
import type { AuditRow } from "#lib/audit/queries.ts";
import type { Act, Storyline as Story } from "#lib/audit/storyline-queries.ts";
import { siteTime } from "#lib/site/time.ts";
import { figureText } from "../ui/figure.tsx";
import { entryNumber, flagsOf, roleWord, toldBy } from "./words.ts";

type Props = { readonly story: Story; readonly page: number; readonly pages: number; readonly address: (page: number) => string; readonly empty: string; /** Shown beside the site's time where the story is of several sites. */ readonly severalSites: boolean };

const sentence = (row: AuditRow): React.ReactNode => {
  const { field, from, to } = toldBy(row);
  return <>{row.record}: {field}{from === undefined && (to === undefined || row.kind === "creation") ? null : <>, {from === undefined ? "none" : <del>{from}</del>} → <b>{to ?? "none"}</b></>}</>;
};

function Entry({ row }: { row: AuditRow }) {
  const flags = flagsOf(row);
  return <li>{sentence(row)}{flags.length > 0 ? ` (${flags.join(", ")})` : ""} <Link className="mono tiny" href={auditAddress({ ...noFilter, kind: "all", class: "all", ...(row.batchId ? { batch: row.batchId } : {}) }, { entry: row.id })}>{row.position === null ? "unnumbered" : entryNumber(row.position)}</Link>{row.differences.length > 0 ? <span className="p1"> <Mark priority={1} filled /> Integrity failed</span> : null}</li>;
}

function OneAct({ act, severalSites }: { act: Act; severalSites: boolean }) {
  const [first] = act.entries;
  if (!first) return null;
  const hidden = act.count - act.entries.length;
  return (
    <li>
      <div><time dateTime={act.at.toISOString()}>{siteTime(act.at, first.zone, true)}</time>{severalSites ? <><br /><span className="quiet small">{first.siteName}</span></> : null}</div>
      <div><p><b>{first.actorName}</b> <span className="quiet">{roleWord(first.role)}</span> · {first.reason}</p>
        <ul>{act.entries.map((row) => <Entry key={row.id} row={row} />)}{hidden > 0 ? <li>{figureText(hidden, 0)} more {hidden === 1 ? "row" : "rows"} of the same act</li> : null}</ul></div>
    </li>
  );
}

/** Who did what when, oldest first; what one transaction did stands together. */
export function Storyline({ story, page, pages, address, empty, severalSites }: Props) {
  if (story.acts.length === 0) return <Empty title={empty} />;
  return (
    <>
      <ol className="storyline">{story.acts.map((act) => <OneAct key={`${act.siteId}/${act.tx}`} act={act} severalSites={severalSites} />)}</ol>
      <footer className="table-foot"><span>{figureText(story.total, 0)} {story.total === 1 ? "act" : "acts"}, {figureText(story.entries, 0)} entries, oldest first. Entries of one transaction are one act.</span>
        <span className="end">page {page} of {pages}{page > 1 ? <Link className="button small" href={address(page - 1)}>Earlier</Link> : null}{page < pages ? <Link className="button small" href={address(page + 1)}>Later</Link> : null}</span></footer>
    </>
  );
}
