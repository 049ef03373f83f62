import { LotForm, type LotFormField } from "./lot-form.tsx";
import { adjustLotAction, blendLotsAction, decideLotAction, partContainerAction, retestLotAction, splitLotAction } from "#lib/material/actions.ts";
import { amountText } from "#lib/material/amount.ts";
import { advanceLot, lotStateName } from "#lib/material/lot.ts";
import { batchObstacle, type OfBatch } from "#lib/material/disposition.ts";
import type { LotAtHand } from "#lib/material/queries.ts";
import type { ContainerLine } from "#lib/material/stock-queries.ts";
import { lotDecisions, type LotDecision } from "#lib/material/stock.ts";

type Props = { readonly lot: LotAtHand; readonly ofBatch: OfBatch | null; readonly containers: readonly ContainerLine[]; readonly alike: readonly LotAtHand[]; readonly zone: string; readonly mayDecide: boolean; readonly mayReceive: boolean };
const verb: Record<LotDecision["command"], string> = { release: "Release", restrict: "Restrict", reject: "Reject", quarantine: "Put back into quarantine", destroy: "Write off as destroyed" };

function Decision({ lot, ofBatch }: Pick<Props, "lot" | "ofBatch">) {
  const open = lotDecisions.filter((command) => advanceLot(lot.state, command).ok && (ofBatch === null || batchObstacle(command, ofBatch, lot.id) === undefined));
  if (open.length === 0 && ofBatch !== null) return <p className="quiet small">This lot is of a batch: it follows the decision signed over its record.</p>;
  if (open.length === 0) return <p className="quiet small">{lotStateName[lot.state]} is an end: nothing more is decided about this lot.</p>;
  return <LotForm act={decideLotAction} hidden={{ siteId: lot.siteId, lotId: lot.id }} fields={[{ label: "Decision", name: "command", choices: open.map((value) => ({ value, name: verb[value] })) }]} button="Decide" primary />;
}

const Fold = ({ title, children }: { readonly title: string; readonly children: React.ReactNode }) => <details className="fold"><summary>{title}</summary>{children}</details>;

/** Which container of the lot; left open where there is none to choose. */
function containerField({ lot, containers }: Pick<Props, "lot" | "containers">, optional = true): readonly LotFormField[] {
  const held = containers.filter((c) => c.balance > 0).map((c) => ({ value: c.id, name: `${c.id}, ${c.place}, ${amountText(c.balance)} ${lot.unit} left` }));
  if (held.length === 0) return [];
  return [{ label: "Container", name: "containerId", optional, choices: optional ? [{ value: "", name: held.length === 1 ? "The only one" : "No container named" }, ...held] : held }];
}

/** What may be done with a lot by this person; each act asks for its reason. */
export function LotActs({ lot, ofBatch, containers, alike, zone, mayDecide, mayReceive }: Props) {
  const of = { siteId: lot.siteId, lotId: lot.id };
  const amount = { inputMode: "decimal" } as const;
  const place = { label: "Put at", name: "place", hint: "Shelf or room, e.g. A-07-2." } as const;
  const from = containerField({ lot, containers });
  const certain = containerField({ lot, containers }, false);
  return (
    <>
      {mayDecide ? <section aria-labelledby="decide"><h2 id="decide">Decision of quality</h2><Decision lot={lot} ofBatch={ofBatch} /></section> : null}
      {mayDecide || mayReceive ? <section aria-labelledby="acts"><h2 id="acts">Stock</h2>
        {mayReceive ? <Fold title="Write down a sample"><LotForm act={adjustLotAction} hidden={{ ...of, change: "sampled" }} fields={[...from, { label: `Drawn, ${lot.unit}`, name: "quantity", ...amount }]} button="Write down" /></Fold> : null}
        {mayReceive ? <Fold title="Split"><LotForm act={splitLotAction} hidden={of} fields={[...from, { label: `Amounts of the parts, ${lot.unit}`, name: "quantities", hint: `Apart by spaces, e.g. 5 2.5. ${amountText(lot.balance)} ${lot.unit} are left. Each part is a lot of its own, in a container of its own.` }, place]} button="Split lot" /></Fold> : null}
        {mayReceive && certain.length > 0 ? <Fold title="Part a container"><LotForm act={partContainerAction} hidden={of} fields={[...certain, { label: `Into the new container, ${lot.unit}`, name: "quantity", hint: "It stays the same lot.", ...amount }, place]} button="Part container" /></Fold> : null}
        {mayDecide ? <Fold title="Put the balance right"><LotForm act={adjustLotAction} hidden={of} fields={[...from, { label: "Counting showed", name: "change", choices: [{ value: "removed", name: "less than the balance" }, { value: "added", name: "more than the balance" }] }, { label: `Difference, ${lot.unit}`, name: "quantity", ...amount }]} button="Put right" /></Fold> : null}
        {mayDecide ? <Fold title="Write down a re-test"><LotForm act={retestLotAction} hidden={of} fields={[{ label: "New last day", name: "expires", type: "date", required: false, hint: `In ${zone}; empty where it stays.` }, { label: "Potency, %", name: "potency", required: false, hint: "Empty where it stays.", ...amount }]} button="Write down re-test" /></Fold> : null}
        {mayDecide && alike.length > 0 ? <Fold title="Blend with another lot"><LotForm act={blendLotsAction} hidden={of} fields={[...from, { label: `Of this lot, ${lot.unit}`, name: "quantity", ...amount }, { label: "Other lot", name: "otherId", choices: alike.map((o) => ({ value: o.id, name: `${o.id}, ${amountText(o.balance)} ${o.unit} left` })) }, { label: `Of the other lot, ${lot.unit}`, name: "otherQuantity", ...amount }, place]} button="Blend lots" /></Fold> : null}
      </section> : null}
    </>
  );
}
