import { and, count, desc, eq, isNull } from "drizzle-orm";
import { notices } from "#db/schema/notice.ts";
import type { SiteTx } from "#db/scope.ts";
import type { NoticeView } from "./notice.ts";

/** Notices of a person, newest first, at most 200. */
export async function noticesOf(tx: SiteTx, personId: string): Promise<readonly NoticeView[]> {
  const rows = await tx.select().from(notices).where(eq(notices.personId, personId)).orderBy(desc(notices.at), desc(notices.id)).limit(200);
  return rows.map(({ personId: _, ...notice }) => notice);
}

/** How many of a person's notices he has not read. */
export async function unreadOf(tx: SiteTx, personId: string): Promise<number> {
  const [row] = await tx.select({ n: count() }).from(notices).where(and(eq(notices.personId, personId), isNull(notices.readAt)));
  return row?.n ?? 0;
}
