import { z } from "zod";

/** What a form shows afterwards. `kept`: what was typed, when it was refused. */
export type LotForm = { readonly problem?: string; readonly done?: string; readonly kept?: Readonly<Record<string, string>> };

/** Text that PostgreSQL can hold: no NUL, no half of a surrogate pair. */
export const storable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
/** A text of a form. `what`: how the sentence of its absence calls it. */
export const words = (what: string, least = 1, most = 120) => z.string().trim().refine(storable, "Remove what is no text.").min(least, least > 1 ? `Write ${what}, in at least ${least} characters.` : `Write ${what}.`).max(most, `Keep ${what} under ${most} characters.`);
export const reason = words("the reason", 5, 500);
/** A decimal number with a point or a comma, at most six digits after it; more than that no balance keeps. */
export const decimal = (what: string) => z.string().trim().regex(/^\d{1,12}([.,]\d{1,6})?$/, `Enter ${what} as a decimal number, with at most six digits after the point.`).transform((text) => Number(text.replace(",", ".")));
/** As `decimal`, or nothing. */
export const decimalOrNone = (what: string) => z.union([z.string().trim().regex(/^$/).transform(() => undefined), decimal(what)], { error: `Enter ${what} as a decimal number, with at most six digits after the point, or leave it empty.` });
/** A container that is named, or none. */
export const container = z.string().trim().max(80).refine(storable, "Remove what is no text.").optional().transform((text) => (text ? text : null));

export const typed = (form: FormData): Record<string, string> => Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === "string" && !name.startsWith("$") ? [[name, value]] : [])));
export const fault = (form: FormData, error: z.ZodError): LotForm => ({ problem: error.issues[0]?.message ?? "The form is incomplete.", kept: typed(form) });
