"use client";

import { ed25519 } from "@noble/curves/ed25519.js";
import { hexToBytes } from "@noble/hashes/utils.js";
import { useMemo, useState } from "react";
import { hexOf } from "#bin/verify/bytes.ts";
import { noteCrypto } from "#bin/verify/crypto.ts";
import { drill, powers, unwitnessed, type DrillCheck, type Power } from "#lib/compliance/drill.ts";
import { CheckLines, Verdict } from "./check-lines.tsx";

const story = [
  "Batch SPECIMEN-0001 issued by Nobody Specimen",
  "Step 1.1.1 performed: viable cell density 0.42 10⁶/mL",
  "Step 1.1.2 performed: viable cell density 1.87 10⁶/mL",
  "Temperature above its normal range for 12 min: exception",
  "Exception accepted, reason: probe recalibrated",
  "Step 1.1.3 performed: viable cell density 4.43 10⁶/mL",
  "Production reviewed, signed",
  "Audit trail reviewed, signed",
];
const powerName: Record<Power, string> = {
  rows: "the rows in the database", database: "the whole database: every hash after the change is computed anew", key: "the database and the ledger's signing key: the new head is signed", witness: "database, key and the witness' file",
};
const checkName: Record<DrillCheck["name"], string> = { rows: "rows", head: "head", signature: "signature of the head", witness: "witness" };
const unseen = (power: Power): string => (power === "witness"
  ? "Who holds database, key and witness together can forge a whole history; a witness in other hands, or a printed head, is what goes beyond it."
  : `The change lies in the last ${unwitnessed} rows, which came after the witness was last told of a head. The next head covers them.`);

/** A ledger of eight entries in the browser's memory, whose visitor plays the one who owns the database. */
export function LedgerSandbox({ secret }: { secret: string }) {
  const [rows, setRows] = useState<readonly string[]>(story);
  const [power, setPower] = useState<Power>("rows");
  const { ledger, checks } = useMemo(() => {
    const secretKey = hexToBytes(secret);
    const { honest, tampered, inspect } = drill({ crypto: noteCrypto, key: { name: "sandbox/ledger", publicKey: ed25519.getPublicKey(secretKey) }, sign: (message) => ed25519.sign(message, secretKey) });
    const made = tampered(honest(story), rows, power);
    return { ledger: made, checks: inspect(made) };
  }, [secret, rows, power]);
  const changed = rows.length !== story.length || rows.some((row, i) => row !== story[i]);
  return (
    <div className="sandbox-parts">
      <div className="stack">
        <ol className="ledger-rows">{rows.map((row, i) => (
          <li key={i}><label><span className="hidden-text">Row {i + 1}</span><input className="mono" value={row} spellCheck={false} onChange={(event) => setRows(rows.with(i, event.target.value))} /></label>
            <small className="mono" title={ledger.leaves[i] ? hexOf(ledger.leaves[i]) : undefined}>{ledger.leaves[i] ? hexOf(ledger.leaves[i]).slice(0, 12) : "none"}</small>
            <button type="button" className="button small" aria-label={`Take out row ${i + 1}`} disabled={rows.length <= 3} onClick={() => setRows(rows.toSpliced(i, 1))}>Take out</button></li>
        ))}</ol>
        <div><button type="button" className="button plain small" onClick={() => setRows(story)}>Start again</button></div>
      </div>
      <div className="stack">
        <fieldset className="powers"><legend>You hold</legend>{powers.map((p) => <label key={p}><input type="radio" name="power" value={p} checked={power === p} onChange={() => setPower(p)} /> {powerName[p]}</label>)}</fieldset>
        <Verdict changed={changed} failed={checks.filter((c) => !c.holds).map((c) => checkName[c.name])} unseen={unseen(power)} />
        <CheckLines label="Checks of the ledger" lines={checks.map((c) => ({ ...c, name: checkName[c.name] }))} />
        <details className="small"><summary>The signed head, and the one the witness keeps</summary><pre className="mono">{ledger.head}{"\n"}{ledger.witnessed}</pre></details>
      </div>
    </div>
  );
}
