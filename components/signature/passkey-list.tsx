import { ReasonForm } from "./reason-form.tsx";
import { SiteTime } from "../ui/time.tsx";
import { revokeOwnPasskeyAction } from "#lib/signature/personal-actions.ts";
import { revokePasskeyAction } from "#lib/signature/security-actions.ts";
import type { PasskeyView } from "#lib/signature/overview-queries.ts";

/** State of a passkey in a word, at `now`. */
function PasskeyState({ passkey: k, now, zone }: { passkey: PasskeyView; now: Date; zone: string }) {
  if (k.revokedAt) return <><b>Revoked</b> <SiteTime at={k.revokedAt} zone={zone} /><small>{k.revokeReason}</small></>;
  if (k.usableFrom > now) return <>Waits until <SiteTime at={k.usableFrom} zone={zone} /></>;
  return <>May sign</>;
}

type Props = { readonly passkeys: readonly PasskeyView[]; readonly now: Date; readonly zone: string; readonly of: "me" | "everybody"; readonly mayRevoke: boolean };

/** Passkeys with what they are and whether they may sign; the revoked stay in the list. */
export function PasskeyList({ passkeys, now, zone, of, mayRevoke }: Props) {
  const heads = [...(of === "everybody" ? ["Owner"] : []), "Passkey", "Bound to", "Enrolled", "State", ...(mayRevoke ? ["Revoke"] : [])];
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Passkeys"><table className="dense in-card">
      <thead><tr>{heads.map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
      <tbody>{passkeys.map((k) => (
        <tr key={k.id}>
          {of === "everybody" ? <th scope="row">{k.ownerName}<small className="mono">{k.owner}</small></th> : null}
          {of === "everybody" ? <td>{k.label}<small className="mono">{k.credentialId.slice(0, 12)}…</small></td> : <th scope="row">{k.label}<small className="mono">{k.credentialId.slice(0, 12)}…</small></th>}
          <td>{k.deviceBound ? "Its device" : <>Synced<small>weaker: copies may exist on other devices</small></>}</td>
          <td><SiteTime at={k.enrolledAt} zone={zone} /></td><td><PasskeyState passkey={k} now={now} zone={zone} /></td>
          {mayRevoke ? <td>{k.revokedAt ? null : <ReasonForm action={of === "me" ? revokeOwnPasskeyAction : revokePasskeyAction} fields={{ passkeyId: k.id }} open="revoke" submit="Revoke passkey" about={`${k.label} of ${k.ownerName}`} />}</td> : null}
        </tr>
      ))}</tbody></table></div>
  );
}
