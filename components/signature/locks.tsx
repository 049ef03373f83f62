import { ReasonForm } from "./reason-form.tsx";
import { SiteTime } from "../ui/time.tsx";
import type { LockView } from "#lib/signature/overview-queries.ts";
import { unlockSigningAction } from "#lib/signature/security-actions.ts";

type Props = { readonly locks: readonly LockView[]; readonly zone: string; readonly actorId: string; readonly manage: boolean };

/** People whose signing is or was locked; unlocking asks for the reason and is not for oneself. */
export function Locks({ locks, zone, actorId, manage }: Props) {
  if (locks.length === 0) return <p className="empty">Signing of nobody has been locked.</p>;
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Locked signing"><table className="dense in-card"><thead><tr>{["Person", "Locked", "Failures", "Released", "Unlock"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
      <tbody>{locks.map((l) => (
        <tr key={l.id}><th scope="row">{l.releasedAt ? l.printedName : <b>{l.printedName}</b>}<small className="mono">{l.userName}</small></th><td><SiteTime at={l.lockedAt} zone={zone} /></td><td>{l.failures}</td>
          <td>{l.releasedAt ? <><SiteTime at={l.releasedAt} zone={zone} /><small>{l.releaseReason}</small></> : <b>still locked</b>}</td>
          <td>{l.releasedAt ? null : l.personId === actorId ? <span className="quiet">another administrator</span> : manage ? <ReasonForm action={unlockSigningAction} fields={{ personId: l.personId }} open="unlock" submit="Unlock signing" about={l.printedName} /> : <span className="quiet">administrator</span>}</td></tr>
      ))}</tbody></table></div>
  );
}
