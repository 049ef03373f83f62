import { Digest } from "../ui/digest.tsx";
import { Empty } from "../ui/empty.tsx";
import { SiteTime } from "../ui/time.tsx";
import type { LedgerHead } from "#lib/ledger/queries.ts";

/** A log with its newest head in the database and the last one the witness file holds. */
export type LogState = { readonly siteId: string; readonly name: string; readonly zone: string; readonly head: LedgerHead | undefined; readonly witnessedSize: number | undefined };

/** The heads of the logs: how many entries each holds, what was signed, who co-signed and what is kept outside the database. */
export function Heads({ logs }: { readonly logs: readonly LogState[] }) {
  if (logs.length === 0) return <Empty title="You may read no ledger">An administrator can give you a role at a site.</Empty>;
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Heads of the ledgers"><table className="dense">
      <thead><tr>{["Log", "Entries", "Root of the newest head", "Signed", "Co-signed by", "Kept outside the database"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
      <tbody>{logs.map(({ siteId, name, zone, head, witnessedSize }) => (
        <tr key={siteId}><th scope="row">{name}</th>
          {head ? (
            <>
              <td className="num">{head.size.toLocaleString("en").replaceAll(",", " ")}</td><td><Digest value={Buffer.from(head.root).toString("hex")} /></td><td><SiteTime at={head.signedAt} zone={zone} /></td>
              <td>{head.witnesses.length === 0 ? <span className="quiet">not yet</span> : <ul>{head.witnesses.map((w) => <li key={w.name}>{w.name}</li>)}</ul>}</td>
              <td>{witnessedSize === undefined ? <b>nothing</b> : `up to entry ${witnessedSize.toLocaleString("en").replaceAll(",", " ")}`}</td>
            </>
          ) : <td colSpan={5} className="quiet">No head was signed yet; the ledger process signs within seconds of the first entry.</td>}
        </tr>
      ))}</tbody></table></div>
  );
}
