import type { Installation } from "#lib/installation.ts";

export type SessionEnd = "signed out" | "idle" | "length" | "suspended" | "unknown";
export type SessionState = { readonly live: true } | { readonly live: false; readonly cause: SessionEnd };

type SessionTimes = { readonly startedAt: Date; readonly lastSeenAt: Date; readonly endedAt: Date | null };

const minute = 60_000;

/** Is a session still good at `now`? Idle time and absolute length both end it (21 CFR 11.200(a)(1), 11.300). */
export function sessionState(session: SessionTimes, now: Date, rule: Installation["session"]): SessionState {
  if (session.endedAt) return { live: false, cause: "signed out" };
  if (now.getTime() - session.startedAt.getTime() > rule.hours * 60 * minute) return { live: false, cause: "length" };
  if (now.getTime() - session.lastSeenAt.getTime() > rule.idleMinutes * minute) return { live: false, cause: "idle" };
  return { live: true };
}
