import { accept, refuse, type Result } from "#lib/result.ts";

/** A calibration as it is written down: readings against the reference before and after adjustment, in `unit`. `tag` null where the unit was calibrated as a whole. */
export type CalibrationAct = { readonly tag: string | null; readonly performedAt: Date; readonly dueAt: Date; readonly asFound: string; readonly asLeft: string; readonly unit: string; readonly reference: string; readonly passed: boolean };
export type CalibrationRefusal = { readonly reason: "in-the-future" | "due-before-performed" | "no-number" | "no-such-instrument" };

export const calibrationRefusalSentence: Record<CalibrationRefusal["reason"], string> = {
  "in-the-future": "The calibration lies in the future. Write when it was done.", "due-before-performed": "The next calibration is due after this one, not before it.",
  "no-number": "Write both readings as numbers, with a point before the decimals.", "no-such-instrument": "This unit has no such instrument.",
};

const decimal = /^-?\d{1,12}(\.\d{1,9})?$/;
/** A clock that is a little fast is no lie. */
const clockSkewMs = 60_000;

/** May the calibration be written down (21 CFR 211.68(a), 211.160(b)(4))? `instruments`: tags of the unit. */
export function planCalibration(act: CalibrationAct, instruments: readonly string[], now: Date): Result<CalibrationAct, CalibrationRefusal> {
  if (act.tag !== null && !instruments.includes(act.tag)) return refuse({ reason: "no-such-instrument" });
  if (!decimal.test(act.asFound) || !decimal.test(act.asLeft)) return refuse({ reason: "no-number" });
  if (act.performedAt.getTime() > now.getTime() + clockSkewMs) return refuse({ reason: "in-the-future" });
  return act.dueAt <= act.performedAt ? refuse({ reason: "due-before-performed" }) : accept(act);
}

/** A part that is put into its place; what was there before goes out. */
export type PartAct = { readonly place: string; readonly part: string; readonly serialNumber: string; readonly installedAt: Date; readonly reason: string };
export type PartRefusal = { readonly reason: "in-the-future" | "already-there" | "before-the-last" };
export const partRefusalSentence: Record<PartRefusal["reason"], string> = {
  "in-the-future": "The time lies in the future. Write when the part was put in.", "already-there": "This very part is in this place already.", "before-the-last": "A later part of this place is on record. Write when this one was put in.",
};

/** May the part be written down? `last`: what is in that place now. */
export function planPart(act: PartAct, last: Pick<PartAct, "part" | "serialNumber" | "installedAt"> | undefined, now: Date): Result<PartAct, PartRefusal> {
  if (act.installedAt.getTime() > now.getTime() + clockSkewMs) return refuse({ reason: "in-the-future" });
  if (last && last.part === act.part && last.serialNumber === act.serialNumber) return refuse({ reason: "already-there" });
  return last && act.installedAt < last.installedAt ? refuse({ reason: "before-the-last" }) : accept(act);
}
