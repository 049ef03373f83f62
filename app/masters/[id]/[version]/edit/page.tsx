import Link from "next/link";
import { notFound } from "next/navigation";
import { z } from "zod";
import { Page } from "#components/frame/page.tsx";
import { Arrange } from "#components/recipe/arrange.tsx";
import { freshDraft, type Draft } from "#components/recipe/draft.ts";
import type { Choices } from "#components/recipe/fields.ts";
import { Outline } from "#components/recipe/outline.tsx";
import { PartEditor } from "#components/recipe/part-editor.tsx";
import { stepTitles } from "#components/recipe/procedure.tsx";
import { withSites } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { headShape, partKindName, partOf, type PartKind } from "#lib/recipe/edit.ts";
import { gapViews, selectionOf, selectionText, type Selection } from "#lib/recipe/edit-place.ts";
import type { MasterRecord } from "#lib/recipe/master-record.ts";
import { allProducts, readMasterFile } from "#lib/recipe/queries.ts";
import { sitesById } from "#lib/site/queries.ts";
import { masterParams } from "../../../params.ts";

type Props = { params: Promise<{ id: string; version: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };
export const metadata = { title: "Edit a master" };
const word = z.string().max(90).optional().catch(undefined);
const asked = z.object({ part: word, after: word, within: word, added: word, removed: word });

const optionsOf = (list: readonly { readonly id: string; readonly name: string }[]) => list.map(({ id, name }) => ({ value: id, name }));
const choicesOf = (master: MasterRecord, products: readonly { readonly id: string; readonly name: string }[]): Choices => ({
  products: products.map((p) => ({ value: p.id, name: `${p.id} ${p.name}` })), materials: optionsOf(master.materials), equipment: optionsOf(master.equipment), samples: optionsOf(master.samples),
  parameters: master.parameters.map(({ id, name, unit, source }) => ({ value: id, name, unit, source })), steps: [...stepTitles(master)].map(([value, name]) => ({ value, name })),
});

/** The part that is chosen as it is stored, or what a new one begins with; a container without what belongs to it. */
function partFor(master: MasterRecord, selection: Selection): Draft {
  if (selection.kind === "head") return headShape.parse(Object.fromEntries(Object.entries(master).filter(([key]) => key in headShape.shape)));
  const { kind, id } = selection;
  if (id === undefined) return freshDraft[kind];
  const { operations: _o, phases: _p, steps: _s, ...part } = (partOf(master, kind, id) ?? {}) as Record<string, unknown>;
  return part;
}

const nameOf = (part: Draft): string => String(part["name"] ?? part["title"] ?? "");
const titleOf = (selection: Selection, part: Draft): string => (selection.kind === "head" ? "Title, amount, yield" : selection.id === undefined ? `New ${partKindName[selection.kind].toLowerCase()}` : `${partKindName[selection.kind]}: ${nameOf(part)}`);
const noteOf = ({ added, removed }: z.infer<typeof asked>, part: Draft): string | undefined => (removed ? `Removed: ${removed}.` : added ? `Added: ${nameOf(part)}.` : undefined);
const behind = (page: string, kind: PartKind, id: string): string => `${page}?part=${kind}&after=${encodeURIComponent(id)}`;

export default async function EditMasterPage({ params, searchParams }: Props) {
  const { id, version } = masterParams(await params);
  const query = asked.parse(await searchParams);
  const by = await requirePage("master.author");
  const { file, sites, products } = await withSites(by, async (tx) => ({ file: await readMasterFile(tx, id, version), sites: await sitesById(tx, by.sites), products: await allProducts(tx) })).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const { row, record } = file;
  if (!record || row.state !== "draft") notFound();
  const address = `/masters/${encodeURIComponent(id)}/${version}`;
  const page = `${address}/edit`;
  const selection = selectionOf(query.part, record);
  const selected = selectionText(selection);
  const part = partFor(record, selection);
  const own = selection.kind === "head" ? undefined : selection.id;
  const gaps = gapViews(record);
  const { after, within = "" } = query;
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/masters" crumbs={[{ name: "Masters", address: "/masters" }, { name: `${id} version ${version}`, address }, { name: "Edit" }]}>
      <div className="page-head"><h1>Edit {id} version {version}</h1><span className="sub">{row.title}</span><div className="end"><Link className="button" href={`${page}/text`}>As text</Link><Link className="button" href={address}>Read the whole</Link></div></div>
      <div className="master-edit">
        <Outline master={record} page={page} selected={selected} gaps={gaps} />
        <PartEditor key={`${selected} ${after ?? ""} ${within}`} kind={selection.kind} title={titleOf(selection, part)} place={{ id, version, part: selected, after, within }} seen={row.digest} part={part} own={own} choices={choicesOf(record, products)} gaps={gaps} address={address} note={noteOf(query, part)}
          acts={selection.kind === "head" || own === undefined ? null : <Arrange key={selected} id={id} version={version} seen={row.digest} part={selected} name={nameOf(part)} next={behind(page, selection.kind, own)} />} />
      </div>
    </Page>
  );
}
