import { z } from "zod";

/** What a form about equipment shows afterwards. `kept`: what was typed, when it was refused. */
export type EquipmentForm = { readonly problem?: string; readonly done?: string; readonly kept?: Readonly<Record<string, string>> };

export const words = (least: number, most: number, problem: string) => z.string().trim().min(least, problem).max(most);
export const unitPlace = z.object({ siteId: z.string().min(1), unitId: z.string().min(1) });
export const reason = words(5, 500, "Write the reason, in at least 5 characters.");
/** An act on what the person had before him. */
export const unitAct = unitPlace.extend({ basedOn: z.coerce.number().int().min(0), reason });
/** A date and time field. */
export const timeField = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, "Write date and time.");

/** The text fields of a form by name. */
export const typed = (form: FormData): Record<string, string> => Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === "string" && !name.startsWith("$") ? [[name, value]] : [])));
export const refused = (form: FormData, problem: string): EquipmentForm => ({ problem, kept: typed(form) });
export const incomplete = (form: FormData, error: z.ZodError): EquipmentForm => refused(form, error.issues[0]?.message ?? "The form is incomplete.");
export const badTime = "This time does not exist at the site. Look at date and clock.";
