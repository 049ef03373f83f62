"use client";

import { useEffect, useState } from "react";
import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import { localParts, siteTime } from "#lib/site/time.ts";
import type { TakenProof } from "#lib/ledger/proof-queries.ts";
import { recompute, type CheckedSignature, type Recomputed } from "./proof.ts";

type Props = { readonly proof: TakenProof; readonly zone: string; /** When the head was signed and its co-signatures came in, by name; epoch milliseconds. */ readonly signedAt: number; readonly siteNames: Readonly<Record<string, string>>; readonly address: string };
type Outcome = { readonly found: Recomputed; readonly milliseconds: number; readonly at: Date };

const short = (hash: string): string => `${hash.slice(0, 4)}…${hash.slice(-4)}`;
const longer = (hash: string): string => `${hash.slice(0, 8)}…${hash.slice(-4)}`;

/** Siblings drawn: the first three and the last two; what lies between is counted. */
function drawnSteps(n: number): readonly (number | undefined)[] {
  return n <= 6 ? Array.from({ length: n }, (_, i) => i) : [0, 1, 2, undefined, n - 2, n - 1];
}

function Drawing({ found }: { found: Recomputed }) {
  const drawn = drawnSteps(found.steps.length);
  const row = 38;
  const top = 34;
  const bottom = top + drawn.length * row + 8;
  const same = found.root === found.signedRoot;
  return (
    <svg className="merkle" viewBox={`0 0 326 ${bottom + 74}`} role="img" aria-label={`Inclusion proof: the leaf hash combined with ${found.steps.length} sibling hashes gives ${longer(found.root)}, which ${same ? "equals" : "does not equal"} the root in the checkpoint`}>
      <path className="trunk" d={`M70 ${top}V${bottom}`} />
      <rect className="hash chosen" x="0.5" y="10" width="140" height="24" rx="3" /><text x="8" y="26">leaf</text><text x="132" y="26" className="mono" textAnchor="end">{short(found.leaf)}</text>
      {drawn.map((index, i) => {
        const y = top + i * row + 22;
        const step = index === undefined ? undefined : found.steps[index];
        if (!step) return <g key="between"><rect className="gap" x="60" y={y - 18} width="20" height="34" /><path className="trunk dashed" d={`M70 ${y - 18}v34`} /><text x="84" y={y + 4}>{found.steps.length - 5} more steps, all recomputed</text></g>;
        return <g key={index}><path className="branch" d={`M186 ${y}H70`} /><rect className="hash" x="186" y={y - 12} width="139.500" height="24" rx="3" /><text x="194" y={y + 4}>{step.side}</text><text x="318" y={y + 4} className="mono" textAnchor="end">{short(step.hash)}</text><circle cx="70" cy={y} r="4" /><text x="58" y={y + 4} textAnchor="end">{(index ?? 0) + 1}</text></g>;
      })}
      <rect className="hash root" x="0.5" y={bottom} width="325" height="24" rx="3" /><text x="8" y={bottom + 16}>root, recomputed</text><text x="318" y={bottom + 16} className="mono" textAnchor="end">{longer(found.root)}</text>
      <text x="163" y={bottom + 40} textAnchor="middle" className={same ? "" : "differs"}>{same ? "equals" : "does not equal"}</text>
      <rect className="hash root" x="0.5" y={bottom + 48} width="325" height="24" rx="3" /><text x="8" y={bottom + 64}>root in checkpoint</text><text x="318" y={bottom + 64} className="mono" textAnchor="end">{longer(found.signedRoot)}</text>
    </svg>
  );
}

function Signature({ made, zone, signedAt, siteNames }: { made: CheckedSignature } & Pick<Props, "zone" | "signedAt" | "siteNames">) {
  const local = localParts(new Date(made.time === undefined ? signedAt : made.time * 1000), zone);
  return (
    <tr><th scope="row">{siteNames[made.owner] ?? made.owner}, {made.cosigned ? "co-signed" : "log key"}</th><td className="mono">{short(made.keyId)}</td>
      <td>{local.time}:{local.seconds} {local.zone}</td><td>{made.holds ? <><Icon name="check" /><span className="hidden-text">verified</span></> : <span className="p1"><Mark priority={1} filled /> fails</span>}</td></tr>
  );
}

/** The proof recomputed in this browser, drawn, with the signed head it leads to. Nothing here trusts what the server says about it. */
export function InclusionProof({ proof, zone, signedAt, siteNames, address }: Props) {
  const [outcome, setOutcome] = useState<Outcome>();
  useEffect(() => {
    const begun = performance.now();
    const found = recompute(proof);
    setOutcome({ found, milliseconds: performance.now() - begun, at: new Date() });
  }, [proof]);
  if (!outcome) return <p className="body quiet small" role="status">Recomputing the proof in this browser.</p>;
  const { found, milliseconds, at } = outcome;
  const here = localParts(at, zone);
  return (
    <>
      <p className="verdict" role="status">{found.holds
        ? <span className="chip"><Icon name="check" />Verified here {here.time}:{here.seconds} {here.zone}</span>
        : <span className="chip attention p1"><Mark priority={1} filled />The proof does not hold</span>}</p>
      <section><h3>Inclusion proof <span>{found.steps.length} {found.steps.length === 1 ? "step" : "steps"}, {Math.max(1, Math.round(milliseconds))} ms, in this browser</span></h3><Drawing found={found} /></section>
      <section><h3>Checkpoint</h3>
        <dl className="facts-list"><dt>Log</dt><dd className="mono">{found.origin}</dd><dt>Size</dt><dd>{found.size} entries</dd><dt>Signed</dt><dd>{siteTime(new Date(signedAt), zone, true)}</dd></dl>
        <table className="signatures"><caption className="hidden-text">Signatures on the checkpoint</caption><thead><tr><th scope="col">Signature</th><th scope="col">Key</th><th scope="col">Made</th><th scope="col"><span className="hidden-text">Verified</span></th></tr></thead>
          <tbody>{found.signatures.map((made) => <Signature key={`${made.name}/${made.keyId}/${made.cosigned}`} made={made} zone={zone} signedAt={signedAt} siteNames={siteNames} />)}</tbody></table>
        <p className="small quiet">Proves that this entry was in the log when the checkpoint was signed and was not changed since. It does not prove that what it says is true. <a href={address} download>Take the proof away</a> and check it offline.</p>
      </section>
    </>
  );
}
