import type { LoadingPast } from "#lib/batch/past.ts";
import { LookAgain } from "./look-again.tsx";

/** How far the past of the demo story has come in, at all sites of the reader together; why it stands still where it does. */
export function PastProgress({ past }: { past: LoadingPast }) {
  return (
    <div className="notice past-loading" role="status">
      {past.loading ? <><span>Past batches are being loaded: {past.loaded} of {past.of} are in.</span> <progress value={past.loaded} max={past.of} aria-label="Past batches loaded" /> <span>Their measured values are kept at 1-minute resolution.</span><LookAgain /></> : null}
      {past.stopped.map(({ siteId, siteName, loaded, of, cause }) => <span key={siteId}>Loading of past batches stopped at {siteName} after {loaded} of {of}: {cause}. The next start of the portal goes on from there.</span>)}
    </div>
  );
}
