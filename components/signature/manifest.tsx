import Link from "next/link";
import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import { roleName } from "#lib/access/permission.ts";
import type { SignatureRecord } from "#lib/release/file-queries.ts";
import { meaningName } from "#lib/signature/meaning.ts";
import { siteTime } from "#lib/site/time.ts";

export const methodWord: Record<SignatureRecord["method"], string> = { "identity-provider": "Re-authenticated at the identity provider", passkey: "Signed with a passkey, user verified", story: "Planted with the demo story; nobody re-authenticated" };

function Entry({ signature: s, zone, address }: { signature: SignatureRecord; zone: string; address: string }) {
  return (
    <li className="signature">
      <strong>{meaningName[s.meaning]}<Link href={`${address}/signatures/${s.ordinal}`}>Verify<span className="hidden-text"> signature {s.ordinal}, {meaningName[s.meaning]}</span></Link></strong>
      {s.printedName}, {roleName[s.role]}
      <small>{siteTime(s.signedAt, zone, true)}</small>
      <small>{methodWord[s.method]}</small>
      {s.verification.holds ? null : <small className="p1"><Mark priority={1} filled /> <b>Integrity failed</b></small>}
      {s.covers ? null : <small><Icon name="open" /> Covers an earlier record; it changed since</small>}
    </li>
  );
}

/** The signatures of a batch in their order: name, meaning, time with zone, method, and whether each still covers the record. */
export function Manifest({ signatures, zone, address }: { signatures: readonly SignatureRecord[]; zone: string; address: string }) {
  return (
    <section id="signatures" aria-labelledby="signatures-title">
      <h2 id="signatures-title">Signatures so far</h2>
      {signatures.length === 0 ? <p className="small quiet">Nobody has signed this record.</p> : <ul>{signatures.map((s) => <Entry key={s.id} signature={s} zone={zone} address={address} />)}</ul>}
    </section>
  );
}
