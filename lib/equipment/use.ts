import type { EquipmentState } from "./state.ts";

/** The last calibration of one instrument of a unit; `tag` null where the unit was calibrated as a whole, `dueAt` null where no calibration is on record. */
export type InstrumentStanding = { readonly tag: string | null; readonly dueAt: Date | null; readonly passed: boolean };
export type EquipmentStanding = {
  readonly state: EquipmentState;
  /** End of the last cleaning. */
  readonly cleanedAt: Date | null;
  /** Batch and product it is used for, or was used for last. */
  readonly batchId: string | null;
  readonly productId: string | null;
  /** Counts its changes; 0 for a unit nothing was ever recorded of. */
  readonly revision: number;
  /** Earliest due date of its valid calibrations; null when none is on record. */
  readonly calibrationDueAt: Date | null;
  readonly instruments: readonly InstrumentStanding[];
};

export type BindFaultKind = "wrong_class" | "not_clean" | "in_use" | "on_hold" | "out_of_service" | "clean_hold_over" | "calibration_due";
export type BindFault = { readonly kind: BindFaultKind; readonly sentence: string };
export type BindAsk = {
  readonly unit: { readonly id: string; readonly equipmentClass: string };
  readonly wanted: { readonly equipmentClass: string; readonly clean: boolean; readonly calibrated: boolean; readonly cleanHoldH?: number };
  readonly standing: EquipmentStanding;
  readonly now: Date;
};

const hour = 3_600_000;
const utcMinute = (at: Date): string => `${at.toISOString().slice(0, 16).replace("T", " ")}Z`;

/** Is a calibration of the unit overdue, failed or missing at `now`? Computed at the moment of use, never stored. On its due date it still counts. */
export const calibrationDue = ({ calibrationDueAt, instruments }: EquipmentStanding, now: Date): boolean =>
  calibrationDueAt === null || calibrationDueAt < now || instruments.some((instrument) => !instrument.passed);

/** Time left of the clean hold, milliseconds, negative when it is over; null when the unit is not clean or its cleaning is not on record. */
export const cleanHoldLeft = ({ state, cleanedAt }: Pick<EquipmentStanding, "state" | "cleanedAt">, cleanHoldH: number, now: Date): number | null =>
  state === "clean" && cleanedAt ? cleanedAt.getTime() + cleanHoldH * hour - now.getTime() : null;

function stateFault({ unit, wanted, standing: { state, batchId } }: BindAsk): BindFault | undefined {
  switch (state) {
    case "in_use": return { kind: "in_use", sentence: `${unit.id} is in use for ${batchId ?? "another batch"}. Wait until that batch releases it, or choose another unit.` };
    case "in_use_hold": return { kind: "on_hold", sentence: `${unit.id} is on hold and still bound to ${batchId ?? "another batch"}. Choose another unit.` };
    case "in_use_out": return { kind: "out_of_service", sentence: `${unit.id} is out of service and still bound to ${batchId ?? "another batch"}.` };
    case "hold": return { kind: "on_hold", sentence: `${unit.id} is on hold. Its hold must be lifted before it is used.` };
    case "out_of_service": return { kind: "out_of_service", sentence: `${unit.id} is out of service.` };
    case "cleaning": return { kind: "not_clean", sentence: `${unit.id} is being cleaned. Finish the cleaning first.` };
    case "dirty": return wanted.clean ? { kind: "not_clean", sentence: `${unit.id} is not clean. Clean it first.` } : undefined;
    case "clean": return undefined;
  }
}

function holdFault({ unit, wanted, standing, now }: BindAsk): BindFault | undefined {
  if (!wanted.clean || wanted.cleanHoldH === undefined || standing.state !== "clean") return undefined;
  const left = cleanHoldLeft(standing, wanted.cleanHoldH, now);
  if (left !== null && left >= 0) return undefined;
  const since = standing.cleanedAt ? `was cleaned on ${utcMinute(standing.cleanedAt)}` : "has no cleaning on record";
  return { kind: "clean_hold_over", sentence: `${unit.id} ${since}; it may be used for ${wanted.cleanHoldH} h after its cleaning. Clean it again.` };
}

function calibrationFault({ unit, wanted, standing, now }: BindAsk): BindFault | undefined {
  if (!wanted.calibrated || !calibrationDue(standing, now)) return undefined;
  const named = ({ tag }: InstrumentStanding) => (tag ? `${unit.id} ${tag}` : unit.id);
  const { instruments } = standing;
  const never = instruments.filter(({ dueAt }) => dueAt === null).map(({ tag }) => tag ?? unit.id);
  const failed = instruments.filter(({ dueAt, passed }) => dueAt !== null && !passed).map((instrument) => `The last calibration of ${named(instrument)} did not pass.`);
  const overdue = instruments.flatMap((instrument) => (instrument.passed && instrument.dueAt && instrument.dueAt < now ? [`The calibration of ${named(instrument)} was due on ${utcMinute(instrument.dueAt)}.`] : []));
  const none = never.length > 0 && never.length < instruments.length ? [`No calibration of ${unit.id} ${never.join(", ")} is on record.`] : never.length === instruments.length ? [`No calibration of ${unit.id} is on record.`] : [];
  return { kind: "calibration_due", sentence: [...none, ...failed, ...overdue].join(" ") };
}

/**
 * Everything that forbids binding the unit now, all at once; empty when it may be bound (21 CFR 211.67, 211.68, 211.182). What is not asked to be clean may
 * be dirty, but nothing that is in use, on hold, out of service or being cleaned is ever bound.
 */
export function bindFaults(ask: BindAsk): readonly BindFault[] {
  const { unit, wanted } = ask;
  const other: BindFault | undefined = unit.equipmentClass === wanted.equipmentClass ? undefined
    : { kind: "wrong_class", sentence: `${unit.id} is a ${unit.equipmentClass}; the master asks for a ${wanted.equipmentClass}.` };
  return [other, stateFault(ask), holdFault(ask), calibrationFault(ask)].filter((fault) => fault !== undefined);
}
