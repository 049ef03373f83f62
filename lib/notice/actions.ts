"use server";

import { revalidatePath } from "next/cache";
import { withOwnMeans } from "#db/scope.ts";
import { requireActor } from "#lib/access/current.ts";
import { readAll } from "./commands.ts";

/** Marks every notice of the signed-in person as read. */
export async function readNoticesAction(): Promise<void> {
  const actor = await requireActor();
  await withOwnMeans(actor, (tx) => readAll(tx, actor.id, new Date()), { reason: "notices read" });
  revalidatePath("/account/notices");
}
