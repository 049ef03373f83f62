import { LotForm } from "./lot-form.tsx";
import { adjustLotAction, blendLotsAction, decideLotAction, splitLotAction } from "#lib/material/actions.ts";
import { amountText } from "#lib/material/amount.ts";
import { advanceLot, lotStateName } from "#lib/material/lot.ts";
import type { LotAtHand } from "#lib/material/queries.ts";
import { lotDecisions, type LotDecision } from "#lib/material/stock.ts";

type Props = { readonly lot: LotAtHand; readonly alike: readonly LotAtHand[]; readonly mayDecide: boolean; readonly mayReceive: boolean };
const verb: Record<LotDecision["command"], string> = { release: "Release", restrict: "Restrict", reject: "Reject", quarantine: "Put back into quarantine", destroy: "Write off as destroyed" };

function Decision({ lot }: { readonly lot: LotAtHand }) {
  const open = lotDecisions.filter((command) => advanceLot(lot.state, command).ok);
  if (lot.productId !== null && lot.state !== "rejected") return <p className="quiet small">This lot is a batch: it follows the decision signed over its record.</p>;
  if (open.length === 0) return <p className="quiet small">{lotStateName[lot.state]} is an end: nothing more is decided about this lot.</p>;
  return <LotForm act={decideLotAction} hidden={{ siteId: lot.siteId, lotId: lot.id }} fields={[{ label: "Decision", name: "command", choices: open.map((value) => ({ value, name: verb[value] })) }]} button="Decide" primary />;
}

const Fold = ({ title, children }: { readonly title: string; readonly children: React.ReactNode }) => <details className="fold"><summary>{title}</summary>{children}</details>;

/** What may be done with a lot by this person; each act asks for its reason. */
export function LotActs({ lot, alike, mayDecide, mayReceive }: Props) {
  const of = { siteId: lot.siteId, lotId: lot.id };
  const amount = { inputMode: "decimal" } as const;
  return (
    <>
      {mayDecide ? <section aria-labelledby="decide"><h2 id="decide">Decision of quality</h2><Decision lot={lot} /></section> : null}
      {mayDecide || mayReceive ? <section aria-labelledby="acts"><h2 id="acts">Stock</h2>
        {mayReceive ? <Fold title="Write down a sample"><LotForm act={adjustLotAction} hidden={{ ...of, change: "sampled" }} fields={[{ label: `Drawn, ${lot.unit}`, name: "quantity", ...amount }]} button="Write down" /></Fold> : null}
        {mayReceive ? <Fold title="Split"><LotForm act={splitLotAction} hidden={of} fields={[{ label: `Amounts of the parts, ${lot.unit}`, name: "quantities", hint: `Apart by spaces, e.g. 5 2.5. ${amountText(lot.balance)} ${lot.unit} are left.` }]} button="Split lot" /></Fold> : null}
        {mayDecide ? <Fold title="Put the balance right"><LotForm act={adjustLotAction} hidden={of} fields={[{ label: "Counting showed", name: "change", choices: [{ value: "removed", name: "less than the balance" }, { value: "added", name: "more than the balance" }] }, { label: `Difference, ${lot.unit}`, name: "quantity", ...amount }]} button="Put right" /></Fold> : null}
        {mayDecide && alike.length > 0 ? <Fold title="Blend with another lot"><LotForm act={blendLotsAction} hidden={of} fields={[{ label: `Of this lot, ${lot.unit}`, name: "quantity", ...amount }, { label: "Other lot", name: "otherId", choices: alike.map((o) => ({ value: o.id, name: `${o.id}, ${amountText(o.balance)} ${o.unit} left` })) }, { label: `Of the other lot, ${lot.unit}`, name: "otherQuantity", ...amount }]} button="Blend lots" /></Fold> : null}
      </section> : null}
    </>
  );
}
