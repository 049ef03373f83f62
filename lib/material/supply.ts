import { unitOf } from "#lib/quantity/unit.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { StockRefusal } from "./stock.ts";

export const supplierStates = ["approved", "suspended"] as const;
export type SupplierState = (typeof supplierStates)[number];
export const supplierStateName: Record<SupplierState, string> = { approved: "Approved", suspended: "Suspended" };
export const supplierCommands = ["approve", "suspend"] as const;
export type SupplierCommand = (typeof supplierCommands)[number];

const transitions: Record<SupplierState, Partial<Record<SupplierCommand, SupplierState>>> = { approved: { suspend: "suspended" }, suspended: { approve: "approved" } };

/** The state a decision about a supplier leads to (21 CFR 211.84(d)(2); ICH Q7 7.1); what the table does not list is refused. */
export function advanceSupplier(state: SupplierState, command: SupplierCommand, name: string): Result<SupplierState, StockRefusal> {
  const next = transitions[state][command];
  return next ? accept(next) : refuse({ reason: "state", sentence: `${name} is ${supplierStateName[state].toLowerCase()} already.` });
}

/** A code as it stands on labels and in masters, e.g. RM-0417: capital letters, digits and hyphens. */
export const codePattern = /^[A-Z][A-Z0-9]{0,5}(-[A-Z0-9]{1,8}){1,2}$/;
/** What a new code lacks, as a sentence; undefined when it is one. */
export const codeFault = (code: string, example: string): string | undefined => (codePattern.test(code) ? undefined : `“${code.slice(0, 40)}” is no code. Write capital letters, digits and hyphens, for example ${example}.`);
/** Why a material cannot be kept in this unit; undefined when it can. */
export const unitFault = (unit: string): string | undefined => (unitOf(unit) ? undefined : `“${unit.slice(0, 40)}” is no unit the portal knows. Write for example kg, g, L, mL or pcs.`);
