import { ReasonForm } from "../signature/reason-form.tsx";
import type { MasterOffers } from "./offers.ts";
import { makeOverlayEffectiveAction, returnOverlayAction, withdrawOverlayAction } from "#lib/recipe/overlay-actions.ts";
import type { OverlayRow } from "#lib/recipe/overlay-queries.ts";

type Props = { readonly offers: MasterOffers; readonly row: OverlayRow };

/** What is done with an overlay for a reason: making it effective, returning, withdrawing. */
export function OverlayActs({ offers, row: { siteId, masterId, masterVersion, version, digest } }: Props) {
  const fields = { siteId, masterId, masterVersion: String(masterVersion), version: String(version), seen: digest };
  const about = `overlay ${version}`;
  return (
    <div className="master-acts">
      {offers.makeEffective ? <ReasonForm action={makeOverlayEffectiveAction} fields={fields} open="Make effective" submit="Make it effective" about={about} /> : null}
      {offers.giveBack ? <ReasonForm action={returnOverlayAction} fields={fields} open="Return to draft" submit="Return to its authors" about={about} /> : null}
      {offers.withdraw ? <ReasonForm action={withdrawOverlayAction} fields={fields} open="Withdraw" submit="Withdraw for good" about={about} /> : null}
    </div>
  );
}
