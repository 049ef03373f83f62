import Link from "next/link";
import { Icon } from "../ui/icon.tsx";
import { ReasonForm } from "../signature/reason-form.tsx";
import type { MasterOffers } from "./offers.ts";
import { makeMasterEffectiveAction, newVersionAction, returnMasterAction, withdrawMasterAction } from "#lib/recipe/actions.ts";

type Props = { readonly offers: MasterOffers; readonly address: string; readonly exported: string; /** Where it is printed; undefined where the person may take no copy. */ readonly printed: string | undefined; readonly gaps: number };

/** What may be signed and done first: in the head of the page, the one that is next as its primary button. */
export function HeadActs({ offers, address, exported, printed, gaps }: Props) {
  const editFirst = offers.edit && gaps > 0;
  return (
    <div className="end">
      <a className="button" href={exported}><Icon name="download" />Export</a>
      {printed ? <a className="button" href={printed}><Icon name="download" />PDF</a> : null}
      {offers.edit ? <Link className={`button${editFirst ? " primary" : ""}`} href={`${address}/edit`}>Edit</Link> : null}
      {offers.signing.map(({ meaning, label, hindered }) => hindered
        ? <button key={meaning} type="button" className="button" aria-disabled="true" aria-describedby={`why-${meaning}`}>{label}</button>
        : <Link key={meaning} className="button primary" href={`${address}/sign?meaning=${meaning}`}>{label}</Link>)}
    </div>
  );
}

/** Why what is signed next cannot be signed by this person now. */
export const Hindered = ({ offers }: Pick<Props, "offers">) => {
  const hindered = offers.signing.filter((offer) => offer.hindered !== undefined);
  return hindered.length === 0 ? null : <ul className="hindered">{hindered.map(({ meaning, label, hindered: why }) => <li key={meaning} id={`why-${meaning}`}><Icon name="open" /> {label}: {why}</li>)}</ul>;
};

type ReasonedProps = { readonly offers: MasterOffers; readonly id: string; readonly version: number; readonly seen: string; readonly mayBegin: boolean };

/** What is done with a reason: making effective, returning, withdrawing, beginning the next version. */
export function ReasonedActs({ offers, id, version, seen, mayBegin }: ReasonedProps) {
  const fields = { id, version: String(version), seen };
  const about = `${id} version ${version}`;
  return (
    <div className="master-acts">
      {offers.makeEffective ? <ReasonForm action={makeMasterEffectiveAction} fields={fields} open="Make effective" submit="Make it effective" about={about} /> : null}
      {offers.giveBack ? <ReasonForm action={returnMasterAction} fields={fields} open="Return to draft" submit="Return to its authors" about={about} /> : null}
      {mayBegin ? <ReasonForm action={newVersionAction} fields={{ id }} open="New version" submit="Begin the next version" about={about} /> : null}
      {offers.withdraw ? <ReasonForm action={withdrawMasterAction} fields={fields} open="Withdraw" submit="Withdraw for good" about={about} /> : null}
    </div>
  );
}
