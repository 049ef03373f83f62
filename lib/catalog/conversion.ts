/**
 * The closed table of units a file may use, by the unit we store. A mapping chooses from it and cannot invent a factor;
 * a unit that is not listed is refused. Divisions stand as divisions: they round once.
 */
const same = (value: number) => value;

const conversions: Readonly<Record<string, Readonly<Record<string, (value: number) => number>>>> = {
  "10⁶/mL": {
    "10⁶/mL": same, "10^6/mL": same, "1e6/mL": same, "10^6 cells/mL": same, "1e6 cells/mL": same,
    "cells/mL": (v) => v / 1e6, "1/mL": (v) => v / 1e6, "10^9/L": same, "10^5/mL": (v) => v / 10,
  },
  "%": { "%": same, fraction: (v) => v * 100 },
  "µm": { "µm": same, "μm": same, um: same, nm: (v) => v / 1000, mm: (v) => v * 1000 },
  "g/L": { "g/L": same, "mg/mL": same, "mg/L": (v) => v / 1000 },
  "mmol/L": { "mmol/L": same, mM: same, "µmol/L": (v) => v / 1000 },
  "mOsm/kg": { "mOsm/kg": same },
  mmHg: { mmHg: same, kPa: (v) => v * 7.500616827 },
  "°C": { "°C": same, C: same, K: (v) => v - 273.15 },
  "pH": { "pH": same },
  L: { L: same, mL: (v) => v / 1000 },
  bar: { bar: same, mbar: (v) => v / 1000, kPa: (v) => v / 100 },
};

/** Units of a file that can be stored as `stored`, the stored one first; none when we do not store in that unit. */
export const unitsReadAs = (stored: string): readonly string[] => Object.keys(conversions[stored] ?? {});

/** How a value in `unit` becomes one in `stored`; undefined when the table does not list it. */
export function conversion(unit: string, stored: string): ((value: number) => number) | undefined {
  const known = conversions[stored];
  return known && Object.hasOwn(known, unit) ? known[unit] : undefined;
}

const hour = 3_600_000;
/** Milliseconds of one unit of relative time. */
export const timeUnits = { s: 1_000, min: 60_000, h: hour, d: 24 * hour } as const;
export type TimeUnit = keyof typeof timeUnits;
