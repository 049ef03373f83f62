import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { withSites } from "#db/scope.ts";
import { NotFound, PermissionDenied, requirePermission, type Actor, type Granted } from "#lib/access/actor.ts";
import { currentActor } from "#lib/access/current.ts";
import { askReason, requestExport, type AskedExport } from "#lib/report/export-commands.ts";
import { exportFile, exportOf, type ExportView } from "#lib/report/export-queries.ts";
import type { ExportParameters } from "#lib/report/export.ts";
import { sentFile } from "./sent-file.ts";

const guarded = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
const refusal = (status: 401 | 404 | 503, text: string): Response => new Response(text, { status, headers: { ...guarded, "content-type": "text/plain; charset=utf-8" } });

/** How long the answer waits for the copy, milliseconds, and how often it looks; a longer one is watched on its own page. */
const patience = 30_000;
const look = 150;
const shortDocument = 60;

const worthWaiting = (view: ExportView | undefined): boolean => (view?.state === "waiting" || view?.state === "running") && view.total <= shortDocument;

async function waitedFor(by: Granted<"report.read">, { siteId, id }: AskedExport): Promise<ExportView | undefined> {
  for (let waited = 0; ; waited += look) {
    const view = await withSites(by, (tx) => exportOf(tx, by.actor, siteId, id));
    if (!worthWaiting(view) || waited >= patience) return view;
    await pause(look);
  }
}

/** What a copy is asked of, and the site whose right it needs. */
export type Asked = { readonly siteId: string; readonly asked: ExportParameters };

async function answerTo(actor: Actor, { siteId, asked }: Asked): Promise<Response> {
  const by = requirePermission(actor, "report.read", siteId);
  const wanted = await withSites(by, (tx) => requestExport(tx, by, siteId, asked, { now: new Date(), newId: randomUUID }), { reason: askReason });
  const view = await waitedFor(by, wanted);
  if (view?.state === "failed") return refusal(503, view.failure ?? "The copy could not be made.");
  const file = view?.state === "done" ? await withSites(by, (tx) => exportFile(tx, actor, wanted.siteId, wanted.id)) : undefined;
  return file ? sentFile(file, "inline") : new Response(null, { status: 303, headers: { ...guarded, location: `/reports/${wanted.siteId}/${wanted.id}` } });
}

/** The next numbered copy of what is asked, for the person signed in; a long one answers with the page that shows how far it is. Each call makes a copy and its audit entry. */
export async function copyAnswer(ask: (actor: Actor) => Asked): Promise<Response> {
  const actor = await currentActor();
  if (!actor) return refusal(401, "You are not signed in. Sign in, then open the report again.");
  try {
    return await answerTo(actor, ask(actor));
  } catch (error) {
    if (error instanceof NotFound || error instanceof PermissionDenied) return refusal(404, "There is no such record, or you may not take a copy of it.");
    throw error;
  }
}

/** Reading the report makes a copy; asking about it must not. */
export const noHead = (): Response => new Response(null, { status: 405, headers: { ...guarded, allow: "GET" } });
