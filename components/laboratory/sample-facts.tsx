import Link from "next/link";
import { Mark } from "../ui/mark.tsx";
import { SiteTime } from "../ui/time.tsx";
import { SampleChip } from "./sample-chip.tsx";
import { testBy } from "#lib/laboratory/filter.ts";
import type { SampleFile } from "#lib/laboratory/queries.ts";
import { batchStateName } from "#lib/batch/state.ts";
import { spanText } from "#lib/site/time.ts";

/** Where a sample stands, where it comes from and how it is kept. */
export function SampleFacts({ file: { sample, execution }, now, children }: { file: SampleFile; now: Date; children: React.ReactNode }) {
  const { site, batch, product, steps, names } = execution.record;
  const zone = site.timeZone;
  const planned = execution.master.samples.find((one) => one.id === sample.sample);
  const step = steps.find((one) => one.id === sample.stepId);
  const due = sample.state === "drawn" || sample.state === "received" ? testBy(sample.drawnAt, sample.storage) : undefined;
  return (
    <section className="card"><header><h2>Sample</h2></header><p className="unit-state"><SampleChip state={sample.state} /></p>
      <dl className="facts-list card-body">
        {sample.reason ? <><dt>Reason</dt><dd>{sample.reason}</dd></> : null}
        {due ? <><dt>Test by</dt><dd><SiteTime at={due} zone={zone} /> {due < now ? <span className="p3"><Mark priority={3} filled /> over for {spanText(now.getTime() - due.getTime())}</span> : null}</dd></> : null}
        <dt>Batch</dt><dd><Link className="mono" href={`/sites/${site.id}/batches/${encodeURIComponent(batch.id)}`}>{batch.id}</Link> {batchStateName[batch.state]}</dd><dt>Product</dt><dd>{product.id} {product.name}</dd><dt>Master</dt><dd>{execution.master.id} v{execution.master.version}</dd>
        <dt>Step</dt><dd>{sample.stepId} {step?.title}</dd><dt>Point</dt><dd>{planned?.point ?? "–"}</dd><dt>Quantity</dt><dd>{planned ? `${planned.quantity} ${planned.unit}` : "–"}</dd><dt>Stored</dt><dd>{sample.storage}</dd>
        <dt>Drawn</dt><dd><SiteTime at={sample.drawnAt} zone={zone} /> by {names.get(sample.drawnBy) ?? "–"}</dd><dt>Received</dt><dd>{sample.receivedAt ? <><SiteTime at={sample.receivedAt} zone={zone} /> by {names.get(sample.receivedBy ?? "") ?? "–"}</> : <span className="quiet">not yet</span>}</dd>
      </dl>
      {children}
    </section>
  );
}
