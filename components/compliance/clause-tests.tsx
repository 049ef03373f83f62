import type { ClauseTest } from "#lib/compliance/matrix.ts";
import { siteTime } from "#lib/site/time.ts";
import { OutcomeMark } from "./check-state.tsx";

const worstFirst = ["failed", "skipped", "passed"] as const;

/** The tests that show a row, by the file they stand in: each as the sentence it proves. */
export function ClauseTests({ tests }: { tests: readonly ClauseTest[] }) {
  const files = [...Map.groupBy(tests, (test) => test.file)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return (
    <>{files.map(([file, own]) => (
      <section key={file} className="card clause-tests">
        <header><h3 className="mono">{file}</h3><span className="quiet small end">{own[0]?.step} tests, {own[0] ? siteTime(own[0].at, "UTC") : null}</span></header>
        <ul>{own.toSorted((a, b) => worstFirst.indexOf(a.outcome) - worstFirst.indexOf(b.outcome)).map((test, i) => <li key={`${test.sentence}${i}`}><span>{test.sentence}</span><OutcomeMark outcome={test.outcome} current={test.current} /></li>)}</ul>
      </section>
    ))}</>
  );
}
