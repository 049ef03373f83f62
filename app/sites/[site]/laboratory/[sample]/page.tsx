import { notFound } from "next/navigation";
import { Page } from "#components/frame/page.tsx";
import { SampleFacts } from "#components/laboratory/sample-facts.tsx";
import { LoseForm, ReceiveForm } from "#components/laboratory/sample-forms.tsx";
import { TestCard } from "#components/laboratory/test-card.tsx";
import { withSites } from "#db/scope.ts";
import { may, NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { storable } from "#lib/batch/list.ts";
import { localField } from "#lib/equipment/local-instant.ts";
import { instrumentsOf, readSample, trendBasis } from "#lib/laboratory/queries.ts";
import { isClosed } from "#lib/laboratory/result.ts";
import { advanceSample } from "#lib/laboratory/state.ts";
import { sitesById } from "#lib/site/queries.ts";
import { siteDate } from "#lib/site/time.ts";

type Params = { readonly params: Promise<{ site: string; sample: string }> };
export const generateMetadata = async ({ params }: Params) => ({ title: decodeURIComponent((await params).sample) });

export default async function SamplePage({ params }: Params) {
  const { site: siteId, sample } = await params;
  const sampleId = decodeURIComponent(sample);
  const by = await requirePage("laboratory.read", siteId);
  if (!storable(sampleId)) notFound();
  const now = new Date();
  const { file, basis, sites, instruments } = await withSites(by, async (tx) => {
    const read = await readSample(tx, siteId, sampleId);
    const counts = new Map<string, number>();
    for (const test of read.tests) counts.set(test.id, (await trendBasis(tx, read, test.id)).length);
    return { file: read, basis: counts, sites: await sitesById(tx, [siteId]), instruments: await instrumentsOf(tx, siteId, now) };
  }).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const { record } = file.execution;
  const open = !isClosed(record.batch.state) && file.sample.state !== "lost";
  const analyst = open && may(by.actor, "result.enter", siteId);
  const tested = file.sample.state !== "drawn";
  const rights = { enter: analyst && tested, review: open && may(by.actor, "result.review", siteId), invalidate: open && may(by.actor, "result.invalidate", siteId), retest: open && may(by.actor, "result.authorise-retest", siteId), personId: by.actor.id };
  const offered = instruments.map(({ id, name, dueAt, faults }) => ({ id, name, standing: faults.length > 0 ? "not ready" : dueAt ? `calibrated until ${siteDate(dueAt, record.site.timeZone)}` : "not calibrated" }));
  return (
    <Page actor={by.actor} sites={sites} siteId={siteId} now={now} place="/laboratory" crumbs={[{ name: record.site.name }, { name: "Laboratory", address: `/sites/${siteId}/laboratory` }, { name: sampleId }]}>
      <div className="page-head"><h1>{sampleId} {file.sample.name}</h1></div>
      <div className="page-body unit-page">
        <div className="stack">{file.tests.map((test) => (
          <TestCard key={test.id} siteId={siteId} sampleId={sampleId} test={test} results={record.results.filter((row) => row.sampleId === sampleId && row.parameter === test.id)} basis={basis.get(test.id) ?? 0} zone={record.site.timeZone} names={record.names} nowField={localField(now, record.site.timeZone)} may={rights} instruments={offered} stepId={file.sample.stepId} exceptions={record.exceptions} batch={`/sites/${siteId}/batches/${encodeURIComponent(record.batch.id)}`} />
        ))}</div>
        <aside aria-label="Sample"><SampleFacts file={file} now={now}>
          {analyst && file.sample.state === "drawn" ? <ReceiveForm siteId={siteId} sampleId={sampleId} /> : null}{analyst && advanceSample(file.sample.state, "lose").ok ? <LoseForm siteId={siteId} sampleId={sampleId} /> : null}
        </SampleFacts></aside>
      </div>
    </Page>
  );
}
