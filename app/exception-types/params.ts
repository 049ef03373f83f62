import { notFound } from "next/navigation";
import { z } from "zod";

const shape = z.coerce.number().int().positive().max(999_999);

/** The version an address names; the page "not found" where it names none. */
export function versionParam(text: string): number {
  const parsed = shape.safeParse(text);
  return parsed.success ? parsed.data : notFound();
}
