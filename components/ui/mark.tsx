import type { Severity } from "#lib/quality/exception.ts";

export type Priority = 1 | 2 | 3 | 4;
const shapes: Record<Priority, React.ReactNode> = {
  1: <rect className="shape" x="1.5" y="1.5" width="13" height="13" rx="1" />,
  2: <path className="shape" d="M8 1.5 15 14H1z" />,
  3: <circle className="shape" cx="8" cy="8" r="6.8" />,
  4: <path className="shape" d="m8 1 7 7-7 7-7-7z" />,
};
const baseline: Record<Priority, number> = { 1: 11.6, 2: 12.6, 3: 11.6, 4: 11.6 };

/** Shape and number of a priority; filled while it needs somebody, outlined when it is past. Decorative: a word stands beside it. */
export function Mark({ priority, filled = false, tone }: { priority: Priority; filled?: boolean; tone?: "quiet" }) {
  return (
    <svg className={`mark ${tone === "quiet" ? "p0" : `p${priority}`}${filled ? " filled" : ""}`} viewBox="0 0 16 16" aria-hidden="true">
      {shapes[priority]}
      <text className="number" x="8" y={baseline[priority]}>{priority}</text>
    </svg>
  );
}

const bySeverity: Record<Severity, Priority> = { critical: 1, major: 2, minor: 3 };
const severityWord: Record<Severity, string> = { critical: "Critical", major: "Major", minor: "Minor" };

/** Severity of an exception. A minor one is documentation, so it stays grey. */
export function SeverityMark({ severity, open }: { severity: Severity; open: boolean }) {
  const quiet = severity === "minor";
  return (
    <span className={`severity ${quiet ? "p0" : `p${bySeverity[severity]}`}`}>
      <Mark priority={bySeverity[severity]} filled={open && !quiet} {...(quiet ? { tone: "quiet" as const } : {})} /> {severityWord[severity]}
    </span>
  );
}
