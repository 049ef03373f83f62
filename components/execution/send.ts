"use client";

import type { SignedAbout } from "#lib/signature/statement.ts";
import type { Answer } from "./kept.ts";

export type ActAnswer = Answer & { readonly override?: SignedAbout; readonly number?: number; readonly percentOfPlan?: number };

/** Sends an act of execution; undefined when the portal cannot be reached. */
export async function sendAct(address: string, body: unknown): Promise<ActAnswer | undefined> {
  const response = await fetch(`${address}/acts`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }).catch(() => undefined);
  // Signed out in between counts as not reached: what was typed waits until the person is signed in again.
  if (!response || response.status >= 500 || response.status === 401) return undefined;
  const said = (await response.json().catch(() => ({}))) as Partial<ActAnswer>;
  return response.ok ? { ...said, ok: true } : { ...said, ok: false, error: said.error ?? "The portal did not take it. Load the page again." };
}

/** Sends a file of a step. */
export async function sendFile(address: string, stepId: string, file: File): Promise<Answer | undefined> {
  const body = new FormData();
  body.set("file", file);
  const response = await fetch(`${address}/steps/${stepId}/files`, { method: "POST", body }).catch(() => undefined);
  if (!response) return undefined;
  const said = (await response.json().catch(() => ({}))) as Partial<Answer>;
  return response.ok ? { ok: true } : { ok: false, error: said.error ?? "The portal did not take the file." };
}

export const unreachable = "The portal cannot be reached. Nothing was recorded yet; try again when the connection is back.";
/** Said on the page when a kept value was sent, refused or put away, so that all parts look again. */
export const keptEvent = "veribatch:kept";
