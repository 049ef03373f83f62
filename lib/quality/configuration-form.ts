import { z } from "zod";
import { exceptionConfiguration, exceptionTypes, type ExceptionConfiguration } from "./configuration.ts";

/** A checkbox that is not ticked is not sent. */
const field = (form: ReadonlyMap<string, string>, name: string) => form.get(name);

/** Names of the fields of one type in the form. */
export const ruleFields = (type: string) => ({ severity: `severity.${type}`, signature: `signature.${type}`, blocks: `blocks.${type}` });

const whole = z.string().trim().regex(/^\d{1,5}$/).transform(Number);

/** The configuration a form says. Every type is in it: one whose fields are missing or unknown makes the whole unreadable, so none is ever dropped. */
export function configurationFromForm(form: ReadonlyMap<string, string>): ExceptionConfiguration | undefined {
  const late = whole.safeParse(field(form, "lateAfterMin"));
  const types = Object.fromEntries(exceptionTypes.map((type) => {
    const names = ruleFields(type);
    return [type, { severity: field(form, names.severity), signature: field(form, names.signature), blocks: field(form, names.blocks) === "on" }];
  }));
  const parsed = exceptionConfiguration.safeParse({ format: "EBREXC/1", lateAfterMin: late.data, types });
  return parsed.success ? parsed.data : undefined;
}
