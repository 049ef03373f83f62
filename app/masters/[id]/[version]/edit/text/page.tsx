import Link from "next/link";
import { notFound } from "next/navigation";
import { Page } from "#components/frame/page.tsx";
import { GapList } from "#components/recipe/gap-list.tsx";
import { TextEditor } from "#components/recipe/text-editor.tsx";
import { withSites } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { gapViews } from "#lib/recipe/edit-place.ts";
import { readMasterFile } from "#lib/recipe/queries.ts";
import { sitesById } from "#lib/site/queries.ts";
import { masterParams } from "../../../../params.ts";

type Props = { params: Promise<{ id: string; version: string }> };
export const metadata = { title: "Edit a master as text" };

export default async function EditMasterAsText({ params }: Props) {
  const { id, version } = masterParams(await params);
  const by = await requirePage("master.author");
  const { file, sites } = await withSites(by, async (tx) => ({ file: await readMasterFile(tx, id, version), sites: await sitesById(tx, by.sites) })).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const { row, record } = file;
  if (!record || row.state !== "draft") notFound();
  const address = `/masters/${encodeURIComponent(id)}/${version}`;
  const gaps = gapViews(record);
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/masters" crumbs={[{ name: "Records" }, { name: "Masters", address: "/masters" }, { name: `${id} version ${version}`, address }, { name: "Edit", address: `${address}/edit` }, { name: "As text" }]}>
      <div className="page-head"><h1>{id} version {version}</h1><span className="sub">{row.title}</span><div className="end"><Link className="button" href={`${address}/edit`}>Edit part by part</Link><Link className="button" href={address}>Back to the master</Link></div></div>
      <div className="master-panes">
        <div className="stack"><section className="card"><div className="card-body"><TextEditor id={id} version={version} seen={row.digest} text={JSON.stringify(record, null, 1)} /></div></section></div>
        <aside className="stack" aria-label="Gaps"><section className="card" id="gaps"><header><h2>{gaps.length === 0 ? "Gaps" : `${gaps.length} ${gaps.length === 1 ? "gap" : "gaps"} before it can be submitted`}</h2></header><div className="card-body"><GapList gaps={gaps} /></div></section></aside>
      </div>
    </Page>
  );
}
