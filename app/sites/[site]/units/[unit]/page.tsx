import { notFound } from "next/navigation";
import { z } from "zod";
import { Page } from "#components/frame/page.tsx";
import { UnitTwin } from "#components/twin/unit-twin.tsx";
import { twinView } from "#components/twin/view.ts";
import { withSites } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { sitesById } from "#lib/site/queries.ts";
import { unitTwin } from "#lib/twin/queries.ts";

type Props = { params: Promise<{ site: string; unit: string }>; searchParams: Promise<{ hours?: string }> };
export const generateMetadata = async ({ params }: Props) => ({ title: decodeURIComponent((await params).unit) });
const windowHours = z.coerce.number().refine((h) => h === 1 || h === 24).optional().catch(undefined);

export default async function UnitPage({ params, searchParams }: Props) {
  const { site, unit } = await params;
  const hours = windowHours.parse((await searchParams).hours);
  const by = await requirePage("unit.read", site);
  const now = new Date();
  const { twin, sites } = await withSites(by, async (tx) => ({ twin: await unitTwin(tx, site, decodeURIComponent(unit), now, hours), sites: await sitesById(tx, [site]) }))
    .catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const address = `/sites/${site}/units/${unit}`;
  return (
    <Page actor={by.actor} sites={sites} siteId={site} now={now} place="/overview" crumbs={[{ name: twin.site.name, address: `/sites/${site}` }, { name: twin.unit.id }]}>
      <UnitTwin key={`${unit}${hours}`} twin={twinView(twin)} startedAt={now.getTime()} hours={hours} address={address} batchAddress={twin.batch ? `/sites/${site}/batches/${encodeURIComponent(twin.batch.id)}` : undefined} />
    </Page>
  );
}
