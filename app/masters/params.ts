import { notFound } from "next/navigation";
import { z } from "zod";

const shape = z.object({ id: z.string().regex(/^[\w.-]{1,60}$/), version: z.coerce.number().int().positive().max(999_999) });

/** Id and version of an address; the page "not found" where they are none. */
export function masterParams({ id, version }: { readonly id: string; readonly version: string }): z.infer<typeof shape> {
  const parsed = shape.safeParse({ id, version });
  return parsed.success ? parsed.data : notFound();
}
