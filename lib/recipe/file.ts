import type { z } from "zod";
import { accept, refuse, type Result } from "#lib/result.ts";
import { masterRecord, type MasterRecord } from "./master-record.ts";

/** Something in a master's text that does not have its shape: where, as members of the JSON, and what to do. */
export type Fault = { readonly path: readonly string[]; readonly place: string; readonly sentence: string };

/** Greatest size of a file that is read, bytes. */
export const greatestFile = 2 * 1024 * 1024;
const shown = 20;

/** What a fault of the shape says to a person. The master's own messages are kept: they are sentences already. */
function sentenceOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type": {
      if (issue.input === undefined) return "This is missing.";
      return { number: "Write a number here, with a point and without a thousands separator.", string: "Write words here.", boolean: "This is yes or no: true or false.", array: "This is a list.", object: "This is a group of members." }[issue.expected as string] ?? "This is of the wrong kind.";
    }
    case "too_small": return issue.origin === "number" ? `This must be ${issue.inclusive ? "at least" : "more than"} ${String(issue.minimum)}.` : issue.origin === "array" ? `At least ${String(issue.minimum)} of these.` : "This is empty. Write something here.";
    case "too_big": return issue.origin === "number" ? `This must be at most ${String(issue.maximum)}.` : `This is too long: at most ${String(issue.maximum)} characters.`;
    case "invalid_value": return `This must be one of: ${issue.values.map(String).join(", ")}.`;
    case "invalid_union": return "This is none of the forms known here.";
    case "unrecognized_keys": return `${issue.keys.map((key) => `“${key}”`).join(", ")} is not a member known here.`;
    case "invalid_format": return issue.message.startsWith("an id") ? `${issue.message[0]?.toUpperCase() ?? ""}${issue.message.slice(1)}.` : "This has not the form it needs.";
    default: return "This does not fit.";
  }
}

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> => value !== null && typeof value === "object";

/** A path in words: lists are counted from 1, and what has an id is named by it. */
function placeOf(path: readonly PropertyKey[], whole: unknown): string {
  let at: unknown = whole;
  const said = path.map((key) => {
    at = isGroup(at) ? at[String(key)] : undefined;
    const id = isGroup(at) && typeof at["id"] === "string" ? ` (${at["id"]})` : "";
    return typeof key === "number" ? `${key + 1}${id}` : String(key);
  });
  return said.join(" › ") || "the whole";
}

/** The faults of a parse, in the order of the document. `whole`: what was parsed. */
export const faultsOf = (error: z.ZodError, whole: unknown): readonly Fault[] =>
  error.issues.map((issue) => ({ path: issue.path.map(String), place: placeOf(issue.path, whole), sentence: sentenceOf(withInput(issue, whole)) }));

/** The issue with the value it is about: zod leaves it out of its answer. */
function withInput(issue: z.core.$ZodIssue, whole: unknown): z.core.$ZodIssue {
  const input = issue.path.reduce<unknown>((at, key) => (isGroup(at) ? at[String(key)] : undefined), whole);
  return { ...issue, input } as z.core.$ZodIssue;
}

/** Does it hold a character that no record can keep: a null, or half of a pair? */
export function unkeepable(value: unknown): boolean {
  if (typeof value === "string") return !value.isWellFormed() || value.includes("\0");
  return isGroup(value) && Object.entries(value).some(([key, inner]) => unkeepable(key) || unkeepable(inner));
}

export type FileRefusal = { readonly reason: "too-large" | "no-json" | "other-form" | "unkeepable" | "no-master"; readonly faults: readonly Fault[]; readonly more: number };

export const fileRefusalSentence: Record<FileRefusal["reason"], string> = {
  "too-large": "The file is larger than 2 MB. A master batch record is smaller; look whether it is the right file.",
  "no-json": "The file cannot be read as JSON. It must be a master batch record as this portal exports it.",
  "other-form": "The file is not of the form EBRMBR/2. Other forms, such as EBRMBR/1 and BatchML, are not read.",
  unkeepable: "The file holds a null character or half of a character. Write it again in UTF-8, then import it.",
  "no-master": "The file is not a complete master document. Nothing was taken over. Put right what is listed, then import it again.",
};
const refused = (reason: FileRefusal["reason"], faults: readonly Fault[] = []) => refuse<FileRefusal>({ reason, faults: faults.slice(0, shown), more: Math.max(0, faults.length - shown) });

/** Reads the text of a file as a master. Refused with the place and a sentence for everything that has not its shape, at most 20 of them. */
export function readMasterText(text: string): Result<MasterRecord, FileRefusal> {
  if (Buffer.byteLength(text) > greatestFile) return refused("too-large");
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return refused("no-json");
  }
  if (!isGroup(whole) || whole["format"] !== "EBRMBR/2") return refused("other-form");
  if (unkeepable(whole)) return refused("unkeepable");
  const parsed = masterRecord.safeParse(whole);
  return parsed.success ? accept(parsed.data) : refused("no-master", faultsOf(parsed.error, whole));
}

/** Name of the file a version is exported to. */
export const masterFileName = (id: string, version: number): string => `${id}-v${version}.json`;
