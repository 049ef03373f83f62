import Link from "next/link";
import { DifferenceTable } from "./difference-table.tsx";
import type { VersionDifference } from "#lib/recipe/queries.ts";
import { masterStateName } from "#lib/recipe/state.ts";

type Props = { readonly difference: VersionDifference | undefined; /** Address at which this page compares with another version. */ readonly compareAt: (version: number) => string };

const noteOf = ({ changes, versions }: VersionDifference): string => (versions.length === 0 ? "" : changes === undefined ? "cannot be compared" : changes.length === 1 ? "1 change" : `${changes.length} changes`);

/** What differs from another version, the effective one where none is chosen: read before it is signed. */
export function DifferenceCard({ difference, compareAt }: Props) {
  if (!difference) return <section className="card" id="difference" aria-labelledby="difference-title"><header><h2 id="difference-title">Difference to other versions</h2></header><p className="empty">This is the only version. There is nothing to compare it with; read the whole record.</p></section>;
  const { against, versions, changes } = difference;
  const before = `version ${against}`;
  return (
    <section className="card" id="difference" aria-labelledby="difference-title"><header><h2 id="difference-title">Difference to {before}</h2><span className="quiet small">{noteOf(difference)}</span></header>
      {versions.length > 1 ? <div className="compare-with"><span className="quiet small">Compare with</span><nav className="segments" aria-label="Version to compare with">{versions.map(({ version, state }) => (
        <Link key={version} href={compareAt(version)} scroll={false} aria-current={version === against ? "true" : undefined}>version {version}, {masterStateName[state].toLowerCase()}</Link>
      ))}</nav></div> : null}
      {changes ? <DifferenceTable changes={changes} before={before} /> : <p className="empty">{`Version ${against} is in the earlier form and cannot be compared part by part. Read both records.`}</p>}
    </section>
  );
}
