import Link from "next/link";
import type { Evidence } from "#lib/compliance/clause.ts";

/** Where the control is seen at work: pages as links, documents by their place in the program's folder. */
export function EvidenceLinks({ evidence }: { evidence: readonly Evidence[] }) {
  if (evidence.length === 0) return <span className="quiet">none yet</span>;
  return (
    <ul className="evidence-links">{evidence.map((e) => (
      <li key={e.name}>{"address" in e ? <Link href={e.address}>{e.name}</Link> : <>{e.name}<small className="mono">{e.document}</small></>}</li>
    ))}</ul>
  );
}
