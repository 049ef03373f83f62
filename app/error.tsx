"use client";

/** A broken promise of ours: the reason is in the log under the digest, never on the screen. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="dialog"><header><h1>This page could not be made</h1></header>
      <div className="body"><p>Something the portal relies on did not hold, and nothing was changed. Try again; if it stays, tell the administrator the reference <span className="mono">{error.digest ?? "none"}</span>, which stands in the portal&apos;s log.</p></div>
      <footer><button type="button" className="button primary" onClick={reset}>Try again</button></footer></main>
  );
}
