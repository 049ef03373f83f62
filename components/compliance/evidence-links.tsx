import Link from "next/link";
import type { Evidence } from "#lib/compliance/clause.ts";

type Props = { readonly evidence: readonly Evidence[]; /** Addresses the reader's roles may open; others are named, not linked. */ readonly opens: readonly string[] };

/** Where the control is seen at work: pages as links, documents by their place in the program's folder. */
export function EvidenceLinks({ evidence, opens }: Props) {
  if (evidence.length === 0) return <span className="quiet">none yet</span>;
  return (
    <ul className="evidence-links">{evidence.map((e) => (
      <li key={e.name}>{"document" in e ? <>{e.name}<small className="mono">{e.document}</small></> : opens.includes(e.address) ? <Link href={e.address}>{e.name}</Link> : <>{e.name}<small>for other roles</small></>}</li>
    ))}</ul>
  );
}
