import Link from "next/link";
import { Icon } from "../ui/icon.tsx";
import { obstacleAddress } from "../signature/obstacles.tsx";
import { TakeForm } from "./take-form.tsx";
import { meaningName, type SignatureMeaning } from "#lib/signature/meaning.ts";
import type { Obstacle } from "#lib/signature/obstacle.ts";

export type Offer = { readonly meaning: SignatureMeaning; readonly obstacles: readonly Obstacle[] };

const verb: Record<SignatureMeaning, string> = {
  production_reviewed: "Sign production review", audit_trail_reviewed: "Sign audit-trail review", site_confirmed: "Sign site confirmation", approved_for_release: "Sign and release batch", rejected: "Sign and reject batch",
};

function Obstacles({ offer, address }: { offer: Offer; address: string }) {
  const n = offer.obstacles.length;
  return (
    <div className="obstacles" id={`why-${offer.meaning}`}>
      <p>{n} {n === 1 ? "thing stands" : "things stand"} before signing</p>
      <ul>{offer.obstacles.map((o) => <li key={o.sentence}><Icon name="right" /><span><Link href={obstacleAddress(o, address)}>{o.sentence}</Link><small>{o.holder}</small></span></li>)}</ul>
    </div>
  );
}

function SignOffer({ offer, address, primary }: { offer: Offer; address: string; primary: boolean }) {
  if (offer.obstacles.length === 0) return <Link className={`button large wide${primary ? " primary" : ""}`} href={`${address}/sign?meaning=${offer.meaning}`}><Icon name="key" />{verb[offer.meaning]}</Link>;
  return (
    <>
      <button type="button" className="button large wide" aria-disabled="true" aria-describedby={`why-${offer.meaning}`}>{verb[offer.meaning]}</button>
      <Obstacles offer={offer} address={address} />
    </>
  );
}

type Props = { readonly address: string; readonly siteId: string; readonly batchId: string; readonly offers: readonly Offer[]; readonly mayTake: boolean; readonly closed: string | undefined };

/** What this person may sign now; a signature that is not possible yet lists its reasons as links. */
export function Disposition({ address, siteId, batchId, offers, mayTake, closed }: Props) {
  const main = offers.filter((o) => o.meaning !== "rejected");
  const reject = offers.find((o) => o.meaning === "rejected");
  return (
    <section aria-labelledby="disposition-title">
      <h2 id="disposition-title">Disposition</h2>
      {closed ? <p className="small">{closed}</p> : null}
      {mayTake ? <TakeForm siteId={siteId} batchId={batchId} /> : null}
      {!closed && !mayTake && main.length === 0 && !reject ? <p className="small quiet">Your roles sign nothing on this batch in its present state.</p> : null}
      <div className="grid gap-3">
        {main.map((offer, i) => <div key={offer.meaning}><p className="small quiet">You would sign as <b>{meaningName[offer.meaning]}</b>.</p><SignOffer offer={offer} address={address} primary={i === 0 || offer.meaning === "approved_for_release"} /></div>)}
        {reject && reject.obstacles.length === 0 ? <Link className="button wide" href={`${address}/sign?meaning=rejected`}>{verb.rejected}</Link> : null}
      </div>
    </section>
  );
}
