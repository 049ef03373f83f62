import type { ReactNode } from "react";
import { Digest } from "../ui/digest.tsx";
import { Icon } from "../ui/icon.tsx";
import { SiteTime } from "../ui/time.tsx";
import { ExportForm } from "./export-form.tsx";
import { roleName, roles } from "#lib/access/permission.ts";
import type { EvidenceOverview } from "#lib/evidence/queries.ts";
import type { VerifierFile } from "#lib/evidence/verifier-queries.ts";

const grouped = (n: number): string => n.toLocaleString("en").replaceAll(",", " ");
const roleText = (id: string): string => { const known = roles.find((role) => role === id); return known ? roleName[known] : id; };

type Props = { readonly overview: EvidenceOverview; readonly verifiers: readonly VerifierFile[]; readonly zone: string; readonly address: string; readonly runs: boolean; readonly late: number };

const Card = ({ id, title, children }: { readonly id: string; readonly title: string; readonly children: ReactNode }) => (
  <section className="card" aria-labelledby={id}><header><h2 id={id}>{title}</h2></header><div className="evidence-body stack">{children}</div></section>
);

function Holds({ overview, runs, late, zone }: Omit<Props, "verifiers" | "address">) {
  const { head } = overview;
  return (
    <>
      <dl className="facts-list">
        <dt>Audit entries</dt><dd>{grouped(overview.entries)}, each with its proof in the ledger</dd>
        <dt>Signatures</dt><dd>{grouped(overview.signatures)}, with attestations and keys</dd>
        <dt>Sealed readings</dt><dd>{overview.segments === 0 ? "none yet; the export seals them" : `${grouped(overview.readings)} in ${grouped(overview.segments)} segments (one tag of one unit, one UTC day)`}</dd>
        <dt>Newest co-signed head</dt><dd>{head ? <>{grouped(head.size)} entries, <SiteTime at={head.signedAt} zone={zone} />, co-signed by {head.witnesses.length} other {head.witnesses.length === 1 ? "key" : "keys"}</> : "none yet"}</dd>
      </dl>
      {runs ? <p className="notice small">This batch runs. Its copy holds the days that ended at least a day ago; the later ones are not sealed yet.</p> : null}
      {late > 0 ? <p className="notice small">{grouped(late)} readings came after their day was sealed. They are stored and shown in the record, and are not in the sealed segments.</p> : null}
    </>
  );
}

function Verifiers({ verifiers }: Pick<Props, "verifiers">) {
  if (verifiers.length === 0) return <p className="problem">The verifiers were not built when the portal started. Restart it, or build them with “npm run build:verifier”.</p>;
  return (
    <ul className="stack">{verifiers.map(({ name, bytes, sha256 }) => (
      <li key={name} className="evidence-file"><a className="button" href={`/verifier/${name}`} download><Icon name="download" />{name}</a>
        <span className="small">{name.endsWith(".html") ? "One page for any browser: open it from your own disk and choose the file." : "One program for Node 20 or later: node veribatch-verify.mjs <file>"}</span>
        <span className="tiny quiet">{grouped(bytes)} bytes, SHA-256 <span className="mono evidence-digest">{sha256}</span></span></li>
    ))}</ul>
  );
}

function Copies({ overview, zone }: Pick<Props, "overview" | "zone">) {
  if (overview.copies.length === 0) return <p className="quiet small">Nobody has exported evidence of this batch yet. Each copy is numbered and written into the audit trail.</p>;
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Copies"><table className="dense in-card">
      <thead><tr>{["Copy", "Exported", "By", "Reason", "Entries", "Signatures", "SHA-256 of the file"].map((title) => <th key={title} scope="col">{title}</th>)}</tr></thead>
      <tbody>{overview.copies.toReversed().map((copy) => (
        <tr key={copy.copy}><th scope="row">{copy.copy}</th><td><SiteTime at={copy.at} zone={zone} /></td><td>{copy.by}<small>{roleText(copy.role)}</small></td><td>{copy.reason}</td>
          <td className="num">{grouped(copy.entries)}</td><td className="num">{copy.signatures}</td><td><Digest value={copy.fileDigest} /></td></tr>
      ))}</tbody></table></div>
  );
}

/** Evidence of a batch: what a copy holds, how it is taken, and how somebody checks it without us. */
export function EvidenceView(props: Props) {
  const { overview, address } = props;
  return (
    <div className="evidence stack">
      <div className="grid-2">
        <Card id="evidence-export" title="Take a copy">
          <p className="small">One file with the record, its signatures, the sealed readings and every audit entry about the batch, with proofs. Whoever has it can check it without this portal and without a network.</p>
          <Holds {...props} /><ExportForm address={`${address}/evidence/bundle`} />
        </Card>
        <Card id="evidence-check" title="Check a copy">
          <p className="small">Both do the same: they recompute every digest, signature and proof and say what they looked at. A batch record as PDF is checked by them too when it carries its evidence.</p>
          <Verifiers {...props} />
          <div className="small"><b>Fingerprint of the keys</b><p className="mono evidence-digest">{overview.fingerprint}</p>
            <p className="quiet">A verifier prints the fingerprint of the keys in a file. Note this one now, or get it by another way than the file, and compare.</p></div>
        </Card>
      </div>
      <Card id="evidence-limits" title="What a copy proves, and what it does not">
        <p className="small evidence-text">A copy proves that its parts belong together, that every entry stands in a ledger which keys of other sites have co-signed, and what was signed. It does not prove that these keys are the company’s: that is what the fingerprint is for.
          All sites of one installation are one administration; who holds the database, the portal’s keys and the witness file together can forge a whole history. A head kept elsewhere before is what tells.</p>
      </Card>
      <section className="card" aria-labelledby="evidence-copies"><header><h2 id="evidence-copies">Copies so far</h2></header>{overview.copies.length === 0 ? <div className="evidence-body"><Copies {...props} /></div> : <Copies {...props} />}</section>
    </div>
  );
}
