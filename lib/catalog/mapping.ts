import { z } from "zod";
import { accept, refuse, type Result } from "#lib/result.ts";
import { conversion, unitsReadAs } from "./conversion.ts";
import { dateFormats } from "./run-start.ts";

const column = z.string().min(1);
const range = z.strictObject({ low: z.number(), high: z.number() }).refine((r) => r.low < r.high, "low must lie below high");
const isZone = (zone: string): boolean => {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
};

const fileUnit = z.union([z.strictObject({ fixed: z.string().min(1) }), z.strictObject({ column })]);

const valueColumn = z.strictObject({
  column,
  tag: z.string().regex(/^[a-z0-9-]{1,64}$/, "a tag is written in lower-case letters, digits and hyphens"),
  name: z.string().min(1).max(80),
  /** The unit the file uses: one for the whole column, or named on each line by another column. */
  fileUnit,
  storedUnit: z.string(),
  /** Digits after the point when it is shown. */
  precision: z.number().int().min(0).max(6),
  /** What the instrument can say, in the stored unit; beyond it a line is quarantined. */
  range,
});

const shape = z.strictObject({
  format: z.literal("VBMAP/1"),
  product: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9-]{1,40}$/), name: z.string().min(1), strength: z.string().min(1) }),
  delimiter: z.enum([",", ";", "\t"]).default(","),
  decimalMark: z.enum([".", ","]).default("."),
  /** Words that stand for "no value", beside the empty cell. */
  missing: z.array(z.string()).default([]),
  /** Columns that hold one and the same text on every line. */
  constants: z.record(z.string(), z.string()).default({}),
  run: z.strictObject({ key: z.array(column).min(1).max(6), batchId: z.string().max(120), unitId: z.string().max(120) }),
  time: z.strictObject({
    /** Time since the start of the run. */
    column,
    unit: z.enum(["s", "min", "h", "d"]),
    /** In that unit: beyond it a line is quarantined. */
    range: range.refine((r) => r.low >= 0, "a run has no time before its start"),
    /** The date of the line, and the clock time at which every run is taken to start. */
    date: z.strictObject({
      column, format: z.enum(dateFormats), startClock: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write the clock as HH:MM"),
      zone: z.string().refine(isZone, "this is not a time zone of the IANA list"),
    }),
  }),
  values: z.array(valueColumn).min(1),
});

/** What a file's columns mean. */
export type Mapping = z.infer<typeof shape>;
export type ValueColumn = Mapping["values"][number];

const placeholder = /\{([^{}]+)\}/g;

/**
 * What is wrong with a template of an id. Every key column stands in it once, and a hyphen stands between any two: key texts
 * hold no hyphen, so two runs never get the same id.
 */
function templateFault(name: string, template: string, key: readonly string[]): string | undefined {
  const named = [...template.matchAll(placeholder)].map((m) => m[1] ?? "");
  if (named.toSorted().join("\n") !== [...key].sort().join("\n")) return `run.${name} must hold each column of run.key once, as ${key.map((c) => `{${c}}`).join("-")} does`;
  const between = template.split(placeholder).filter((_, i) => i % 2 === 0);
  if (between.slice(1, -1).some((text) => !text.includes("-"))) return `run.${name} needs a hyphen between two columns`;
  return /^[A-Za-z0-9._-]*$/.test(between.join("")) ? undefined : `run.${name} may hold letters, digits, points, hyphens and underscores beside its columns`;
}

function valueFault(value: ValueColumn): string | undefined {
  const readable = unitsReadAs(value.storedUnit);
  if (readable.length === 0) return `the unit ${value.storedUnit} of ${value.tag} is not one we store`;
  if ("fixed" in value.fileUnit && !conversion(value.fileUnit.fixed, value.storedUnit)) {
    return `${value.tag} is stored in ${value.storedUnit}, which can be read from ${readable.join(", ")}, not from ${value.fileUnit.fixed}`;
  }
  return undefined;
}

const repeated = (texts: readonly string[]): string | undefined => texts.find((text, i) => texts.indexOf(text) !== i);

function faultOf(mapping: Mapping): string | undefined {
  const twice = repeated(mapping.values.map((v) => v.tag));
  return templateFault("batchId", mapping.run.batchId, mapping.run.key)
    ?? templateFault("unitId", mapping.run.unitId, mapping.run.key)
    ?? mapping.values.map(valueFault).find(Boolean)
    ?? (twice ? `the tag ${twice} is named twice` : undefined)
    ?? (mapping.delimiter === mapping.decimalMark ? "the delimiter and the decimal mark are the same" : undefined);
}

/** Reads the text of a mapping file; the refusal is a sentence that names the place. */
export function parseMapping(text: string): Result<Mapping, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse(`The mapping is not JSON: ${error instanceof Error ? error.message : "unreadable"}.`);
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse(`The mapping is wrong at ${issue?.path.join(".") || "its top"}: ${issue?.message ?? "unreadable"}. docs/import.md says what belongs there.`);
  }
  const fault = faultOf(parsed.data);
  return fault ? refuse(`The mapping is wrong: ${fault}. docs/import.md says what belongs there.`) : accept(parsed.data);
}

/** Every column the mapping reads. */
export const columnsOf = (mapping: Mapping): readonly string[] => [...new Set([
  ...mapping.run.key, mapping.time.column, mapping.time.date.column, ...Object.keys(mapping.constants),
  ...mapping.values.flatMap((v) => ("column" in v.fileUnit ? [v.column, v.fileUnit.column] : [v.column])),
])];

/** The template with the key texts of a run in it. */
export const fillTemplate = (template: string, key: ReadonlyMap<string, string>): string =>
  template.replaceAll(placeholder, (_, name: string) => key.get(name) ?? "");
