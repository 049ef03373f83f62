import type { batches, steps } from "#db/schema/batch.ts";
import type { MasterFile } from "#lib/recipe/queries.ts";
import { applyOverlay, type SiteOverlay } from "#lib/recipe/overlay.ts";
import { placedSteps } from "#lib/recipe/master-record.ts";
import { accept, refuse, type Result } from "#lib/result.ts";

export type IssueRefusal = "no-master" | "not-effective" | "master-broken" | "overlay-broken" | "wrong-unit" | "not-the-sites-unit" | "start-in-the-past";

export const issueRefusalSentence: Record<IssueRefusal, string> = {
  "no-master": "There is no such version of a master. Choose one from the list.",
  "not-effective": "This version of the master is not the effective one. Open the page again and choose the version that is.",
  "master-broken": "The stored text of this master does not fit its digest, or it has gaps. Nothing was issued; tell quality.",
  "wrong-unit": "This unit is of no class the master names. Choose one of the units offered.",
  "overlay-broken": "The site's overlay does not fit its digest, or it widens what the master allows. Nothing was issued; tell quality.",
  "not-the-sites-unit": "The site's overlay names another unit of this class. Choose that one.",
  "start-in-the-past": "The planned start lies more than a day back. Write when the batch is to begin.",
};

export type IssueAsk = { readonly siteId: string; readonly unit: { readonly id: string; readonly equipmentClass: string; readonly scaleL: number | null }; readonly plannedStartAt: Date; readonly dueAt: Date; readonly priority: number; /** The site's effective overlay of this version. */ readonly overlay?: IssueOverlay | undefined };
export type IssueOverlay = { readonly version: number; readonly digest: string; readonly overlay: SiteOverlay; /** Does the stored digest fit the stored text? */ readonly holds: boolean };
export type IssuePlan = { readonly batch: typeof batches.$inferInsert; readonly steps: readonly (typeof steps.$inferInsert)[] };

const day = 86_400_000;

/** The next number of a site, product and year: site code, product, two digits of the year, two or more of the run, e.g. BAS-101-2607. `taken`: numbers that were given with that beginning. */
export function nextBatchNumber(siteCode: string, productId: string, year: number, taken: readonly string[]): string {
  const beginning = `${siteCode}-${productId.replace(/^VB-/, "")}-${String(year % 100).padStart(2, "0")}`;
  const runs = taken.filter((id) => id.startsWith(beginning)).map((id) => Number(id.slice(beginning.length))).filter(Number.isInteger);
  return `${beginning}${String(Math.max(0, ...runs) + 1).padStart(2, "0")}`;
}

/** Whether the overlay keeps the unit out: it names units for the classes of this unit, and this is none of them. */
export function otherUnit({ unit, overlay }: Pick<IssueAsk, "unit" | "overlay">, equipment: readonly { readonly id: string; readonly equipmentClass: string }[]): boolean {
  const ofClass = new Set(equipment.filter((one) => one.equipmentClass === unit.equipmentClass).map((one) => one.id));
  const named = overlay?.overlay.units.filter((one) => ofClass.has(one.equipment)) ?? [];
  return named.length > 0 && !named.some((one) => one.unitId === unit.id);
}

/** Was the version the one in force at `now`? `supersededAt`: when the next one became effective; the same as "is it effective" for everybody whose now is the clock's. */
export const inForce = ({ state, effectiveAt }: Pick<MasterFile["row"], "state" | "effectiveAt">, supersededAt: Date | undefined, now: Date): boolean =>
  state === "effective" || (state === "superseded" && effectiveAt !== null && effectiveAt <= now && supersededAt !== undefined && now < supersededAt);

/**
 * Makes a batch of a master's effective version (21 CFR 211.188(a): an accurate reproduction): the version is frozen by its digest, each step of the master becomes
 * a step of the batch under its ISA-88 number, waiting for what the master lets it wait for. The site's effective overlay is frozen like the master, by version and digest.
 */
export function planIssue(master: MasterFile, ask: IssueAsk, by: { readonly id: string; readonly batchId: string; readonly now: Date; /** When the next version of the master became effective. */ readonly supersededAt?: Date | undefined }): Result<IssuePlan, IssueRefusal> {
  const { row, record, gaps, holds } = master;
  if (!inForce(row, by.supersededAt, by.now)) return refuse("not-effective");
  if (!record || !holds || gaps.length > 0) return refuse("master-broken");
  if (!record.equipment.some((e) => e.equipmentClass === ask.unit.equipmentClass)) return refuse("wrong-unit");
  const { overlay } = ask;
  if (overlay && (!overlay.holds || !applyOverlay(record, overlay.overlay).ok)) return refuse("overlay-broken");
  if (otherUnit(ask, record.equipment)) return refuse("not-the-sites-unit");
  if (ask.plannedStartAt.getTime() < by.now.getTime() - day) return refuse("start-in-the-past");
  const placed = placedSteps(record);
  const numbers = new Map(placed.map(({ number, step }) => [step.id, number]));
  const { siteId, unit, plannedStartAt, dueAt, priority } = ask;
  return accept({
    batch: {
      siteId, id: by.batchId, productId: record.productId, masterId: row.id, masterVersion: row.version, masterDigest: row.digest, overlayVersion: overlay?.version ?? null, overlayDigest: overlay?.digest ?? null, unitId: unit.id, scaleL: unit.scaleL, state: "issued", origin: "executed",
      plannedDurationH: record.durationH, plannedStartAt, issuedAt: by.now, issuedBy: by.id, dueAt, priority,
    },
    steps: placed.map(({ number, unitProcedure, operation, phase, step, after }, i) => ({
      siteId, batchId: by.batchId, id: number, position: i + 1, unitProcedure, operation, phase, title: step.title, detail: step.instruction, kind: step.kind, state: "waiting", automatic: false,
      masterStep: step.id, after: after.flatMap((id) => numbers.get(id) ?? []), verification: step.verified ? "open" : "not-needed", dueAt: step.dueH === undefined ? null : new Date(plannedStartAt.getTime() + step.dueH * 3_600_000),
    })),
  });
}
