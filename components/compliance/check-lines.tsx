import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";

export type CheckLine = { readonly name: string; readonly holds: boolean; readonly finding: string };

/** What a verifier found, check by check: icon and word, the finding as it said it. */
export function CheckLines({ lines, label }: { lines: readonly CheckLine[]; label: string }) {
  return (
    <ul className="check-lines" aria-label={label}>{lines.map((line) => (
      <li key={line.name} data-holds={line.holds}>
        {line.holds ? <span className="check-state"><Icon name="check" />holds</span> : <span className="check-state p1"><Mark priority={1} filled /><b>failed</b></span>}
        <span><b>{line.name}</b> <span className="quiet">{line.finding}</span></span>
      </li>
    ))}</ul>
  );
}

/** The sentence over the lines; said aloud when it changes. */
export function Verdict({ changed, failed, unseen }: { changed: boolean; failed: readonly string[]; unseen: string }) {
  const words = failed.length > 0 ? `Detected by ${failed.join(", ")}.` : changed ? `Not detected. ${unseen}` : "Untouched, and nothing is reported.";
  return <p role="status" className={`verdict ${failed.length > 0 ? "p1" : changed ? "p2" : ""}`}>{failed.length > 0 ? <Mark priority={1} filled /> : changed ? <Mark priority={2} filled /> : <Icon name="done" />} <b>{words}</b></p>;
}
