import { shortDigest } from "#lib/digest/digest.ts";
import { siteTime } from "#lib/site/time.ts";
import { taggedSteps, type TestRun } from "#lib/compliance/test-run.ts";

type Props = { readonly run: TestRun | undefined; readonly source: string; readonly whole: boolean };

const commitText = (commit: string | null, changed: boolean): string => (commit === null ? "no repository" : `commit ${commit.slice(0, 10)}${changed ? " with changes beyond it" : ""}`);

/** Which version runs and which one was tested: the first thing to know of every state below. */
export function VersionNote({ run, source, whole }: Props) {
  const sections = taggedSteps.map((step) => ({ step, last: run?.sections.find((s) => s.step === step) }));
  const title = whole ? "Every test ran on exactly this version"
    : sections.every((s) => !s.last) ? "Not run: no test results came with this version"
    : sections.some((s) => s.last?.source === source) ? "Only partly run for this version" : "Not run for this version: the results are of other sources";
  return (
    <section className="notice version-note" aria-labelledby="version">
      <h2 id="version">{title}</h2>
      <p>This portal runs the sources <span className="mono" title={source}>{shortDigest(source)}</span>. {whole ? null : <>Run <span className="mono">npm test</span> on these sources to renew the checks; older results are shown as such.</>}</p>
      <dl>{sections.map(({ step, last }) => (
        <div key={step}><dt>{step} tests</dt><dd>{last ? <>{siteTime(new Date(last.finishedAt), "UTC")}<small>{commitText(last.commit, last.changed)}, {last.source === source ? "this version" : last.source === null ? "sources changed meanwhile" : `other sources ${shortDigest(last.source)}`}</small></> : "never ran here"}</dd></div>
      ))}</dl>
    </section>
  );
}
