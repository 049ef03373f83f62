"use client";

import { ed25519 } from "@noble/curves/ed25519.js";
import { useDeferredValue, useMemo, useState } from "react";
import * as z from "zod/mini";
import { verifyBundle } from "#bin/verify/bundle.ts";
import { bundle as shape } from "#lib/evidence/shape.ts";
import { CheckLines, Verdict } from "./check-lines.tsx";
import { firstDifference, tamper, tamperings, type AttackerKey, type Tampering } from "./tampering.ts";

// The page's policy forbids making code from text, which zod would otherwise try.
z.config({ jitless: true });

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const kinds = Object.keys(tamperings) as readonly Tampering[];

function newAttacker(): AttackerKey {
  const { secretKey, publicKey } = ed25519.keygen();
  return { publicKey, sign: (message) => ed25519.sign(message, secretKey) };
}

/** What the visitor did to the copy, so that he sees how small it is. */
function Difference({ before, after }: { before: string; after: string }) {
  const difference = firstDifference(before, after);
  if (!difference) return <p className="quiet small">The copy is the file as it was made: {before.length} characters.</p>;
  return (
    <dl className="difference"><dt>First difference, at character {difference.at + 1}</dt>
      <dd><del className="mono">{difference.before}</del></dd><dd><span className="mono">{difference.after}</span></dd></dl>
  );
}

/** An evidence bundle of a batch that never was, to be spoilt, beside the inspectors' verifier at work on it in this browser. */
export function BundleSandbox({ text }: { text: string }) {
  const [copy, setCopy] = useState(text);
  const [compare, setCompare] = useState(true);
  const [chosen, setChosen] = useState<Tampering>();
  const shown = useDeferredValue(copy);
  const fingerprint = useMemo(() => verifyBundle(bytesOf(text)).fingerprint, [text]);
  const report = useMemo(() => verifyBundle(bytesOf(shown), compare ? { trust: fingerprint } : {}), [shown, compare, fingerprint]);
  const apply = (kind: Tampering) => {
    setCopy(tamper(kind, text, shape.parse(JSON.parse(text)), newAttacker()));
    setChosen(kind);
  };
  return (
    <div className="sandbox-parts">
      <div className="stack">
        <div className="tamperings">{kinds.map((kind) => <button key={kind} type="button" className="button small" aria-pressed={chosen === kind} title={tamperings[kind].does} onClick={() => apply(kind)}>{tamperings[kind].name}</button>)}
          <button type="button" className="button plain small" onClick={() => { setCopy(text); setChosen(undefined); }}>Start again</button></div>
        <p className="small quiet">{chosen ? `Done to the copy: ${tamperings[chosen].does}.` : "Press one, or change any character below."}</p>
        <label className="field"><span className="label">The copy</span><textarea className="mono" rows={14} spellCheck={false} value={copy} onChange={(event) => { setCopy(event.target.value); setChosen(undefined); }} /></label>
        <Difference before={text} after={shown} />
      </div>
      <div className="stack">
        <Verdict changed={shown !== text} failed={report.checks.filter((c) => !c.holds).map((c) => c.name)} unseen="Its parts fit together under the keys inside; only the fingerprint of the true keys, got another way, tells that they are not the company's." />
        <CheckLines label="Checks of the bundle" lines={report.checks} />
        <label className="small compare"><input type="checkbox" checked={compare} onChange={(event) => setCompare(event.target.checked)} /> Compare the keys with the fingerprint I know: <span className="mono" title={fingerprint}>{fingerprint.slice(0, 16)}…</span></label>
      </div>
    </div>
  );
}
