"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useId, useState, useTransition } from "react";
import { sendAct, sendFile, unreachable } from "./send.ts";
import type { SignedAbout } from "#lib/signature/statement.ts";

type Problem = { readonly sentence: string; readonly override?: SignedAbout | undefined };
type Props = { readonly address: string; readonly signAddress: string; readonly stepId: string; readonly kind: "charge" | "bind"; readonly unit?: string; readonly offers: readonly { readonly id: string; readonly text: string }[] };
const words = { charge: { label: "Lot or container", hint: "Scan the label, or type its number.", button: "Charge" }, bind: { label: "Unit", hint: "Scan the label, or type its number.", button: "Bind unit" } } as const;

function Refusal({ problem, signAddress }: { problem: Problem; signAddress: string }) {
  const query = problem.override ? new URLSearchParams({ meaning: "override_approved", about: JSON.stringify(problem.override) }).toString() : undefined;
  return <div className="problem" role="alert"><h3>Refused</h3><p>{problem.sentence}</p>{query ? <p>Quality may let it in as an exception: <Link href={`${signAddress}?${query}`}>open the signing of this use</Link> on quality’s device, then scan again here.</p> : null}</div>;
}

/** Takes a scanned or typed label: a lot with the quantity charged, or a unit. */
export function ScanForm({ address, signAddress, stepId, kind, unit, offers }: Props) {
  const router = useRouter();
  const id = useId();
  const [scanned, setScanned] = useState("");
  const [quantity, setQuantity] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const [busy, start] = useTransition();
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    start(async () => {
      const answer = await sendAct(address, { act: kind, stepId, scanned, ...(kind === "charge" ? { quantity, unit } : {}) });
      if (!answer?.ok) return setProblem({ sentence: answer?.error ?? unreachable, override: answer?.override });
      setProblem(undefined);
      setScanned("");
      setQuantity("");
      router.refresh();
    });
  };
  return (
    <form className="entry-form" onSubmit={submit} noValidate>
      {problem ? <Refusal problem={problem} signAddress={signAddress} /> : null}
      <div className="grid-2">
        <div className="field"><label htmlFor={id}>{words[kind].label}</label><input id={id} list={`${id}-offers`} value={scanned} autoComplete="off" onChange={(event) => setScanned(event.target.value)} aria-describedby={`${id}-hint`} /><p className="hint" id={`${id}-hint`}>{words[kind].hint}</p><datalist id={`${id}-offers`}>{offers.map((offer) => <option key={offer.id} value={offer.id}>{offer.text}</option>)}</datalist></div>
        {kind === "charge" ? <div className="field"><label htmlFor={`${id}-quantity`}>Quantity, {unit}</label><input id={`${id}-quantity`} value={quantity} inputMode="decimal" autoComplete="off" onChange={(event) => setQuantity(event.target.value)} /></div> : null}
      </div>
      <button type="submit" className="button touch" disabled={busy}>{busy ? "Being checked" : words[kind].button}</button>
    </form>
  );
}

/** Attaches a file to the step. */
export function FileForm({ address, stepId }: { address: string; stepId: string }) {
  const router = useRouter();
  const id = useId();
  const [problem, setProblem] = useState<string>();
  const [busy, start] = useTransition();
  const take = (event: React.ChangeEvent<HTMLInputElement>) => {
    const input = event.target;
    const file = input.files?.[0];
    if (!file) return;
    start(async () => {
      const answer = await sendFile(address, stepId, file);
      input.value = "";
      setProblem(answer?.ok ? undefined : (answer?.error ?? unreachable));
      if (answer?.ok) router.refresh();
    });
  };
  return <div className="field">{problem ? <p className="problem" role="alert">{problem}</p> : null}<label htmlFor={id}>Attach a file <span className="quiet font-normal">(PDF, PNG, JPEG, CSV or TXT, at most 10 MB)</span></label><input id={id} type="file" disabled={busy} onChange={take} /></div>;
}
