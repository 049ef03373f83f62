import { Digest } from "../ui/digest.tsx";
import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import { SiteTime } from "../ui/time.tsx";
import type { RecordProof } from "#lib/ledger/record-proof-queries.ts";

const grouped = (n: number): string => n.toLocaleString("en").replaceAll(",", " ");

const stateWord = {
  proved: <><Icon name="check" />In the ledger</>,
  failed: <span className="p1"><Mark priority={1} filled /> Proof failed</span>,
  "not-yet": <>Not yet in the ledger</>,
};

type Props = { readonly proof: RecordProof; readonly siteId: string; readonly zone: string; readonly about: "batch" | "signature"; readonly mayTrail: boolean };

/** Where the entries about a record stand in the site's ledger; the proof was recomputed for this page. */
export function RecordProofView({ proof, siteId, zone, about, mayTrail }: Props) {
  const { head, entry, state } = proof;
  return (
    <section id="ledger" aria-labelledby="ledger-title">
      <h2 id="ledger-title">Ledger <span className="chip">{stateWord[state]}</span></h2>
      <dl className="facts-list">
        {about === "batch" ? <><dt>Entries about it</dt><dd>{grouped(proof.placed)} of {grouped(proof.entries)} in the ledger</dd></> : null}
        {entry ? <><dt>{about === "batch" ? "Newest entry" : "Entry"}</dt><dd>{grouped(entry.position)}{mayTrail ? <> <a href={`/api/ledger/${siteId}/proof?entry=${entry.id}`}>Take the proof away</a></> : null}</dd></> : null}
        {head ? (
          <><dt>Proved against</dt><dd>the head of {grouped(head.size)} entries <Digest value={Buffer.from(head.root).toString("hex")} /></dd>
            <dt>Head signed</dt><dd><SiteTime at={head.signedAt} zone={zone} seconds />, {head.witnesses.length === 0 ? "not co-signed yet" : `co-signed by ${head.witnesses.length}`}</dd></>
        ) : <><dt>Head</dt><dd>none signed yet</dd></>}
      </dl>
      {state === "not-yet" ? <p className="tiny quiet">The ledger takes an entry within a second of its writing. Reload the page.</p> : null}
    </section>
  );
}
