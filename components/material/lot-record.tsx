import Link from "next/link";
import { SiteTime, ShortTime } from "../ui/time.tsx";
import { Expiry } from "./lot-state.tsx";
import { amountText, sumOf } from "#lib/material/amount.ts";
import { labelText } from "#lib/material/label.ts";
import { lotAddress } from "#lib/material/filter.ts";
import type { LotFacts, LotFile, MovementLine } from "#lib/material/stock-queries.ts";
import { reconcile, type MovementKind } from "#lib/material/stock.ts";

const originName: Record<LotFacts["origin"], string> = { received: "Received", produced: "Made here", blended: "Blended of other lots", split: "Part of another lot" };
export const movementName: Record<MovementKind, string> = { received: "Received", produced: "Produced", charged: "Charged", returned: "Taken back", blended: "Blended", split: "Split", sampled: "Sampled", adjusted: "Put right", destroyed: "Destroyed" };

/** What is known of a lot, who received it and who decided about it. */
export function LotFactsList({ facts, zone, now }: { readonly facts: LotFacts; readonly zone: string; readonly now: Date }) {
  const { lot } = facts;
  return (
    <dl className="facts-list">
      <dt>Origin</dt><dd>{originName[facts.origin]}</dd><dt>{lot.materialId ? "Material" : "Product"}</dt><dd><span className="mono">{lot.materialId ?? lot.productId}</span> {lot.name}</dd>
      {facts.supplier ? <><dt>Supplier</dt><dd>{facts.supplier}</dd><dt>Supplier&apos;s lot</dt><dd className="mono">{lot.supplierLot}</dd></> : null}
      <dt>{facts.received ? "Received" : "Made"}</dt><dd><SiteTime at={lot.receivedAt} zone={zone} />{facts.receivedBy ? `, ${facts.receivedBy}` : ""}</dd>
      <dt>Expires</dt><dd><Expiry at={lot.expiresAt} zone={zone} now={now} usable={lot.balance > 0} /></dd>
      <dt>Potency</dt><dd>{lot.potencyPercent === null ? <span className="quiet">not stated</span> : `${Number(lot.potencyPercent.toFixed(3))} %`}</dd>
      {facts.storage ? <><dt>Storage</dt><dd>{facts.storage}</dd></> : null}
      {facts.decidedAt ? <><dt>Decided</dt><dd><SiteTime at={facts.decidedAt} zone={zone} />{facts.decidedBy ? `, ${facts.decidedBy}` : ""}: {facts.decision}</dd></> : null}
    </dl>
  );
}

/** Where a lot's amount came from and went, as one line of addition. */
export function Reconciliation({ file }: { readonly file: LotFile }) {
  const { unit } = file.facts.lot;
  const sums = reconcile(file.movements);
  const terms = [["Received or made", sums.received], ["Put right", sums.adjusted], ["Charged", -sums.charged], ["Split off, blended", -sums.passedOn], ["Sampled", -sums.sampled], ["Destroyed", -sums.destroyed]] as const;
  return (
    <div className="table-box"><table className="dense in-card reconciliation"><tbody>
      {terms.map(([name, amount]) => <tr key={name}><th scope="row">{name}</th><td className="num">{amount === 0 ? <span className="quiet">0</span> : `${amount > 0 ? "+" : ""}${amountText(amount)}`} <span className="quiet">{unit}</span></td></tr>)}
      <tr className="total"><th scope="row"><b>Balance</b></th><td className="num"><b>{amountText(sums.balance)}</b> <span className="quiet">{unit}</span></td></tr>
    </tbody></table></div>
  );
}

export function Containers({ file, zone }: { readonly file: LotFile; readonly zone: string }) {
  const { lot, storage } = file.facts;
  if (file.containers.length === 0) return <p className="quiet small p-4">No containers were written down for this lot.</p>;
  const unnamed = sumOf([lot.balance, ...file.containers.map((c) => -c.balance)]);
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Containers"><table className="dense in-card"><thead><tr><th scope="col">Container</th><th scope="col">Place</th><th scope="col" className="num">Left</th><th scope="col" className="num">Held</th><th scope="col">Label</th></tr></thead>
      <tbody>{file.containers.map((c) => <tr key={c.id}><th scope="row" className="mono">{c.id}</th><td>{c.place}</td><td className="num nowrap">{amountText(c.balance)} <span className="quiet">{lot.unit}</span></td><td className="num nowrap">{amountText(c.quantity)} <span className="quiet">{lot.unit}</span></td><td><details><summary>Text</summary><pre className="label-text">{labelText(lot, c, { timeZone: zone, storage })}</pre></details></td></tr>)}
        {unnamed === 0 ? null : <tr><th scope="row">No container named</th><td><span className="quiet">–</span></td><td className="num nowrap">{amountText(unnamed)} <span className="quiet">{lot.unit}</span></td><td className="num"><span className="quiet">–</span></td><td><span className="quiet">what was moved without naming one</span></td></tr>}</tbody></table></div>
  );
}

function OtherSide({ line, siteId }: { readonly line: MovementLine; readonly siteId: string }) {
  if (line.batchId !== null) return <Link className="mono" href={`/sites/${siteId}/batches/${encodeURIComponent(line.batchId)}`}>{line.batchId}</Link>;
  return line.otherLotId === null ? <span className="quiet">–</span> : <Link className="mono" href={lotAddress(siteId, line.otherLotId)}>{line.otherLotId}</Link>;
}

/** Movements of a lot, the newest first, with the balance after each. */
export function Movements({ lines, siteId, unit, zone, of }: { readonly lines: readonly MovementLine[]; readonly siteId: string; readonly unit: string; readonly zone: string; readonly of: number }) {
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Movements"><table className="dense in-card"><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col" className="num">Change, {unit}</th><th scope="col" className="num">Balance, {unit}</th><th scope="col">Other side</th><th scope="col">Who, why</th></tr></thead>
      <tbody>{lines.map((line) => <tr key={line.id}><td><ShortTime at={line.at} zone={zone} /></td><td>{movementName[line.kind]}{line.containerId ? <small className="mono">{line.containerId}</small> : null}{line.stepId ? <small>step {line.stepId}</small> : null}</td><td className="num">{line.quantity > 0 ? "+" : ""}{amountText(line.quantity)}</td><td className="num">{amountText(line.running)}</td><td><OtherSide line={line} siteId={siteId} /></td><td>{line.by ?? <span className="quiet">a programme</span>}<small>{line.reason}</small></td></tr>)}</tbody></table>
      {of > lines.length ? <p className="quiet small p-4">The newest {lines.length} of {of} movements; the audit trail holds all of them.</p> : null}</div>
  );
}
