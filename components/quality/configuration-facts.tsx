import Link from "next/link";
import { Digest } from "../ui/digest.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import { SiteTime } from "../ui/time.tsx";
import type { ConfigurationVersion } from "#lib/quality/configuration-queries.ts";
import { configurationStateName, type ConfigurationState } from "#lib/quality/configuration-state.ts";

const icons: Record<ConfigurationState, IconName> = { proposed: "document", effective: "done", superseded: "right", withdrawn: "cross" };

/** Where a version stands: a word with its icon, grey. */
export const ConfigurationStateChip = ({ state }: { readonly state: ConfigurationState }) => <span className="chip"><Icon name={icons[state]} />{configurationStateName[state]}</span>;

type People = ReadonlyMap<string, string>;
const shipped = "the program, as shipped";
const authorOf = ({ row }: ConfigurationVersion, people: People): string => (row.proposedBy === null ? shipped : people.get(row.proposedBy) ?? "a person no longer listed");
const approverOf = ({ row }: ConfigurationVersion, people: People): React.ReactNode => (row.approvedBy ? people.get(row.approvedBy) ?? "a person no longer listed" : row.proposedBy === null ? <span className="quiet">none: installed with the program</span> : <span className="quiet">nobody</span>);

type Props = { readonly version: ConfigurationVersion; readonly people: People; readonly zone: string };

/** Who wrote and approved a version, why, and since when it is in force. */
export const ConfigurationFacts = ({ version, people, zone }: Props) => (
  <section id="facts" aria-labelledby="facts-title"><h2 id="facts-title">Version {version.row.version}</h2>
    <dl className="facts-list">
      <dt>State</dt><dd>{configurationStateName[version.row.state]}</dd><dt>Author</dt><dd>{authorOf(version, people)}</dd><dt>Approved by</dt><dd>{approverOf(version, people)}</dd><dt>Reason</dt><dd>{version.row.reason}</dd>
      <dt>Written</dt><dd><SiteTime at={version.row.proposedAt} zone={zone} /></dd><dt>In force since</dt><dd><SiteTime at={version.row.effectiveAt} zone={zone} /></dd>
      <dt>Late entry</dt><dd>{version.configuration.lateAfterMin} min after the event</dd>
      <dt>Digest</dt><dd><Digest value={version.row.digest} />{version.holds ? null : <p className="p1"><Mark priority={1} filled /> <b>Integrity failed</b>: the stored content has another digest</p>}</dd>
    </dl></section>
);

/** All versions, newest first: who, why, when, and how much each changed. */
export const ConfigurationHistory = ({ versions, people, zone }: { readonly versions: readonly ConfigurationVersion[]; readonly people: People; readonly zone: string }) => (
  <div className="table-box" tabIndex={0} role="region" aria-label="Versions"><table className="dense in-card">
    <thead><tr>{["Version", "State", "Author", "Approved by", "Reason", "In force since", "Changes"].map((h) => <th key={h} scope="col" className={h === "Changes" ? "num" : undefined}>{h}</th>)}</tr></thead>
    <tbody>{versions.map((v) => (
      <tr key={v.row.version}><th scope="row"><Link href={`/exception-types/${v.row.version}`}>Version {v.row.version}</Link></th><td><ConfigurationStateChip state={v.row.state} /></td><td>{authorOf(v, people)}</td><td>{approverOf(v, people)}</td><td>{v.row.reason}</td>
        <td><SiteTime at={v.row.effectiveAt} zone={zone} /></td><td className="num">{v.before ? v.changes.length : <span className="quiet">–</span>}</td></tr>
    ))}</tbody></table></div>
);
