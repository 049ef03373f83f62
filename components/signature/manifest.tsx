import Link from "next/link";
import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import { roleName } from "#lib/access/permission.ts";
import type { SignatureRecord } from "#lib/release/file-queries.ts";
import { meaningName } from "#lib/signature/meaning.ts";
import { siteTime } from "#lib/site/time.ts";

export const methodWord: Record<SignatureRecord["method"], string> = { "identity-provider": "Re-authenticated at the identity provider", passkey: "Signed with a passkey, user verified", story: "Planted with the demo story; nobody re-authenticated" };

type EntryProps = { readonly signature: SignatureRecord; readonly all: readonly SignatureRecord[]; readonly zone: string; readonly address: string; readonly mayWithdraw: boolean };

/** Who withdrew it, when and why; it stays in the list. */
function Withdrawn({ by, zone }: { by: SignatureRecord; zone: string }) {
  return <small><b>Withdrawn</b> by {by.printedName}, {siteTime(by.signedAt, zone)}: {by.reason}. {by.comment}</small>;
}

function Entry({ signature: s, all, zone, address, mayWithdraw }: EntryProps) {
  const withdrawal = all.find((w) => w.ordinal === s.withdrawnBy);
  const target = all.find((t) => t.ordinal === s.withdraws);
  const name = `${meaningName[s.meaning]}${target ? `: ${meaningName[target.meaning]}, signature ${target.ordinal}` : ""}`;
  return (
    <li className={`signature${withdrawal ? " withdrawn" : ""}`}>
      <strong>{withdrawal ? <del>{name}</del> : name}<Link href={`${address}/signatures/${s.ordinal}`}>Verify<span className="hidden-text"> signature {s.ordinal}, {meaningName[s.meaning]}</span></Link></strong>
      {s.printedName}, {roleName[s.role]}
      <small>{siteTime(s.signedAt, zone, true)}</small>
      <small>{methodWord[s.method]}</small>
      {withdrawal ? <Withdrawn by={withdrawal} zone={zone} /> : null}
      {s.verification.holds ? null : <small className="p1"><Mark priority={1} filled /> <b>Integrity failed</b></small>}
      {s.covers ? null : <small><Icon name="open" /> Covers an earlier record; it changed since</small>}
      {!withdrawal && !s.counts && s.meaning !== "withdrawn" ? <small><Icon name="open" /> Counts no more: the production review was signed anew after it</small> : null}
      {mayWithdraw ? <small><Link href={`${address}/sign?meaning=withdrawn&withdraws=${s.ordinal}`}>Withdraw<span className="hidden-text"> signature {s.ordinal}, {meaningName[s.meaning]}</span></Link></small> : null}
    </li>
  );
}

type Props = { readonly signatures: readonly SignatureRecord[]; readonly zone: string; readonly address: string; readonly withdrawable?: readonly number[] };

/** The signatures of a batch in their order: name, meaning, time with zone, method, and whether each still covers the record and counts. */
export function Manifest({ signatures, zone, address, withdrawable = [] }: Props) {
  return (
    <section id="signatures" aria-labelledby="signatures-title">
      <h2 id="signatures-title">Signatures so far</h2>
      {signatures.length === 0 ? <p className="small quiet">Nobody has signed this record.</p> : <ul>{signatures.map((s) => <Entry key={s.id} signature={s} all={signatures} zone={zone} address={address} mayWithdraw={withdrawable.includes(s.ordinal)} />)}</ul>}
    </section>
  );
}
