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
/** A part that is taken out of its place, with nothing put there. */
export type RemovalAct = { readonly place: string; readonly removedAt: Date; readonly reason: string };
export type PartRefusal = { readonly reason: "in-the-future" | "already-there" | "before-the-last" | "nothing-there" };
export const partRefusalSentence: Record<PartRefusal["reason"], string> = {
  "in-the-future": "The time lies in the future. Write when it was done.", "already-there": "This very part is in this place already.", "before-the-last": "Something later of this place is on record. Write when this was done.", "nothing-there": "There is no part in this place.",
};

/** What was last written down of a place; part and serial number are empty where a part was taken out and none put in. */
export type PlaceLine = Pick<PartAct, "part" | "serialNumber" | "installedAt">;
const isEmpty = (line: PlaceLine | undefined): boolean => line === undefined || line.part === "";
const timeRefusal = (at: Date, last: PlaceLine | undefined, now: Date): PartRefusal | undefined => {
  if (at.getTime() > now.getTime() + clockSkewMs) return { reason: "in-the-future" };
  return last && at < last.installedAt ? { reason: "before-the-last" } : undefined;
};

/** May the part be written down? `last`: the last line of that place. */
export function planPart(act: PartAct, last: PlaceLine | undefined, now: Date): Result<PartAct, PartRefusal> {
  if (last && last.part === act.part && last.serialNumber === act.serialNumber) return refuse({ reason: "already-there" });
  const refusal = timeRefusal(act.installedAt, last, now);
  return refusal ? refuse(refusal) : accept(act);
}

/** May it be written down that the part of a place was taken out? Its line has no part and no serial number: from then on nothing is there. */
export function planRemoval({ place, removedAt, reason }: RemovalAct, last: PlaceLine | undefined, now: Date): Result<PartAct, PartRefusal> {
  if (isEmpty(last)) return refuse({ reason: "nothing-there" });
  const refusal = timeRefusal(removedAt, last, now);
  return refusal ? refuse(refusal) : accept({ place, part: "", serialNumber: "", installedAt: removedAt, reason });
}

type Line = PlaceLine & { readonly id: string; readonly place: string; readonly reason: string; readonly person: string };
/** A part while it was in its place; `out` undefined while it is. */
export type PartStay = { readonly id: string; readonly part: string; readonly serialNumber: string; readonly in: { readonly at: Date; readonly reason: string; readonly person: string }; readonly out: { readonly at: Date; readonly reason: string; readonly person: string; readonly replaced: boolean } | undefined };

/** The history of parts, place by place: every part that sat there with when, why and by whom it came in and went out, newest first. `lines`: by place, newest first in each. */
export function partHistory(lines: readonly Line[]): readonly { readonly place: string; readonly empty: boolean; readonly stays: readonly PartStay[] }[] {
  return [...new Set(lines.map(({ place }) => place))].map((place) => {
    const own = lines.filter((line) => line.place === place);
    const stays = own.flatMap((line, i): readonly PartStay[] => {
      if (isEmpty(line)) return [];
      const after = own[i - 1];
      return [{ id: line.id, part: line.part, serialNumber: line.serialNumber, in: { at: line.installedAt, reason: line.reason, person: line.person }, out: after && { at: after.installedAt, reason: after.reason, person: after.person, replaced: !isEmpty(after) } }];
    });
    return { place, empty: isEmpty(own[0]), stays };
  });
}
