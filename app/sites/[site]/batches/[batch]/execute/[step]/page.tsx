import { notFound } from "next/navigation";
import { StepPage, type Offer } from "#components/execution/step-page.tsx";
import { withSites, type SiteTx } from "#db/scope.ts";
import { may, NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { roleFor } from "#lib/access/permission.ts";
import { unitsOfClass } from "#lib/equipment/queries.ts";
import { equipmentStateName } from "#lib/equipment/state.ts";
import { readExecution, refusedUses } from "#lib/execution/queries.ts";
import { stepView, type StepView } from "#lib/execution/view.ts";
import { exceptionTypeName } from "#lib/quality/configuration.ts";
import { personTypes } from "#lib/quality/person-commands.ts";
import { amountText } from "#lib/material/amount.ts";
import { expiryText } from "#lib/material/expiry.ts";
import { fefoLots } from "#lib/material/queries.ts";

type Props = { params: Promise<{ site: string; batch: string; step: string }> };
export const generateMetadata = async ({ params }: Props) => { const { step, batch } = await params; return { title: `Step ${step}, ${decodeURIComponent(batch)}` }; };

/** What may be scanned here: lots, first expiry first, or units of the class. */
async function offersFor(tx: SiteTx, { id: site, timeZone }: { readonly id: string; readonly timeZone: string }, view: StepView, now: Date): Promise<readonly Offer[]> {
  if (view.material) return (await fefoLots(tx, site, view.material.code, now)).map((lot) => ({ id: lot.id, text: `${amountText(lot.balance)} ${lot.unit} left, ${expiryText(lot.expiresAt, timeZone)}` }));
  if (view.equipment) return (await unitsOfClass(tx, site, view.equipment.equipmentClass)).map(({ unit, standing }) => ({ id: unit.id, text: `${unit.name}, ${equipmentStateName[standing.state].toLowerCase()}` }));
  return [];
}

export default async function ExecuteStep({ params }: Props) {
  const { site, batch, step } = await params;
  const by = await requirePage("batch.read", site);
  const { actor } = by;
  const now = new Date();
  const { execution, view, offers, refusals } = await withSites(by, async (tx) => {
    const read = await readExecution(tx, site, decodeURIComponent(batch));
    const shown = stepView(read, decodeURIComponent(step), actor.id, now);
    return { execution: read, view: shown, offers: shown ? await offersFor(tx, read.record.site, shown, now) : [], refusals: await refusedUses(tx, site, decodeURIComponent(batch), decodeURIComponent(step)) };
  }).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  if (!view) notFound();
  const { record } = execution;
  const siblings = record.steps.filter((row) => row.phase === view.row.phase && row.operation === view.row.operation && row.unitProcedure === view.row.unitProcedure);
  const next = record.steps.find((row) => row.id !== view.row.id && (row.state === "ready" || row.state === "active"));
  return (
    <StepPage view={view} batch={{ id: record.batch.id, state: record.batch.state, product: `${record.product.id} ${record.product.name}` }} site={record.site} now={now} siblings={siblings} next={next} offers={offers} refusals={refusals}
      person={{ id: actor.id, name: actor.printedName, role: roleFor(actor.rolesBySite.get(site) ?? [], "batch.execute") }} mayExecute={may(actor, "batch.execute", site)} mayForce={may(actor, "batch.override", site)}
      sayTypes={may(actor, "exception.raise", site) ? personTypes.map((id) => ({ id, name: exceptionTypeName[id] })) : []} />
  );
}
