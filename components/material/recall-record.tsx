import Link from "next/link";
import { methodWord } from "../signature/manifest.tsx";
import { Digest } from "../ui/digest.tsx";
import { Mark } from "../ui/mark.tsx";
import { SiteTime } from "../ui/time.tsx";
import { roleName } from "#lib/access/permission.ts";
import { amountText } from "#lib/material/amount.ts";
import { lotAddress, traceAddress } from "#lib/material/filter.ts";
import { lotStateName } from "#lib/material/lot.ts";
import type { RecallCopy, RecallFile, VerifiedSignature } from "#lib/material/recall-queries.ts";
import type { RecallRecord } from "#lib/material/recall.ts";
import { directionName } from "#lib/material/trace.ts";
import { meaningName } from "#lib/signature/meaning.ts";

/** Lots a page lists; the numbered copy has all of them. */
const shown = 200;

/** What a mock recall was, as it was kept. */
export function RecallFacts({ file }: { readonly file: RecallFile }) {
  const { record, digest, holds } = file;
  return (
    <dl className="facts-list">
      <dt>Lot</dt><dd><Link className="mono" href={lotAddress(record.siteId, record.start.id)}>{record.start.id}</Link> {record.start.name}, <Link href={traceAddress(record.siteId, record.start.id)}>its trace now</Link></dd><dt>State then</dt><dd>{lotStateName[record.start.state]}</dd><dt>Direction</dt><dd>{directionName[record.direction]}</dd>
      <dt>Run</dt><dd><SiteTime at={new Date(record.startedAt)} zone={record.timeZone} seconds />, {record.startedBy.name}</dd><dt>Took</dt><dd>{amountText(record.tookMs)} ms</dd><dt>Reason</dt><dd>{record.reason}</dd>
      <dt>Digest</dt><dd><Digest value={digest} />{holds ? null : <span className="p1"> <Mark priority={1} filled /> <b>does not fit the record: it was altered</b></span>}</dd>
    </dl>
  );
}

const Balance = ({ value, unit }: { readonly value: number; readonly unit: string }) => (value === 0 ? <span className="quiet">0</span> : <span className="p2 nowrap"><Mark priority={2} /> {amountText(value)} {unit}</span>);

/** Lots the recall found, as they stood then. */
export function RecallLots({ record }: { readonly record: RecallRecord }) {
  if (record.lots.length === 0) return <p className="quiet small p-4">No lot was found: it was made of nothing and went into nothing.</p>;
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Lots of the recall"><table className="dense in-card">
      <thead><tr><th scope="col">Lot</th><th scope="col">Material or product</th><th scope="col">Steps</th><th scope="col" className="num">Amount</th><th scope="col">State then</th><th scope="col" className="num">Left</th><th scope="col" className="num">Not accounted</th></tr></thead>
      <tbody>{record.lots.slice(0, shown).map((l) => <tr key={`${l.direction} ${l.id}`}><th scope="row"><Link href={lotAddress(record.siteId, l.id)}>{l.id}</Link></th><td>{l.name}<small className="mono">{l.code}</small></td><td className="nowrap">{l.distance} {l.direction === "backward" ? "before" : "after"}</td><td className="num nowrap">{amountText(l.amount)} <span className="quiet">{l.of}</span></td><td>{lotStateName[l.state]}{l.batch === null ? null : <small>batch {l.batch.replaceAll("_", " ")}</small>}</td><td className="num nowrap">{amountText(l.left)} <span className="quiet">{l.unit}</span></td><td className="num"><Balance value={l.unaccounted} unit={l.unit} /></td></tr>)}</tbody></table>
      {record.lots.length > shown ? <p className="quiet small p-4">The first {shown} of {record.lots.length}; the numbered copy holds all of them.</p> : null}</div>
  );
}

export const RecallOrigins = ({ record }: { readonly record: RecallRecord }) => record.sameOrigin.length === 0 ? <p className="quiet small p-4">None was found.</p> : (
  <ul className="p-4 small">{record.sameOrigin.map((o) => <li key={`${o.siteId} ${o.lot}`}><Link className="mono" href={traceAddress(o.siteId, o.lot)}>{o.lot}</Link> in {o.site}, {lotStateName[o.state].toLowerCase()}: {o.supplier}, lot <span className="mono">{o.supplierLot}</span></li>)}</ul>
);

/** Who signed, when, how, and what a recomputation says of it. */
export const RecallSignatures = ({ signatures, digest, zone }: { readonly signatures: readonly VerifiedSignature[]; readonly digest: string; readonly zone: string }) => signatures.length === 0 ? <p className="small quiet">Nobody has signed this mock recall.</p> : (
  <ul>{signatures.map((s) => (
    <li key={s.id} className="signature" id={`signature-${s.ordinal}`}><strong>{meaningName[s.meaning]}</strong>{s.printedName}, {roleName[s.role]}<small><SiteTime at={s.signedAt} zone={zone} seconds /></small><small>{methodWord[s.method]}</small><small>{s.reason}. {s.comment}</small>
      <small>{s.verification.holds && s.recordDigest === digest ? `Verification holds, ${s.verification.checked.length} of ${s.verification.checked.length} checks` : <span className="p1"><Mark priority={1} filled /> <b>Verification fails</b></span>}</small></li>
  ))}</ul>
);

/** Numbered copies; each can be taken away by the person it was made for. */
export const RecallCopies = ({ copies, address, zone }: { readonly copies: readonly RecallCopy[]; readonly address: string; readonly zone: string }) => copies.length === 0 ? <p className="small quiet">No copy was made yet.</p> : (
  <ul>{copies.map((c) => <li key={c.id} className="signature"><strong>{c.own ? <a href={`${address}/copies/${c.copy}`}>Copy {c.copy}, PDF</a> : `Copy ${c.copy}`}</strong>{c.by}, {c.pages} {c.pages === 1 ? "page" : "pages"}<small><SiteTime at={c.at} zone={zone} /></small><small>{c.digest ? <Digest value={c.digest} /> : null}</small></li>)}</ul>
);
